"""Control totals of accounts beside the receivables of one currency: all in the functional currency, bills, contract
assets. Each ties out by named lines, or says by how much it does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from duebook.close.figures import ZERO, CurrencyFigures
from duebook.close.functional import Functional
from duebook.core.errors import DuebookError

ACCOUNTS = ("functional", "bill", "contract_asset")
"""The accounts that a control total may name (`--control-total ACCOUNT:CUR=AMOUNT`)."""
Controls = Mapping[tuple[str, str], Decimal]
"""Control totals by account and currency."""


@dataclass(frozen=True)
class AccountTie:
    """An account against its control total: `parts` are named lines that add up to the total.

    `pending`: the part of the total that is still to be booked; an account without it ties out before that entry.
    """

    account: str
    currency: str
    parts: tuple[tuple[str, Decimal], ...]
    control: Decimal
    pending: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return sum((amount for _, amount in self.parts), ZERO)

    @property
    def difference(self) -> Decimal:
        return self.total - self.control

    @property
    def ties_before(self) -> bool:
        """Whether it agrees with the account as it stands before the exchange difference is booked."""
        return self.difference != 0 and self.difference == self.pending

    @property
    def ties(self) -> bool:
        return self.difference == 0 or self.ties_before


def account_ties(
    controls: Controls, figures: Sequence[CurrencyFigures], functional: Functional | None
) -> list[AccountTie]:
    """One per control total given. DuebookError where one is in the functional currency and that is not known."""
    held = {f.currency: f for f in figures}
    found = []
    for (account, currency), control in sorted(
        controls.items(), key=lambda entry: (ACCOUNTS.index(entry[0][0]), entry)
    ):
        if account == "functional":
            if functional is None:
                raise DuebookError("functional_remarks.control_without_rates", currency=currency)
            if functional.currency != currency:
                raise DuebookError(
                    "functional_remarks.control_other", currency=currency, functional=functional.currency
                )
            found.append(_functional_tie(functional, control))
        else:
            own = held.get(currency)
            name = "bills" if account == "bill" else "contract_assets"
            parts = ((name, getattr(own, name) if own else ZERO),)
            found.append(AccountTie(account, currency, parts, control))
    return found


def _functional_tie(functional: Functional, control: Decimal) -> AccountTie:
    """The receivables in the functional currency: as booked, what the export revalued, what is still to be booked."""
    line = functional.total("receivable")
    parts: list[tuple[str, Decimal]] = []
    pending = ZERO
    if line is None or line.unrealized is None or line.booked is None:
        parts.append(("translated", line.carried if line else ZERO))
    else:
        pending = line.unrealized - functional.entries
        parts += [("booked", line.booked), ("entries", functional.entries), ("to_book", pending)]
    parts.append(("left_out", functional.left_out))
    shown = tuple((name, amount) for name, amount in parts if amount or name in ("booked", "translated"))
    return AccountTie("functional", functional.currency, shown, control, pending)
