"""Whatever a ledger's cells hold, the filled workbooks hold it as text: no formula, no link, no lost letter."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from duebook.hosts.cli import main

LONGEST = 32_767
"""Characters of a cell, as Excel counts them: UTF-16 units."""
SPACES = " \t\r\n\u00a0\u3000\ufeff\u200b"
"""Spaces around a value are not part of it."""

OWN = [
    "=cmd|'/c calc'!A1",
    '=HYPERLINK("http://example.com","pay here")',
    "=1+1",
    "+49 30 123456",
    "-5",
    "@x",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "＝1+1",
    "0012",
    "1E5",
    "TRUE",
    "#N/A",
    "2026-10-31",
    "1/2",
    "_x0041_",
    "_x005F_x0041_",
    "a\x01b\x08c\x0bd\x1fe",
    "line one\nline two",
    "line one\r\nline two",
    "tab\there",
    "&lt;b&gt; <b>&amp;</b> ]]> <!-- -->",
    "\u202egnp.exe\u202c",
    "\u200fשלום",
    "👩‍👩‍👧‍👦 𝒳",
    "e\u0301 ﬁ ½",
    "'quoted",
    "''",
    '"',
    '""',
    "{=1}",
    "\ufffe\uffff",
    "x" * 40_000,
    "𝒳" * 20_000,
]


def cut(text: str) -> str:
    """`text` as far as a cell holds it, no character cut in half."""
    units = text.encode("utf-16-le")
    return units[: 2 * LONGEST].decode("utf-16-le", "ignore") if len(units) > 2 * LONGEST else text


def ledger(path: Path, payloads: Sequence[str], head: Sequence[str], row: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(head)
        for number, payload in enumerate(payloads, start=1):
            cells = {"payload": payload, "number": f"N{number:05}", "amount": f"{number}.00"}
            writer.writerow([cells.get(cell, cell) for cell in row.split("|")])


def texts(folder: Path) -> Iterator[tuple[str, str, float | None]]:
    """(table column, text, amount in the same row) of every table row of both books; fails on a formula in a body."""
    for name in ("aging", "exposure"):
        book = openpyxl.load_workbook(folder / f"{name}.xlsx")
        for sheet in book.worksheets:
            for table in sheet.tables.values():
                rows = list(sheet[table.ref])
                heads = [str(cell.value) for cell in rows[0]]
                for row in rows[1:]:
                    amounts = {h: c.value for h, c in zip(heads, row, strict=True) if isinstance(c.value, int | float)}
                    for header, cell in zip(heads, row, strict=True):
                        if header in ("Customer", "Customer ID", "Document", "Reason", "Value", "Group or customer"):
                            assert cell.data_type != "f", (sheet.title, cell.coordinate, cell.value)
                            assert cell.hyperlink is None
                            if cell.value is not None:
                                yield f"{table.name}/{header}", unescape(str(cell.value)), amounts.get("Amount")


def payloads(shared: Path | None = None) -> list[str]:
    found = list(OWN)
    if shared:
        for name in ("csv-injection-payloads.txt", "blns.txt"):
            lines = (shared / "data" / "hostile" / name).read_text("utf-8").split("\n")
            found += [line for line in lines if line.strip(SPACES) and "\0" not in line]
    return found


def closed(folder: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    out = folder / "out"
    status = main(["close", str(folder / "ledger.csv"), "--as-of", "2026-10-31", "--out", str(out), "--quiet"])
    assert status in (0, 1), capsys.readouterr().err
    return out


HEAD = ("Customer ID", "Customer Name", "Invoice No", "Invoice Date", "Due Date", "Amount", "Currency")


def check_names(tmp_path: Path, capsys: pytest.CaptureFixture[str], given: Sequence[str]) -> None:
    ledger(tmp_path / "ledger.csv", given, HEAD, "number|payload|number|2026-10-01|2026-10-31|amount|EUR")
    names = {
        amount: text for column, text, amount in texts(closed(tmp_path, capsys)) if column == "open_items/Customer"
    }
    assert len(names) == len(given)
    for number, payload in enumerate(given, start=1):
        assert names[number] == cut(payload.strip(SPACES)), (number, payload[:80])


def test_customers_named_like_formulas_stay_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check_names(tmp_path, capsys, payloads())


@pytest.mark.shared
def test_naughty_strings_as_customer_names(shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check_names(tmp_path, capsys, payloads(shared))


def test_numbers_reasons_and_problem_values_stay_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same payloads as customer number, document number, dispute reason, and as dates that cannot be read."""
    given = [payload for payload in OWN if payload.strip(SPACES)]
    head = ("Customer ID", "Invoice No", "Invoice Date", "Amount", "Currency", "Disputed", "Dispute Reason")
    ledger(tmp_path / "ledger.csv", given, head, "payload|payload|2026-10-01|amount|EUR|yes|payload")
    with (tmp_path / "ledger.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(["K", f"D{n}", text, "1.00", "EUR", "no", ""] for n, text in enumerate(given))
    found: dict[str, set[str]] = {}
    for column, text, _ in texts(closed(tmp_path, capsys)):
        found.setdefault(column, set()).add(text)
    whole = {cut(payload.strip(SPACES)) for payload in given}
    assert found["disputed_items/Reason"] == whole
    # Excel's marks for text are taken off numbers, and said: 'x and ="x"
    numbers = (whole - {"'quoted", "''"}) | {"quoted", "'"}
    assert found["disputed_items/Document"] == numbers
    assert found["aged_balance/Customer ID"] - {"K"} == numbers
    dates = {"2026-10-31", "1/2"}
    assert whole - dates - {"'quoted"} <= found["problems/Value"] | {""}
