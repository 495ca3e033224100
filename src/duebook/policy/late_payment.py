"""Late payment: interest regimes and the reference rates behind them, fixed sums for the cost of collecting.

What a policy states is added to Duebook's own tables: a row with the same name and `from` replaces ours, any other is
one more. So keeping a reference rate up to date means adding one row.
"""

from __future__ import annotations

import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple, TypeVar

from duebook.core.cells import Label
from duebook.core.dates import DAY_COUNTS
from duebook.core.money import in_percent, minor_units
from duebook.core.notes import note
from duebook.policy.check import Checker, Entry, new_date

TABLES = ("late_regime", "late_reference", "late_fee", "late_allocation")

ORDERS = ("principal", "interest_first")
"""What a payment settles first. `interest_first`: costs, then interest, then principal."""

CONTRACT = "contract"
"""The regime that no table states: the rate that the parties agreed."""


@dataclass(frozen=True)
class Regime:
    """How a law sets the rate from `start` on: fixed (`rate`), or `reference` × `multiple` + `margin`.

    `per_day`: the rate is one of a day and day counts do not matter. `at_start`: the rate of the day on which interest
    starts to run stays for the whole debt; else each day has its own. `agreed_floor`: the reference rate that an
    agreed rate must not be below; "" where an agreed rate has no place in the regime.
    """

    start: date
    name: str
    zh: str
    rate: Decimal | None
    per_day: bool
    reference: str
    margin: Decimal
    multiple: Decimal
    at_start: bool
    day_count: str
    agreed_floor: str


class Reference(NamedTuple):
    """A published rate from `start` on, known until `until` (None: until the next entry)."""

    start: date
    rate: Decimal
    until: date | None


class Fee(NamedTuple):
    """A fixed sum for debts of `amount_from` and more."""

    amount_from: Decimal
    fee: Decimal
    currency: str


@dataclass(frozen=True)
class LatePayment:
    """The checked tables, each series oldest first."""

    regimes: Mapping[str, Sequence[Regime]]
    references: Mapping[str, Sequence[Reference]]
    fees: Mapping[str, Sequence[tuple[date, Sequence[Fee]]]]
    _orders: Mapping[date, str]
    _names: Mapping[str, str]

    def name(self, wanted: str) -> str | None:
        """The regime's name as the tables write it, from any case or its Chinese name; None if there is none."""
        return self._names.get(_key(wanted))

    def regime(self, name: str, on: date) -> Regime | None:
        """The regime in force `on` that day; None before its first entry."""
        series = self.regimes[name]
        place = bisect.bisect_right(series, on, key=lambda regime: regime.start)
        return series[place - 1] if place else None

    def reference(self, name: str, on: date) -> Reference | None:
        """The reference rate in force `on` that day; None where the tables do not know it."""
        series = self.references[name]
        place = bisect.bisect_right(series, on, key=lambda reference: reference.start)
        found = series[place - 1] if place else None
        return None if found is None or (found.until is not None and on > found.until) else found

    def changes(self, name: str, first: date, last: date) -> list[date]:
        """The days after `first` up to `last` on which a rate of the regime may change or end."""
        series = self.regimes[name]
        days = {regime.start for regime in series}
        for reference in {regime.reference for regime in series if regime.reference}:
            days |= {entry.start for entry in self.references[reference]}
            days |= {entry.until + timedelta(1) for entry in self.references[reference] if entry.until}
        return sorted(day for day in days if first < day <= last)

    def fee(self, name: str, amount: Decimal, on: date | None) -> Fee | None:
        """The fixed sum for a debt of `amount` in force `on` (None: the newest); None without one."""
        valid = [bands for start, bands in self.fees.get(name, ()) if on is None or start <= on]
        fitting = [band for band in (valid[-1] if valid else ()) if band.amount_from <= amount]
        return fitting[-1] if fitting else None

    def order(self, on: date) -> str:
        """What a payment settles first, by the newest entry in force `on` that day; principal before any."""
        return self._orders.get(max((start for start in self._orders if start <= on), default=on), ORDERS[0])


def say_if_daily(argument: str, rate: Decimal) -> None:
    """Says of a yearly rate as low as rates per day are (up to 0.2 %) what to enter if it is one: 0.05 % a day, read as
    a year's, gives a 365th of the interest."""
    if 0 < rate <= Decimal("0.002"):
        facts = {"rate": in_percent(rate), "yearly": f"{(rate * 365).normalize():f}"}
        note("late_payment.may_be_daily", argument=argument, **facts)


def read(check: Checker) -> LatePayment:
    """The policy's rows over Duebook's own."""
    from duebook.policy.load import shipped  # the loader imports every section, this one too

    both = (Checker(shipped), check)
    references: dict[tuple[str, date], Reference] = {}
    for source in both:
        references.update(_once(source, "late_reference", _reference(source)))
    known = {name for name, _ in references}
    regimes: dict[tuple[str, date], Regime] = {}
    fees: dict[tuple[str, date], list[Fee]] = {}
    orders: dict[date, str] = {}
    for source in both:
        orders.update(_orders(source))
        regimes.update(_once(source, "late_regime", _regime(source, known)))
        fees.update(_fees(source, {name for name, _ in regimes}))
    names = {_key(name): name for name, _ in regimes}
    names |= {_key(regime.zh): regime.name for regime in regimes.values() if regime.zh}
    return LatePayment(_series(regimes), _series(references), _fee_series(fees), orders, names)


Row = TypeVar("Row")
Placed = list[tuple[str, str, date, Row]]


def _once(check: Checker, table: str, rows: Placed[Row]) -> dict[tuple[str, date], Row]:
    """(name, from) → row; the same pair twice in one table is refused."""
    found: dict[tuple[str, date], Row] = {}
    for where, name, start, row in rows:
        if (name, start) in found:
            check.refuse(f"{where}, from", start, new_date(name))
        found[name, start] = row
    return found


def _series(rows: Mapping[tuple[str, date], Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for name, start in sorted(rows):
        found.setdefault(name, []).append(rows[name, start])
    return found


def _fee_series(fees: Mapping[tuple[str, date], list[Fee]]) -> dict[str, list[tuple[date, Sequence[Fee]]]]:
    found: dict[str, list[tuple[date, Sequence[Fee]]]] = {}
    for name, start in sorted(fees):
        found.setdefault(name, []).append((start, sorted(fees[name, start])))
    return found


def _key(name: str) -> str:
    return name.strip().casefold().replace(" ", "_").replace("-", "_")


def _reference(check: Checker) -> Placed[Reference]:
    rows = []
    for where, entry in check.entries("late_reference", optional=True):
        check.known_keys(where, entry)
        start, until = check.start(where, entry), entry.get("until_date")
        if until is not None and (type(until) is not date or not start <= until < date.max):
            wanted = Label(f"a date not before {start}, or left out", f"不早于 {start} 的日期，或不填")
            check.refuse(f"{where}, until_date", until, wanted)
        rate = _rate(check, f"{where}, rate", entry.get("rate"), None)
        rows.append((where, check.text(where, entry, "name"), start, Reference(start, rate, until)))
    return rows


def _regime(check: Checker, references: set[str]) -> Placed[Regime]:
    rows = []
    for where, entry in check.entries("late_regime", optional=True):
        check.known_keys(where, entry)
        name = check.text(where, entry, "name")
        if _key(name) == CONTRACT:
            wanted = Label(
                "another name: contract is the rate that the parties agreed", "其他名称：contract 指双方约定的利率"
            )
            check.refuse(f"{where}, name", name, wanted)
        start = check.start(where, entry)
        rows.append((where, name, start, _one_regime(check, where, entry, name, start, references)))
    return rows


def _one_regime(check: Checker, where: str, entry: Entry, name: str, start: date, references: set[str]) -> Regime:
    reference = check.text(where, entry, "reference", "")
    fixed = entry.get("rate")
    if (fixed is None) == (not reference):
        wanted = Label(
            "either a fixed rate or a reference, one of the two", "固定利率，或在 reference 中填写基准利率，二者填一"
        )
        check.refuse(f"{where}, rate", fixed, wanted)
    floor = check.text(where, entry, "agreed_floor", "")
    for key, value in (("reference", reference), ("agreed_floor", floor)):
        if value and value not in references:
            known_names = ", ".join(sorted(references))
            wanted = Label(
                f"a name of [[late_reference]]: {known_names}", f"[[late_reference]] 中的名称：{known_names}"
            )
            check.refuse(f"{where}, {key}", value, wanted)
    per_day = check.choice(where, {"per": "year", **entry}, "per", ("year", "day")) == "day"
    if per_day and reference:
        check.refuse(f"{where}, per", "day", Label("year: reference rates are yearly", "year：基准利率为年利率"))
    return Regime(
        start=start,
        name=name,
        zh=check.text(where, entry, "zh", ""),
        rate=None if fixed is None else _rate(check, f"{where}, rate", fixed, Decimal(0)),
        per_day=per_day,
        reference=reference,
        margin=_rate(check, f"{where}, margin", entry.get("margin", 0), None),
        multiple=check.decimal(f"{where}, multiple", entry.get("multiple", 1), Decimal(10)),
        at_start=check.choice(where, {"rate_at": "each_day", **entry}, "rate_at", ("each_day", "start")) == "start",
        day_count=check.choice(where, {"day_count": "actual/365", **entry}, "day_count", tuple(DAY_COUNTS)),
        agreed_floor=floor,
    )


def _orders(check: Checker) -> dict[date, str]:
    found: dict[date, str] = {}
    for where, entry in check.entries("late_allocation", optional=True):
        check.known_keys(where, entry)
        start = check.start(where, entry)
        if start in found:
            check.refuse(f"{where}, from", start, Label("a date that no other entry has", "其他条目没有的日期"))
        found[start] = check.choice(where, entry, "order", ORDERS)
    return found


def _rate(check: Checker, where: str, value: object, least: Decimal | None) -> Decimal:
    """A rate as a fraction of at most 1; reference rates may be a little below 0."""
    found = check.decimal(where, value, None, least)
    if not -1 < found <= 1:
        check.refuse(where, value, Label("a fraction such as 0.08 for 8 %", "小数，例如 8% 写作 0.08"))
    return found


def _fees(check: Checker, regimes: set[str]) -> dict[tuple[str, date], list[Fee]]:
    found: dict[tuple[str, date], list[Fee]] = {}
    for where, entry in check.entries("late_fee", optional=True):
        check.known_keys(where, entry)
        regime = check.choice(where, entry, "regime", (*sorted(regimes), CONTRACT))
        bands = found.setdefault((regime, check.start(where, entry)), [])
        low = check.decimal(f"{where}, amount_from", entry.get("amount_from", 0))
        if any(band.amount_from == low for band in bands):
            check.refuse(
                f"{where}, amount_from",
                low,
                Label(
                    "an amount that no other entry of this regime and date has", "同一规则同一日期的其他条目没有的金额"
                ),
            )
        fee = check.decimal(f"{where}, fee", entry.get("fee"))
        bands.append(Fee(low, fee, check.choice(where, entry, "currency", tuple(minor_units()))))
    return found
