"""Column widths of the comparison, where a page would print too small to read otherwise; by field, else by unit."""

from __future__ import annotations

COMPARE_WIDTHS: dict[str, dict[str, float]] = {
    "compare_customers": {"customer_id": 10.5, "customer_name": 20.0, "account": 13.0, "money": 11.4},
    "compare_changes": {
        "customer_id": 10.5,
        "customer_name": 20.0,
        "account": 13.0,
        "kind": 11.0,
        "what": 18.0,
        "money": 11.5,
        "old_file": 14.0,
        "new_file": 14.0,
    },
    "compare_movements": {"customer_name": 26.0, "account": 14.0, "movement": 20.0, "money": 12.0, "file": 18.0},
}
COMPARE_SCREEN_ONLY = {
    "compare_changes": (
        "old_customer", "new_customer", "old_file", "old_line", "new_file", "new_line",
    ),
}  # fmt: skip
