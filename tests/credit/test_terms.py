"""Days of credit and the clause."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.cells import Label
from duebook.credit.terms import credit_terms, terms_text
from duebook.hosts.call import Door

DOOR = Door()
SECTORS = ("", "retail", "construction", "food", "unknown")
LONG = [
    ["[credit_terms]", "", ""],
    ["from", "grade", "days"],
    *(["2000-01-01", grade, days] for grade, days in zip("ABCDE", (90, 60, 30, 0, 0), strict=True)),
]


@pytest.mark.parametrize("sector", SECTORS)
def test_a_better_grade_never_has_shorter_terms(sector: str) -> None:
    days = [credit_terms(grade, sector) for grade in "ABCDE"]
    assert days == sorted(days, reverse=True)


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["A", None, LONG], "a large enterprise must pay an SME within 60 days of delivery"),
        (["E"], "payment in advance or on delivery"),
        (["B", "shipping"], 'no terms for the sector "shipping"'),
        (["A"], "illustrative until adopted"),
    ],
)
def test_why_says_what_to_look_at(args: list[object], says: str) -> None:
    DOOR.call("CREDIT_TERMS", args, "B2")
    assert says in DOOR.why("B2")


def test_sixty_days_break_no_law() -> None:
    DOOR.call("CREDIT_TERMS", ["B", None, LONG], "B2")
    assert "Check the law" not in DOOR.why("B2")


def test_without_a_language_the_readers_counts() -> None:
    clause = terms_text(30)
    assert isinstance(clause, Label) and clause.zh == terms_text(30, language="zh")
    assert type(terms_text(30, language="en")) is str
    assert Door("zh").call("TERMS_TEXT", [30]) == "买方应自发票日起 30 天内付款。"
    assert Door("zh").call("TERMS_TEXT", [30, None, None, None, "en"]) == terms_text(30, language="en")


@pytest.mark.parametrize("discount", ["2/10", " 2 % / 10 ", "２／１０", "2.00%/10"])
def test_a_discount_is_read_as_people_write_it(discount: str) -> None:
    assert "deduct 2 % from amounts paid within 10 days" in terms_text(30, discount=discount, language="en")


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        ([30, None, "2/10 net 30"], "#VALUE!", "percent/days"),
        ([30, None, 46063.0], "#VALUE!", "apostrophe"),
        ([30, None, "0/10"], "#VALUE!", "above 0"),
        ([30, None, "100/10"], "#VALUE!", "below 100"),
        ([30, None, "2/30"], "#VALUE!", "before the due date"),
        ([0, None, "2/10"], "#VALUE!", "the terms are 0 days"),
        ([30, 1], "#NUM!", "amount of one or as everything"),
        ([30, -0.3], "#NUM!", "deposit"),
        ([30, None, None, 18], "#NUM!", "Did you mean 0.18"),
        ([30.5], "#NUM!", "whole number"),
        ([30, None, None, None, "de"], "#VALUE!", "en, zh"),
    ],
)
def test_what_cannot_be_written_is_refused(args: list[object], code: str, says: str) -> None:
    found = DOOR.call("TERMS_TEXT", args)
    assert found.code == code and says in found.text("en") and found.text("zh")


def test_a_deposit_is_a_share_or_an_amount() -> None:
    assert DOOR.call("TERMS_TEXT", [0, 0.125]).startswith("The Buyer pays a deposit of 12.5 % of the price")
    assert DOOR.call("TERMS_TEXT", [0, 1234.5, None, None, None, "JPY"]).startswith(
        "The Buyer pays a deposit of JPY 1,235 before delivery. The balance is due on receipt"
    )
    assert DOOR.call("TERMS_TEXT", [0, 0]) == "Payment is due on receipt of the invoice."


@given(
    st.integers(0, 3650),
    st.none() | st.decimals("0.001", "0.999", places=3),
    st.none() | st.decimals("0.001", "1", places=3),
)
def test_every_part_asked_for_is_a_sentence(days: int, deposit: object, late: object) -> None:
    clause = terms_text(days, deposit, "", late)  # type: ignore[arg-type]  # Hypothesis' unions
    assert isinstance(clause, Label)
    wanted = 1 + (deposit is not None) + (late is not None)
    assert clause.count(". ") + 1 == wanted and clause.endswith(".")
    assert clause.zh.count("。") == wanted and "{" not in clause + clause.zh


def test_a_rate_per_day_in_a_clause_is_asked_about() -> None:
    """万分之五 a day, typed as a yearly rate, would promise the customer a 365th of the interest."""
    door = Door()
    door.call("TERMS_TEXT", [30, None, None, 0.0005], cell="S!A1")
    assert "If it is a rate per day, enter 0.1825." in door.why("S!A1")
    door.call("TERMS_TEXT", [30, None, None, 0.18], cell="S!A1")
    assert "per day" not in door.why("S!A1")
