"""Worksheet functions in real cells of LibreOffice Calc."""

from __future__ import annotations

import pytest
from calc import Calc

SHEET = "Sheet1"


@pytest.mark.office
def test_an_edit_recalculates(calc: Calc) -> None:
    with calc.new() as document:
        document.set_block(SHEET, "A1", [[15000, 10000, 30, "=DSO(A1,B1,C1)"]])
        assert document.value(SHEET, "D1") == 45
        document.set(SHEET, "B1", 20000)
        assert document.value(SHEET, "D1") == 22.5
