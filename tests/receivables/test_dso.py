"""DSO and its relatives against published examples (tests/cases/receivables_figures.csv)."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.receivables import dso

CASES = Path(__file__).parent.parent / "cases" / "receivables_figures.csv"


def cases() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["id"])
def test_published_example(case: dict[str, str]) -> None:
    parts = case["inputs"].split("|")
    if case["function"] == "dso_countback":
        sales = [Decimal(x) for x in parts[1].split(";")]
        found = dso.dso_countback(Decimal(parts[0]), sales, [int(x) for x in parts[2].split(";")]).days
    elif case["function"] in ("collection_effectiveness", "average_days_delinquent"):
        found = getattr(dso, case["function"])(*map(Decimal, parts))
    else:
        found = getattr(dso, case["function"])(*map(Decimal, parts[:-1]), int(parts[-1]))
    assert found is not None
    assert abs(found - Decimal(case["expected"])) <= Decimal(case["tolerance"])


def test_no_sales_is_no_figure_rather_than_zero() -> None:
    zero = Decimal(0)
    assert dso.dso(Decimal(100), zero, 30) is None
    assert dso.average_days_delinquent(None, Decimal(1)) is None
    assert dso.collection_effectiveness(zero, zero, zero, zero) is None
    assert dso.turnover(Decimal(5), zero, zero) is None


def test_an_exhausted_history_says_so() -> None:
    found = dso.dso_countback(Decimal(100), [Decimal(30), Decimal(0), Decimal(40)], [31, 30, 31])
    assert (found.days, found.covered_days, found.empty_months) == (None, 92, 1)


@given(
    st.decimals("0.01", "1e9", places=2),
    st.lists(st.decimals("0.01", "1e8", places=2), min_size=1, max_size=12),
    st.decimals("0", "1e8", places=2),
)
def test_more_receivables_never_count_back_fewer_days(owed: Decimal, sales: list[Decimal], more: Decimal) -> None:
    days = [30] * len(sales)
    less, greater = dso.dso_countback(owed, sales, days), dso.dso_countback(owed + more, sales, days)
    assert greater.days is None or (less.days is not None and less.days <= greater.days)
