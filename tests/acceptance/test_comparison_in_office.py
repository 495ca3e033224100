"""The comparison of two closes in a real LibreOffice: no error, and every cached value is the recalculated one."""

from __future__ import annotations

from pathlib import Path

import pytest
from office import Office, differences, errors, read
from tests.close.sealed_closes import sealed, table
from tests.close.test_compare import OCTOBER, OCTOBER_PAID, SEPTEMBER, SEPTEMBER_PAID

from duebook.close import compare, compare_book
from duebook.core.engine import Engine
from duebook.core.messages import EDITIONS


@pytest.mark.office
def test_the_comparison_shows_what_libreoffice_computes(tmp_path: Path, office: Office) -> None:
    closes = [
        sealed(tmp_path / name, as_of, table(tmp_path / f"{name}.csv", ledger), ("payments", paid))
        for name, as_of, ledger, paid in (
            ("september", "2026-09-30", SEPTEMBER, table(tmp_path / "september_paid.csv", SEPTEMBER_PAID)),
            ("october", "2026-10-31", OCTOBER, table(tmp_path / "october_paid.csv", OCTOBER_PAID)),
        )
    ]
    paths = [tmp_path / f"compare.{language}.xlsx" for language in EDITIONS]
    with Engine(threads=1) as engine:
        found = compare.compare(closes[0], closes[1], engine)
        for path, language in zip(paths, EDITIONS, strict=True):
            compare_book.write(found, path, language)
    recalculated = office.recalculated(paths)
    for path in paths:
        filled, shown = read(path), recalculated[path]
        assert len(filled.formulas) > 100
        assert errors(filled) == errors(shown) == []
        assert differences(filled, shown, uncached=True) == []
