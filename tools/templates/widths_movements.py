"""Column widths of the movements workbook, where a page would print too small to read; by field, else by unit."""

from __future__ import annotations

MOVEMENTS_WIDTHS: dict[str, dict[str, float]] = {
    "roll_forward": {"customer_name": 26.0, "money": 12.0},
    "bill_maturities": {"span": 22.0},
    "bills": {
        "customer_name": 24.0,
        "bill_kind": 17.0,
        "acceptor": 22.0,
        "status": 14.0,
        "recourse": 15.0,
        "file": 16.0,
    },
    "retention_items": {
        "customer_name": 26.0,
        "document_date": 14.0,
        "contract_id": 15.0,
        "status": 19.0,
        "account": 15.0,
        "file": 16.0,
    },
    "factored_items": {"customer_name": 26.0, "file": 16.0},
    "netting_items": {"customer_name": 26.0, "settles": 18.0, "file": 16.0},
    "bill_states": {"status": 22.0, "recourse": 15.0},
    "balance_sheet": {"currency": 10.0, "money": 15.0},
    "net_credit_customers": {"customer_name": 26.0, "money": 15.0},
    "related_balances": {"customer_name": 28.0, "relation": 14.0},
    "currencies": {"original": 12.0, "account": 16.0, "balance": 14.0, "source": 18.0, "money": 12.5},
    "functional_totals": {"item": 24.0, "amount": 14.0},
    "account_tie_out": {"account": 24.0, "original": 10.0, "item": 24.0},
    "functional_customers": {"customer_name": 24.0, "money": 12.5},
    "exchange_differences": {"customer_name": 24.0, "original": 12.0, "account": 16.0, "money": 12.5},
    "allowance_movement": {"currency": 10.0, "account": 18.0, "part": 26.0, "money": 12.5},
    "allowance_pools": {"account": 18.0, "pool": 26.0},
    "specific_items": {"customer_name": 26.0, "account": 18.0, "remark": 40.0},
    "own_loss_rates": {"bucket": 18.0, "source": 20.0, "remark": 40.0, "rate": 11.0},
    "bad_debt_rates": {"period": 18.0, "basis": 26.0},
}
