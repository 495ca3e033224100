"""Every message about a file or a row that users can meet: a tiny input that provokes it, and the English sentence.

The cases stand in the TOML files of this folder. A key without a case says why (`elsewhere` names the test that has it,
`untried` says that none does).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from duebook.core.messages import catalogue
from tests.errors.gallery import Case, cases, said

ROOMS = (
    "audit_refusals",
    "database",
    "file",
    "functional_remarks",
    "known",
    "ledger",
    "ledger_files",
    "policy",
    "rates",
    "sources",
)
CHECKOUT = Path(__file__).parents[2]


def test_the_gallery_is_complete() -> None:
    keys = {k for k in catalogue("en") if k.split(".")[0] in ROOMS and not k.endswith("_title")}
    assert set(cases()) == keys


@pytest.mark.parametrize("key", sorted(key for key, case in cases().items() if "says" in case))
def test_the_sentence(
    key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = cases()[key]
    status, lines = said(tmp_path, case, capsys, monkeypatch)
    assert case["says"] in lines
    assert status == (2 if case["says"].startswith("duebook: ") else 1)


@pytest.mark.parametrize(("key", "case"), [(k, c) for k, c in sorted(cases().items()) if "says" not in c])
def test_a_key_without_a_case_says_why(key: str, case: Case) -> None:
    assert set(case) in ({"elsewhere"}, {"untried"})
    if "elsewhere" in case:
        _, _, path = case["elsewhere"].rpartition("; ")
        name = re.escape(key.partition(".")[2])
        short = re.escape(key.partition(".")[2].removeprefix("zip_"))
        assert re.search(rf"\b{name}\b|\"{short}\"", (CHECKOUT / path).read_text("utf-8")), (key, path)
