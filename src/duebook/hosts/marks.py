"""Currencies that amounts name beside their digits ("USD 100", "¥100"): one call adds and compares in one currency.

Only texts name any, and so does an argument `currency`. A mark that several currencies share (`$`, `¥`) fits each of
them. What a column of currencies says is said of its own row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from duebook.core import amounts
from duebook.core.arguments import Column, Currency, row_label, shown
from duebook.core.cells import CellError, is_grid
from duebook.core.declare import Parameter


class Told(NamedTuple):
    """A cell that names its currency, or several that it may be in. `row` counts from 0; None for a single cell."""

    name: str
    row: int | None
    value: str
    currencies: frozenset[str]

    @property
    def where(self) -> str:
        return self.name if self.row is None else row_label(self.name, self.row + 1)


def refuse_mixed(cells: Iterable[Told]) -> None:
    """CellError (#VALUE!) where no one currency fits all `cells`."""
    narrowest: Told | None = None
    for cell in cells:
        if narrowest is None:
            narrowest = cell
        elif both := narrowest.currencies & cell.currencies:
            narrowest = (narrowest if both == narrowest.currencies else cell)._replace(currencies=both)
        else:
            facts = {"argument": cell.where, "value": shown(cell.value)}
            other = {"other": narrowest.where, "other_value": shown(narrowest.value)}
            raise CellError("#VALUE!", "cell.mixed_currencies", **facts, **other)


def one_currency(parameters: Sequence[Parameter], arguments: Sequence[object], columns: Mapping[str, Any]) -> None:
    """Refuses what a range or table function is given in several currencies; `columns`: the cells of its ranges."""
    cells = {own.name: columns.get(own.name, value) for own, value in zip(parameters, arguments, strict=True)}
    by_row = [own for own in parameters if _is_currency(own) and isinstance(own.kind, Column) and own.name in columns]
    beside = [told for own in by_row for told in _told(own, cells[own.name])]
    own_row = {told.row: told for told in beside}
    money = [told for own in parameters if own not in by_row for told in _told(own, cells[own.name])]
    if not by_row:
        refuse_mixed(money)
    for told in money:
        if by_row and told.row in own_row:
            refuse_mixed([own_row[told.row], told])


def mixed_places(parameters: Sequence[Parameter], cells: Sequence[object]) -> Mapping[int, CellError]:
    """The errors of an elementwise function by the place of the call; `cells`: a single cell of each argument, or the
    list of its cells. What single cells alone contradict is raised."""
    told = [each for own, value in zip(parameters, cells, strict=False) for each in _told(own, value)]
    if len({each.name for each in told}) < 2:
        return {}
    single = [each for each in told if each.row is None]
    refuse_mixed(single)
    places: dict[int, list[Told]] = {}
    for each in told:
        if each.row is not None:
            places.setdefault(each.row, []).append(each._replace(row=None))
    found = {}
    for place, own in places.items():
        try:
            refuse_mixed([*single, *own])
        except CellError as error:
            found[place] = error
    return found


def _is_currency(parameter: Parameter) -> bool:
    return isinstance(getattr(parameter.kind, "of", parameter.kind), Currency)


def _told(parameter: Parameter, value: object) -> Iterator[Told]:
    """What the cells of an argument say of their currency: those of a list with their row."""
    code = _is_currency(parameter)
    if not code and parameter.kind.unit != "money":
        return
    cells: Iterable[tuple[int | None, Any]] = ((None, value),)
    if isinstance(value, (list, tuple)):
        if not {str, list, tuple} & set(map(type, value)):
            return  # a long column of numbers
        cells = enumerate(value)
    for row, held in cells:
        for each in held if is_grid(held) else (held,):
            if type(each) is str and (own := frozenset({each.strip().upper()}) if code else amounts.currencies(each)):
                yield Told(parameter.name, row, each, own)
