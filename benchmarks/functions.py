"""The worksheet functions: what the door costs, and our formulas beside FinanceToolkit, numpy-financial and pyxirr.

All in one run and one process (but for the start-up times), each pair in turn, medians of the repeats and their ratio.
Run: python benchmarks/functions.py [--runs N]
"""

from __future__ import annotations

import gc
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from arguments import arguments
from measure import run

CELLS = 100_000


def seconds(work: Callable[[], object], times: int) -> float:
    """Mean time of one call over `times` calls."""
    gc.collect()
    started = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - started) / times


def pair(
    ours: Callable[[], object], other: Callable[[], object], runs: int, times: int = 1
) -> tuple[float, float, float]:
    """Median times of both and the median of the ratios ours ÷ other, taken in turn after a warm-up."""
    ours(), other()
    found = [(seconds(ours, times), seconds(other, times)) for _ in range(runs)]
    return (
        statistics.median(a for a, _ in found),
        statistics.median(b for _, b in found),
        statistics.median(a / b for a, b in found),
    )


def shown(value: float) -> str:
    return f"{value * 1e6:>10.2f} µs" if value < 1e-3 else f"{value * 1e3:>10.2f} ms"


def table(title: str, rows: list[tuple[str, float, float, float]], ours: str, other: str) -> str:
    lines = [title, f"  {'':52}{ours:>13}{other:>13}{'ours ÷ other':>14}"]
    lines += [f"  {name:52}{shown(a)}{shown(b)}{ratio:>13.2f}×" for name, a, b, ratio in rows]
    return "\n".join(lines)


def start_up(runs: int) -> str:
    """Whole processes: to a first answer from a cell, beside importing what others need for theirs."""
    ways = {
        "duebook: import, catalogue, =DSO(…) through the door": "from duebook.hosts.call import Door\n"
        "assert Door().call('DSO', [15000.0, 10000.0, 30.0]) == 45",
        "python alone": "pass",
        "numpy-financial: import, pmt": "import numpy_financial as n\nn.pmt(0.01, 12, -100)",
        "FinanceToolkit: import, DSO of one": "from financetoolkit.ratios.efficiency_model import *\n"
        "get_days_of_sales_outstanding(15000.0, 10000.0, 30)",
        "xlwings' usual way: import pandas": "import pandas",
    }
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # modules lie compiled, as pip leaves those of all ways
    run([sys.executable, "-c", next(iter(ways.values()))], Path.cwd())
    lines = ["Start of a process to its first figure (median)"]
    for name, code in ways.items():
        took = [run([sys.executable, "-c", code], Path.cwd()).seconds for _ in range(max(3, runs))]
        lines.append(f"  {name:52}{statistics.median(took) * 1e3:>10.0f} ms")
    return "\n".join(lines)


def scalar_calls(runs: int) -> str:
    """One cell at a time: the door beside the bare Python call."""
    from duebook.hosts import catalogue
    from duebook.hosts.call import Door

    door = Door()
    rows = []
    for name, given in (
        ("DSO", (15000.0, 10000.0, 30.0)),
        ("CASH_RATIO", (50000.0, 100000.0)),
        ("ALTMAN_Z", ("public_1968", 100.0, 400.0, 50.0, 600.0, 1000.0, 700.0, 1500.0)),
        ("DAYS_PAST_DUE", (46300.0, 46326.0)),
        ("INSTALLMENT", (10000.0, 10, 0.08)),
        ("CREDIT_GRADE", (72.0,)),
    ):
        bare, seen = catalogue.functions()[name].function, list(given)
        if name == "DAYS_PAST_DUE":
            seen = [date(2026, 10, 5), date(2026, 10, 31)]
        rows.append((name, *pair(lambda n=name, g=given: door.call(n, g), lambda f=bare, s=seen: f(*s), runs, 2000)))
    return table("One call, one cell (the sheet's cost of a function)", rows, "door", "bare call")


def ranges(runs: int) -> str:
    """100,000 cells through the door beside the bare Python loop over the same formula."""
    from duebook.credit.altman import altman_z
    from duebook.credit.ratios import cash_ratio
    from duebook.hosts.call import Door
    from duebook.receivables.dso import dso

    dice, door = random.Random(1), Door()

    def column() -> list[float]:
        return [dice.uniform(1.0, 1e6) for _ in range(CELLS)]

    rows = []
    for name, function, columns, before in (
        ("DSO, 3 ranges", dso, [column() for _ in range(3)], ()),
        ("CASH_RATIO, 2 ranges", cash_ratio, [column() for _ in range(2)], ()),
        ("ALTMAN_Z public_1968, 7 ranges", altman_z, [column() for _ in range(7)], ("public_1968",)),
    ):
        given = [*before, *([[value] for value in values] for values in columns)]

        def bare(function: Any = function, columns: Any = columns, before: Any = before) -> list[float]:
            return [function(*before, *values) for values in zip(*columns, strict=True)]

        def through(name: str = name, given: Any = given) -> object:
            return door.call(name.split(",")[0].split(" ")[0], given)

        rows.append((name, *pair(through, bare, runs)))
    return table(f"A range of {CELLS:,} cells", rows, "door", "bare loop")


def arrays(runs: int) -> str:
    """Functions declared `arrays=True` on numpy arrays, beside the bare numpy formula and beside FinanceToolkit."""
    import pandas as pd
    from financetoolkit.models import altman_model as peer
    from financetoolkit.ratios.efficiency_model import get_days_of_sales_outstanding

    from array_formulas import COMPANIES, companies, pairs
    from duebook.hosts import catalogue

    data, formulas = companies(), pairs()
    assert set(formulas) == {name for name, d in catalogue.functions().items() if d.arrays}, "every one is measured"
    bare = []
    for name, (ours, plain, items) in sorted(formulas.items()):
        given = [data[item] for item in items]
        bare.append((name, *pair(lambda f=ours, g=given: f(*g), lambda f=plain, g=given: f(*g), runs)))
    worst = max(bare, key=lambda row: row[3])
    series = {item: pd.Series(values) for item, values in data.items()}

    def toolkit_altman() -> object:
        a, b, c, d, e, f, g = (series[item] for item in formulas["ALTMAN_Z"][2])
        return peer.get_altman_z_score(
            peer.get_working_capital_to_total_assets_ratio(a, e),
            peer.get_retained_earnings_to_total_assets_ratio(b, e),
            peer.get_earnings_before_interest_and_taxes_to_total_assets_ratio(c, e),
            peer.get_market_value_of_equity_to_book_value_of_total_liabilities_ratio(d, f),
            peer.get_sales_to_total_assets_ratio(g, e),
        )

    def toolkit_dso() -> object:
        return get_days_of_sales_outstanding(series["receivables"], series["sales"], 30)

    def ours(name: str) -> Callable[[], object]:
        function, _, items = formulas[name]
        return lambda: function(*(data[item] for item in items))

    toolkit = [
        ("ALTMAN_Z public_1968", *pair(ours("ALTMAN_Z"), toolkit_altman, runs)),
        ("DSO", *pair(ours("DSO_BEST_POSSIBLE"), toolkit_dso, runs)),
    ]
    title = f"numpy arrays of {COMPANIES:,} companies"
    return (
        table(f"{title}, beside the bare numpy formula", bare, "duebook", "numpy")
        + f"\n  the largest ratio: {worst[3]:.2f} ({worst[0]})\n\n"
        + table(f"{title}, beside FinanceToolkit (pandas)", toolkit, "duebook", "FinanceToolkit")
    )


def plans(runs: int) -> str:
    """PMT, IRR and XIRR beside numpy-financial and pyxirr (compiled). The remark says where the answers differ."""
    import numpy_financial as npf
    import pyxirr

    from duebook.plans import annuity
    from duebook.plans.rate_of_return import irr, xirr

    flows = [-1000.0, *[100.0] * 11, 200.0]
    long = [-100_000.0, *[900.0] * 180]
    days = [date(2026, 1, 31) + timedelta(30 * n) for n in range(len(flows))]

    def pmt() -> object:
        return annuity.pmt(0.01, 36, 1000.0)

    def peer_xirr() -> object:
        return pyxirr.xirr(days, flows)

    rows = [
        ("PMT beside numpy-financial", *pair(pmt, lambda: npf.pmt(0.01, 36, 1000), runs, 500)),
        ("PMT beside pyxirr", *pair(pmt, lambda: pyxirr.pmt(0.01, 36, 1000), runs, 500)),
        ("IRR of 13 flows beside numpy-financial", *pair(lambda: irr(flows), lambda: npf.irr(flows), runs, 50)),
        ("IRR of 13 flows beside pyxirr", *pair(lambda: irr(flows), lambda: pyxirr.irr(flows), runs, 50)),
        ("IRR of 181 flows beside numpy-financial", *pair(lambda: irr(long), lambda: npf.irr(long), runs, 3)),
        ("IRR of 181 flows beside pyxirr", *pair(lambda: irr(long), lambda: pyxirr.irr(long), runs, 3)),
        (
            "XIRR of 13 flows beside pyxirr",
            *pair(lambda: xirr(flows, days), lambda: pyxirr.xirr(days, flows), runs, 50),
        ),
    ]
    odd = [-50.0, -100.0, 600.0, 300.0, -100.0]
    answers = (
        f"  IRR of −50, −100, 600, 300, −100 (spreadsheets: 1.8544): duebook {irr(odd):.4f}, "
        f"numpy-financial {npf.irr(odd):.4f}, pyxirr {pyxirr.irr(odd):.4f}\n"
        f"  periods of 100 paid off by 10 at 0 % (10): numpy-financial {float(npf.nper(0, -10, 100)):.0f}"
    )
    return table("Plans", rows, "duebook", "other") + "\n" + answers


def main(runs: int) -> str:
    return "\n\n".join(part(runs) for part in (start_up, scalar_calls, ranges, arrays, plans))


if __name__ == "__main__":
    print(main(max(5, arguments(__doc__ or "").runs)))
