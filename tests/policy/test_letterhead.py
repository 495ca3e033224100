"""The letterhead of statements: which row counts, what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.policy.refusals import changed, loaded, refused

from duebook.policy import letterhead

ROWS = """
[[letterhead]]
from = 2026-01-01
company = "Northwind Ltd"
bank = "First Bank"
account = "1"
[[letterhead]]
from = 2026-01-01
language = "zh"
company = "北风有限公司"
[[letterhead]]
from = 2026-01-01
currency = "USD"
account = "2"
[[letterhead]]
from = 2026-07-01
company = "Northwind Group"
"""


@pytest.mark.parametrize(
    ("day", "language", "currency", "company", "bank", "account"),
    [
        (date(2026, 6, 30), "en", "CNY", "Northwind Ltd", "First Bank", "1"),
        (date(2026, 6, 30), "zh", "CNY", "北风有限公司", "First Bank", "1"),
        # the bank of the dollar row is taken whole: another bank's name beside its account would be a wrong payment
        (date(2026, 6, 30), "zh", "USD", "北风有限公司", "", "2"),
        (date(2026, 7, 1), "zh", "USD", "Northwind Group", "", ""),
    ],
)
def test_the_row_that_fits_best(
    tmp_path: Path, day: date, language: str, currency: str, company: str, bank: str, account: str
) -> None:
    found = loaded(tmp_path, ROWS).section(letterhead.read).on(day, language, currency)
    assert (found.company, found.bank, found.account) == (company, bank, account)


def test_duebook_states_none(tmp_path: Path) -> None:
    found = loaded(tmp_path, "").section(letterhead.read).on(date(2026, 1, 1), "en", "EUR")
    assert not any(found.texts((*letterhead.FIRM, *letterhead.BANK)))


@pytest.mark.parametrize(
    ("new", "where", "says"),
    [
        ('company = ""\nlanguage = "de"', "letterhead 1, language", "one of en, zh"),
        ('company = ""\ncurrency = "RMB"', "letterhead 1, currency", "ISO 4217"),
        ("company = 12", "letterhead 1, company", "a text"),
        ('company = ""\niban = "DE"', "letterhead 1, iban", "left out"),
    ],
)
def test_a_wrong_value_is_refused_by_place(tmp_path: Path, new: str, where: str, says: str) -> None:
    refused(tmp_path, changed("letterhead", 'company = ""', new), where, says)
