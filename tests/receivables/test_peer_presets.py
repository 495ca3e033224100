"""Presets named after other systems put every item where that system's own report puts it.

The tables are worked out from the peers' published source and documentation, rule by rule; nothing of it is copied.
An item is named by the days it is late: 1 was due the day before the as-of date, −1 is due the day after.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from duebook.close.options import CloseOptions
from duebook.close.run import figured
from duebook.core.engine import Engine
from duebook.hosts.call import Door
from duebook.ledger.files import Source
from duebook.policy.closing import AgingScheme
from duebook.policy.load import load
from duebook.receivables import aging

AS_OF = date(2026, 10, 31)
LATE = (-1, 0, 1, 29, 30, 31, 59, 60, 61, 90, 91, 120, 121)

EXPECTED: dict[str, tuple[str, ...]] = {
    # frappe/erpnext, accounts/report/accounts_receivable/accounts_receivable.py, set_ageing and get_ageing_data:
    # what is due after the report date is in no range; else the first range whose bound (30, 60, 90, 120) is not
    # exceeded by the age in days, age 0 (due today) included; else the last. "No range" is our "Not due".
    "erpnext": (
        "Not due", "0–30 days", "0–30 days", "0–30 days", "0–30 days", "31–60 days", "31–60 days", "31–60 days",
        "61–90 days", "61–90 days", "91–120 days", "91–120 days", ">120 days",
    ),
    # OCA/account-financial-reporting, account_financial_report/report/aged_partner_balance.py, _calculate_amounts:
    # current while the report date is not after the due date; 30 days while it is not after due date + 30, and so on
    # for 60, 90, 120; else older.
    "oca": (
        "Not due", "Not due", "1–30 days", "1–30 days", "1–30 days", "31–60 days", "31–60 days", "31–60 days",
        "61–90 days", "61–90 days", "91–120 days", "91–120 days", ">120 days",
    ),
    # OCA/account-financial-reporting, partner_statement/report/report_statement_common.py, _show_buckets_sql_q2 with
    # _get_bucket_dates_days: current while date_end ≤ maturity; "1–30" needs maturity > date_end − 30, so that the
    # 30th day is already in what it calls "31–60"; likewise the 60th, 90th and 120th. Labels are by our own days.
    "oca_statement": (
        "Not due", "Not due", "1–29 days", "1–29 days", "30–59 days", "30–59 days", "30–59 days", "60–89 days",
        "60–89 days", "90–119 days", "90–119 days", ">119 days", ">119 days",
    ),
    # tryton/tryton, modules/account/account.py, AgedBalance.table_query with the default terms 0, 30, 60, 90 days:
    # a term takes maturity ≤ date − term and > date − next term, the last takes all older; what matures after the
    # date is in no term, which is our "Not due".
    "tryton": (
        "Not due", "0–29 days", "0–29 days", "0–29 days", "30–59 days", "30–59 days", "30–59 days", "60–89 days",
        "60–89 days", ">89 days", ">89 days", ">89 days", ">89 days",
    ),
    # QuickBooks and Xero document five columns: current | 1–30 | 31–60 | 61–90 | 91 and over (quickbooks.intuit.com,
    # "Run an accounts receivable aging report": an invoice is past due from the day after its due date).
    "five_buckets": (
        "Not due", "Not due", "1–30 days", "1–30 days", "1–30 days", "31–60 days", "31–60 days", "31–60 days",
        "61–90 days", "61–90 days", ">90 days", ">90 days", ">90 days",
    ),
}  # fmt: skip

PRESETS = list(EXPECTED)


@pytest.mark.parametrize("name", PRESETS)
def test_the_rule_puts_each_item_where_the_peer_does(name: str) -> None:
    scheme = load().schemes[name]
    labels = aging.bucket_labels(scheme)
    found = [labels[aging.bucket_number(scheme, AS_OF - timedelta(late), AS_OF) - 1] for late in LATE]
    assert tuple(found) == EXPECTED[name]


@pytest.mark.parametrize("name", PRESETS)
def test_the_sql_rule_does_too(name: str) -> None:
    scheme = load().schemes[name]
    labels = aging.bucket_labels(scheme)
    with Engine(threads=1) as engine:
        engine.execute("CREATE TABLE items (no INTEGER, due DATE)")
        engine.insert("items", [[place, AS_OF - timedelta(late)] for place, late in enumerate(LATE)])
        rows = engine.rows(f"SELECT {aging.bucket_sql(scheme, 'due', AS_OF)} FROM items ORDER BY no")
    assert tuple(labels[bucket - 1] for (bucket,) in rows) == EXPECTED[name]


@pytest.mark.parametrize("name", PRESETS)
def test_a_cell_does_too(name: str) -> None:
    days = [[AS_OF - timedelta(late)] for late in LATE]
    found = Door().call("AGING_BUCKET", [days, AS_OF, name])
    assert tuple(row[0] for row in found) == EXPECTED[name]


@pytest.mark.parametrize("name", PRESETS)
def test_a_whole_close_does_too(name: str, tmp_path: Path) -> None:
    """Each item is 2^n, so that a bucket's amount tells which items are in it."""
    ledger = ["Customer ID,Document No,Invoice Date,Due Date,Amount,Currency"]
    for place, late in enumerate(LATE):
        due = AS_OF - timedelta(late)
        ledger.append(f"C1,I{place},2026-01-02,{due.isoformat()},{2**place}.00,EUR")
    (tmp_path / "ledger.csv").write_text("\n".join(ledger), "utf-8")
    options = CloseOptions((Source(tmp_path / "ledger.csv"),), AS_OF, tmp_path / "out", scheme=name)
    with Engine(threads=1) as engine:
        close = figured(options, engine)
    (figures,) = close.figures
    labels = aging.bucket_labels(close.scheme)
    expected = [sum(2**place for place, bucket in enumerate(EXPECTED[name]) if bucket == label) for label in labels]
    assert list(figures.buckets) == expected


def test_due_today_is_overdue_for_erpnext_and_tryton_only(tmp_path: Path) -> None:
    overdue = {}
    path = tmp_path / "ledger.csv"
    path.write_text(
        "Customer ID,Document No,Invoice Date,Due Date,Amount,Currency\nC1,I1,2026-09-01,2026-10-31,5.00,EUR\n", "utf-8"
    )
    for name in PRESETS:
        with Engine(threads=1) as engine:
            options = CloseOptions((Source(path),), AS_OF, tmp_path / "out", scheme=name)
            overdue[name] = figured(options, engine).figures[0].overdue
    assert {name for name, amount in overdue.items() if amount} == {"erpnext", "tryton"}


# 账龄 by years from the document date: the same day of the next year is still the first year, the day after is not.
# 29 February: a year on is 28 February (no such day), four years on it is 29 February again.
ANNUAL = (
    ("2026-10-31", "2026-10-31", "≤1 year"),
    ("2025-10-31", "2026-10-31", "≤1 year"),
    ("2025-10-30", "2026-10-31", "1–2 years"),
    ("2024-10-31", "2026-10-31", "1–2 years"),
    ("2024-10-30", "2026-10-31", "2–3 years"),
    ("2022-10-31", "2026-10-31", "3–4 years"),
    ("2022-10-30", "2026-10-31", "4–5 years"),
    ("2021-10-31", "2026-10-31", "4–5 years"),
    ("2021-10-30", "2026-10-31", ">5 years"),
    ("2024-02-29", "2025-02-28", "≤1 year"),
    ("2024-02-29", "2025-03-01", "1–2 years"),
    ("2024-02-29", "2028-02-28", "3–4 years"),
    ("2024-02-29", "2028-02-29", "3–4 years"),
    ("2024-02-29", "2028-03-01", "4–5 years"),
    ("2023-02-28", "2024-02-28", "≤1 year"),
    ("2023-02-28", "2024-02-29", "1–2 years"),
    ("2023-03-01", "2024-02-29", "≤1 year"),
    ("2026-12-31", "2026-10-31", "≤1 year"),  # dated after the as-of date: not in the close, in a cell the first
)

# 账龄 by fiscal year crossed: each first day of a fiscal year after the document's date makes it a year older.
FISCAL = (
    (1, "2025-12-31", "2026-01-01", "1–2 years"),
    (1, "2026-01-01", "2026-12-31", "≤1 year"),
    (1, "2025-01-01", "2026-12-31", "1–2 years"),
    (1, "2024-12-31", "2026-12-31", "2–3 years"),
    (1, "2021-12-31", "2026-01-01", ">5 years"),
    (1, "2022-01-01", "2026-01-01", "4–5 years"),
    # a year that begins on 1 April: 31 March 2026 is still fiscal 2025
    (4, "2026-03-31", "2026-04-01", "1–2 years"),
    (4, "2026-04-01", "2027-03-31", "≤1 year"),
    (4, "2025-04-01", "2026-03-31", "≤1 year"),
    (4, "2025-03-31", "2026-03-31", "1–2 years"),
    (4, "2024-02-29", "2024-03-31", "≤1 year"),
    (4, "2024-02-29", "2024-04-01", "1–2 years"),
    (4, "2024-02-29", "2028-02-29", "4–5 years"),
    # a year that begins on 1 July
    (7, "2026-06-30", "2026-06-30", "≤1 year"),
    (7, "2026-06-30", "2026-07-01", "1–2 years"),
    (7, "2025-07-01", "2026-06-30", "≤1 year"),
    (7, "2024-06-30", "2026-06-30", "2–3 years"),
    (7, "2021-06-30", "2026-06-30", ">5 years"),
    (7, "2020-07-01", "2026-06-30", ">5 years"),
)


def _bucket(scheme: AgingScheme, day: str, as_of: str) -> tuple[str, str]:
    """The bucket by the Python rule and by the SQL rule."""
    labels = aging.bucket_labels(scheme)
    item, on = date.fromisoformat(day), date.fromisoformat(as_of)
    with Engine(threads=1) as engine:
        sql = aging.bucket_sql(scheme, "day", on)
        (number,) = engine.one(f"SELECT {sql} FROM (SELECT DATE '{day}' AS day)")
    return labels[aging.bucket_number(scheme, item, on) - 1], labels[number - 1]


@pytest.mark.parametrize(("day", "as_of", "bucket"), ANNUAL)
def test_years_run_from_the_document_date(day: str, as_of: str, bucket: str) -> None:
    assert _bucket(load().schemes["cn_annual"], day, as_of) == (bucket, bucket)


@pytest.mark.parametrize(("starts", "day", "as_of", "bucket"), FISCAL)
def test_fiscal_years_are_counted_as_they_are_crossed(starts: int, day: str, as_of: str, bucket: str) -> None:
    shipped = load().schemes["cn_fiscal_year"]
    scheme = AgingScheme("own", shipped.basis, shipped.unit, shipped.upper, year_starts=starts)
    assert _bucket(scheme, day, as_of) == (bucket, bucket)


def test_the_shipped_fiscal_year_is_the_calendar_s() -> None:
    assert load().schemes["cn_fiscal_year"].year_starts == 1
