"""At least 200,000 random cell mixes through the door, 1,000 or more per function.

Only declared results or declared errors may come back, each with a sentence in both languages. Half of the mixes are
mutations of arguments that work (the worked cases), so that the functions themselves run and not only the door.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pytest
from tests.cases.functions import cases

from duebook.core.arguments import Text
from duebook.core.cells import CellError
from duebook.core.declare import Declaration
from duebook.core.messages import text
from duebook.hosts import catalogue
from duebook.hosts.call import Door

FUNCTIONS = catalogue.functions()
MIXES = max(1_000, math.ceil(200_000 / len(FUNCTIONS)))
DOORS = (Door("en"), Door("zh", since_1904=True))
CODES = {"#N/A", "#VALUE!", "#NUM!", "#DIV/0!", "#REF!", "#NAME?", "#NULL!"}

NUMBERS: Sequence[object] = (
    0.0, -0.0, 1.0, -1.0, 0.5, 0.05, 15.0, 30.0, 100.0, 1000.0, 123456.78, 1e-9, 5e-324, 1e15, 1e300, -1e300, 0.1 + 0.2,
    2.675, 60.0, 61.0, 46326.0, 46326.5, 20261031.0, 2958465.0, 2958466.0, math.inf, -math.inf, math.nan, 7, 10**30,
)  # fmt: skip
TEXTS: Sequence[object] = (
    "", " ", "-", "n/a", "ten", "１２３．４５", "1,234.50-", "(1,234.50)", "¥5", "12%", "3万", "亿", "2026-10-31",
    "31/10/2026",
    "2026年2月30日", "=1+1", "#N/A", "TRUE", "是", "\x00", "\n", "💶", "x" * 400, "A", "B", "C", "net 30",
    "2/10 net 30", "EOM",
    "月结30天", "whole", "public_1968", "CN", "US", "CNY", "JPY", "level", "red", "green", "lawsuit", "grade",
    "score", "inf",
)  # fmt: skip
OTHERS: Sequence[object] = (
    None, True, False, date(2026, 10, 31), date(2024, 2, 29), datetime(2026, 1, 31, 12), date(1899, 12, 31),
    date(9999, 12, 31), CellError("#REF!", "cell.missing", argument="x"), CellError("#DIV/0!", "cell.divided_by_zero"),
)  # fmt: skip


def choices(declaration: Declaration) -> list[object]:
    """Named values that the function's own arguments know: random text would hardly ever hit one."""
    return [choice for p in declaration.parameters if isinstance(p.kind, Text) for choice in p.kind.choices]


def cell(dice: random.Random, known: Sequence[object]) -> object:
    kind = dice.random()
    if kind < 0.45:
        return dice.choice(NUMBERS) if dice.random() < 0.6 else dice.uniform(-10, 1000)
    if kind < 0.6:
        return dice.choice(TEXTS)
    if kind < 0.7 and known:
        return dice.choice(known)
    if kind < 0.8:
        return float(dice.randint(40000, 47000))
    return dice.choice(OTHERS)


def block(dice: random.Random, known: Sequence[object]) -> object:
    height, width = dice.choice(((1, 1), (3, 1), (1, 4), (2, 2), (5, 1), (4, 3), (12, 1), (0, 0)))
    if dice.random() < 0.7:  # mostly one sort of value, as ranges are
        sort = cell(dice, known)
        return [[sort if dice.random() < 0.8 else cell(dice, known) for _ in range(width)] for _ in range(height)]
    return [[cell(dice, known) for _ in range(width)] for _ in range(height)]


def mutated(dice: random.Random, arguments: Sequence[Any], known: Sequence[object]) -> list[object]:
    """Arguments that work, with one or two places changed: a value, a cell of a range, a length, a missing one."""
    found: list[Any] = [list(a) if isinstance(a, list) else a for a in arguments]
    for _ in range(dice.randint(0, 2)):
        if not found:
            break
        place = dice.randrange(len(found))
        value = found[place]
        if isinstance(value, list) and value and dice.random() < 0.7:
            row = dice.randrange(len(value))
            if dice.random() < 0.15:
                del value[row]
            elif isinstance(value[row], list) and value[row]:
                changed = list(value[row])
                changed[dice.randrange(len(changed))] = cell(dice, known)
                value[row] = changed
            else:
                value[row] = cell(dice, known)
        elif dice.random() < 0.15:
            found[place] = block(dice, known)
        else:
            found[place] = cell(dice, known)
    if dice.random() < 0.1:
        found = found[: dice.randint(0, len(found))]
    return found


def random_arguments(dice: random.Random, declaration: Declaration, known: Sequence[object]) -> list[object]:
    count = dice.randint(0, len(declaration.parameters) + 1)
    return [block(dice, known) if dice.random() < 0.35 else cell(dice, known) for _ in range(count)]


def check_value(declaration: Declaration, value: object, arguments: object) -> None:
    where = f"{declaration.name}{arguments!r:.600} gave {value!r:.200}"
    if isinstance(value, CellError):
        assert value.code in CODES, where
        assert value.key != "cell.fault", f"{where}: {value.text()}"
        if value.key.split(".")[0] not in ("cell", "policy"):
            assert declaration.errors.get(value.key) == value.code, f"{where}: {value.key} is not declared"
        for language in ("en", "zh"):
            sentence = value.text(language)
            assert len(sentence) > 8 and "{" not in sentence.replace("{1", ""), where
        return
    assert isinstance(value, (float, int, str, bool, date)), where
    assert not isinstance(value, float) or math.isfinite(value), where


def check(declaration: Declaration, value: Any, arguments: object) -> None:
    if isinstance(value, (list, tuple)):
        assert value and len({len(row) for row in value}) == 1, f"{declaration.name}{arguments!r:.600}: no rectangle"
        for row in value:
            for each in row:
                check_value(declaration, each, arguments)
    else:
        check_value(declaration, value, arguments)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_only_declared_results_or_declared_errors(name: str) -> None:
    declaration = FUNCTIONS[name]
    known = choices(declaration)
    works = [case.args for case in cases() if case.function == name]
    works += [list(example.arguments) for example in declaration.examples]
    dice = random.Random(f"duebook {name}")  # the same mixes on every run and machine
    for number in range(MIXES):
        if number % 2:
            arguments = mutated(dice, dice.choice(works), known)
        else:
            arguments = random_arguments(dice, declaration, known)
        door = DOORS[number % 7 == 0]
        check(declaration, door.call(name, arguments, cell="Fuzz!A1"), arguments)
        if number % 50 == 0 and name != "WHY":
            try:
                assert door.why("Fuzz!A1")
            except CellError as unknown:  # an address inside a table that is narrower than the fuzz cell
                assert unknown.key == "cell.no_reason"


def test_the_mixes_are_enough() -> None:
    assert MIXES >= 1_000 and MIXES * len(FUNCTIONS) >= 200_000
    assert text("cell.fault", detail="x")
