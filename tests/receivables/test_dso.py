"""DSO and its relatives: exact in the close, the same formula on floats and arrays, laws. Figures: tests/cases."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.cells import CellError
from duebook.hosts.call import Door
from duebook.receivables import dso


def test_no_sales_is_no_figure_rather_than_zero() -> None:
    zero = Decimal(0)
    assert dso.figure(dso.dso, Decimal(100), zero, 30) is None
    assert dso.figure(dso.collection_effectiveness, zero, zero, zero, zero, "whole") is None
    assert dso.figure(dso.receivables_turnover, Decimal(5), zero) is None


def test_one_formula_on_decimals_floats_and_arrays() -> None:
    assert dso.dso(Decimal("11300"), Decimal("10000"), 30, Decimal("0.13")) == 30
    assert dso.dso(11300.0, 10000.0, 30, 0.13) == pytest.approx(30)
    found = dso.dso(np.array([11300.0, 5.0]), np.array([10000.0, 0.0]), 30, 0.13)
    assert found[0] == pytest.approx(30) and np.isnan(found[1]), "no sales is no figure, never infinity"


def test_an_exhausted_history_says_so() -> None:
    found = dso.countback(Decimal(100), [Decimal(30), Decimal(0), Decimal(40)], [31, 30, 31])
    assert (found.days, found.covered_days, found.empty_months) == (None, 92, 1)
    with pytest.raises(CellError, match="More than 92 days") as refused:
        dso.dso_countback(Decimal(100), [Decimal(30), Decimal(0), Decimal(40)], [31, 30, 31])
    assert refused.value.code == "#N/A"


@given(
    st.decimals("0.01", "1e9", places=2),
    st.lists(st.decimals("0.01", "1e8", places=2), min_size=1, max_size=12),
    st.decimals("0", "1e8", places=2),
)
def test_more_receivables_never_count_back_fewer_days(owed: Decimal, sales: list[Decimal], more: Decimal) -> None:
    days = [30] * len(sales)
    less, greater = dso.countback(owed, sales, days), dso.countback(owed + more, sales, days)
    assert greater.days is None or (less.days is not None and less.days <= greater.days)


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(28, 31)), min_size=1, max_size=8), st.integers(0, 3000))
def test_count_back_takes_of_each_month_what_is_left(history: list[tuple[int, int]], owed: int) -> None:
    """Amounts in cents, so that a month is used up to the cent now and then."""
    left, days = Fraction(owed), Fraction(0)
    for sales, span in history:
        part = Fraction(0) if left == 0 else min(Fraction(1), left / sales) if sales else Fraction(1)
        left -= part * sales
        days += part * span
    cents = [Decimal(sales) / 100 for sales, _ in history]
    found = dso.countback(Decimal(owed) / 100, cents, [span for _, span in history]).days
    assert found is None if left else found == pytest.approx(Decimal(float(days)), abs=Decimal("0.000001"))


@given(st.floats(0.01, 1e6), st.floats(1, 1e5))
def test_turnover_days_times_turnover_is_the_period(turnover: float, days: float) -> None:
    assert dso.turnover_days(turnover, days) * turnover == pytest.approx(days)


MONEY = st.integers(0, 10**12).map(lambda cents: cents / 100)


@given(MONEY, MONEY, st.floats(0, 1), st.floats(0, 1), st.sampled_from([("whole", None), ("monthly", 3)]))
def test_effectiveness_is_a_share(
    opening: float, sales: float, left: float, due: float, convention: tuple[str, int | None]
) -> None:
    closing = round((opening + sales / (convention[1] or 1)) * left * 0.99, 2)
    current = round(closing * due, 2)
    try:
        found = dso.collection_effectiveness(opening, sales, closing, min(current, closing), *convention)
    except ZeroDivisionError:
        return
    assert 0 <= found <= 1
    worst = dso.collection_effectiveness(opening, sales, closing, 0, *convention)
    assert worst <= found, "the less of it was due, the better the collection"


def test_receivables_that_grow_by_more_than_was_sold_are_refused_to_the_cent() -> None:
    assert dso.collection_effectiveness(0.7, 0.1, 0.8, 0, "whole") == 0, "0.7 + 0.1 is below 0.8 in floats"
    refused = Door("zh").call("COLLECTION_EFFECTIVENESS", [0.7, 0.1, 0.81, 0, "whole"])
    assert refused.code == "#NUM!" and "vat_rate" in refused.text("zh")
    assert dso.figure(dso.collection_effectiveness, *map(Decimal, "1234"), "whole") is None


def test_delinquency_below_zero_is_refused_and_has_no_place_in_an_array() -> None:
    found = dso.average_days_delinquent(np.array([45.0, 12.0, 7.0]), np.array([12.0, 45.0, 7.0]))
    assert found[0] == 33 and np.isnan(found[1]) and found[2] == 0
    assert "best_possible (45) is above dso (12)" in Door().call("AVERAGE_DAYS_DELINQUENT", [12, 45]).text()


@given(st.floats(0.01, 1e6), st.floats(0.01, 1e6), st.floats(1, 1e4), st.floats(0, 1))
def test_turnover_days_are_average_dso_on_any_tax_basis(owed: float, sales: float, days: float, vat: float) -> None:
    turnover = dso.receivables_turnover(sales, owed, vat)
    assert dso.turnover_days(turnover, days) == pytest.approx(dso.dso_average(owed, owed, sales, days, vat))


@pytest.mark.parametrize(
    ("months", "code", "says"),
    [(["2026-03-31", "2026-02-01", "2026-01-15"], None, ""), (["2026-01-31", "2025-12-01", "2025-11-30"], None, ""),
     (["2026-03-31", "2026-01-31", "2025-12-31"], "#N/A", "2026-02 is missing before row 2"),
     (["2026-03-31", "2026-02-28", "2025-12-31"], "#N/A", "2026-01 is missing before row 3"),
     (["2026-03-31", "2026-03-01", "2026-02-28"], "#VALUE!", "row 2 is 2026-03 after 2026-03"),
     (["2026-01-31", "2026-02-28", "2026-03-31"], "#VALUE!", "newest first"),
     (["2026-03-31", None, "2026-01-31"], "#N/A", "month, row 2 is blank")],
)  # fmt: skip
def test_months_run_backwards_without_a_gap(months: list[str | None], code: str | None, says: str) -> None:
    found = Door().call("DSO_COUNTBACK", [150, [100, 60, 50], [30, 30, 30], None, months])
    if code is None:
        assert found == 55
    else:
        assert found.code == code and says in found.text()


def test_a_blank_month_is_a_gap_and_no_row_to_drop() -> None:
    found = Door().call("DSO_COUNTBACK", [150, [100, None, 60], [30, None, 30]])
    assert found.code == "#N/A" and "sales_newest_first, row 2 is blank" in found.text()
    assert Door().call("DSO_COUNTBACK", [150, [100, 60, None], [30, 30, None]]) == 55, "the end of a selection"
