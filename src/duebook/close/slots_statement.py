"""The slots of the statement of account, one workbook per customer and currency (see `close.slots`)."""

from __future__ import annotations

from duebook.close.slots import BUCKET_COLUMNS, Field, Table

AGES = BUCKET_COLUMNS + 2
"""Lines of the aging: the buckets, what is disputed, credits not set off."""
PAY_LINES = 5
"""Lines of the bank details."""
LETTERHEAD_LINES = 3
"""Lines below the name of the firm."""

_DATE = Field("document_date", "Date", "日期", "date")
_DOCUMENT = Field("document_id", "Document", "单据号", "id")
_WHAT = Field("what", "What", "摘要")

STATEMENT_TABLES = (
    # The movements since the first day, oldest first; the first row is the opening balance.
    Table(
        "statement_entries",
        (
            _DATE,
            _DOCUMENT,
            _WHAT,
            Field("against", "Settles", "对应单据", "id"),
            Field("debit", "Debit", "借方", "money"),
            Field("credit", "Credit", "贷方", "money"),
            Field("balance", "Balance", "余额", "money"),
        ),
    ),
    # What is open, by due date; credits after it, then bills not yet paid, whose amount stands in a column of its own.
    Table(
        "statement_items",
        (
            _DATE,
            _DOCUMENT,
            _WHAT,
            Field("due_date", "Due date", "到期日", "date"),
            Field("days_overdue", "Days overdue", "逾期天数", "days"),
            Field("amount", "Amount", "原始金额", "money"),
            Field("open", "Open", "未清金额", "money"),
            Field("disputed", "Of it disputed", "其中争议", "money"),
            Field("bill", "Bills not yet paid", "未兑付票据", "money"),
        ),
    ),
)
STATEMENT_CELLS = {
    "company_name": "text: the firm that sends it; from the policy's table letterhead, else as the template has it",
    **{f"company_line_{n}": "text: address, contact, tax number of the firm" for n in range(1, LETTERHEAD_LINES + 1)},
    "customer_name": "text: the customer's name, or its id where it has none",
    "customer_id": "text",
    "statement_currency": "text",
    "as_of": "date",
    "statement_from": "date: the first day of the movements",
    "headline": "text: what is owed and what of it is overdue",
    "notes": "text: disputes, bills, and what a list of open items does not tell; or blank",
    "opening_balance": "amount",
    "overdue": "amount: overdue and not disputed",
    **{f"age_label_{n}": "text: not due, then the buckets, disputed, credits" for n in range(1, AGES + 1)},
    **{f"age_amount_{n}": "amount, or blank" for n in range(1, AGES + 1)},
    "pay_words": "text: what to quote with the payment",
    **{
        f"pay_line_{n}": "text: bank, account and note, from the policy's table letterhead"
        for n in range(1, PAY_LINES + 1)
    },
}
