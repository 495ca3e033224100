"""The auditor pack of small ledgers: each list with its arithmetic worked out on paper."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from duebook.core.errors import DuebookError
from tests.close.audit_ledgers import HEAD, LEDGER, PAID, PAYMENTS, REPLIES, money, options, pack, rows


def test_subsequent_receipts(tmp_path: Path) -> None:
    """I1 stood at 1000 − 150 (on the day) = 850; by 30 November 400 came in: 450 still open, 400 ÷ 850 collected.

    P3 comes on 1 December, too late. I3: 100 credited and 50 written off, no cash: 350 still open. I5 was not open.
    """
    asked = options(tmp_path, LEDGER, PAYMENTS, receipts_to=date(2026, 11, 30))
    with pack(asked) as (_, plan):
        found = {str(row["document_id"]): row for row in rows(plan, "subsequent_receipts")}
        keys = ("open", "receipts", "credit_notes", "bills", "write_offs", "earlier", "other", "still_open")
        assert {name: money(row, *keys) for name, row in found.items()} == {
            "I1": [Decimal(x) for x in ("850", "400", "0", "0", "0", "0", "0", "450")],
            "I2": [Decimal(x) for x in ("300", "0", "0", "0", "0", "0", "0", "300")],
            "I3": [Decimal(x) for x in ("500", "0", "100", "0", "50", "0", "0", "350")],
            "I4": [Decimal(x) for x in ("700", "700", "0", "0", "0", "0", "0", "0")],
        }
        assert money(found["I1"], "collected") == [Decimal("0.470588")]  # 400 ÷ 850 = 0.4705882…
        assert found["I1"]["last_date"] == date(2026, 11, 5)
        by_customer = {(row["customer_id"], row["currency"]): row for row in rows(plan, "receipts_by_customer")}
        # P4 names no invoice: 90 received and not taken up, apart from what I3 shows
        assert money(by_customer["C2", "CNY"], "open", "receipts", "unapplied_later") == [
            Decimal(500),
            Decimal(0),
            Decimal(90),
        ]
        figures = {row["currency"]: row for row in rows(plan, "audit_figures")}
        # CNY: 850 + 300 + 500 = 1650 open, 400 received, 150 otherwise, 1100 still open
        assert money(figures["CNY"], "open", "receipts", "settled_otherwise", "still_open", "unapplied_later") == [
            Decimal(x) for x in ("1650", "400", "150", "1100", "90")
        ]
        assert money(figures["USD"], "open", "receipts", "still_open") == [Decimal(700), Decimal(700), Decimal(0)]
        assert plan.cells["receipts_to"] == date(2026, 11, 30)


def test_receipts_go_as_far_as_the_ledger_unless_a_day_is_given(tmp_path: Path) -> None:
    with pack(options(tmp_path, LEDGER, PAYMENTS)) as (_, plan):
        assert plan.cells["receipts_to"] == date(2026, 12, 1)  # P3, the latest document
        found = {row["document_id"]: row for row in rows(plan, "subsequent_receipts")}
        assert money(found["I1"], "receipts", "still_open") == [Decimal(650), Decimal(200)]  # 400 + 250
    with pack(options(tmp_path, LEDGER, PAYMENTS, receipts_to=date(2027, 1, 31))) as (_, plan):
        assert "2026-12-01" in str(plan.cells["receipts_words"])
    with pytest.raises(DuebookError) as refused, pack(options(tmp_path, LEDGER, receipts_to=date(2026, 10, 30))):
        pass
    assert refused.value.key == "audit_refusals.receipts_before"


def test_a_credit_held_before_is_no_later_receipt(tmp_path: Path) -> None:
    """The advance A1 of October pays I2 in November: I2 is settled, and nothing came in."""
    ledger = f"""
    {HEAD}
    C1 | One | I2 | Invoice | 2026-10-25 | 2026-11-25 | 300.00 | CNY
    """
    payments = f"""
    {PAID.replace("Payment Type", "Document type")} | Applied date
    C1 | A1 | advance | 2026-10-20 | I2 | 200.00 | CNY | 2026-11-12
    C1 | P1 | payment | 2026-11-15 | I2 | 100.00 | CNY | 2026-11-15
    """
    with pack(options(tmp_path, ledger, payments)) as (_, plan):
        (row,) = rows(plan, "subsequent_receipts")
        assert money(row, "open", "receipts", "earlier", "still_open") == [
            Decimal(x) for x in ("300", "100", "200", "0")
        ]


def test_confirmations_and_letters(tmp_path: Path) -> None:
    """CNY balances: C1 850 + 300 − 200 = 950, C2 500, C3 −80; debit balances 1450, 60 % are 870: C1 is enough."""
    asked = options(tmp_path, LEDGER, PAYMENTS, sample=0, seed="spring")
    with pack(asked) as (_, plan):
        found = {(row["customer_id"], row["currency"]): row for row in rows(plan, "confirmations")}
        assert {key: money(row, "balance")[0] for key, row in found.items()} == {
            ("C1", "CNY"): Decimal(950),
            ("C2", "CNY"): Decimal(500),
            ("C3", "CNY"): Decimal(-80),
            ("C4", "USD"): Decimal(700),
        }
        assert found["C1", "CNY"]["choice"] == "among the largest"
        # five at random by policy: both that are left, the one in credit included
        assert {found[key]["choice"] for key in (("C2", "CNY"), ("C3", "CNY"))} == {"at random"}
        letters = rows(plan, "confirmation_letters")
        assert [(row["letter"], row["customer_id"]) for row in letters] == [
            ("001", "C1"), ("002", "C2"), ("003", "C3"), ("004", "C4"),
        ]  # fmt: skip
        assert all(row["address"] is None and row["confirmed_amount"] is None for row in letters)
        assert plan.cells["sample_seed"] == "spring"
        figures = {row["currency"]: row for row in rows(plan, "audit_figures")}
        assert money(figures["CNY"], "debit", "chosen_amount", "coverage") == [Decimal(1450), Decimal(1450), Decimal(1)]


def test_an_amount_needs_its_currency_where_there_are_several(tmp_path: Path) -> None:
    with pytest.raises(DuebookError) as refused, pack(options(tmp_path, LEDGER, over={"": Decimal(600)})):
        pass
    assert refused.value.key == "audit_refusals.over_currency"
    with pack(options(tmp_path, LEDGER, PAYMENTS, over={"CNY": Decimal(500)}, sample=0)) as (_, plan):
        choices = {row["customer_id"]: row["choice"] for row in rows(plan, "confirmations")}
        assert (choices["C1"], choices["C2"], choices["C4"]) == ("amount", "amount", "among the largest")


def test_replies_and_differences(tmp_path: Path) -> None:
    """C1: 950 − 550 = 400, which is the receipt P2 of 5 November (within 7 days). C2: 500 − 440 = 60: the credit note
    of 8 November is 8 days off and no other document fits, so 60 stay unexplained. C3 has not replied."""
    with pack(options(tmp_path, LEDGER, PAYMENTS, replies=REPLIES)) as (_, plan):
        found = {str(row["customer_id"]): row for row in rows(plan, "replies")}
        assert money(found["C1"], "balance", "confirmed", "difference", "receipts_in_transit", "unexplained") == [
            Decimal(x) for x in ("950", "550", "400", "400", "0")
        ]
        assert (found["C1"]["documents"], found["C1"]["comment"]) == ("P2", "已于11月付款")
        assert money(found["C2"], "difference", "unexplained") == [Decimal(60), Decimal(60)]
        statuses = {customer: str(row["status"]) for customer, row in found.items()}
        assert statuses == {"C1": "● explained", "C2": "▲ unexplained", "C3": "no reply", "C4": "✓ agrees"}
        # alternative procedures: what came in on the customer's receivables afterward
        assert money(found["C4"], "receipts", "covered") == [Decimal(700), Decimal(1)]
        figures = {row["currency"]: row for row in rows(plan, "audit_figures")}
        assert [figures["CNY"][key] for key in ("replied", "differing", "unexplained_customers")] == [2, 2, 1]
        assert money(figures["CNY"], "unexplained") == [Decimal(60)]


def test_goods_on_their_way_and_a_reply_nobody_asked_for(tmp_path: Path) -> None:
    """C1 does not know I2 of 25 October yet: 950 − 650 = 300. C9 has no balance and confirms 10."""
    replies = """
    Customer | Currency | Confirmed amount | Reply date
    One | CNY | 650.00 | 2026-11-20
    C9 | CNY | 10.00 | 2026-11-20
    """
    with pack(options(tmp_path, LEDGER, PAYMENTS, replies=replies)) as (close, plan):
        found = {str(row["customer_id"]): row for row in rows(plan, "replies")}
        assert money(found["C1"], "goods_in_transit", "unexplained") == [Decimal(300), Decimal(0)]
        assert found["C1"]["documents"] == "I2"
        assert money(found["C9"], "balance", "confirmed", "difference") == [Decimal(0), Decimal(10), Decimal(-10)]
        assert found["C9"]["letter"] is None
        assert [p.reason for p in close.ledger.problems] == ["ledger.beside_customer_unknown"]


DELIVERED = f"""
{HEAD} | Delivery No
C1 | One | I1 | Invoice | 2026-10-30 | 2026-11-30 | 100.00 | CNY | D1
C1 | One | I2 | Invoice | 2026-10-31 | 2026-11-30 | 200.00 | CNY | D2
C1 | One | I3 | Invoice | 2026-11-02 | 2026-12-02 | 400.00 | CNY | D3
C1 | One | I4 | Invoice | 2026-10-29 | 2026-11-29 | 800.00 | CNY |
C1 | One | I5 | Invoice | 2026-10-28 | 2026-11-28 | 1600.00 | CNY | D9
C1 | One | I6 | Invoice | 2026-10-27 | 2026-11-27 | 3200.00 | CNY |
"""
DELIVERIES = """
出库单号 | 发货日期 | 客户编码 | 金额 | 币种 | 发票号
D1 | 2026-10-30 | C1 | 100.00 | CNY |
D2 | 2026-11-01 | C1 | 200.00 | CNY |
D3 | 2026-10-30 | C1 | 400.00 | CNY |
D4 | 2026-10-31 | C1 | 50.00 | CNY |
D5 | 2026-10-20 | C1 | 25.00 | CNY | I99
D6 | 2026-10-26 | C1 | 3200.00 | CNY | I6
D7 | 2026-11-05 | C1 | 12.00 | CNY |
"""


def test_deliveries_and_invoices_on_two_sides(tmp_path: Path) -> None:
    """D3 was invoiced on 2 November (I3), D4 not at all, D5 names an invoice nobody has; D7 is later, D1 and D6 match.

    I2 was delivered on 1 November (D2), I4 names no delivery, I5 one that is not in the list; I6 is delivered by D6.
    """
    with pack(options(tmp_path, DELIVERED, deliveries=DELIVERIES)) as (_, plan):
        missing = {row["delivery_id"]: row for row in rows(plan, "delivered_not_invoiced")}
        assert {name: row["why"] for name, row in missing.items()} == {
            "D5": "invoice not in the ledger",
            "D3": "invoiced after the as-of date",
            "D4": "no invoice",
        }
        assert (missing["D3"]["document_id"], missing["D3"]["gap"]) == ("I3", 3)  # 30 October to 2 November
        early = {row["document_id"]: row for row in rows(plan, "invoiced_not_delivered")}
        assert {name: row["why"] for name, row in early.items()} == {
            "I5": "delivery not in the list",
            "I4": "no delivery",
            "I2": "delivered after the as-of date",
        }
        (figures,) = rows(plan, "audit_figures")
        assert money(figures, "not_invoiced", "not_delivered") == [
            Decimal(475),
            Decimal(2600),
        ]  # 25+400+50; 1600+800+200
    with pack(options(tmp_path, DELIVERED)) as (_, plan):  # no list: only what has no number
        assert [row["document_id"] for row in rows(plan, "invoiced_not_delivered")] == ["I6", "I4"]
        assert rows(plan, "delivered_not_invoiced") == []


def test_numbers_in_sequence(tmp_path: Path) -> None:
    """Of INV-08 … INV-14, 11 is missing and 12 lies void; 13 is dated after the as-of date although 14 lies before."""
    ledger = f"""
    {HEAD} | Status
    C1 | One | INV-07 | Invoice | 2026-03-01 | 2026-04-01 | 1.00 | CNY |
    C1 | One | INV-08 | Invoice | 2026-10-28 | 2026-11-28 | 1.00 | CNY |
    C1 | One | INV-09 | Invoice | 2026-10-29 | 2026-11-29 | 1.00 | CNY |
    C1 | One | INV-10 | Invoice | 2026-10-30 | 2026-11-30 | 1.00 | CNY |
    C1 | One | INV-12 | Invoice | 2026-10-30 | 2026-11-30 | 1.00 | CNY | void
    C1 | One | INV-13 | Invoice | 2026-11-02 | 2026-12-02 | 1.00 | CNY |
    C1 | One | INV-14 | Invoice | 2026-10-31 | 2026-11-30 | 1.00 | CNY |
    C1 | One | X | Invoice | 2026-11-01 | 2026-12-01 | 1.00 | CNY |
    """
    with pack(options(tmp_path, ledger)) as (_, plan):
        found = {
            row["document_id"]: (row["side"], row["series"], row["sequence"]) for row in rows(plan, "cutoff_documents")
        }
        assert found == {
            "INV-07": ("before", "INV-#", None),  # among the last five before
            "INV-08": ("before", "INV-#", None),
            "INV-09": ("before", "INV-#", None),
            "INV-10": ("before", "INV-#", None),
            "INV-13": ("after", "INV-#", "▲ out of order"),
            "INV-14": ("before", "INV-#", "▲ out of order"),
            "X": ("after", None, None),
        }


def test_gaps_are_named_as_the_series_writes_them(tmp_path: Path) -> None:
    """007 is missing alone, 009 and 010 together; receipts count by month, so October's first follows nothing."""
    numbers = ("004", "005", "006", "008", "011")
    listed = "\n".join(
        f"C1 | One | A{number}/26 | Invoice | 2026-10-{25 + place} | 2026-11-30 | 1.00 | CNY"
        for place, number in enumerate(numbers, start=1)
    )
    payments = f"""
    {PAID}
    C1 | SK202610001 | | 2026-10-29 | | 1.00 | CNY
    C1 | SK202610002 | | 2026-10-30 | | 1.00 | CNY
    C1 | SK202611001 | | 2026-11-02 | | 1.00 | CNY
    C1 | SK202611003 | | 2026-11-03 | | 1.00 | CNY
    """
    with pack(options(tmp_path, f"{HEAD}\n{listed}", payments)) as (_, plan):
        flagged = {row["document_id"]: row["sequence"] for row in rows(plan, "cutoff_documents") if row["sequence"]}
        assert flagged == {
            "A008/26": "▲ missing: A007/26",
            "A011/26": "▲ missing: A009/26 to A010/26",
            "SK202611003": "▲ missing: SK202611002",
        }


def test_related_parties(tmp_path: Path) -> None:
    """Since August: opening 100, invoiced 40, credited 5, paid 60; balance 75 of 375, sales 40 of 340."""
    ledger = f"""
    {HEAD}
    C1 | One | I1 | Invoice | 2026-07-31 | 2026-08-31 | 100.00 | CNY
    C1 | One | I2 | Invoice | 2026-08-01 | 2026-09-01 | 40.00 | CNY
    C1 | One | K1 | Credit note | 2026-09-01 | 2026-09-01 | 5.00 | CNY
    C2 | Two | I3 | Invoice | 2026-10-01 | 2026-11-01 | 300.00 | CNY
    """
    payments = f"""
    {PAID}
    C1 | P1 | | 2026-10-15 | I1 | 60.00 | CNY
    """
    customers = """
    Customer ID | Customer name | Relation
    C1 | One | related party
    C2 | Two | third party
    """
    with pack(options(tmp_path, ledger, payments, customers)) as (_, plan):
        (row,) = rows(plan, "related_parties")
        assert money(row, "opening", "invoiced", "credit_notes", "cash", "other", "balance") == [
            Decimal(x) for x in ("100", "40", "-5", "-60", "0", "75")
        ]
        assert money(row, "share", "sales_share") == [Decimal("0.2"), Decimal("0.117647")]  # 75 ÷ 375, 40 ÷ 340
        choices = {row["customer_id"]: row["choice"] for row in rows(plan, "confirmations")}
        assert choices == {"C2": "among the largest", "C1": "related party"}


def test_aging_by_year_whatever_the_scheme(tmp_path: Path) -> None:
    """I1 of 31 October 2025 is a year old to the day: first year. I2, a day older: second. I3 of 2020: over five."""
    ledger = f"""
    {HEAD} | Disputed amount
    C1 | One | I1 | Invoice | 2025-10-31 | 2026-10-31 | 100.00 | CNY |
    C1 | One | I2 | Invoice | 2025-10-30 | 2025-11-30 | 200.00 | CNY | 50.00
    C1 | One | I3 | Invoice | 2020-01-01 | 2026-12-01 | 400.00 | CNY |
    C1 | One | K1 | Credit note | 2026-10-01 | 2026-10-01 | 30.00 | CNY |
    """
    with pack(options(tmp_path, ledger)) as (_, plan):
        (row,) = rows(plan, "aging_by_year")
        assert money(row, "year_1", "year_2", "year_6", "gross", "credits", "balance") == [
            Decimal(x) for x in ("100", "200", "400", "700", "-30", "670")
        ]
        bridge = {str(row["bucket"]): row for row in rows(plan, "aging_bridge")}
        # by due date I1 and I3 are not due; I2 is over 120 days late, and 50 of it stand apart as disputed
        assert money(bridge["Not due"], "year_1", "year_6", "aged", "difference") == [
            Decimal(x) for x in ("100", "400", "500", "0")
        ]
        assert money(bridge[">120 days"], "year_2", "aged", "difference") == [Decimal(200), Decimal(150), Decimal(-50)]
        (figures,) = rows(plan, "audit_figures")
        assert money(figures, "over_year", "over_year_share") == [Decimal(600), Decimal("0.857143")]  # 600 ÷ 700
        assert [str(header) for header in plan.headers["aging_by_year"].values()][:2] == ["≤1 year", "1–2 years"]


def test_credit_balances_and_the_five_largest(tmp_path: Path) -> None:
    """C1: 850 + 300 owed, 200 paid in advance: 950 net. C3 is in credit with 80: that is a liability."""
    with pack(options(tmp_path, LEDGER, PAYMENTS)) as (_, plan):
        held = {row["customer_id"]: row for row in rows(plan, "credit_balances")}
        keys = ("debit", "credits", "advances", "balance", "reclassified")
        assert money(held["C1"], *keys) == [Decimal(x) for x in ("1150", "-200", "-200", "950", "0")]
        assert money(held["C3"], *keys) == [Decimal(x) for x in ("0", "-80", "-80", "-80", "80")]
        largest = [row for row in rows(plan, "top_five") if row["currency"] == "CNY"]
        assert [(row["rank"], row["customer_id"]) for row in largest] == [(1, "C1"), (2, "C2")]
        # net balance 950 + 500 − 80 = 1370; received by 1 December on C1's items: 400 + 250 of 1150
        assert money(largest[0], "share", "receipts", "collected") == [
            Decimal("0.693431"),
            Decimal(650),
            Decimal("0.565217"),
        ]


def test_unusual_items(tmp_path: Path) -> None:
    """K1 takes back an invoice of the period in November, K2 names none; W1 is written off; J1 stands alone, J2 and J3
    cancel out."""
    ledger = f"""
    {HEAD} | Applies to
    C1 | One | I1 | Invoice | 2026-10-28 | 2026-11-28 | 100.00 | CNY |
    C1 | One | I2 | Invoice | 2026-05-28 | 2026-06-28 | 70.00 | CNY |
    C1 | One | K1 | Credit note | 2026-11-04 | 2026-11-04 | 100.00 | CNY | I1
    C1 | One | K2 | Credit note | 2026-11-05 | 2026-11-05 | 10.00 | CNY |
    C1 | One | K3 | Credit note | 2026-11-05 | 2026-11-05 | 20.00 | CNY | I2
    C1 | One | W1 | 坏账核销 | 2026-10-30 | 2026-10-30 | 30.00 | CNY | I2
    C1 | One | J1 | Journal | 2026-10-15 | 2026-10-15 | 15.00 | CNY |
    C1 | One | J2 | Journal | 2026-10-16 | 2026-10-16 | 9.00 | CNY |
    C1 | One | J3 | Journal | 2026-10-17 | 2026-10-17 | -9.00 | CNY |
    """
    with pack(options(tmp_path, ledger)) as (_, plan):
        found = [(row["document_id"], row["other_document"]) for row in rows(plan, "unusual_items")]
        # K3 takes back an invoice of May, which lies before the period: it is no cut-off risk of this one
        assert found == [("K1", "I1"), ("K2", None), ("W1", "I2"), ("J1", None)]
