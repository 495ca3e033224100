"""Arguments that many functions share, so that they read alike everywhere."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from duebook.core.arguments import Currency, Day

AsOf = Annotated[date, Day("The as-of date: the day from which the figure is looked at.", "截止日：从哪一天看该数值。")]
CurrencyCode = Annotated[
    str,
    Currency(
        "Currency code: decides the decimals (JPY 0, KWD 3). Default: two.",
        "货币代码，决定小数位数（JPY 0，KWD 3）；默认两位。",
    ),
]
"""Default it to "": `money.decimals("")` is 2."""
