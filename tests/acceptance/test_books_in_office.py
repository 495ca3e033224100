"""The filled standard workbooks in a real LibreOffice: no error, and every cached value is the recalculated one."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from office import Book, Difference, Office, differences, errors, read

from duebook.close.options import AuditRequest, CloseOptions
from duebook.close.run import close_month
from duebook.ledger.files import Source
from duebook.sample.month import SampleMonth, write_month

BOOKS = ("aging", "exposure", "movements", "audit")


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> SampleMonth:
    return write_month(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="module")
def closes(month: SampleMonth, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    """The sample month closed in English and in both languages, compared with the month before; in Chinese, without."""
    folder = tmp_path_factory.mktemp("closes")
    sources = (Source(month.invoices), Source(month.payments, "payments"), Source(month.customers, "customers"))
    before, english, chinese, both = (folder / name for name in ("before", "en", "zh", "both"))
    audit = AuditRequest(receipts_to=month.as_of, seed="spring")
    close_month(CloseOptions(sources, month.previous_as_of, before, audit=audit))
    control = month.control_totals(month.as_of)
    options = CloseOptions(sources, month.as_of, english, previous=before, control_totals=control, audit=audit)
    close_month(options)
    close_month(CloseOptions(sources, month.as_of, chinese, language="zh", audit=audit))
    close_month(replace(options, out=both, language="both"))
    return {out.name: [out / f"{book}.xlsx" for book in BOOKS] for out in (before, english, chinese, both)}


@pytest.fixture(scope="module")
def recalculated(closes: dict[str, list[Path]], office: Office) -> dict[Path, Book]:
    return office.recalculated([path for paths in closes.values() for path in paths])


@pytest.mark.office
@pytest.mark.parametrize("close", ["before", "en", "zh", "both"])
@pytest.mark.parametrize("place", range(len(BOOKS)), ids=BOOKS)
def test_filled_books_show_what_libreoffice_computes(
    closes: dict[str, list[Path]], recalculated: dict[Path, Book], close: str, place: int
) -> None:
    path = closes[close][place]
    filled, shown = read(path), recalculated[path]
    assert len(filled.formulas) > 100
    assert len(shown.formulas) == len(filled.formulas)
    assert errors(filled) == []
    assert errors(shown) == []
    assert differences(filled, shown, uncached=True) == []


@pytest.mark.office
def test_a_wrong_cached_value_in_a_filled_book_is_caught(
    closes: dict[str, list[Path]], office: Office, tmp_path: Path
) -> None:
    """999 is planted as the cached value of one formula of the real book, beside everything that is right."""
    path = closes["en"][0]
    filled = read(path)
    key = next(
        k for k in sorted(filled.formulas) if isinstance(filled.values.get(k), float) and k not in filled.uncached
    )
    wrong = tmp_path / "wrong.xlsx"
    _plant(path, wrong, key, 999)
    expected = Difference(*key, filled.formulas[key], 999.0, filled.values[key])
    assert differences(wrong, office.recalculated([wrong])[wrong]) == [expected]


def _plant(path: Path, wrong: Path, key: tuple[str, int, int], value: int) -> None:
    """Rewrites one `<v>`; sheets stand in the file in the order of the book."""
    number = read(path).sheets.index(key[0]) + 1
    letters, column = "", key[2]
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    cell = re.compile(rf'(<c r="{letters}{key[1]}"[^>]*>(?:(?!</c>).)*<v>)[^<]*(</v>)'.encode(), re.DOTALL)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(wrong, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == f"xl/worksheets/sheet{number}.xml":
                part, count = cell.subn(rb"\g<1>%d\2" % value, part)
                assert count == 1, key
            new.writestr(name, part)


@pytest.mark.office
@pytest.mark.shared
def test_real_ledger_in_the_standard_books(shared: Path, office: Office, tmp_path: Path) -> None:
    ledger = Source(shared / "data" / "ledgers" / "ibm_ar.csv")
    close_month(CloseOptions((ledger,), date(2013, 6, 30), tmp_path / "out", currency="USD", disputed="open"))
    paths = [tmp_path / "out" / f"{book}.xlsx" for book in ("aging", "exposure")]
    for path, shown in office.recalculated(paths).items():
        assert errors(shown) == [], path.name
        assert differences(path, shown, uncached=True) == [], path.name
