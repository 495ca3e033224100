"""The filled books print in LibreOffice, on a machine without Arial or a substitute of its widths as well.

LibreOffice 7.4 crashes when text runs over the edge of a page that is fitted to its width, and wider fonts make it.
"""

from __future__ import annotations

import csv
import itertools
import os
import re
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from duebook.close.options import AuditRequest, CloseOptions
from duebook.close.run import close_month
from duebook.core.messages import BOTH, LANGUAGES
from duebook.ledger.files import Source
from duebook.sample.month import write_month

BOOKS = ("aging", "exposure", "movements", "audit")
WIDE = Path("/usr/share/fonts/truetype/dejavu")
CHINESE = Path("/usr/share/fonts/opentype/noto")
A4 = (595, 842)
HEADER = (
    "Document No.|Document type|Customer No.|Customer name|Parent|Invoice date|Due date|Currency|Amount|"
    "Dispute amount|Dispute reason"
)


def converted(soffice: str, books: list[Path], folder: Path, wide: bool) -> list[Path]:
    environment = dict(os.environ)
    if wide:
        fonts = folder / "fonts.conf"
        dirs = f"<dir>{WIDE}</dir><dir>{CHINESE}</dir><cachedir>{folder / 'cache'}</cachedir>"
        fonts.write_text(f"<?xml version='1.0'?><fontconfig>{dirs}</fontconfig>", "utf-8")
        environment["FONTCONFIG_FILE"] = str(fonts)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    made = []
    for number, book in enumerate(books):
        out = folder / str(number)
        command = [
            soffice,
            profile,
            "--headless",
            "--norestore",
            "--convert-to",
            "pdf",
            "--outdir",
            str(out),
            str(book),
        ]
        subprocess.run(command, capture_output=True, timeout=240, env=environment, check=False)
        made.append(out / f"{book.stem}.pdf")
    return made


def hard_ledger(folder: Path) -> Path:
    """Names and reasons of 200 characters, amounts of 14 digits, and a file name that fills the cover line."""
    path = folder / f"{'a long name of an export ' * 6}.csv"
    name, reason = "Manufacture générale des établissements " * 5, "three pallets short of the agreed quantity, " * 5
    with path.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(HEADER.split("|"))
        for n in range(60):
            # Every third amount cannot be read: the problems fill their page with long sentences.
            amount = reason if n % 3 == 2 else f"{12345678901234 + n}.56"
            customer = (f"{n % 12:05}", f"{name}{n % 12}", f"{name}{n % 4}")
            dispute = ("1000.00", reason) if n % 4 == 0 else ("", "")
            rows.writerow((f"9{n:05}", "Invoice", *customer, "2026-07-01", "2026-08-15", "CNY", amount, *dispute))
    return path


@pytest.mark.office
@pytest.mark.parametrize(
    ("language", "wide"), [*itertools.product(LANGUAGES, (False, True)), (BOTH, True)], ids=lambda x: str(x)
)
def test_every_book_prints_on_a4(soffice: str, tmp_path: Path, language: str, wide: bool) -> None:
    if wide and not WIDE.is_dir():
        pytest.skip("no DejaVu fonts to stand in for Arial")
    month = write_month(tmp_path / "sample")
    sources = (Source(month.invoices), Source(month.payments, "payments"), Source(month.customers, "customers"))
    sample, hard = tmp_path / "closed", tmp_path / "hard"
    audit = AuditRequest()
    close_month(CloseOptions(sources, month.as_of, sample, language=language, audit=audit))
    ledger = (Source(hard_ledger(tmp_path)),)
    totals = {"CNY": Decimal("1.00")}
    day = date(2026, 10, 31)
    close_month(CloseOptions(ledger, day, hard, language=language, control_totals=totals, audit=audit))
    books = [folder / f"{book}.xlsx" for folder in (sample, hard) for book in BOOKS]
    for book, pdf in zip(books, converted(soffice, books, tmp_path, wide), strict=True):
        assert pdf.is_file(), f"LibreOffice gave up on {book.parent.name}/{book.name}"
        told = subprocess.run(
            ["pdfinfo", "-f", "1", "-l", "200", str(pdf)], capture_output=True, text=True, check=True, timeout=60
        ).stdout
        sizes = re.findall(r"size:\s+([\d.]+) x ([\d.]+)", told)
        assert len(sizes) >= 7
        assert {tuple(sorted(round(float(side)) for side in size)) for size in sizes} == {A4}
        words = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True, timeout=60)
        assert "###" not in words.stdout, book.name
