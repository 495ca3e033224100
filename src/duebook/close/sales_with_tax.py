"""Sales on the same basis as receivables: with their tax. What a sales file leaves out is put on, once, by currency."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from duebook.core.engine import Engine, quoted
from duebook.core.errors import DuebookError
from duebook.core.money import decimals


def apply(engine: Engine, given: Mapping[str, Decimal], of_policy: Decimal | None) -> dict[str, Decimal]:
    """Raises the table `sales` by the VAT rates `given` by currency ("": all others), or by the policy's.

    Returns the rate of each currency of the sales files; none where they come with their tax, or where sales are those
    of the invoices, which always do. DuebookError where rates are given and there is no sales file.
    """
    currencies = [code for (code,) in engine.rows("SELECT DISTINCT currency FROM sales ORDER BY currency")]
    if given and not currencies:
        raise DuebookError("functional_remarks.vat_without_sales")
    found = {}
    for code in currencies:
        rate = given.get(code, given.get("", of_policy))
        if rate is not None:
            found[code] = rate
            factor = f"CAST({1 + rate:f} AS DECIMAL(18, 9))"
            engine.execute(
                f"UPDATE sales SET amount = CAST(round(amount * {factor}, {decimals(code)}) AS DECIMAL(18, 4)) "
                f"WHERE currency = {quoted(code)}"
            )
    return found
