"""The check for a real Excel, run here against LibreOffice: its steps, its verdicts, its report.

What only Excel has (spill, its object model, errors handed to functions) is not tried here and says so. A wrong
expectation, planted in the gallery or among the single cells, must come out as FAIL and name the cell.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

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

pytestmark = pytest.mark.office


class CalcDesk(Desk):
    """LibreOffice in the place of Excel, and this process in the place of Excel's Python."""

    real = False
    cells, customers = 200, 20

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


def states(found: dict[str, Result]) -> dict[str, str]:
    """What did not pass, with what was seen."""
    return {name: f"{r.state} {r.shown} {r.details}" for name, r in found.items() if r.state is not State.PASS}


def test_single_cells_ranges_and_sharing(desk: CalcDesk) -> None:
    steps = [*cases.steps(), *ranges.STEPS, *sharing.STEPS]
    found = results(desk, *steps)
    needing = {step.name for step in steps if step.needs_excel}
    assert {name for name, result in found.items() if result.state is State.NOT_TRIED} == needing
    wrong = {n: s for n, s in states(found).items() if n not in needing}
    assert not wrong, "\n".join(map(str, wrong.items()))
    assert len(found) == len(steps)


def test_the_buttons(desk: CalcDesk) -> None:
    found = results(desk, *pressing.STEPS)
    needing = {step.name for step in pressing.STEPS if step.needs_excel}
    wrong = {n: s for n, s in states(found).items() if n not in needing}
    assert not wrong, "\n".join(map(str, wrong.items()))


def test_gallery(desk: CalcDesk) -> None:
    found = results(desk, *gallery.STEPS)
    assert not states(found)
