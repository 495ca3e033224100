"""Every message a worksheet function can show: a tiny call that provokes it, and the English sentence.

The calls stand in `functions/`, one file per room of messages. `shows` and `says` are an error and its reason, `notes`
a remark beside a figure, `gives` a text that is itself the figure; `also` are other functions' calls that end in the
same error; `without` names a Python package that is not installed where the message appears. A key that no call here
can reach names the test that does (`elsewhere`).
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from duebook.core.cells import CellError
from duebook.core.messages import catalogue as sentences
from duebook.hosts import catalogue
from tests.errors.function_messages import Entry, entries, said

OTHER_ROOMS = (
    "addin",
    "addin_build",
    "addin_sheet",
    "allowance",
    "argparse",
    "audit",
    "audit_refusals",
    "books",
    "cli",
    "close",
    "compare",
    "credit_buttons",
    "database",
    "detail",
    "doctor",
    "excel",
    "explain",
    "extension",
    "file",
    "functional",
    "functional_remarks",
    "inspect",
    "install",
    "known",
    "ledger",
    "ledger_files",
    "lite",
    "live",
    "month_end",
    "movements",
    "presets",
    "rates",
    "sample",
    "settings_buttons",
    "sharing",
    "show",
    "sources",
    "statement",
    "verify",
)
"""Rooms of messages that no worksheet function uses."""
FUNCTIONS = catalogue.functions()
CHECKOUT = Path(__file__).parents[2]
CALLS = [pytest.param(key, entry, id=key) for key, entry in entries().items() if "function" in entry]
SILENT = [pytest.param(key, entry, id=key) for key, entry in entries().items() if "function" not in entry]


def test_the_gallery_is_complete() -> None:
    keys = {key for key in sentences("en") if key.split(".")[0] not in OTHER_ROOMS}
    of_files = {key for key in keys if key.startswith("policy.")}  # of these some are about a file: policy.toml above
    assert set(entries()) - keys == set(), "no such message"
    assert keys - of_files - set(entries()) == set(), "without an entry"


@pytest.fixture(autouse=True)
def package_missing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = request.node.callspec.params["entry"] if hasattr(request.node, "callspec") else {}
    if "without" in entry:
        monkeypatch.setitem(sys.modules, entry["without"], None)


@pytest.mark.parametrize(("key", "entry"), CALLS)
def test_the_sentence(key: str, entry: Entry) -> None:
    found = said(entry["function"], entry["args"], entry.get("at", "A1"))
    if "says" in entry:
        assert isinstance(found.value, CellError), found.why
        assert (found.value.key, found.value.code) == (key, entry["shows"])
        assert found.why == f"{entry['shows']}: {entry['says']}"
    elif "notes" in entry:
        assert entry["notes"] in found.why and not isinstance(found.value, CellError)
    else:
        assert entry["gives"] in found.value
    assert set(entry) <= {"function", "args", "at", "also", "without", "shows", "says", "notes", "gives"}


@pytest.mark.parametrize(("key", "entry"), CALLS)
def test_the_chinese_sentence(key: str, entry: Entry) -> None:
    """It is said too, its facts filled in, and it is Chinese."""
    found = said(entry["function"], entry["args"], entry.get("at", "A1"), language="zh")
    shown = found.value if "gives" in entry else found.why
    pattern = "".join("(?s:.+)" if part[:1] == "{" else re.escape(part) for part in _parts(sentences("zh")[key]))
    assert re.search(pattern, shown), (pattern, shown)
    assert re.search("[一-鿿]", shown) and "{" not in shown


def _parts(sentence: str) -> list[str]:
    return re.split(r"(\{\w+\})", sentence)


@pytest.mark.parametrize(("key", "entry"), CALLS)
def test_functions_show_the_errors_they_declare(key: str, entry: Entry) -> None:
    for name, arguments in {entry["function"]: entry["args"], **entry.get("also", {})}.items():
        shown = [cell for cell in said(name, arguments).cells if isinstance(cell, CellError)]
        codes = {error.code for error in shown if error.key == key}
        own = name in FUNCTIONS and FUNCTIONS[name].errors.get(key)
        if "says" in entry:
            assert codes == {own or entry["shows"]}, name
            assert own or key.startswith(("cell.", "policy.")), f"{name} does not declare it"


def test_every_declared_error_can_be_met() -> None:
    """A function that declares an error which nothing leads to misleads its reader."""
    declared = {(name, key) for name, function in FUNCTIONS.items() for key in function.errors}
    met = {(name, key) for key, entry in entries().items() for name in (entry.get("function"), *entry.get("also", ()))}
    elsewhere = {(name, key) for name, key in declared if "elsewhere" in entries().get(key, ())}
    assert declared - met - elsewhere == set()


@pytest.mark.parametrize(("key", "entry"), SILENT)
def test_a_key_without_a_call_says_where_it_is_met(key: str, entry: Entry) -> None:
    assert set(entry) == {"elsewhere"}
    _, _, path = entry["elsewhere"].rpartition("; ")
    name = re.escape(key.partition(".")[2])
    assert re.search(rf"\b{name}\b", (CHECKOUT / path).read_text("utf-8")), (key, path)
