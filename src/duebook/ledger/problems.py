"""A row or value that needs a person's eye: where it stands, what it holds, why, and what was done with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Treatment = Literal["left_out", "kept", "repaired"]
"""left_out: the row is not in the ledger. kept: it is, as it stands. repaired: it is, with the value mended."""


@dataclass(frozen=True)
class Problem:
    """`reason` is a message key (`ledger.…`) whose sentence says what is wrong and what to do; `facts` fill it.

    `line` is the physical line in the file (or the row of the sheet), 1-based; None for a remark on a whole column.
    `amount` is the money the row carries, where it could be read; it makes the reconciling item of a row left out.
    """

    file: str
    sheet: str | None
    line: int | None
    column: str | None
    value: str | None
    reason: str
    treatment: Treatment
    facts: dict[str, str] = field(default_factory=dict)
    document_id: str | None = None
    customer_id: str | None = None
    currency: str | None = None
    amount: Decimal | None = None
    carried: Decimal | None = None
    """What the row would be in the receivables, where that is not its amount: a bill takes off, or is no part of it."""
