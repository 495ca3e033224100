"""A table of customers as the score cards see it: which column is which dimension, and how each row scores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from duebook.close.slots import Field
from duebook.core.arguments import UNITS, Argument, Number, Text, shown
from duebook.core.cells import Cell, CellError, Label, missing
from duebook.core.errors import DuebookError
from duebook.credit.assessment import Assessment, assess
from duebook.hosts.excel.columns import (
    CUSTOMER_ID,
    CUSTOMER_NAME,
    Asked,
    Columns,
    Customer,
    as_text,
    columns,
    plain_header,
)
from duebook.hosts.excel.live.tables import LiveTable
from duebook.policy.score_card import Card, ScoreCards
from duebook.policy.score_dimension import Dimension
from duebook.policy.score_rows import plain

INPUT = "score_input"
USUAL_CARD = "existing"
ASKED = (
    Asked(CUSTOMER_ID, Label("As in the ledger; leading zeros stay.", "与台账一致；前导零保留。")),
    Asked(CUSTOMER_NAME, Label("The customer's name.", "客户名称。")),
    Asked(
        Field("card", "Card", "评分卡"),
        Label(
            "existing (if blank too) or new.",
            "existing（老客户，留空亦同）或 new（新客户）。",
        ),
        ("score card",),
    ),
    Asked(
        Field("sector", "Sector", "行业"),
        Label("For the terms, as the policy names it; optional.", "用于账期，按政策命名；可留空。"),
    ),
)


class ScoreTable(NamedTuple):
    """`dimensions`: for each card (by its plain name) the place of each of its dimensions in the table."""

    columns: Columns
    cards: ScoreCards
    day: date | None
    dimensions: Mapping[str, Mapping[str, int]]

    @property
    def table(self) -> LiveTable:
        return self.columns.table

    @property
    def scores(self) -> bool:
        """Whether the table has any dimension of any card."""
        return any(self.dimensions.values())

    def card(self, row: Sequence[Cell]) -> Card:
        """The card of a row. CellError for one that the policy does not have."""
        cell = self.columns.cell(row, "card")
        if isinstance(cell, CellError):
            raise cell
        return self.cards.card(as_text(cell) or USUAL_CARD, self.day)

    def values(self, row: Sequence[Cell], card: Card) -> dict[str, Cell]:
        """Dimension key → the row's cell, blank ones left out."""
        places = self.dimensions[plain(card.label)]
        return {key: row[place] for key, place in places.items() if not missing(row[place])}

    def ignored(self) -> list[str]:
        known = {place for places in self.dimensions.values() for place in places.values()}
        known.update(self.columns.places.values())
        return [header for place, header in enumerate(self.table.headers) if place not in known]


class Scored(NamedTuple):
    """A row scored: the assessment, or why there is none."""

    customer: Customer
    sector: str
    card: Card | None
    found: Assessment | CellError


def score_table(table: LiveTable, cards: ScoreCards, day: date | None) -> ScoreTable:
    """DuebookError where two columns are the same dimension."""
    known = columns(table, ASKED)
    taken = set(known.places.values())
    found = {
        name: _dimensions(card, [(place, h) for place, h in enumerate(table.headers) if place not in taken])
        for name, card in cards.on(day).items()
    }
    return ScoreTable(known, cards, day, found)


def _dimensions(card: Card, headers: Sequence[tuple[int, str]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, header in headers:
        dimension = card.by_name.get(plain(header)) or card.by_name.get(plain(plain_header(header)))
        if dimension is None:
            continue
        if dimension.key in found:
            raise DuebookError("score.dimension_twice", name=shown(header), dimension=dimension.label)
        found[dimension.key] = place
    return found


def scored(table: ScoreTable) -> Iterator[Scored]:
    """Every row that holds anything, in the table's order; one that cannot be scored says why."""
    for row in table.columns.rows():
        yield score(table, row)


def score(table: ScoreTable, row: Sequence[Cell]) -> Scored:
    customer = table.columns.customer(row)
    sector = as_text(table.columns.cell(row, "sector"))
    try:
        card = table.card(row)
    except CellError as error:
        return Scored(customer, sector, None, error)
    try:
        return Scored(customer, sector, card, assess(card, table.values(row, card)))
    except CellError as error:
        return Scored(customer, sector, card, error)


def asked(cards: Mapping[str, Card]) -> list[Asked]:
    """The columns of the sheet to fill in: those of the customer, then every dimension of every card, once."""
    found = list(ASKED)
    for dimension in every_dimension(cards):
        of = [card.label for card in cards.values() if dimension.key in card.by_key]
        found.append(
            Asked(Field(dimension.key, dimension.label, dimension.label.zh, "number"), _help(dimension, of, len(cards)))
        )
    return found


def every_dimension(cards: Mapping[str, Card]) -> list[Dimension]:
    found: dict[str, Dimension] = {}
    for card in cards.values():
        for dimension in card.dimensions:
            found.setdefault(dimension.key, dimension)
    return list(found.values())


def _help(dimension: Dimension, cards: Sequence[Label], count: int) -> Label:
    """What to write: the unit and its bounds, or the words that the policy knows; and on which card, if not on all."""
    said = _unit(dimension.reader, dimension)
    if len(cards) == count:
        return said
    en, zh = ", ".join(cards), "、".join(card.zh for card in cards)
    return Label(f"{said} (card {en})", f"{said.zh}（评分卡 {zh}）")


def _unit(reader: Argument, dimension: Dimension) -> Label:
    if isinstance(reader, Text):
        return Label(" / ".join(reader.choices), " / ".join(reader.zh_choices or reader.choices))
    said = UNITS[reader.unit]
    if not isinstance(reader, Number):
        return said
    names = dict.fromkeys(fact for fact, _ in dimension.named.values())
    en = [str(said), *(f'"{name}"' for name in names)]
    zh = [said.zh, *(f"“{getattr(name, 'zh', name)}”" for name in names)]
    return Label("; ".join(en), "；".join(zh))
