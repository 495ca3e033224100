"""The sheet of texts: every function, argument, button and message, in both languages, within the limits of Excel."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from duebook.core import messages
from duebook.core.cells import Label
from duebook.core.version import VERSION
from duebook.hosts import catalogue
from duebook.hosts.addin import texts
from duebook.hosts.addin.texts import Row
from duebook.hosts.excel.buttons import GROUPS, Button

FUNCTIONS = catalogue.functions()
BUTTON = Button(
    name="score_customers",
    group="credit",
    label=Label("Score customers", "客户评分"),
    tip=Label("Scores the selected table.", "为所选表格评分。"),
    icon="score",
    key="S",
    large=True,
    writes=True,
    macro=lambda book: None,
)
ROWS = texts.rows(FUNCTIONS, {"score_customers": BUTTON}, {"xlwings": "0.37.8"})


def of(kind: str) -> dict[str, Row]:
    return {row.key: row for row in ROWS if row.kind == kind}


def test_every_function_is_described_with_its_arguments_right_below() -> None:
    for name, declaration in FUNCTIONS.items():
        place = next(n for n, row in enumerate(ROWS) if row[:2] == ("function", name))
        assert ROWS[place][2:] == (declaration.help, declaration.zh)
        assert ROWS[place + 1][:2] == ("category", name)
        named = [(f"{name}.{argument}", str(help_), help_.zh) for argument, help_ in declaration.argument_help]
        below = ROWS[place + 2 : place + 2 + len(named)]
        assert [row[1:] for row in below] == named and {row.kind for row in below} <= {"argument"}
        assert ROWS[place + 2 + len(named)].kind != "argument"
    assert list(of("function")) == list(FUNCTIONS)


def test_tables_explain_their_last_argument() -> None:
    assert of("argument")["AGING.headers"][2:] == ("Whether the header row comes first.", "是否显示标题行。")
    assert "DSO.headers" not in of("argument")


def test_categories_are_ours_in_both_languages() -> None:
    assert of("category")["DSO"][2:] == ("Duebook · Receivables", "Duebook · 应收账款")
    assert len({row.en for row in of("category").values()}) == len({d.group for d in FUNCTIONS.values()})


def test_buttons_and_groups() -> None:
    assert of("button")["score_customers"][2:] == ("Score customers", "客户评分")
    assert of("tip")["score_customers"][2:] == ("Scores the selected table.", "为所选表格评分。")
    assert of("keytip")["score_customers"][2:] == ("S", "S")
    assert {key: row.zh for key, row in of("group").items()} == {key: label.zh for key, label in GROUPS.items()}


def test_messages_and_facts() -> None:
    said = {key.partition(".")[2] for key in messages.catalogue("en") if key.startswith("addin.")}
    assert set(of("message")) == said
    assert {"server_missing", "server_wrong_version", "working", "done", "failed", "no_workbook"} <= said
    assert of("fact")["version"].en == VERSION and of("fact")["xlwings"].zh == "0.37.8"


def test_what_vba_fills_in_is_the_same_in_both_languages() -> None:
    for row in of("message").values():
        assert set(re.findall(r"\{\w+\}", row.en)) == set(re.findall(r"\{\w+\}", row.zh)), row.key


def test_a_kind_and_key_stand_once() -> None:
    """VBA looks texts up in a Collection, which knows no upper and lower case."""
    keys = [f"{row.kind}|{row.key}".upper() for row in ROWS]
    assert len(keys) == len(set(keys))


def test_excel_shows_every_text_whole() -> None:
    for row in ROWS:
        limit = 255 if row.kind in ("function", "argument", "category") else 1024
        assert 1 <= len(row.en) <= limit and 1 <= len(row.zh) <= limit, row


@pytest.mark.parametrize("wrong", ["", "x" * 256])
def test_a_text_that_would_not_fit_is_refused(wrong: str) -> None:
    dso = FUNCTIONS["DSO"]
    with pytest.raises(ValueError, match="function DSO: a text of 1 to 255 characters is needed in both languages"):
        texts.rows({"DSO": replace(dso, zh=wrong)}, {}, {})
