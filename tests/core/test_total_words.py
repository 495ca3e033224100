"""One list of total words for exports and for ranges that somebody selected with the total row in them."""

from __future__ import annotations

import pytest

from duebook.core.total_words import names_total


@pytest.mark.parametrize("text", ["Total", " GRAND TOTAL: ", "合计", "合　计：", "小計", "Ｔｏｔａｌ", "Zwischensumme"])
def test_a_total_is_named(text: str) -> None:
    assert names_total(text)


@pytest.mark.parametrize("text", ["", "Total Energies SE", "Summit Ltd", "合计公司", "1000"])
def test_a_customer_is_no_total(text: str) -> None:
    assert not names_total(text)
