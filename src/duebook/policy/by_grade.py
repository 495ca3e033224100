"""Tables with one row per credit grade: none forgotten, none named twice, and never more for a worse grade."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar

from duebook.core.cells import Label
from duebook.policy.check import Checker
from duebook.policy.grades import Grades, refuse_inherited
from duebook.policy.versions import Placed, Versions, used_once

Row = TypeVar("Row")
Figures = Mapping[str, Callable[[Row], Decimal | int]]


def every_grade(
    check: Checker,
    table: Versions[Row],
    scale: Grades,
    grade: Callable[[Row], str],
    figures: Figures[Row],
    until: date | None = None,
) -> None:
    """Refuses `table` where on any day before `until` a grade in force has no row or two, or a row names none in force.

    `figures` are the columns that must not grow from a better grade to a worse one.
    """
    for day in sorted({*table.starts, *scale.starts}):
        if day >= max(table.starts[0], scale.starts[0]) and (until is None or day < until):
            _complete(check, table.placed(day), scale.on(day).names, day, grade)
            for key, figure in figures.items():
                _never_more(check, table.placed(day), scale.on(day).names, grade, key, figure)


def _complete(
    check: Checker, rows: Sequence[Placed[Row]], names: Sequence[str], day: date, grade: Callable[[Row], str]
) -> None:
    used_once(check, rows, "grade", grade)
    for where, row in rows:
        if grade(row) not in names:
            known = ", ".join(names)
            wanted = Label(f"a grade in force on {day}: {known}", f"{day} 有效的等级：{known}")
            check.refuse(f"{where}, grade", grade(row), wanted)
    held = {grade(row) for _, row in rows}
    if lacking := [name for name in names if name not in held]:
        where, last = rows[-1]
        refuse_inherited(check, f"{where}, grade", grade(last), names)
        others = ", ".join(lacking)
        wanted = Label(
            f"followed by rows for the other grades in force on {day}: {others}",
            f"其后还须有 {day} 有效的其余等级的行：{others}",
        )
        check.refuse(f"{where}, grade", grade(last), wanted)


def _never_more(
    check: Checker,
    rows: Sequence[Placed[Row]],
    names: Sequence[str],
    grade: Callable[[Row], str],
    key: str,
    figure: Callable[[Row], Decimal | int],
) -> None:
    best_first = sorted(rows, key=lambda placed: names.index(grade(placed.row)))
    for better, worse in itertools.pairwise(best_first):
        most = figure(better.row)
        if figure(worse.row) > most:
            name = grade(better.row)
            wanted = Label(
                f"{most} or less: the better grade {name} has {most}", f"不大于 {most}：较好的等级 {name} 为 {most}"
            )
            check.refuse(f"{worse.where}, {key}", figure(worse.row), wanted)
