"""The summary shows the chosen currency's figures, and the checks fail where a figure is wrong: by the real writer.

Amounts are typed by hand: two customers in CNY (120.00 and 30.00, 40.00 of it late, 5.00 disputed, 10.00 unapplied)
and one in JPY (7,000, all late).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal as D
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from duebook.books.fill import fill
from duebook.books.plan import Plan, Value
from duebook.books.rows import ListRows
from duebook.close.slots import AGING_TABLES, EXPOSURE_TABLES
from duebook.core.messages import EDITIONS

TEMPLATES = Path(__file__).resolve().parents[2] / "xlsx_templates"
Row = Mapping[str, Value]


def customer(key: str, name: str, currency: str, parts: tuple[int, ...], disputed: int = 0, unapplied: int = 0) -> Row:
    buckets = {f"bucket_{n}": D(a) for n, a in enumerate(parts, start=1)}
    return {
        "customer_id": key,
        "customer_name": name,
        "currency": currency,
        **buckets,
        "aged": D(sum(parts)),
        "disputed": D(disputed),
        "unapplied": D(unapplied),
        "balance": D(sum(parts) + disputed + unapplied),
        "overdue": D(sum(parts[1:])),
        "oldest_days": 100,
    }


def summed(key: str, name: str, rows: list[Row], currency: str) -> Row:
    own = [r for r in rows if r["currency"] == currency]
    money = [f.key for f in AGING_TABLES[4].fields if f.unit == "money"]
    totals: dict[str, Value] = {m: sum((D(str(r[m])) for r in own), D(0)) for m in money}
    return {key: name, "currency": currency, "customers": len(own), **totals}


BALANCES = [
    customer("0001", "Nord & Co.", "CNY", (85, 30, 0, 0, 0, 0), disputed=5),
    customer("0002", "<West>", "CNY", (30, 0, 0, 0, 10, 0), unapplied=-10),
    customer("0003", "=Ost", "JPY", (0, 7000, 0, 0, 0, 0)),
]
# CNY: aged 155, late 40, disputed 5, unapplied −10, balance 150. JPY: 7,000 throughout.


def aging_rows() -> dict[str, list[Row]]:
    buckets = {"CNY": (115, 30, 0, 0, 10, 0), "JPY": (0, 7000, 0, 0, 0, 0)}
    both = ("CNY", "JPY")
    return {
        "figures": [
            {
                "currency": "CNY",
                "headline": "CNY headline",
                "chart_title": "CNY chart",
                "balance": D(150),
                "aged": D(155),
                "overdue": D(40),
                "disputed": D(5),
                "unapplied": D(-10),
                "previous_balance": D(120),
            },
            {
                "currency": "JPY",
                "headline": "JPY headline",
                "chart_title": "JPY chart",
                "balance": D(7000),
                "aged": D(7000),
                "overdue": D(7000),
                "disputed": D(0),
                "unapplied": D(0),
            },
        ],
        "bucket_totals": [
            {"lookup": f"{c}|{n}", "currency": c, "bucket": f"b{n}", "amount": D(a)}
            for c in both
            for n, a in enumerate(buckets[c], start=1)
        ],
        "ten_largest": [
            {"lookup": "CNY|1", "currency": "CNY", "rank": 1, "customer_name": "Nord & Co.", "balance": D(120)},
            {"lookup": "CNY|2", "currency": "CNY", "rank": 2, "customer_name": "<West>", "balance": D(30)},
            {"lookup": "JPY|1", "currency": "JPY", "rank": 1, "customer_name": "=Ost", "balance": D(7000)},
        ],
        "changes": [],
        "aged_balance": BALANCES,
        "aged_groups": [summed("parent_id", "(none)", BALANCES, c) for c in both],
        "aged_units": [summed("sales_unit", "(none)", BALANCES, c) for c in both],
        "open_items": [
            {"customer_id": "0001", "currency": "CNY", "amount": D(120), "open": D(120), "disputed": D(5)},
            {"customer_id": "0002", "currency": "CNY", "amount": D(50), "open": D(40)},
            {"customer_id": "0002", "currency": "CNY", "amount": D(-10), "open": D(-10)},
            {"customer_id": "0003", "currency": "JPY", "amount": D(7000), "open": D(7000)},
        ],
        "disputed_items": [{"customer_id": "0001", "currency": "CNY", "open": D(120), "disputed": D(5)}],
        "unapplied_items": [{"customer_id": "0002", "currency": "CNY", "amount": D(-10), "open": D(-10)}],
        "provision_matrix": [],
        "problems": [],
        "tie_out": [
            {
                "currency": "CNY",
                "not_due": D(115),
                "buckets": D(40),
                "disputed": D(5),
                "unapplied": D(-10),
                "reconciling": D(0),
                "total": D(150),
                "control": D(150),
                "difference": D(0),
            },
            {
                "currency": "JPY",
                "not_due": D(0),
                "buckets": D(7000),
                "disputed": D(0),
                "unapplied": D(0),
                "reconciling": D(0),
                "total": D(7000),
            },
        ],
        "reconciling_items": [],
        "basis": [{"name": "Aging basis", "value": "due date"}],
    }


def filled(folder: Path, kind: str, rows: Mapping[str, list[Row]], language: str, currency: str) -> Workbook:
    slots = AGING_TABLES if kind == "aging" else EXPOSURE_TABLES
    tables = {
        t.name: ListRows(t.columns(), [tuple(r.get(f.key) for f in t.fields) for r in rows[t.name]]) for t in slots
    }
    cells: dict[str, Value] = {"selected_currency": currency, "as_of": date(2026, 10, 31)}
    target = folder / f"{kind}-{currency}.xlsx"
    report = fill(TEMPLATES / f"{kind}.{language}.xlsx", target, Plan(tables, cells))
    assert not report.absent and not report.dropped
    assert not any(report.unmatched_columns.values())
    return load_workbook(target, data_only=True)


def named(book: Workbook, name: str) -> object:
    ((sheet, cell),) = book.defined_names[name].destinations
    return book[sheet][cell].value


def shown(book: Workbook) -> dict[str, list[object]]:
    """Text in the summary's rows → the other values of its row."""
    found: dict[str, list[object]] = {}
    for row in book.worksheets[0].iter_rows(values_only=True):
        values = [v for v in row if v not in (None, "")]
        for n, value in enumerate(values):
            if isinstance(value, str):
                found.setdefault(value, values[:n] + values[n + 1 :])
    return found


@pytest.mark.parametrize("language", EDITIONS)
def test_the_summary_follows_the_chosen_currency(tmp_path: Path, language: str) -> None:
    rows = aging_rows()
    cny = shown(filled(tmp_path, "aging", rows, language, "CNY"))
    assert "CNY headline" in cny and "JPY headline" not in cny
    assert cny["Nord & Co."] == [1, 120]
    assert cny["<West>"] == [2, 30]
    assert cny["b1"] == [1, 115] and cny["b5"] == [5, 10]
    jpy = shown(filled(tmp_path, "aging", rows, language, "JPY"))
    assert "JPY headline" in jpy and "CNY headline" not in jpy
    assert jpy["=Ost"] == [1, 7000]
    assert "Nord & Co." not in jpy


def test_cards_show_value_previous_and_change_and_blank_is_not_zero(tmp_path: Path) -> None:
    book = filled(tmp_path, "aging", aging_rows(), "en", "CNY")
    sheet = book.worksheets[0]
    ((label,),) = [
        [c for c in row if c.value == "Receivables"] for row in sheet.iter_rows() if row[1].value == "Receivables"
    ]
    value = sheet.cell(label.row + 1, label.column).value
    change = sheet.cell(label.row + 3, label.column).value
    before = sheet.cell(label.row + 3, label.column + 2).value
    assert (value, change, before) == (150, 30, 120)
    ((label,),) = [
        [c for c in row if c.value == "Overdue"][:1] for row in sheet.iter_rows() if row[1].value == "Receivables"
    ]
    assert sheet.cell(label.row + 1, label.column).value == 40
    # No figure of the previous close was given for it: nothing to show, no zero and no change of 40.
    assert sheet.cell(label.row + 3, label.column).value in (None, "")
    assert sheet.cell(label.row + 3, label.column + 2).value in (None, "")


def test_totals_over_the_tables_are_the_chosen_currency_only(tmp_path: Path) -> None:
    for currency, total in (("CNY", 150), ("JPY", 7000)):
        book = filled(tmp_path, "aging", aging_rows(), "en", currency)
        sheet = book["Aged balance"]
        header = next(row for row in sheet.iter_rows() if row[0].value == "Customer ID")
        column = next(c.column for c in header if c.value == "Balance")
        assert sheet.cell(header[0].row - 1, column).value == total


def test_every_check_holds_on_sound_figures(tmp_path: Path) -> None:
    assert named(filled(tmp_path, "aging", aging_rows(), "en", "CNY"), "checks_failed") == 0


def off_by(rows: dict[str, list[Row]], table: str, key: str) -> dict[str, list[Row]]:
    first, *others = rows[table] or [{}]
    return {**rows, table: [{**first, key: D(str(first.get(key) or 0)) + D("0.01")}, *others]}


@pytest.mark.parametrize(
    ("table", "key", "failing"),
    [
        ("open_items", "open", 1),
        ("open_items", "disputed", 1),
        ("disputed_items", "disputed", 1),
        ("figures", "excluded", 1),
        ("unapplied_items", "open", 1),
        ("aged_groups", "balance", 1),
        ("aged_units", "balance", 1),
        ("bucket_totals", "amount", 1),
        ("tie_out", "not_due", 1),
        ("tie_out", "difference", 1),
        ("reconciling_items", "amount", 1),
        ("provision_matrix", "allowance", 1),
        # The aged total is a part of the balance and what the buckets on the summary add up to.
        ("aged_balance", "aged", 2),
    ],
)
def test_a_cent_off_fails_its_check(tmp_path: Path, table: str, key: str, failing: int) -> None:
    book = filled(tmp_path, "aging", off_by(aging_rows(), table, key), "en", "CNY")
    assert named(book, "checks_failed") == failing


def exposure_rows() -> dict[str, list[Row]]:
    """Limit 100 with 120 on it, no limit with 50, limit 0 with 10: over by 20 + 10; 20 of each is covered."""
    lines: list[Row] = [
        {
            "customer_id": "1",
            "currency": "CNY",
            "exposure": D(120),
            "credit_limit": D(100),
            "headroom": D(-20),
            "use": D("1.2"),
        },
        {"customer_id": "2", "currency": "CNY", "exposure": D(50), "credit_limit": None},
        {"customer_id": "3", "currency": "CNY", "exposure": D(10), "credit_limit": D(0), "headroom": D(-10)},
    ]
    lines = [{**line, "covered": D(20), "uncovered": D(str(line["exposure"])) - 20} for line in lines]
    return {
        "exposure_figures": [
            {"currency": "CNY", "exposure": D(180), "credit_limit": D(100), "over_limit": D(30), "covered": D(60)}
        ],
        "exposure": lines,
        "concentration": [
            {"lookup": "CNY|1", "currency": "CNY", "rank": 1, "group": "A", "exposure": D(120), "credit_limit": D(100)},
            {"lookup": "CNY|2", "currency": "CNY", "rank": 2, "group": "B", "exposure": D(50), "credit_limit": None},
        ],
        "watch_list": [],
        "basis": [],
    }


def test_the_exposure_summary_shows_use_only_where_there_is_a_limit(tmp_path: Path) -> None:
    book = filled(tmp_path, "exposure", exposure_rows(), "en", "CNY")
    found = shown(book)
    assert found["A"] == [1, 120, 100, pytest.approx(1.2)]
    assert found["B"] == [2, 50]
    assert named(book, "checks_failed") == 0


@pytest.mark.parametrize(("key", "failing"), [("exposure", 1), ("covered", 1), ("credit_limit", 1), ("headroom", 1)])
def test_a_cent_off_fails_the_exposure_check(tmp_path: Path, key: str, failing: int) -> None:
    book = filled(tmp_path, "exposure", off_by(exposure_rows(), "exposure", key), "en", "CNY")
    assert named(book, "checks_failed") == failing
