"""The sample month: repeatable, true to itself, and as spoiled as it says."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from duebook.core.errors import DuebookError
from duebook.ledger.columns import recognize
from duebook.sample import SampleMonth, write_month
from duebook.sample.customers import ANCHOR_GROUP
from duebook.sample.export import kind_text
from tests.sample import oracle

MONTH_ENDS = (date(2025, 12, 31), date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), date(2026, 10, 31))


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> SampleMonth:
    return write_month(tmp_path_factory.mktemp("sample"))


def read(path: Path, encoding: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(encoding), newline="")))


def digest(month: SampleMonth) -> list[str]:
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in month.files]


def test_the_same_seed_writes_the_same_bytes(month: SampleMonth, tmp_path: Path) -> None:
    assert digest(write_month(tmp_path / "again")) == digest(month)
    assert digest(write_month(tmp_path / "other", seed=7)) != digest(month)


def test_another_machine_writes_the_same_bytes(month: SampleMonth, tmp_path: Path) -> None:
    program = "import sys, pathlib, duebook.sample as s; s.write_month(pathlib.Path(sys.argv[1]))"
    surroundings = {"PYTHONHASHSEED": "99", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONUTF8": "0"}
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True, env={**os.environ, **surroundings})
    assert [hashlib.sha256((tmp_path / p.name).read_bytes()).hexdigest() for p in month.files] == digest(month)


@pytest.mark.parametrize("as_of", MONTH_ENDS)
def test_buckets_disputes_and_unapplied_add_up_to_what_was_posted(month: SampleMonth, as_of: date) -> None:
    posted = month.control_totals(as_of)
    twice = Counter[str]()
    for document in month.booked_twice:
        twice[document.currency] += int(document.amount * 100) if document.day <= as_of else 0
    aged = oracle.open_by_bucket(month, as_of)
    assert aged.keys() == posted.keys() == {"CNY", "EUR", "JPY", "USD"}
    booked = oracle.other_accounts(month, as_of)["revaluation"]
    assert {c: a.total + Decimal(twice[c]) / 100 + booked.get(c, 0) for c, a in aged.items()} == posted


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("customers", [20, 120])
def test_other_months_add_up_too(tmp_path: Path, seed: int, customers: int) -> None:
    month = write_month(tmp_path, seed=seed, customers=customers)
    twice = sum((d.amount for d in month.booked_twice), Decimal(0))
    aged = oracle.open_by_bucket(month, month.as_of)
    booked = sum(oracle.other_accounts(month, month.as_of)["revaluation"].values())
    assert sum((a.total for a in aged.values()), twice + booked) == sum(month.control_totals(month.as_of).values())
    assert all(month.blemishes.values())


def test_the_invoices_file_holds_what_was_booked(month: SampleMonth) -> None:
    rows = read(month.invoices, "utf-8-sig")
    assert len(rows) == month.rows["invoices.csv"] == len(month.documents) + 2 + 2  # duplicates, voided
    seen: dict[str, dict[str, str]] = {row["单据编号 Document No."]: row for row in rows}
    for document in month.documents:
        row = seen[document.number]
        amount = Decimal(re.sub(r"[^\d.-]", "", row["原币金额 Amount"]))
        day = document.day
        assert amount == document.amount
        assert row["单据类型 Document type"] == kind_text(document)
        assert row["币种 Currency"] == document.currency
        assert row["核销发票号 Applies to"] == (document.applies_to or "")
        assert row["客户编码 Customer No."].removesuffix(".0") == document.customer.id
        assert set(re.findall(r"\d+", row["开票日期 Invoice date"])) & {f"{day:%Y}", f"{day:%Y%m%d}"}


def test_the_payments_file_holds_what_was_received(month: SampleMonth) -> None:
    rows = read(month.payments, "gb18030")
    assert len(rows) == month.rows["payments.csv"] == len(month.receipts)
    received = Counter((r["收款单号"], r["核销发票号"], Decimal(r["收款金额"])) for r in rows)
    assert received == Counter((r.number, r.applies_to or "", r.amount) for r in month.receipts)


def test_the_customers_file_is_a_workbook_that_a_spreadsheet_program_reads(month: SampleMonth) -> None:
    header, *rows = load_workbook(month.customers).active.iter_rows(values_only=True)
    limits = [row[header.index("Credit limit")] for row in rows]
    assert [row[0] for row in rows] == [c.id for c in month.portfolio]
    assert [None if x is None else Decimal(str(x)) for x in limits] == [c.credit_limit for c in month.portfolio]
    assert limits.count(0) == 1
    assert limits.count(None) >= 2


def test_every_blemish_is_there_as_often_as_it_is_said(month: SampleMonth) -> None:
    invoices = read(month.invoices, "utf-8-sig")
    numbers = {row["单据编号 Document No."] for row in invoices}
    whole_rows = Counter(tuple(row.values()) for row in invoices)
    amounts = [row["原币金额 Amount"] for row in invoices]
    # dates in the export's own style are 2026-03-05; in a twin row the style counts once
    styles = {row["单据编号 Document No."]: row["开票日期 Invoice date"] for row in invoices}
    booked = {d.number for d in month.documents}
    counted = {
        "full_duplicate": sum(count - 1 for count in whole_rows.values()),
        "unreadable_amount": sum(not any(c.isdigit() for c in amount) for amount in amounts),
        "missing_due_date": sum(
            not row["到期日 Due date"] for row in invoices if row["单据类型 Document type"] == "销售发票"
        ),
        "float_id": sum(row["客户编码 Customer No."].endswith(".0") for row in invoices),
        "amount_text": sum(amount[0] in "￥U" for amount in amounts),
        "date_style": sum(
            not re.fullmatch(r"\d{4}-\d\d-\d\d", day) for number, day in styles.items() if number in booked
        ),
        "orphan_payment": sum(
            row["核销发票号"] not in numbers for row in read(month.payments, "gb18030") if row["核销发票号"]
        ),
    }
    assert counted == month.blemishes


def test_the_ledger_knows_every_column(month: SampleMonth) -> None:
    invoices = recognize(tuple(read(month.invoices, "utf-8-sig")[0]))
    payments = recognize(tuple(read(month.payments, "gb18030")[0]))
    customers = recognize(next(load_workbook(month.customers).active.iter_rows(values_only=True)))
    assert (invoices.role, payments.role, customers.role) == ("invoices", "payments", "customers")
    assert sorted(invoices.positions, key=invoices.positions.__getitem__) == [
        "customer_id",
        "customer_name",
        "document_id",
        "kind",
        "document_date",
        "due_date",
        "currency",
        "amount",
        "order_id",
        "sales_unit",
        "applies_to",
        "disputed_amount",
        "dispute_reason",
        "dispute_opened",
        "recorded_date",
        "contract_id",
        "contract_asset",
        "acceptor",
        "bill_status",
        "transferred_date",
        "recourse",
        "agreement_id",
    ]
    assert not payments.unused
    assert customers.unused == ("English name",)


def test_it_is_a_month_worth_closing(month: SampleMonth) -> None:
    """Every bucket and every case has something in it, or the sample would show empty pages."""
    assert 600 <= len(month.documents) <= 950
    owed: dict[str, Decimal] = {}
    for item in oracle.open_items(month, month.as_of):
        if item.open > 0:
            owed[item.customer_id] = owed.get(item.customer_id, Decimal(0)) + item.open
    over = [c for c in month.portfolio if c.credit_limit is not None and owed.get(c.id, 0) > c.credit_limit]
    assert 3 <= len(over) <= len(month.portfolio) // 3
    chinese = {c.id: c for c in month.portfolio if c.currency == "CNY"}
    anchor = sum(amount for code, amount in owed.items() if code in chinese and chinese[code].group == ANCHOR_GROUP)
    assert Decimal("0.18") < anchor / sum(amount for code, amount in owed.items() if code in chinese)
    for as_of in (month.previous_as_of, month.as_of):
        aged = oracle.open_by_bucket(month, as_of)
        assert all(aged["CNY"].counts) and all(aged["USD"].counts)
        assert aged["CNY"].disputed > 0 > aged["CNY"].unapplied
    partly = [d for d in month.documents if d.disputed and d.disputed < d.amount]
    assert partly and any(d.disputed == d.amount for d in month.documents)
    assert any(r.day > month.as_of for r in month.receipts) and any(d.day > month.as_of for d in month.documents)
    days = {d.number: d.day for d in month.documents}
    advances = [d for d in month.documents if d.kind == "advance" and d.applies_to and d.day <= month.as_of]
    assert any(days[d.applies_to] > month.as_of for d in advances if d.applies_to)
    assert any(r.applied_on and r.applied_on > month.as_of >= r.day for r in month.receipts)


@pytest.mark.parametrize("customers", [0, 19, 121])
def test_a_sample_of_another_size_says_what_can_be_had(tmp_path: Path, customers: int) -> None:
    with pytest.raises(DuebookError) as raised:
        write_month(tmp_path, customers=customers)
    assert raised.value.key == "sample.customers_out_of_range"
    assert str(customers) in raised.value.text("en") and str(customers) in raised.value.text("zh")
    assert not any(tmp_path.iterdir())
