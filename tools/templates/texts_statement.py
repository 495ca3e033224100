"""The fixed words of the statement of account, English and Chinese side by side."""

from __future__ import annotations

STATEMENT_TEXTS: dict[str, tuple[str, str]] = {
    "statement_title": ("Statement of account", "对账单"),
    "statement_subject": ("Movements and open items of one customer", "单个客户的发生额与未清项目"),
    "statement_footer": ("&R&8Page &P of &N", "&R&8第 &P 页，共 &N 页"),
    "statement": ("Statement", "对账单"),
    "statement_to": ("To", "致"),
    "statement_customer": ("Customer ID", "客户编码"),
    "statement_as_of": ("As of", "截止日"),
    "statement_from": ("Movements from", "发生额自"),
    "statement_currency": ("Currency", "币种"),
    "statement_opening": ("Opening balance", "期初余额"),
    "statement_debits": ("+ Debits", "+ 借方"),
    "statement_credits": ("− Credits", "− 贷方"),
    "statement_balance": ("= Balance", "= 余额"),
    "statement_overdue": ("Overdue", "逾期"),
    "statement_movements": ("Movements", "发生额"),
    "statement_open": ("Open items", "未清项目"),
    "statement_total": ("Total", "合计"),
    "statement_aging": ("Aging of the balance", "余额账龄"),
    "statement_whole": ("Balance", "余额"),
    "statement_pay": ("How to pay", "付款方式"),
    "statement_reply": (
        "Please compare this statement with your books and tell us what differs.",
        "请与贵公司账面核对，如有不符请告知。",
    ),
    "statement_agrees": ("☐ It agrees with our books.", "☐ 核对相符"),
    "statement_differs": ("☐ It differs. Balance in our books:", "☐ 核对不符，我方账面余额："),
    "statement_signed": ("Date, name, signature or seal:", "日期、经办人、签章："),
}
STATEMENT_BOTH: dict[str, str] = {"statement_footer": "&R&8Page &P of &N · 第 &P 页，共 &N 页"}
