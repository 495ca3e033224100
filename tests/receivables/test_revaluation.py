"""Revaluation: booked amount plus difference is the amount at the closing rate, in the ledger's own decimals."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.money import decimals, rounded
from duebook.hosts.call import Door
from duebook.receivables.revaluation import revaluation

AMOUNT = st.decimals("-1e9", "1e9", places=2)
RATE = st.decimals("0.0001", "20000", places=6)
CURRENCY = st.sampled_from(["", "CNY", "JPY", "KWD"])


@given(AMOUNT, RATE, RATE, CURRENCY)
def test_booked_plus_difference_is_the_new_amount(amount: Decimal, old: Decimal, new: Decimal, currency: str) -> None:
    digits = decimals(currency)
    found = revaluation(amount, old, new, currency)
    assert rounded(amount * old, digits) + found == rounded(amount * new, digits)
    assert found == rounded(found, digits)


@given(AMOUNT, RATE, RATE)
def test_back_and_forth_is_nothing(amount: Decimal, old: Decimal, new: Decimal) -> None:
    assert revaluation(amount, old, new) == -revaluation(amount, new, old) == -revaluation(-amount, old, new)
    assert revaluation(amount, old, old) == 0


def test_a_receivable_gains_where_the_foreign_currency_rises() -> None:
    assert revaluation(Decimal(100), Decimal("7.1"), Decimal("7.2")) == 10
    assert revaluation(Decimal(-100), Decimal("7.1"), Decimal("7.2")) == -10


@pytest.mark.parametrize(("arguments", "code"), [([1, 0, 7], "#NUM!"), ([1, 7, -1], "#NUM!"), ([1, None, 7], "#N/A"),
                                                 ([1, 7, 7, "XXQ"], "#VALUE!")])  # fmt: skip
def test_rates_are_above_zero(arguments: list[object], code: str) -> None:
    assert Door().call("REVALUATION", arguments).code == code
