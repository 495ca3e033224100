"""What is open with and without its tax, where documents tell their net amount or their tax."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext

from duebook.close.figures import ZERO
from duebook.core.engine import Engine
from duebook.core.money import decimals, rounded

TOLD = "(d.net_amount IS NOT NULL OR d.tax_amount IS NOT NULL) AND d.amount <> 0"
OPEN = "FROM items AS i INNER JOIN doc AS d ON i.no = d.no WHERE i.receivable"


@dataclass
class NetOfTax:
    """Open receivables of one currency: `gross` and `net` of those that tell their tax, `untold` of the others."""

    currency: str
    gross: Decimal = ZERO
    net: Decimal = ZERO
    untold: Decimal = ZERO


def net_open(open_amount: Decimal, amount: Decimal, net: Decimal, digits: int) -> Decimal:
    """The net part of what is open: in proportion, rounded half away from zero."""
    with localcontext(prec=60):
        return rounded(open_amount * abs(net) / abs(amount), digits)


def net_of_tax(engine: Engine) -> list[NetOfTax]:
    """By currency, sorted; empty where no open receivable tells its tax."""
    (known,) = engine.one(f"SELECT count(*) {OPEN} AND {TOLD}")
    found: dict[str, NetOfTax] = {}
    for currency, still, amount, net in _open(engine) if known else ():
        own = found.setdefault(currency, NetOfTax(currency))
        if net is None:
            own.untold += still
        else:
            own.gross += still
            own.net += net_open(still, amount, net, decimals(currency))
    return [found[code] for code in sorted(found)]


def _open(engine: Engine) -> Iterator[tuple[str, Decimal, Decimal, Decimal | None]]:
    """Currency, open amount, amount and net amount (None where nothing tells it) of every open receivable."""
    net = f"CASE WHEN {TOLD} THEN coalesce(abs(d.net_amount), abs(d.amount) - abs(d.tax_amount)) END"
    for batch in engine.batches(f"SELECT i.currency, i.open, d.amount, {net} {OPEN} ORDER BY i.no"):
        yield from ((row[0], row[1], row[2], row[3]) for row in batch)
