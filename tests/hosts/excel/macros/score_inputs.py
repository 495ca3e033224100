"""Made-up customers for the score cards: values of every dimension, from the best to the worst that a policy knows."""

from __future__ import annotations

from duebook.core.arguments import Number
from duebook.core.cells import CellError
from duebook.policy import score_card
from duebook.policy.load import load
from duebook.policy.score_card import Card
from duebook.policy.score_dimension import Dimension

Rows = list[list[object]]


def card(name: str = "existing") -> Card:
    return load().section(score_card.read).card(name, None)


def value(dimension: Dimension, rank: float) -> object:
    """The value that earns the best points at rank 0 and the worst at rank 1."""
    ranked = sorted(_points(dimension), key=lambda pair: -pair[0])
    return ranked[round(rank * (len(ranked) - 1))][1]


def _points(dimension: Dimension) -> list[tuple[float, object]]:
    if dimension.kind != "number":
        return [(float(band.points), fact) for fact, band in dimension.named.values()]
    reader = dimension.reader
    assert isinstance(reader, Number)
    found: dict[float, object] = {}
    lowest = dimension.edges[0] - 1 if dimension.edges else 0.0
    for candidate in (0.0, lowest, *dimension.edges):
        try:
            fact = dimension.fact(float(candidate))
        except CellError:
            continue
        found.setdefault(float(dimension.band(fact).points), candidate)
    return list(found.items())


def score_rows(count: int, language: str = "en") -> Rows:
    """A header and `count` customers on the card for existing ones, each a little worse than the one before."""
    dimensions = card().dimensions
    zh = language == "zh"
    head: list[object] = ["客户编码", "客户名称"] if zh else ["Customer ID", "Customer"]
    rows: Rows = [[*head, *(d.label.zh if zh else str(d.label) for d in dimensions)]]
    for number in range(count):
        rank = number / max(1, count - 1) * 0.8
        name = f"={number}+1" if number == 1 else f"客户{number}" if zh else f"Customer {number}"
        # what knocks out stays at its best: those customers would all score alike
        facts = [value(d, 0 if d.key in card().knocking else rank) for d in dimensions]
        rows.append([f"{number:04}", name, *facts])
    return rows
