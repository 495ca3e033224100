"""The export as it comes out of an ERP: rows of text, with the blemishes that real exports have.

Each blemish is counted, because the close has to find every one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from duebook.sample.chance import Chance
from duebook.sample.customers import REPAIRED_ID, Customer
from duebook.sample.trade import PREVIOUS_AS_OF, Document, ReceiptLine, Trade

INVOICE_HEADERS = (
    "客户编码 Customer No.",
    "客户名称 Customer name",
    "单据编号 Document No.",
    "单据类型 Document type",
    "开票日期 Invoice date",
    "到期日 Due date",
    "币种 Currency",
    "原币金额 Amount",
    "销售订单 Sales order",
    "销售部门 Sales unit",
    "核销发票号 Applies to",
    "争议金额 Disputed amount",
    "争议原因 Dispute reason",
    "争议日期 Dispute opened",
    "录入日期 Recorded on",
    "合同号 Contract No.",
    "合同资产 Contract asset",
    "承兑人 Acceptor",
    "票据状态 Bill status",
    "转让日期 Transfer date",
    "追索权 Recourse",
    "抵销协议号 Netting agreement",
)
PAYMENT_HEADERS = ("收款单号", "客户编码", "客户名称", "收款日期", "币种", "收款金额", "核销发票号", "核销时间")
CUSTOMER_HEADERS = (
    "Customer No.",
    "Customer name",
    "English name",
    "Group",
    "Sales unit",
    "Country",
    "Terms days",
    "Credit limit",
    "Limit currency",
    "Insured limit",
    "Cover ratio",
    "Relation",
)
KINDS = {
    "invoice": "销售发票",
    "credit_note": "红字发票",
    "advance": "预收款",
    "retention": "质保金",
    "write_off": "坏账核销",
    "factoring": "保理",
    "netting": "抵销",
    "revaluation": "期末调汇",
    "journal": "记账凭证",
}
BILLS = {"bank": "银行承兑汇票", "commercial": "商业承兑汇票"}

Row = list[str]
Cell = str | Decimal | int | None


@dataclass(frozen=True)
class Export:
    """The rows of the three files, and what the blemishes add to the truth.

    `orphans`: receipts for an invoice that the ledger does not hold. `booked_twice`: documents whose row stands twice.
    `blemishes`: rows spoiled, by kind.
    """

    invoices: list[Row]
    payments: list[Row]
    customers: list[list[Cell]]
    orphans: tuple[ReceiptLine, ...]
    booked_twice: tuple[Document, ...]
    blemishes: dict[str, int]


def export(
    chance: Chance,
    customers: list[Customer],
    happened: Trade,
    claims: Sequence[Document] = (),
    claims_paid: Sequence[ReceiptLine] = (),
) -> Export:
    """The rows of the files. Only what trade brought is spoiled; bills, retention and the like come out clean."""
    blemishes = dict.fromkeys(("date_style", "amount_text", "missing_due_date", "float_id"), 0)
    twice = _booked_twice(happened)
    undated = _without_due_date(happened, twice)
    invoices: list[Row] = []
    for document in happened.documents:
        row = _invoice_row(document)
        if document in undated:
            row[5] = ""
            blemishes["missing_due_date"] += 1
        _restyle(chance, row, document, blemishes)
        invoices.append(row)
        if document in twice:
            invoices.append(list(row))
    invoices += [_invoice_row(document) for document in claims]
    blemishes["full_duplicate"] = len(twice)
    blemishes["unreadable_amount"] = _add_void_rows(invoices, happened)
    orphans = _orphans(happened)
    received = sorted((*happened.receipts, *claims_paid, *orphans), key=lambda r: (r.day, r.number))
    payments = [_payment_row(line) for line in received]
    blemishes["orphan_payment"] = len(orphans)
    listed = [[*_customer_row(customer), _relation(place)] for place, customer in enumerate(customers)]
    return Export(invoices, payments, listed, orphans, twice, blemishes)


def _invoice_row(document: Document) -> Row:
    opened = document.dispute_opened
    return [
        document.customer.id,
        document.customer.company.name,
        document.number,
        kind_text(document),
        document.day.isoformat(),
        document.due.isoformat() if document.due else "",
        document.currency,
        amount_text(document.amount, document.currency),
        document.order,
        document.customer.sales_unit,
        document.applies_to or "",
        amount_text(document.disputed, document.currency) if document.disputed else "",
        document.dispute_reason or "",
        opened.isoformat() if opened else "",
        (document.recorded or document.day).isoformat(),
        document.contract,
        {"retention": "是" if document.contract_asset else "否"}.get(document.kind, ""),
        document.acceptor,
        document.state,
        document.transferred.isoformat() if document.transferred else "",
        document.recourse,
        document.agreement,
    ]


def _payment_row(line: ReceiptLine) -> Row:
    return [
        line.number,
        line.customer.id,
        line.customer.company.name,
        f"{line.day.year}/{line.day.month}/{line.day.day}",
        line.currency,
        amount_text(line.amount, line.currency),
        line.applies_to or "",
        f"{line.applied_on:%Y/%m/%d}" if line.applied_on else "",
    ]


def _relation(place: int) -> str:
    """One customer is related, one in the same group as the company; the others are third parties."""
    return {7: "Related party", 11: "Intercompany"}.get(place, "Third party")


def _customer_row(customer: Customer) -> list[Cell]:
    return [
        customer.id,
        customer.company.name,
        customer.company.english,
        customer.group,
        customer.sales_unit,
        customer.company.country,
        customer.terms_days,
        customer.credit_limit,
        customer.currency if customer.credit_limit is not None else None,
        customer.insured_limit,
        customer.cover_ratio,
    ]


def kind_text(document: Document) -> str:
    """What the export calls the document."""
    return BILLS[document.bill] if document.bill else KINDS[document.kind]


def amount_text(amount: Decimal, currency: str) -> str:
    """Plain digits with the decimals of the currency, as a system exports them."""
    return f"{amount:.0f}" if currency == "JPY" else f"{amount:.2f}"


def _restyle(chance: Chance, row: Row, document: Document, blemishes: dict[str, int]) -> None:
    """Rows that passed through somebody's spreadsheet: another date style, an amount with its sign, a damaged code."""
    if chance.happens(20):
        row[4] = _date_in_another_style(chance, document.day)
        blemishes["date_style"] += 1
    if document.kind == "invoice" and document.currency in ("CNY", "USD") and chance.happens(3):
        mark = "￥" if document.currency == "CNY" else "US$"
        row[7] = f"{mark}{document.amount:,.2f}"
        blemishes["amount_text"] += 1
    if row[0] == REPAIRED_ID and document.day.month in (3, 6, 9):
        row[0] = f"{REPAIRED_ID}.0"
        blemishes["float_id"] += 1


def _date_in_another_style(chance: Chance, day: date) -> str:
    """Styles that leave no doubt which part is the month."""
    month = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")[day.month - 1]
    return chance.pick(
        (
            f"{day.year}/{day.month}/{day.day}",
            f"{day.year}年{day.month:02d}月{day.day:02d}日",
            f"{day.year}{day.month:02d}{day.day:02d}",
            f"{day.day:02d}-{month}-{day.year}",
        )
    )


def _booked_twice(happened: Trade) -> tuple[Document, ...]:
    """Two plain invoices that nobody has paid: their twin rows are open in full at both closes."""
    touched = {line.applies_to for line in happened.receipts} | {d.applies_to for d in happened.documents}
    plain = [d for d in happened.documents if d.kind == "invoice" and not d.disputed and d.number not in touched]
    early = [d for d in plain if d.day <= PREVIOUS_AS_OF]
    return tuple(early[len(early) // 3 :: max(1, len(early) // 3)][:2])


def _without_due_date(happened: Trade, twice: tuple[Document, ...]) -> set[Document]:
    """Three open invoices: the customers' terms say when they are due."""
    paid = {line.applies_to for line in happened.receipts}
    still_open = [d for d in happened.documents if d.kind == "invoice" and d.number not in paid and d not in twice]
    return set(still_open[5 :: max(1, len(still_open) // 3)][:3])


def _add_void_rows(invoices: list[Row], happened: Trade) -> int:
    """Two voided invoices whose amount says so in a word: nothing was booked for them."""
    places = (len(invoices) // 3, len(invoices) * 4 // 5)
    for count, place in enumerate(places):
        row = list(invoices[place])
        row[2] = f"{4_417_300 + 7 * len(happened.documents) + count + 1:08d}"
        row[3], row[7] = KINDS["invoice"], "作废"
        row[5], row[10:14] = row[5] or row[4], ["", "", "", ""]
        invoices.insert(place + 1, row)
    return len(places)


def _orphans(happened: Trade) -> tuple[ReceiptLine, ...]:
    """Two receipts that name an invoice from before the first month, which this ledger does not hold."""
    found = []
    for count, line in enumerate(happened.receipts[40 :: max(1, len(happened.receipts) // 2)][:2]):
        day = line.day + timedelta(14 * (count + 1))
        amount = Decimal(int(line.amount) // 3 + 100)
        number = f"SK{day:%Y%m}9{count:04d}"
        found.append(ReceiptLine(line.customer, number, day, amount, f"{3_980_000 + count:08d}", day))
    return tuple(found)
