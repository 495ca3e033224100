"""Explanations of a difference: whole documents only, the fewest that fit exactly."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.close.audit_replies import CAUSES, Cause, Paper, explained

AS_OF = date(2026, 10, 31)


def paper(cause: Cause, name: str, amount: str, day: str = "2026-10-30") -> Paper:
    return Paper(cause, name, date.fromisoformat(day), Decimal(amount))


PAPERS = (
    paper("receipts_in_transit", "P1", "1000.00", "2026-11-02"),
    paper("goods_in_transit", "I7", "300.00", "2026-10-29"),
    paper("goods_in_transit", "I8", "120.00", "2026-10-28"),
    paper("disputed", "I2", "80.00", "2026-06-01"),
    paper("credit_notes", "K1", "-50.00", "2026-10-31"),
    paper("invoiced_later", "I9", "-700.00", "2026-11-01"),
)


@pytest.mark.parametrize(
    ("difference", "documents", "unexplained"),
    [
        ("0", [], "0"),
        ("1000.00", ["P1"], "0"),  # the receipt alone
        ("420.00", ["I7", "I8"], "0"),  # 300 + 120
        ("250.00", ["I7", "K1"], "0"),  # 300 − 50: goods on their way, less a credit note the customer does not know
        ("-700.00", ["I9"], "0"),
        ("1380.00", ["P1", "I7", "I2"], "0"),  # 1000 + 300 + 80, no smaller set
        ("500.00", ["I7", "I8", "I2"], "0"),  # 300 + 120 + 80
        ("60.00", [], "60.00"),  # every document is larger: a part of one explains nothing
    ],
)
def test_the_fewest_whole_documents_that_sum_to_it(difference: str, documents: list[str], unexplained: str) -> None:
    found = explained(Decimal(difference), PAPERS, AS_OF)
    assert [p.document_id for p in found.papers] == documents
    assert found.unexplained == Decimal(unexplained)


def test_what_fits_is_taken_whole_where_nothing_sums_exactly() -> None:
    # 1010: the receipt of 1000 fits, then nothing fits into the 10 that are left
    found = explained(Decimal("1010.00"), PAPERS, AS_OF)
    assert [p.document_id for p in found.papers] == ["P1"]
    assert (found.of("receipts_in_transit"), found.unexplained) == (Decimal("1000.00"), Decimal("10.00"))


@given(
    st.lists(
        st.builds(
            Paper,
            st.sampled_from(CAUSES),
            st.text("ABC", min_size=1, max_size=2),
            st.dates(date(2026, 10, 1), date(2026, 11, 30)),
            st.decimals(-500, 500, places=2),
        ),
        max_size=20,
    ),
    st.decimals(-2000, 2000, places=2),
)
def test_difference_is_explained_and_unexplained(papers: list[Paper], difference: Decimal) -> None:
    found = explained(difference, papers, AS_OF)
    assert sum((found.of(cause) for cause in CAUSES), Decimal(0)) + found.unexplained == difference
    assert abs(found.unexplained) <= abs(difference)
    assert found == explained(difference, papers, AS_OF)
