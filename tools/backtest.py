"""The documented backtest: Altman's Z″, other distress models and the finance part of the default score card, on the
Polish bankruptcy data (UCI 365, fifth-year file).

`python tools/backtest.py 5year.arff` prints the tables that stand in docs/backtest.md. The data are not part of the
project. The file holds ratios, so statement items are ratios with total assets (or liabilities) 1: the models are free
of scale. All figures come from Duebook's own worksheet functions.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from duebook.core.arguments import Argument, Number
from duebook.core.cells import CellError, missing
from duebook.credit.altman import altman_z, altman_zone
from duebook.credit.distress import grover, springate, zmijewski
from duebook.credit.score import credit_scores
from duebook.credit.validation import score_auc
from duebook.policy import score_card
from duebook.policy.load import Policy, load
from duebook.policy.sheet import policy_of_range

ATTRIBUTES = 64
ZONES = ("safe", "gray", "distress")
Z_ITEMS = (3, 6, 7, 8)
"""Working capital, retained earnings and EBIT ÷ total assets; book equity ÷ total liabilities."""
DIMENSIONS: Mapping[str, int] = {
    "debt_to_assets": 2,
    "current_ratio": 4,
    "quick_ratio": 46,
    "cash_ratio": 40,
    "receivable_days": 44,
    "net_margin": 23,
    "interest_cover": 27,
}
"""The card's finance dimensions that the file can show, and their attribute. Age and audit of statements it cannot."""


class Company(NamedTuple):
    """One row: attribute n is `ratios[n - 1]`, None where the file has `?`."""

    ratios: tuple[float | None, ...]
    failed: bool

    def items(self, attributes: Sequence[int]) -> list[float] | None:
        """The values of these attributes, or None where one is missing."""
        found = [self.ratios[number - 1] for number in attributes]
        return None if None in found else [value for value in found if value is not None]


def read(path: Path) -> list[Company]:
    """The companies of an ARFF file with 64 numeric attributes and a class of 0 or 1. ValueError names a bad line."""
    found: list[Company] = []
    in_data = False
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        text = line.strip()
        if in_data and text and not text.startswith("%"):
            *ratios, failed = text.split(",")
            if len(ratios) != ATTRIBUTES or failed not in ("0", "1"):
                raise ValueError(f"line {number}: {ATTRIBUTES} values and a class of 0 or 1 are expected")
            found.append(Company(tuple(None if each == "?" else float(each) for each in ratios), failed == "1"))
        in_data = in_data or text.lower() == "@data"
    return found


def duplicates(companies: Sequence[Company]) -> int:
    """Rows that repeat an earlier one in every value."""
    return len(companies) - len(set(companies))


class Scored(NamedTuple):
    """Companies for which a model has a value, higher = safer, and whether each failed."""

    values: list[float]
    failed: list[bool]

    @property
    def auc(self) -> float:
        return score_auc(self.values, self.failed)


def scored(companies: Sequence[Company], attributes: Sequence[int], model: Callable[..., float]) -> Scored:
    """`model` on the companies that have all of `attributes`."""
    found = Scored([], [])
    for company in companies:
        items = company.items(attributes)
        if items is not None:
            found.values.append(model(*items))
            found.failed.append(company.failed)
    return found


def z_double_prime(working_capital: float, retained_earnings: float, ebit: float, equity: float) -> float:
    return float(altman_z("z_double_prime", working_capital, retained_earnings, ebit, equity, 1, 1))


MODELS: Mapping[str, tuple[Sequence[int], Callable[..., float]]] = {
    "Altman Z″ (1995)": (Z_ITEMS, z_double_prime),
    "Altman Z′ (1983)": (
        (*Z_ITEMS, 9),
        lambda wc, re, ebit, equity, sales: altman_z("private", wc, re, ebit, equity, 1, 1, sales),
    ),
    "Zmijewski, unweighted, × −1": ((1, 2, 4), lambda ni, tl, ca: -zmijewski("unweighted", ni, tl, 1, ca, 1)),
    "Zmijewski, weighted, × −1": ((1, 2, 4), lambda ni, tl, ca: -zmijewski("weighted", ni, tl, 1, ca, 1)),
    "Springate (1978)": ((3, 7, 12, 9), lambda wc, ebit, ebt, sales: springate(wc, ebit, ebt, sales, 1, 1)),
    "Grover (2001)": ((3, 7, 1), lambda wc, ebit, ni: grover(wc, ebit, ni, 1)),
}


class Band(NamedTuple):
    """Companies of one zone or grade."""

    name: str
    companies: int
    failed: int

    @property
    def rate(self) -> float:
        return self.failed / self.companies if self.companies else 0.0


def banded(names: Sequence[str], order: Sequence[str], failed: Sequence[bool]) -> list[Band]:
    """How many companies have each name of `order`, and how many of them failed."""
    pairs = list(zip(names, failed, strict=True))
    return [Band(one, sum(n == one for n, _ in pairs), sum(bad for n, bad in pairs if n == one)) for one in order]


def zones(z: Scored) -> list[Band]:
    return banded([str(altman_zone("z_double_prime", value)) for value in z.values], ZONES, z.failed)


# --- the finance part of the default card -----------------------------------------------------------------------------


def finance_card(policy: Policy) -> Policy:
    """The default card with nothing but the dimensions that the file shows, their weights brought to a sum of 1.

    Points, bands, caps and worst-points rules stay those of the policy; rules on dropped dimensions lie idle.
    """
    card = policy.section(score_card.read).card("existing", None)
    kept = [card.by_key[key] for key in DIMENSIONS]
    whole = sum((each.weight for each in kept), Decimal(0))
    weights = [(each.weight / whole).quantize(Decimal("0.0001")) for each in kept]
    weights[0] += 1 - sum(weights, Decimal(0))
    assert card.finance_cap is not None
    rows: list[list[object]] = [
        ["[score_card]"],
        ["from", "name", "missing", "minimum_coverage", "finance_cap_grade"],
        ["2000-01-01", "existing", card.missing, str(card.minimum_coverage), card.finance_cap.name],
        ["[score_dimension]"],
        ["from", "card", "dimension", "group", "weight", "kind"],
    ]
    rows += [
        ["2000-01-01", "existing", each.key, "finance", str(weight), "number"]
        for each, weight in zip(kept, weights, strict=True)
    ]
    width = max(map(len, rows))
    return policy_of_range([[*row, *[""] * (width - len(row))] for row in rows], policy)


class Card(NamedTuple):
    """What the card says: of the companies that have every value, of all that it scores, and by grade."""

    complete: Scored
    all: Scored
    refused: Scored
    """Too little known for a score; the values there are zero and mean nothing."""
    grades: list[Band]


def on_card(companies: Sequence[Company]) -> Card:
    """Every company on the finance card, values limited to the bounds of the default card's dimensions."""
    default = load()
    policy = finance_card(default)
    dimensions = default.section(score_card.read).card("existing", None).by_key
    limits = {key: _bounds(dimensions[key].reader) for key in DIMENSIONS}
    rows = [[_within(company.ratios[n - 1], *limits[key]) for key, n in DIMENSIONS.items()] for company in companies]
    table = credit_scores([str(place) for place in range(len(rows))], list(DIMENSIONS), rows, policy)
    found = Card(Scored([], []), Scored([], []), Scored([], []), [])
    grades: list[str] = []
    for company, values, (_, score, grade, *_rest) in zip(companies, rows, table.rows, strict=True):
        if isinstance(score, CellError):
            if score.code != "#N/A":
                raise score
            _add(found.refused, 0.0, company)
            continue
        assert isinstance(score, Decimal)
        _add(found.all, float(score), company)
        grades.append(str(grade))
        if not any(map(missing, values)):
            _add(found.complete, float(score), company)
    order = ["A", "B", "C", "D", "E"]
    return found._replace(grades=banded(grades, order, found.all.failed))


def _bounds(reader: Argument) -> tuple[float | None, float | None]:
    assert isinstance(reader, Number), "the finance dimensions used here are numbers"
    return reader.least, reader.most


def _within(value: float | None, least: float | None, most: float | None) -> float | None:
    """Winsorized: what lies beyond a dimension's bounds counts as the bound."""
    if value is None:
        return None
    value = value if least is None else max(value, least)
    return value if most is None else min(value, most)


def _add(to: Scored, value: float, company: Company) -> None:
    to.values.append(value)
    to.failed.append(company.failed)


# --- the tables of docs/backtest.md -----------------------------------------------------------------------------------


def tables(companies: Sequence[Company]) -> Iterator[str]:
    """The report, line by line, in Markdown; it stands as it is in docs/backtest.md."""
    failures = sum(company.failed for company in companies)
    yield f"{len(companies):,} companies, {failures} of them failed within a year ({failures / len(companies):.1%});"
    yield f"{duplicates(companies)} rows repeat another one exactly and are kept."
    yield from ("", "| model | companies | failed | one-year AUC |", "|---|--:|--:|--:|")
    for name, (attributes, model) in MODELS.items():
        yield _auc_row(name, scored(companies, attributes, model))
    z = scored(companies, *MODELS["Altman Z″ (1995)"])
    once = scored(list(dict.fromkeys(companies)), *MODELS["Altman Z″ (1995)"])
    yield _auc_row("Altman Z″, each row counted once", once)
    yield from _band_table("Z″ zone", zones(z))
    yield f"Z″ runs from {min(z.values):,.0f} to {max(z.values):,.0f}."
    yield from ("", "| ratio alone | companies | failed | one-year AUC |", "|---|--:|--:|--:|")
    for key, number in DIMENSIONS.items():
        lower_is_safer = key in ("debt_to_assets", "receivable_days")
        alone = scored(companies, [number], (lambda value: -value) if lower_is_safer else float)
        yield _auc_row(f"`{key}`{', × −1' if lower_is_safer else ''}", alone)
    without = [company.failed for company in companies if company.items([DIMENSIONS["interest_cover"]]) is None]
    yield from ("", f"Of the {len(without)} companies without interest cover {sum(without) / len(without):.0%} failed.")
    card = on_card(companies)
    yield from ("", "| finance part of the card | companies | failed | one-year AUC |", "|---|--:|--:|--:|")
    yield _auc_row("every value known", card.complete)
    yield _auc_row("missing values count as worst", card.all)
    yield f"| too little known for a score | {len(card.refused.failed):,} | {sum(card.refused.failed)} | – |"
    yield from _band_table("grade", card.grades)


def _auc_row(name: str, found: Scored) -> str:
    return f"| {name} | {len(found.failed):,} | {sum(found.failed)} | {found.auc:.3f} |"


def _band_table(title: str, bands: Sequence[Band]) -> Iterator[str]:
    yield from ("", f"| {title} | companies | failed | failure rate |", "|---|--:|--:|--:|")
    for band in bands:
        yield f"| {band.name} | {band.companies:,} | {band.failed} | {band.rate:.1%} |"
    yield ""


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1:
        print("usage: python tools/backtest.py 5year.arff", file=sys.stderr)
        return 2
    try:
        companies = read(Path(arguments[0]))
    except (OSError, ValueError) as error:
        print(f"{arguments[0]}: {error}", file=sys.stderr)
        return 1
    print("\n".join(tables(companies)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
