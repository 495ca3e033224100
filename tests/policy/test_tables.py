"""`tables.toml` says what the sections read, and whatever they refuse is said in Chinese without English in it.

The faults are those of `planted`; a place that refuses and that none of them reaches fails.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import NoReturn

import pytest
from tests.policy.chinese import check_chinese, known_words
from tests.policy.planted import DESCRIBED, OTHERS, Tables, changed, generated, row_with, shipped

from duebook.core.cells import Label
from duebook.core.errors import DuebookError
from duebook.policy import check, load, sections, tables

CONDITIONAL = {("score_card", "finance_cap_grade"), ("default_probability", "grade")}
"""Keys that may be left out, but not in the rows that Duebook ships."""
GENERATED = list(generated())
POLICY_ROOM = Path(check.__file__).parent


def refusal(policy: Tables) -> DuebookError:
    """What is said when every section of the policy is read."""
    try:
        faults = load.checked("mine.toml", policy, {}, "").faults()
    except DuebookError as fault:
        return fault
    assert faults, "not refused"
    return faults[0]


def test_the_check_of_the_chinese_can_fail() -> None:
    assert not {"a", "of", "or", "blank", "followed", "by", "rows", "such", "as", "more"} & known_words({})


@pytest.mark.parametrize(
    ("table", "key", "policy"),
    [(table, key, policy) for table, key, _, policy in GENERATED],
    ids=[f"{table}.{key}: {what}" for table, key, what, _ in GENERATED],
)
def test_what_the_description_excludes_is_refused(table: str, key: str, policy: Tables) -> None:
    fault = refusal(policy)
    assert str(fault.facts["where"]).startswith(table), fault
    check_chinese(fault, policy)


@pytest.mark.parametrize("policy", OTHERS.values(), ids=OTHERS)
def test_other_faults_are_said_in_chinese(policy: Tables) -> None:
    check_chinese(refusal(policy), policy)


def test_every_place_that_refuses_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    reached: set[tuple[str, int]] = set()
    refuse = check.Checker.refuse

    def spy(self: check.Checker, where: str, value: object, wanted: Label) -> NoReturn:
        caller = sys._getframe(1)
        reached.add((Path(caller.f_code.co_filename).name, caller.f_lineno))
        refuse(self, where, value, wanted)

    monkeypatch.setattr(check.Checker, "refuse", spy)
    for policy in (*OTHERS.values(), *(policy for _, _, _, policy in GENERATED)):
        refusal(policy)
    for path in sorted(POLICY_ROOM.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "refuse":
                lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
                assert any((path.name, line) in reached for line in lines), (path.name, node.lineno)


@pytest.mark.parametrize(
    ("table", "key"),
    [(table, key) for table, of in DESCRIBED.items() for key, spec in of["keys"].items() if "one_of" in spec],
)
def test_the_allowed_values_are_those_of_the_code(table: str, key: str) -> None:
    fault = refusal(changed(table, row_with(table, key), **{key: "nowhere"}))
    assert str(fault.facts["wanted"]) == "one of " + ", ".join(DESCRIBED[table]["keys"][key]["one_of"])


@pytest.mark.parametrize(
    ("table", "key", "row"),
    [
        (table, key, row_with(table, key))
        for table, described in DESCRIBED.items()
        for key, spec in described["keys"].items()
        if "blank" in spec and (table, key) not in CONDITIONAL
    ],
)
def test_what_may_be_blank_is_not_asked_for(table: str, key: str, row: int) -> None:
    """A row without it may break another rule, but never because the key is blank."""
    rows = shipped(table)
    (rows if table == "policy" else rows[row]).pop(key, None)
    try:
        load.checked("mine.toml", {table: rows}, {}, "")
    except DuebookError as fault:
        asked = str(fault.facts["where"]).endswith(f", {key}") and fault.facts["value"] is check.BLANK
        assert not asked or "either" in str(fault) or table.startswith("score_"), fault


def test_every_table_takes_a_note() -> None:
    for table in sections.SECTION_OF:
        load.checked("mine.toml", changed(table, note="as agreed on 2026-01-01"), {}, "")


def test_every_table_and_key_is_described_in_both_languages() -> None:
    assert tuple(DESCRIBED) and set(DESCRIBED) == set(sections.KNOWN_TABLES)
    for table, described in DESCRIBED.items():
        used = set() if table == "policy" else {key for entry in shipped(table) for key in entry}
        assert used <= set(tables.keys(table)), table
        for each in (described, *described["keys"].values()):
            assert each["en"].strip() and re.search("[\u4e00-\u9fff]", each["zh"]), (table, each)
            assert set(each) <= {"en", "zh", "adds", "keys", "holds", "one_of", "least", "most", "blank"}, each
    kinds = [(key, spec.get("holds", "")) for of in DESCRIBED.values() for key, spec in of["keys"].items()]
    lists = {key for key, kind in kinds if kind.endswith("s") and kind not in ("days", "months", "years")}
    assert lists == sections.LIST_KEYS
