"""The distress models that a customer's statement items allow, asked of the catalogue's functions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from duebook.core.cells import CellError, Label, missing
from duebook.hosts import catalogue
from duebook.hosts.excel.basis import Basis
from duebook.hosts.excel.credit_file import ITEMS, STATEMENT, CreditFile


class Model(NamedTuple):
    """A function, its model or set of coefficients where it has several, and what the zone's function calls it."""

    function: str
    title: Label
    choice: str
    zone: str


MODELS = (
    Model("ALTMAN_Z", Label("Altman Z′, unlisted manufacturers", "阿尔特曼 Z′（非上市制造业）"), "private", "private"),
    Model(
        "ALTMAN_Z", Label("Altman Z″, other companies", "阿尔特曼 Z″（其他企业）"), "z_double_prime", "z_double_prime"
    ),
    Model("ZMIJEWSKI", Label("Zmijewski, weighted", "兹米耶夫斯基（加权）"), "weighted", "zmijewski"),
    Model("SPRINGATE", Label("Springate", "斯普林盖特"), "", "springate"),
    Model("TAFFLER", Label("Taffler 1983", "塔夫勒 1983"), "taffler_1983", "taffler_1983"),
    Model("GROVER", Label("Grover", "格罗弗"), "", "grover"),
)


class Reading(NamedTuple):
    """A model's value and zone; `lacking` are the items without which there is none, `reason` why it failed."""

    model: Model
    value: object
    zone: object
    lacking: Sequence[Label]
    reason: str


def readings(basis: Basis, file: CreditFile) -> list[Reading]:
    """Every model; nothing where the workbook has no statement of the customer at all."""
    if not any(one.field.key in file.given for one in STATEMENT):
        return []
    return [_reading(basis, file, model) for model in MODELS]


def _reading(basis: Basis, file: CreditFile, model: Model) -> Reading:
    lacking = list(_lacking(file, model))
    if lacking:
        return Reading(model, None, None, lacking, "")
    names = [name for name, _ in _parameters(model)]
    chosen = [model.choice] if model.choice else []
    value = basis.ask(model.function, *chosen, *(file.value(name) for name in names))
    if isinstance(value, CellError):
        return Reading(model, value, None, (), basis.reason(value))
    zone = basis.ask("ALTMAN_ZONE" if model.function == "ALTMAN_Z" else "DISTRESS_ZONE", model.zone, value)
    return Reading(model, value, zone, (), "")


def _parameters(model: Model) -> list[tuple[str, bool]]:
    """The statement items of a function, and whether each is required."""
    found = catalogue.functions()[model.function].parameters
    return [(each.name, each.required) for each in (found[1:] if model.choice else found)]


def _lacking(file: CreditFile, model: Model) -> Iterator[Label]:
    for name, required in _parameters(model):
        if required and missing(file.value(name)):
            yield item_label(name)


def item_label(name: str) -> Label:
    """What an item is called."""
    field = next(one.field for one in ITEMS if one.field.key == name)
    return Label(field.en, field.zh)
