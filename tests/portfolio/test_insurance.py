"""Claims, premiums and the worth of cover: bounds and monotony of every clause. Figures: tests/cases."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.cells import CellError
from duebook.core.notes import listening
from duebook.hosts.call import Door
from duebook.portfolio.insurance import insurance_claim, insurance_premium, insurance_value, insured_loss

CENTS = st.decimals("0", "1e7", places=2)
OWN = st.just(Decimal(0)) | st.decimals("1", "1e7", places=2)
"""A part of the loss that the insured bears: below 1 it would be read as a share and is refused."""
CLAUSES = st.fixed_dictionaries(
    {
        "limit": CENTS,
        "cover": st.decimals("0", "1", places=3),
        "deductible": OWN,
        "order": st.sampled_from(["before_cover", "after_cover"]),
        "minimum_retention": OWN,
        "threshold": OWN,
        "aggregate_left": CENTS,
        "maximum_left": st.none() | CENTS,
    }
)


@given(CENTS, st.decimals("0", "1", places=2), CLAUSES)
def test_a_claim_is_between_nothing_and_the_insured_loss(
    loss: Decimal, recovered: Decimal, clauses: dict[str, Any]
) -> None:
    recoveries = (loss * recovered).quantize(Decimal("0.01"), rounding="ROUND_DOWN")
    claim = insurance_claim(loss, recoveries=recoveries, **clauses)
    assert 0 <= claim <= min(loss, clauses["limit"])
    if clauses["maximum_left"] is not None:
        assert claim <= clauses["maximum_left"]
    if loss <= clauses["threshold"]:
        assert claim == 0
    assert claim == 0 or insured_loss(loss, clauses["limit"], recoveries) - claim >= (
        clauses["minimum_retention"] - Decimal("0.01")
    )


@given(CENTS, CENTS, CLAUSES)
def test_a_larger_loss_never_pays_less(loss: Decimal, more: Decimal, clauses: dict[str, Any]) -> None:
    assert insurance_claim(loss + more, **clauses) >= insurance_claim(loss, **clauses)


@given(CENTS, OWN, CLAUSES, st.sampled_from(["deductible", "minimum_retention", "threshold", "aggregate_left"]))
def test_a_larger_own_share_never_pays_more(loss: Decimal, more: Decimal, clauses: dict[str, Any], own: str) -> None:
    assert insurance_claim(loss, **{**clauses, own: clauses[own] + more}) <= insurance_claim(loss, **clauses)


@given(CENTS, CLAUSES)
def test_the_deductible_after_cover_is_never_cheaper_for_the_insured(loss: Decimal, clauses: dict[str, Any]) -> None:
    before, after = ({**clauses, "order": order} for order in ("before_cover", "after_cover"))
    assert insurance_claim(loss, **after) <= insurance_claim(loss, **before)


@given(st.decimals("0.01", "1e7", places=2), CENTS)
def test_recoveries_of_the_whole_debt_leave_nothing_to_claim(loss: Decimal, limit: Decimal) -> None:
    assert insurance_claim(loss, limit, Decimal(1), recoveries=loss) == 0


def test_the_rule_that_decides_is_said() -> None:
    said = {
        "minimum retention of 1,000": {"minimum_retention": Decimal(1000)},
        "threshold of 9,000": {"threshold": Decimal(9000)},
        "limit of 4,000: 1,000 is your own risk": {"limit": Decimal(4000)},
        "Aggregate first loss used: 800; left: 0.": {"aggregate_left": Decimal(800)},
        "maximum liability left, 100,": {"maximum_left": Decimal(100)},
    }
    for words, clause in said.items():
        with listening() as heard:
            insurance_claim(Decimal(5000), **{"limit": Decimal(5000), "cover": Decimal("0.9"), **clause})
        assert words in " ".join(note.text() for note in heard)
    with listening() as heard:
        insurance_claim(Decimal(5000), Decimal(5000), Decimal("0.9"))
    assert heard == []


@pytest.mark.parametrize("own", ["deductible", "minimum_retention", "threshold"])
def test_a_share_is_not_taken_for_an_amount(own: str) -> None:
    for value, refused in (("0.1", True), ("0.99", True), ("1", False), ("0", False)):
        try:
            insurance_claim(
                Decimal(50000), Decimal(50000), Decimal("0.9"), order="before_cover", **{own: Decimal(value)}
            )
        except CellError as error:
            assert refused and error.key == "insurance.share_for_amount"
        else:
            assert not refused


def test_a_deductible_needs_its_order() -> None:
    with pytest.raises(CellError, match="before_cover or after_cover") as refused:
        insurance_claim(Decimal(50000), Decimal(50000), Decimal("0.9"), Decimal(5000))
    assert refused.value.code == "#N/A"


def test_chinese_orders_and_blank_clauses() -> None:
    plain = [50000.0, 50000.0, 0.9]
    assert Door("zh").call("INSURANCE_CLAIM", [*plain, 5000.0, "后扣免赔额"]) == 40000
    assert Door().call("INSURANCE_CLAIM", [*plain, *[None] * 7, "JPY"]) == 45000
    assert Door().call("INSURANCE_CLAIM", [*plain, *[None] * 5, 0.0]) == 0, "0 is used up"


def test_percentages_that_slipped() -> None:
    cover = Door().call("INSURANCE_CLAIM", [50000.0, 50000.0, 90.0])
    assert "Did you mean 0.9" in cover.text() and cover.code == "#NUM!"
    rate = Door().call("INSURANCE_PREMIUM", [20000000.0, 0.15, "shipments"])
    assert "Did you mean 0.0015 (0.15 %)" in rate.text() and rate.code == "#NUM!"
    assert Door().call("INSURANCE_PREMIUM", [20000000.0, "0.15%", "shipments"]) == 30000
    assert Door().call("INSURANCE_PREMIUM", [100.0, 0.05, "turnover"]) == 5, "5 % is still a rate"


@given(CENTS, st.decimals("0", "0.05", places=4), CENTS)
def test_a_premium_is_never_below_the_minimum(amount: Decimal, rate: Decimal, minimum: Decimal) -> None:
    premium = insurance_premium(amount, rate, "turnover", minimum)
    assert premium >= minimum and abs(max(amount * rate, minimum) - premium) <= Decimal("0.005")


CUSTOMERS = st.lists(st.tuples(CENTS, st.decimals("0", "1", places=4)), min_size=1, max_size=10)


@given(CUSTOMERS, st.decimals("0", "1", places=2), CENTS, st.decimals("0", "1", places=2), CENTS)
def test_the_measures_belong_together(
    customers: list[tuple[Decimal, Decimal]], cover: Decimal, premium: Decimal, severity: Decimal, costs: Decimal
) -> None:
    held, pd = [amount for amount, _ in customers], [risk for _, risk in customers]

    def worth(measure: str, premium: Decimal = premium) -> Decimal:
        return insurance_value(held, pd, cover, premium, measure, severity, None, costs)

    cent = Decimal("0.015")
    assert abs(worth("expected_loss") - worth("saved_loss") - worth("expected_loss_with_cover")) <= cent
    assert 0 <= worth("saved_loss") <= worth("expected_loss") <= sum(held)
    assert abs(worth("break_even_premium") - premium - worth("net_benefit")) <= cent
    if worth("break_even_premium") >= 0:
        assert abs(worth("net_benefit", worth("break_even_premium"))) <= cent, "at that premium nothing is won or lost"


@given(CUSTOMERS, CENTS)
def test_limits_never_save_more(customers: list[tuple[Decimal, Decimal]], limit: Decimal) -> None:
    held, pd = [amount for amount, _ in customers], [risk for _, risk in customers]
    facts: tuple[Any, ...] = (held, pd, Decimal("0.9"), Decimal(0), "saved_loss", Decimal(1))
    assert insurance_value(*facts, [limit] * len(held)) <= insurance_value(*facts)
    assert insurance_value(*facts, [None] * len(held)) == 0, "a blank limit is not insured"


def test_the_other_measures_are_said() -> None:
    door = Door()
    door.call("INSURANCE_VALUE", [[100000.0], [0.02], 0.9, 2000.0, "净收益"], "C3")
    assert "saved 1,800; break-even premium 1,800; net benefit -200." in door.why("C3")


def test_recoveries_above_the_loss_are_refused() -> None:
    with pytest.raises(CellError, match=r"recoveries \(6,000\) are above the loss \(5,000\)") as refused:
        insurance_claim(Decimal(5000), Decimal(5000), Decimal(1), recoveries=Decimal(6000))
    assert refused.value.code == "#NUM!"


def test_limits_that_are_blank_throughout_insure_nobody() -> None:
    """A list of customers that the insurer has all refused is not a list that was left out."""
    door = Door()
    customers = [[100000, 50000], [0.02, 0.04], 0.9, 2000, "net_benefit", None]
    assert door.call("INSURANCE_VALUE", [*customers, [[None], [None]]], cell="S!A1") == -2000
    assert "not insured: 2" in door.why("S!A1")
    assert door.call("INSURANCE_VALUE", customers, cell="S!A1") == 1600
    assert "limits is left out" in door.why("S!A1")
