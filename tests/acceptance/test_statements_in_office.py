"""Statements of account in a real LibreOffice: no error, every cached value the recalculated one, and A4 on paper."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from office import Office, differences, errors, read
from tests.books.schemas import violations
from tests.close.sealed_closes import sealed, table
from tests.close.test_statement import LEDGER, PAID
from tests.close.test_statement_files import look, written
from tests.templates.test_printing import A4, WIDE, converted

from duebook.core.messages import EDITIONS

LONG = "Manufacture générale des établissements réunis et compagnie " * 4
LETTERHEAD = f"""
[policy]
name = "House"
[[letterhead]]
from = 2026-01-01
company = "{LONG}"
address = "{LONG}"
contact = "{LONG}"
tax_id = "DE 0000"
account_name = "{LONG}"
bank = "{LONG}"
account = "DE00 0000 0000 0000 0000 00"
payment_note = "{LONG}"
"""


@pytest.fixture(scope="module")
def statements(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two customers in each edition: one of every kind in two currencies, one of hard names over several pages."""
    held = tmp_path_factory.mktemp("statements")
    many = "".join(
        f"C8 | {LONG} | 9{n:05} | Invoice | 2026-10-{n % 28 + 1:02} | 2026-11-30 | 12345678901.25 | KWD | | 1.125 | |\n"
        for n in range(150)
    )
    policy = held / "policy.toml"
    policy.write_text(LETTERHEAD, "utf-8")
    paid = "payments", table(held / "paid.csv", PAID)
    folder = sealed(held / "close", "2026-10-31", table(held / "ledger.csv", LEDGER + many), paid)
    found = []
    for language in EDITIONS:
        out = held / language
        found += [out / own.file for own in written(folder, out, look(language, policy=policy), "C1", "C8")]
    return found


@pytest.mark.office
def test_statements_show_what_libreoffice_computes(statements: list[Path], office: Office) -> None:
    recalculated = office.recalculated(statements)
    for path in statements:
        filled, shown = read(path), recalculated[path]
        assert len(shown.formulas) == len(filled.formulas) == 10
        assert errors(filled) == errors(shown) == []
        assert differences(filled, shown, uncached=True) == []


@pytest.mark.shared
def test_statements_are_valid(statements: list[Path], shared: Path) -> None:
    for path in statements:
        assert violations(path, shared / "schemas") == {}, path.name


@pytest.mark.office
def test_statements_print_on_a4_with_the_letterhead_on_every_page(
    statements: list[Path], soffice: str, tmp_path: Path
) -> None:
    hard = [path for path in statements if "-C8-" in path.name]
    for path, pdf in zip(hard, converted(soffice, hard, tmp_path, WIDE.is_dir()), strict=True):
        assert pdf.is_file(), f"LibreOffice gave up on {path.name}"
        command = ["pdfinfo", "-f", "1", "-l", "50", str(pdf)]
        told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
        sizes = re.findall(r"size:\s+([\d.]+) x ([\d.]+)", told)
        assert {tuple(sorted(round(float(side)) for side in size)) for size in sizes} == {A4}
        words = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True, timeout=60)
        assert "###" not in words.stdout, path.name
        pages = words.stdout.rstrip("\f").split("\f")
        assert 3 <= len(pages) == len(sizes) <= 8
        assert all(re.search("Statement of account|对账单", page) for page in pages)
