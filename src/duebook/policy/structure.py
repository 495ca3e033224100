"""Customer structure: the mixes that a portfolio is measured against, and how customers fall into their classes."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from duebook.core.cells import Label
from duebook.policy.check import Checker, Entry, one_of
from duebook.policy.versions import Placed, Versions, used_once, versions

TABLES = ("mix", "mix_class")

BASES = ("count", "revenue", "margin", "exposure", "effort")
RULES = ("largest", "rest", "new")
"""How a customer falls into a class by itself: among the largest established, the other established, or new."""


@dataclass(frozen=True)
class MixClass:
    """A class of a mix: its target share (a fraction) and the rule by which customers fall into it."""

    name: str
    zh: str
    target: Decimal
    rule: str


@dataclass(frozen=True)
class Mix:
    """A target mix. `meant_for` is the basis it was published for; the first mix of a policy is the default.

    New customers had their first sale within `new_months` before the as-of date. Of the others, the largest that
    together hold `largest_share` of what these others hold are the rule "largest".
    """

    name: str
    meant_for: str
    new_months: int
    largest_share: Decimal
    classes: tuple[MixClass, ...] = ()

    def by_rule(self, rule: str) -> MixClass:
        return next(own for own in self.classes if own.rule == rule)

    def named(self, text: str) -> MixClass | None:
        """The class that `text` names, in English or Chinese; case does not matter."""
        wanted = text.strip().casefold()
        return next((own for own in self.classes if wanted in (own.name.casefold(), own.zh.casefold())), None)


@dataclass(frozen=True)
class Structure:
    """The checked tables, by the day from which they count."""

    _mixes: Versions[Mix]
    _classes: Versions[tuple[str, MixClass]]

    def mixes(self, on: date | None) -> Mapping[str, Mix]:
        """The mixes in force `on` that day (the newest where it is None) with their classes, by name."""
        return MappingProxyType({mix.name: mix for mix in _joined(self._mixes.rows(on), self._classes.rows(on))})


def _joined(mixes: Sequence[Mix], classes: Sequence[tuple[str, MixClass]]) -> list[Mix]:
    """Mixes with their classes. Where one of the two tables is inherited, what has no match in the other lies idle."""
    own = {mix.name: tuple(held for name, held in classes if name == mix.name) for mix in mixes}
    return [Mix(m.name, m.meant_for, m.new_months, m.largest_share, own[m.name]) for m in mixes if own[m.name]]


def read(check: Checker) -> Structure:
    mixes = versions(check, "mix", _mix)
    classes = versions(check, "mix_class", _class)
    for _, placed in mixes.all:
        used_once(check, placed, "name", lambda mix: mix.name)
    for start in sorted({*mixes.starts, *classes.starts}):
        if start >= max(mixes.starts[0], classes.starts[0]):
            _fit(check, mixes.placed(start), classes.placed(start))
    return Structure(mixes, classes)


def _fit(check: Checker, mixes: Sequence[Placed[Mix]], classes: Sequence[Placed[tuple[str, MixClass]]]) -> None:
    """Refuses classes of an unknown mix, and mixes whose targets are not 100 % or whose rules are not all there."""
    names = [placed.row.name for placed in mixes]
    for where, (mix, _) in classes:
        if mix not in names and not check.inherited("mix_class", "mix"):
            check.refuse(f"{where}, mix", mix, one_of(names))
    for where, target in mixes:
        own = [placed for placed in classes if placed.row[0] == target.name]
        if not own and check.inherited("mix", "mix_class"):
            continue
        if not own:
            check.refuse(
                f"{where}, name",
                target.name,
                Label("a mix with [[mix_class]] entries", "在 [[mix_class]] 中有条目的结构"),
            )
        total = sum((held.target for _, (_, held) in own), Decimal(0))
        last, (_, held) = own[-1]
        if total != 1:
            wanted = Label(
                f"such that the targets of {target.name} add up to 1, not {total}",
                f"使 {target.name} 各目标占比合计为 1 的值；现合计为 {total}",
            )
            check.refuse(f"{last}, target", held.target, wanted)
        rules = sorted(held.rule for _, (_, held) in own)
        if rules != sorted(RULES):
            known = ", ".join(RULES)
            wanted = Label(
                f"such that {target.name} has each of {known} once",
                f"使 {target.name} 的以下规则各出现一次的值：{known}",
            )
            check.refuse(f"{last}, rule", held.rule, wanted)
        for (_, (_, one)), (place, (_, other)) in itertools.combinations(own, 2):
            if {one.name.casefold(), one.zh.casefold()} & {other.name.casefold(), other.zh.casefold()}:
                wanted = Label(
                    f"a name that no other class of {target.name} has", f"{target.name} 的其他类别没有的名称"
                )
                check.refuse(f"{place}, name", other.name, wanted)


def _mix(check: Checker, where: str, entry: Entry) -> Mix:
    return Mix(
        check.text(where, entry, "name"),
        check.choice(where, entry, "meant_for", BASES),
        check.whole(f"{where}, new_months", entry.get("new_months"), 1),
        check.decimal(f"{where}, largest_share", entry.get("largest_share"), Decimal(1)),
    )


def _class(check: Checker, where: str, entry: Entry) -> tuple[str, MixClass]:
    name = check.text(where, entry, "name")
    return check.text(where, entry, "mix"), MixClass(
        name,
        check.text(where, entry, "zh", name),
        check.decimal(f"{where}, target", entry.get("target"), Decimal(1)),
        check.choice(where, entry, "rule", RULES),
    )
