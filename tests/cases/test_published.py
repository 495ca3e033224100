"""Every published worked example has a test of its id; a missing one fails.

Most are rows of the case tables (`tests/cases/functions`); a few are pure Python and hold in the tests named here.
"""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from tests.cases.functions import cases

HERE = Path(__file__).parent
IN_PYTHON = {
    "P06": "plans/test_rate_of_return.py",
    "P09": "plans/test_annuity.py",
    "P10": "plans/test_rate_of_return.py",
}


def ids() -> list[str]:
    lines = (HERE / "published_ids.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("wanted", ids())
def test_a_published_example_has_its_test(wanted: str) -> None:
    if wanted in {case.id for case in cases()}:
        return
    path = HERE.parent / IN_PYTHON[wanted]
    assert re.search(rf"\b{wanted}\b", path.read_text("utf-8")), f"{wanted} is not in {path.name}"


@pytest.mark.shared
def test_no_published_example_is_left_out(shared: Path) -> None:
    with (shared / "cases" / "formulas.csv").open(encoding="utf-8", newline="") as stream:
        published = [row["id"] for row in csv.DictReader(stream)]
    published += [row["id"] for row in json.loads((shared / "cases" / "receivables.json").read_text("utf-8"))]
    assert ids() == published


@pytest.mark.shared
def test_wrong_prints_are_negative_controls(shared: Path) -> None:
    """Rows marked X are published but wrong: the case asserts the right figure and that the print does not hold."""
    with (shared / "cases" / "formulas.csv").open(encoding="utf-8", newline="") as stream:
        wrong = {row["id"] for row in csv.DictReader(stream) if row["provenance"] == "X"}
    assert wrong <= {case.id for case in cases() if case.wrong_print is not None}
