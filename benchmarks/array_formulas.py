"""The bare numpy formula of every function that is declared for arrays, on a million invented companies."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

COMPANIES = 1_000_000


def companies(seed: int = 1) -> dict[str, Any]:
    """Statement items as arrays: sound companies, as most rows of a real sheet are."""
    dice = np.random.default_rng(seed)

    def money(low: float = 1.0, high: float = 1e6) -> Any:
        return dice.uniform(low, high, COMPANIES)

    total = money(1e5)
    liabilities = total * dice.uniform(0.2, 0.8, COMPANIES)
    short = liabilities * dice.uniform(0.3, 0.9, COMPANIES)
    current = total * dice.uniform(0.3, 0.9, COMPANIES)
    sales = total * dice.uniform(0.5, 2.0, COMPANIES)
    profit = sales * dice.uniform(-0.05, 0.2, COMPANIES)
    return {
        "ta": total, "tl": liabilities, "cl": short, "ca": current, "sales": sales, "profit": profit,
        "before": sales * dice.uniform(-0.05, 0.2, COMPANIES), "ffo": profit * 1.2, "interest": money(1.0, 1e4),
        "equity": total - liabilities, "wc": current - short, "re": money(), "cash": current * 0.2,
        "inventory": current * 0.3, "blocked": current * 0.01, "securities": money(0.0, 1e4), "claims": money(0.0, 1e4),
        "receivables": current * 0.4, "odds": money(0.1, 500.0), "score": money(300.0, 800.0),
        "share": money(0.001, 0.999), "limit": money(), "days": money(1, 90),
    }  # fmt: skip


def pairs() -> Mapping[str, tuple[Callable[..., Any], Callable[..., Any], tuple[str, ...]]]:
    """Name → (ours, the bare formula, the arrays that both take)."""
    from duebook.credit import altman, distress, distress_reading, points, ratios
    from duebook.portfolio.exposure import limit_use
    from duebook.receivables import cash_cycle, dso, provision

    ln2 = math.log(2)
    return {
        "DSO": (lambda r, s: dso.dso(r, s, 30, 0.13), lambda r, s: r / 1.13 / s * 30, ("receivables", "sales")),
        "DSO_AVERAGE": (
            lambda o, c, s: dso.dso_average(o, c, s, 30),
            lambda o, c, s: (o + c) / 2 / s * 30,
            ("cash", "receivables", "sales"),
        ),
        "DSO_BEST_POSSIBLE": (
            lambda r, s: dso.dso_best_possible(r, s, 30),
            lambda r, s: r / s * 30,
            ("receivables", "sales"),
        ),
        "AVERAGE_DAYS_DELINQUENT": (dso.average_days_delinquent, lambda a, b: a - b, ("days", "days")),
        "RECEIVABLES_TURNOVER": (dso.receivables_turnover, lambda a, b: a / b, ("sales", "receivables")),
        "TURNOVER_DAYS": (lambda a: dso.turnover_days(a, 365), lambda a: 365 / a, ("days",)),
        "CASH_CONVERSION_CYCLE": (cash_cycle.cash_conversion_cycle, lambda a, b, c: a + b - c, ("days",) * 3),
        "DAYS_INVENTORY": (
            lambda a, b: cash_cycle.days_inventory(a, b, 365),
            lambda a, b: a / b * 365,
            ("inventory", "sales"),
        ),
        "DAYS_PAYABLE": (
            lambda a, b: cash_cycle.days_payable(a, b, 365, "cogs"),
            lambda a, b: a / b * 365,
            ("cl", "sales"),
        ),
        "BAD_DEBT_RATE": (
            lambda w, r, b: provision.bad_debt_rate(w, r, b, "sales"),
            lambda w, r, b: (w - r) / b,
            ("cash", "blocked", "sales"),
        ),
        "CASH_RATIO": (
            ratios.cash_ratio,
            lambda c, cl, s, b: (c + s - b) / cl,
            ("cash", "cl", "securities", "blocked"),
        ),
        "CASH_RATIO_WITH_COVER": (
            ratios.cash_ratio_with_cover,
            lambda c, cl, x, s, b: (c + s - b + x) / cl,
            ("cash", "cl", "claims", "securities", "blocked"),
        ),
        "QUICK_RATIO": (ratios.quick_ratio, lambda a, i, cl: (a - i) / cl, ("ca", "inventory", "cl")),
        "CURRENT_RATIO": (ratios.current_ratio, lambda a, b: a / b, ("ca", "cl")),
        "DEBT_TO_ASSETS": (ratios.debt_to_assets, lambda a, b: a / b, ("tl", "ta")),
        "EQUITY_RATIO": (ratios.equity_ratio, lambda a, b: a / b, ("equity", "ta")),
        "DEBT_TO_EQUITY": (ratios.debt_to_equity, lambda a, b: a / b, ("tl", "equity")),
        "INTEREST_COVER": (ratios.interest_cover, lambda a, b: a / b, ("profit", "interest")),
        "CASH_FLOW_TO_DEBT": (ratios.cash_flow_to_debt, lambda a, b: a / b, ("ffo", "tl")),
        "NET_MARGIN": (ratios.net_margin, lambda a, b: a / b, ("profit", "sales")),
        "RETURN_ON_ASSETS": (ratios.return_on_assets, lambda a, b: a / b, ("profit", "ta")),
        "ALTMAN_Z": (
            lambda *a: altman.altman_z("public_1968", *a),
            lambda wc, re, e, q, ta, tl, s: (
                1.2 * wc / ta + 1.4 * re / ta + 3.3 * e / ta + 0.6 * q / tl + 0.999 * s / ta
            ),
            ("wc", "re", "profit", "equity", "ta", "tl", "sales"),
        ),
        "OHLSON_O": (
            lambda *a: distress.ohlson_o(*a, 100.0),
            lambda ta, tl, ca, cl, ni, nb, ffo: (
                -1.32
                - 0.407 * np.log(ta / 100.0)
                + 6.03 * tl / ta
                - 1.43 * (ca - cl) / ta
                + 0.0757 * cl / ca
                - 1.72 * (tl > ta)
                - 2.37 * ni / ta
                - 1.83 * ffo / tl
                + 0.285 * ((ni < 0) & (nb < 0))
                - 0.521 * (ni - nb) / (np.abs(ni) + np.abs(nb))
            ),
            ("ta", "tl", "ca", "cl", "profit", "before", "ffo"),
        ),
        "ZMIJEWSKI": (
            lambda *a: distress.zmijewski("weighted", *a),
            lambda ni, tl, ta, ca, cl: -4.803 - 3.599 * ni / ta + 5.406 * tl / ta - 0.1 * ca / cl,
            ("profit", "tl", "ta", "ca", "cl"),
        ),
        "SPRINGATE": (
            distress.springate,
            lambda wc, e, p, s, ta, cl: 1.03 * wc / ta + 3.07 * e / ta + 0.66 * p / cl + 0.4 * s / ta,
            ("wc", "profit", "profit", "sales", "ta", "cl"),
        ),
        "TAFFLER": (
            lambda *a: distress.taffler("tisshaw_1977", *a),
            lambda p, ca, cl, tl, ta, s: 0.53 * p / cl + 0.13 * ca / tl + 0.18 * cl / ta + 0.16 * s / ta,
            ("profit", "ca", "cl", "tl", "ta", "sales"),
        ),
        "GROVER": (
            distress.grover,
            lambda wc, e, ni, ta: 1.65 * wc / ta + 3.404 * e / ta - 0.016 * ni / ta + 0.057,
            ("wc", "profit", "profit", "ta"),
        ),
        "BANKRUPTCY_PROBABILITY": (
            lambda v: distress_reading.bankruptcy_probability("ohlson", v),
            lambda v: 1 / (1 + np.exp(-v)),
            ("share",),
        ),
        "POINTS_SCORE": (points.points_score, lambda o: 600 + 20 / ln2 * np.log(o / 50), ("odds",)),
        "SCORE_ODDS": (points.score_odds, lambda s: 50 * 2 ** ((s - 600) / 20), ("score",)),
        "ODDS_PROBABILITY": (points.odds_probability, lambda o: 1 / (1 + o), ("odds",)),
        "PROBABILITY_ODDS": (points.probability_odds, lambda p: (1 - p) / p, ("share",)),
        "LIMIT_USE": (limit_use, lambda limit, x: x / limit, ("limit", "receivables")),
    }
