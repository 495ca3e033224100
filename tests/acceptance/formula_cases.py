"""A small ledger sheet and formulas over it. No expected values: LibreOffice itself supplies them.

Where LibreOffice 7.4 is known to differ from Excel, `DIFFERS` says what Excel shows; not asked at all are flags in
ranges, numeric text met by a number criterion, 0^0 and two-digit years.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from duebook.books.evaluate_view import ExcelError

HEADERS = ("ID", "Customer", "Cur", "Amount", "Due", "Days", "Note")
ROWS: tuple[tuple[str | float | date | ExcelError | None, ...], ...] = (
    ("0001", "Acme Ltd", "USD", 1200.10, date(2026, 8, 31), 61, "late"),
    ("0002", "acme ltd", "EUR", -50.05, date(2026, 9, 30), 31, None),
    ("0003", "Bolt GmbH", "USD", 0.1, date(2026, 10, 1), 30, ""),
    ("0004", "华为技术", "CNY", 98765.43, date(2026, 10, 31), 0, "a*b"),
    ("0005", "Zeta", "USD", 0.2, date(2027, 2, 28), -120, "1-30"),
    ("0006", "acme Ltd", "USD", 333.335, date(2024, 2, 29), 975, "31-60"),
    ("0007", "Öl & Söhne", "EUR", 7.0, None, None, "x?y"),
    ("0008", "Bolt GmbH", "USD", None, date(2026, 12, 1), -31, "Late"),
    ("0009", "Nord", "USD", 1000000.0, date(2026, 7, 1), 122, "~z"),
)
FIRST, LAST = 2, 1 + len(ROWS)
ERROR_ROWS: tuple[ExcelError | float | str, ...] = (1.0, ExcelError("#N/A"), 3.0, "t")
"""Column J from row 2 on: a column with an error in it."""
SORTED = (0.0, 30.0, 60.0, 90.0, 180.0)
"""Column K from row 2 on; L names them."""
NAMES = {
    "total_amount": "SUM(Data!$D$2:$D$10)",
    "as_of": "DATE(2026,10,31)",
    "amounts": "Data!$D$2:$D$10",
    "rate": "0.035",
    "twice": "total_amount*2+rate",
    "selected": "Data!$C$2",
}

FORMULAS = tuple((Path(__file__).parent / "formulas.txt").read_text("utf-8").splitlines())
"""One formula a line; formula n stands in A<n> of the sheet `F`."""

CALC = {
    # formulas that depend on each other, some on later ones; sheet `Calc`
    (1, 1): "A2*2",
    (2, 1): "SUM(Data!D2:D4)",
    (3, 1): "IF(A4>0,A4,0)",
    (4, 1): "COUNTA(items[ID])",
    (5, 1): 'A1&"|"&A3',
    (1, 2): "SUBTOTAL(9,Data!D2:D3)",
    (2, 2): "A4",
    (3, 2): "B2*10",
    (4, 2): "SUBTOTAL(9,B1:B3)",  # leaves B1 out: it is a subtotal itself
}

DIFFERS: dict[str, str | float | bool | ExcelError] = {
    # A flag joined to text reads TRUE in Excel, 1 here; and it is a kind of its own, after all text.
    '"a"&1.5&TRUE': "a1.5TRUE",
    'CONCATENATE("a",1,TRUE)': "a1TRUE",
    "TRUE=1": False,
    "TRUE>99": True,
    '"z"<TRUE': True,
    "ISNUMBER(TRUE)": False,
    # Microsoft's page on SUM: text and flags typed as arguments count; its example =SUM("5",15,TRUE) gives 21.
    'SUM("5",15,TRUE)': 21.0,
    # Errors that Excel has codes for come back as #VALUE! from a converted file.
    "SQRT(-1)": ExcelError("#NUM!"),
    "INDEX(Data!A2:G10,99,1)": ExcelError("#REF!"),
    'VLOOKUP("0001",Data!A2:G10,9,0)': ExcelError("#REF!"),
    "LARGE(Data!D2:D10,99)": ExcelError("#NUM!"),
    "SMALL(Data!D2:D10,0)": ExcelError("#NUM!"),
    # A number that is not in the list has no rank.
    "RANK(12345,Data!D2:D10)": ExcelError("#N/A"),
}
"""Formula → what Excel shows. LibreOffice shows something else, so Excel's documentation is the source here."""
