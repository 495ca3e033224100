"""The gallery in a real spreadsheet program: recalculated, every check is TRUE; a wrong expectation shows FALSE."""

from __future__ import annotations

from pathlib import Path

import pytest
from calc import Calc
from tests.cases.functions import Case, cases
from tools.templates import functions

from duebook.core.declare import GROUPS

GALLERY = Path(__file__).resolve().parents[2] / "xlsx_templates" / "functions.xlsx"
ROWS = 3_000


def checks(calc: Calc, path: Path) -> dict[str, list[tuple[int, object]]]:
    """Sheet → (row, check) as computed anew."""
    document = calc.open(path)
    try:
        document.recalculate(hard=True)
        found = {}
        for label in GROUPS.values():
            column = [row[0] for row in document.values(str(label), f"A1:A{ROWS}")]
            cases_of = [row[0] for row in document.values(str(label), f"B1:B{ROWS}")]
            held = [
                (n, mark)
                for n, (mark, said) in enumerate(zip(column, cases_of, strict=True), start=1)
                if said and mark not in (None, "")
            ]
            found[str(label)] = held
        found["Start"] = [(2, document.value("Start", "A2"))]
        return found
    finally:
        document.close()


@pytest.mark.office
def test_every_check_is_true(calc: Calc) -> None:
    found = checks(calc, GALLERY)
    marks = [(sheet, row, mark) for sheet, held in found.items() if sheet != "Start" for row, mark in held]
    assert [each for each in marks if each[2] not in (True, 1.0)] == []
    assert len(marks) == len(cases())
    assert found["Start"] == [(2, f"All {len(cases())} checks hold. · 全部 {len(cases())} 项检查通过。")]


def perturbed(case: Case) -> object:
    """Another expectation of the same shape, wrong in one cell."""

    def wrong(value: object) -> object:
        if isinstance(value, bool):
            return not value
        if isinstance(value, (int, float)):
            return value + 2 * max(case.within, 1e-6 * max(1.0, abs(value)))
        if isinstance(value, str) and value.startswith("#"):
            return "#REF!" if value != "#REF!" else "#N/A"
        return "something else"

    if not isinstance(case.gives, list):
        return wrong(case.gives)
    rows = [list(row) if isinstance(row, list) else [row] for row in case.gives]
    rows[-1][-1] = wrong(rows[-1][-1])
    return rows


@pytest.mark.office
def test_a_wrong_expectation_shows(calc: Calc, tmp_path: Path) -> None:
    """All expectations wrong at once: every single check must say FALSE."""
    path = tmp_path / "wrong.xlsx"
    functions.build(path, {case.id: perturbed(case) for case in cases()})
    found = checks(calc, path)
    marks = [(sheet, row, mark) for sheet, held in found.items() if sheet != "Start" for row, mark in held]
    assert len(marks) == len(cases())
    assert [each for each in marks if each[2] not in (False, 0.0)] == []
