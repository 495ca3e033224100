"""The check for a real Excel, run here against LibreOffice: its steps, its verdicts, its report.

What only Excel has (spill, its object model, errors handed to functions) is not tried here and says so. A wrong
expectation, planted in the gallery or among the single cells, must come out as FAIL and name the cell.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
import xlwings as xw
from live_engine import Live
from tools import windows_check
from tools.excel_checks import cases, gallery, pressing, ranges, sharing
from tools.excel_checks.desk import Desk
from tools.excel_checks.report import Report
from tools.excel_checks.steps import Result, State, Step, run
from tools.templates import functions

from duebook.hosts import settings
from duebook.hosts.excel import press, session
from duebook.sample.month import SampleMonth, write_month

pytestmark = pytest.mark.office


class CalcDesk(Desk):
    """LibreOffice in the place of Excel, and this process in the place of Excel's Python."""

    real = False
    cells = 200

    def __init__(self, live: Live, folder: Path) -> None:
        super().__init__(live.app, folder)
        self.live = live

    def close(self, name: str) -> None:
        super().close(name)
        self.app.selection = None  # it may have been in the workbook that is gone

    def _opened(self, path: Path) -> xw.Book:
        return self.live.open(path)

    def _made(self) -> xw.Book:
        return self.live.new()

    def calculate(self, book: xw.Book) -> None:
        book.impl.document.recalculate()

    def put_array(self, block: xw.Range, formula: str) -> None:
        block.sheet.book.impl.document.set_array(block.sheet.name, block.address, formula)

    def sample(self, folder: Path) -> SampleMonth:
        """Its first documents: what is tested with them does not hang on how many there are."""
        month = write_month(folder, customers=20)
        lines = month.invoices.read_bytes().splitlines(keepends=True)
        month.invoices.write_bytes(b"".join(lines[:25]))
        return month

    def press(self, button: str, book: xw.Book) -> str:
        return press.press(button, book)


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No setting of the machine counts, and none is written to it."""
    monkeypatch.setattr(settings, "path", lambda: tmp_path / "settings" / "duebook.conf")
    monkeypatch.setenv("DUEBOOK_LANGUAGE", "en")
    monkeypatch.setattr(session, "_session", None)
    yield


@pytest.fixture
def desk(live: Live, tmp_path: Path) -> Iterator[CalcDesk]:
    found = CalcDesk(live, tmp_path)
    yield found
    found.close_all()


def results(desk: CalcDesk, *steps: Step) -> dict[str, Result]:
    return {result.name: result for result in run(steps, desk)}


SLOW = {"Fill exposure", "Monthly close", "Undo after the close"}


def passes(desk: CalcDesk, steps: Sequence[Step]) -> None:
    """Every step passes; those that need Excel say that they were not tried."""
    found = results(desk, *steps)
    wrong = {name: result for name, result in found.items() if result.state is not State.PASS}
    needing = {step.name for step in steps if step.needs_excel}
    assert {name: result for name, result in wrong.items() if name not in needing} == {}
    assert {result.state for result in wrong.values()} <= {State.NOT_TRIED}
    assert len(found) == len(steps), "two steps have the same name"


def test_single_cells_ranges_and_sharing(desk: CalcDesk) -> None:
    passes(desk, [*cases.steps(), *ranges.STEPS, *sharing.STEPS])


def test_the_buttons(desk: CalcDesk) -> None:
    passes(desk, [step for step in pressing.STEPS if step.name not in SLOW])


@pytest.mark.slow
def test_the_whole_month_end(desk: CalcDesk) -> None:
    passes(desk, pressing.STEPS)


def test_the_gallery_is_computed_anew(desk: CalcDesk) -> None:
    (found,) = results(desk, *gallery.STEPS).values()
    assert found.state is State.PASS and f"{len(functions.cases())} of {len(functions.cases())} checks" in found.shown


def test_the_values_that_the_gallery_brings_along_do_not_count(tmp_path: Path) -> None:
    """Else an Excel without the add-in, which computes nothing, would pass."""
    copy = tmp_path / "copy.xlsx"
    count = gallery.emptied(gallery.gallery_file(), copy)
    formulas, values = openpyxl.load_workbook(copy), openpyxl.load_workbook(copy, data_only=True)
    computed = [
        (sheet.title, cell.coordinate) for sheet in formulas for row in sheet for cell in row if cell.data_type == "f"
    ]
    assert len(computed) == count > 500
    assert {values[sheet][place].value for sheet, place in computed} == {None}


def test_wrong_expectations_in_the_gallery_are_told_cell_by_cell(
    desk: CalcDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = {"DSO": 46.0, "ALTMAN_ZONE": "green", "IS_BUSINESS_DAY": None}
    wanted = {}
    for case in functions.cases():
        if case.function in planted and not isinstance(case.gives, list) and not str(case.gives).startswith("#"):
            value = planted.pop(case.function)
            wanted[case.id] = (not case.gives) if value is None else value
    path = tmp_path / "wrong.xlsx"
    functions.build(path, wanted)
    monkeypatch.setattr(gallery, "gallery_file", lambda: path)
    (found,) = results(desk, *gallery.STEPS).values()
    assert found.state is State.FAIL and "3 of" in found.shown
    assert len(found.details) == 3
    assert any("=DSO(" in line and "shows 45, expected 46" in line for line in found.details), found.details
    assert any("=ALTMAN_ZONE(" in line and "expected green" in line for line in found.details)
    assert any("=IS_BUSINESS_DAY(" in line and "shows TRUE, expected FALSE" in line for line in found.details)


def test_a_wrong_cell_is_named_in_the_report_with_formula_expected_and_shown(
    desk: CalcDesk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    planted = [replace(case, shows=44.0) if case.key == "cells" else case for case in cases.ALL[:3]]
    report = Report(tmp_path / "report", {"Excel": "none"})
    windows_check.check(desk, cases.steps(planted), report)
    assert desk.books == {}
    text = (tmp_path / "report" / "report.txt").read_text("utf-8")
    assert "3 PASS, 1 FAIL, 0 NOT TRIED" in text
    formula = "=DSO(Inputs!$A$1,Inputs!$A$2,Inputs!$A$3)"
    assert f"  expected  Cases!$C$3: {formula} shows 44\n  seen      Cases!$C$3: {formula} shows 45\n" in text
    found = json.loads((tmp_path / "report" / "report.json").read_text("utf-8"))
    assert [step["state"] for step in found["steps"]].count("FAIL") == 1
    assert "FAIL      Cell: A function with cells" in capsys.readouterr().out


def test_step_7_of_the_page_the_first_month(live: Live, tmp_path: Path) -> None:
    """A new workbook beside the sample: the first press asks, the second writes the close and opens it."""
    book = live.new()
    CalcDesk(live, tmp_path).sample(tmp_path)
    book.save(str(tmp_path / "close.xlsx"))
    assert "Close settings was added" in press.press("monthly_close", book)
    wanted = {
        "Ledger": "invoices.csv",
        "Payments": "payments.csv",
        "Customers": "customers.xlsx",
        "As of": "2026-10-31",
    }
    block = pressing.table(book, "close_settings").range
    for down, row in enumerate(pressing.rows(book, "close_settings")):
        if row[0] in wanted:
            block.sheet.range((block.row + down, block.column + 1)).value = wanted[str(row[0])]
    answer = press.press("monthly_close", book)
    assert answer.startswith("+Closed 2026-10-31") and "Opened: aging.xlsx, exposure.xlsx, movements.xlsx." in answer, (
        answer
    )
    assert (tmp_path / "close-2026-10-31" / "close.json").is_file()
    assert {"aging.xlsx", "exposure.xlsx"} <= {other.name for other in book.app.books}
