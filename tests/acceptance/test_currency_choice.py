"""Picking another currency on the summary shows that currency's figures, recalculated by a real LibreOffice."""

from __future__ import annotations

import re
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from office import Office, errors

from duebook.close.options import CloseOptions
from duebook.close.run import close_month
from duebook.ledger.files import Source
from duebook.sample.month import write_month


def chosen(book: Path, target: Path, now: str, then: str) -> Path:
    """A copy of the book in which the yellow cell holds `then` instead of `now`, as if a user had picked it."""
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                cell = re.compile(rb'(<c r="[A-Z]+\d+"[^>]*t="inlineStr"><is><t[^>]*>)' + now.encode() + rb"(</t>)")
                content, count = cell.subn(rb"\g<1>" + then.encode() + rb"\g<2>", content)
                assert count == 1, "the selector is the only cell of the summary that holds the bare code"
            new.writestr(name, content)
    return target


@pytest.mark.office
def test_every_currency_of_the_sample(office: Office, tmp_path: Path) -> None:
    month = write_month(tmp_path / "sample")
    sources = (Source(month.invoices), Source(month.payments, "payments"), Source(month.customers, "customers"))
    sealed = close_month(CloseOptions(sources, month.as_of, tmp_path / "out")).sealed
    others = sorted(set(sealed["totals"]) - {"CNY"})
    assert others == ["EUR", "JPY", "USD"]
    books = {
        currency: chosen(tmp_path / "out" / "aging.xlsx", tmp_path / f"aging {currency}.xlsx", "CNY", currency)
        for currency in others
    }
    shown = office.recalculated(list(books.values()))
    for currency, path in books.items():
        book = shown[path]
        assert errors(book) == []
        on_summary = {value for (sheet, _, _), value in book.values.items() if sheet == book.sheets[0]}
        numbers = {round(value, 4) for value in on_summary if isinstance(value, float)}
        own = sealed["totals"][currency]
        amounts = [own[key] for key in ("balance", "overdue", "disputed", "unapplied", "allowance")]
        for amount in [*amounts, *sealed["buckets"][currency]]:
            assert float(Decimal(amount)) in numbers, (currency, amount)
        assert any(isinstance(value, str) and value.startswith(f"{currency} ") for value in on_summary), "the headline"
