"""Column widths of the auditor pack, where a page would print too small to read otherwise; by field, else by unit."""

from __future__ import annotations

AUDIT_WIDTHS: dict[str, dict[str, float]] = {
    "subsequent_receipts": {"customer_id": 10.5, "customer_name": 21.0, "kind": 10.0, "money": 11.5, "file": 14.0},
    "receipts_by_customer": {"customer_name": 28.0, "money": 12.5},
    "confirmations": {"customer_name": 28.0, "relation": 13.0, "chosen": 8.0, "choice": 17.0, "draw": 18.0},
    "sampling": {"step": 32.0, "action": 92.0},
    "confirmation_letters": {"letter": 8.0, "contact": 16.0, "address": 26.0, "comment": 22.0, "customer_name": 28.0},
    "replies": {
        "letter": 7.0,
        "customer_name": 20.0,
        "money": 10.6,
        "status": 14.0,
        "documents": 20.0,
        "comment": 24.0,
    },
    "delivered_not_invoiced": {"why": 26.0, "file": 16.0},
    "invoiced_not_delivered": {"why": 26.0, "file": 16.0},
    "cutoff_documents": {"side": 8.0, "customer_name": 26.0, "sequence": 34.0, "series": 14.0, "file": 16.0},
    "top_five": {"rank": 6.0, "customer_name": 24.0, "money": 11.5, "relation": 12.0},
    "related_parties": {"customer_name": 26.0, "relation": 12.0, "money": 12.5},
    "aging_by_year": {"customer_name": 26.0, "relation": 12.0, "money": 12.5},
    "aging_bridge": {"bucket": 18.0},
    "credit_balances": {"customer_name": 28.0, "relation": 12.0},
    "unusual_items": {"item": 46.0, "customer_name": 24.0, "file": 16.0},
}
