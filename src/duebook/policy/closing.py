"""What the close reads: aging schemes, loss rates by bucket, what to do where practice differs, the watch list."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, cast

from duebook.core.cells import Label
from duebook.core.errors import DuebookError
from duebook.policy.check import Checker, Entry, in_force

TABLES = ("aging_scheme", "loss_rates", "close", "watch")
LISTS = ("upper", "rates")

Basis = Literal["due_date", "document_date"]
Disputed = Literal["open", "separate", "exclude"]
Unapplied = Literal["separate", "fold", "age"]
DayZero = Literal["not_due", "overdue"]
Unit = Literal["days", "months", "fiscal_years"]
RateSource = Literal["policy", "roll", "cohort"]
Advances = Literal["booked", "closing"]
BASES = ("due_date", "document_date")
UNITS = ("days", "months", "fiscal_years")
DAY_ZERO = ("not_due", "overdue")
DISPUTED = ("open", "separate", "exclude")
UNAPPLIED = ("separate", "fold", "age")
RATE_SOURCES = ("policy", "roll", "cohort")
ADVANCES = ("booked", "closing")
RELATIONS = ("related", "intercompany", "third_party")
FURTHEST = 36_500
"""The largest bound of a bucket, in whatever unit: a hundred years of days."""


@dataclass(frozen=True)
class AgingScheme:
    """Buckets by inclusive upper bounds in days, months or fiscal years; the last bucket is open.

    `day_zero` places what is due on the as-of date (due-date basis); `year_starts` is the month in which a fiscal year
    begins. See `receivables.aging`.
    """

    name: str
    basis: Basis
    unit: Unit
    upper: tuple[int, ...]
    day_zero: DayZero = "not_due"
    year_starts: int = 1

    @property
    def has_not_due(self) -> bool:
        return self.basis == "due_date"

    @property
    def buckets(self) -> int:
        """Number of buckets, "not due" and the open last one included."""
        return len(self.upper) + 1 + self.has_not_due


@dataclass(frozen=True)
class CloseRules:
    scheme: str
    disputed: Disputed
    unapplied: Unapplied
    period_months: int
    loss_rates: RateSource = "policy"
    rate_days: int = 7
    """A closing exchange rate older than this is told; `booked_rate_days`: the same of the rate of a document's day."""
    booked_rate_days: int = 31
    advances: Advances = "booked"
    """Whether advances in a foreign currency stay as booked or are revalued at the closing rate."""
    vat_rate: Decimal | None = None
    """What a sales file leaves out and receivables hold, as a fraction; None: it gives sales with their tax."""


@dataclass(frozen=True)
class WatchRules:
    overdue_days: int
    overdue_share: Decimal
    overdue_minimum: Decimal
    limit_use: Decimal
    group_share: Decimal


@dataclass(frozen=True)
class Closing:
    """The checked tables of the close."""

    schemes: Mapping[str, AgingScheme]
    _loss_rates: tuple[tuple[date, str, str | None, tuple[Decimal, ...]], ...]
    _close: tuple[tuple[date, CloseRules], ...]
    _watch: tuple[tuple[date, WatchRules], ...]

    def scheme(self, name: str) -> AgingScheme:
        """The scheme of that name, in whatever case it is typed. DuebookError lists the names that there are."""
        typed = {known.casefold(): scheme for known, scheme in self.schemes.items()}
        found = self.schemes.get(name) or typed.get(name.casefold())
        if found is None:
            raise DuebookError("policy.unknown_scheme", name=name, known=", ".join(self.schemes))
        return found

    def loss_rates(self, scheme: str, on: date, relation: str | None = None) -> tuple[Decimal, ...] | None:
        """Loss rates per bucket of `scheme` in force `on` that day, as fractions; None where the policy has none.

        `relation`: those of this class of customers alone; None: those of all that have none of their own.
        """
        valid = [
            (start, rates)
            for start, name, whose, rates in self._loss_rates
            if name == scheme and whose == relation and start <= on
        ]
        return max(valid, key=lambda entry: entry[0])[1] if valid else None

    def close(self, on: date | None) -> CloseRules:
        return in_force(self._close, on, "close")

    def watch(self, on: date) -> WatchRules:
        return in_force(self._watch, on, "watch")


def read(check: Checker) -> Closing:
    schemes: dict[str, AgingScheme] = {}
    for where, entry in check.entries("aging_scheme"):
        scheme = _scheme(check, where, entry)
        if scheme.name in schemes:
            check.refuse(f"{where}, name", scheme.name, Label("a name that is used once", "未用过的名称：不得重复"))
        schemes[scheme.name] = scheme
    # where the firm states its own schemes only, Duebook's rates and close rules for other schemes lie idle
    rates = check.entries("loss_rates")
    if check.inherited("loss_rates", beside="aging_scheme"):
        rates = [(where, entry) for where, entry in rates if entry.get("scheme") in schemes]
    known = None if check.inherited("close", beside="aging_scheme") else tuple(schemes)
    return Closing(
        schemes=schemes,
        _loss_rates=tuple(_rates(check, where, entry, schemes) for where, entry in rates),
        _close=tuple(_close(check, where, entry, known) for where, entry in check.entries("close")),
        _watch=tuple(_watch(check, where, entry) for where, entry in check.entries("watch")),
    )


def _scheme(check: Checker, where: str, entry: Entry) -> AgingScheme:
    check.known_keys(where, entry)
    name = check.text(where, entry, "name")
    upper = entry.get("upper")
    if not isinstance(upper, list) or not upper:
        wanted = Label("a list of whole numbers such as [30, 60, 90]", "整数列表，例如 [30, 60, 90]")
        check.refuse(f"{where}, upper", upper, wanted)
    bounds = tuple(check.whole(f"{where}, upper", bound, 1) for bound in cast(list[object], upper))
    if any(a >= b for a, b in itertools.pairwise(bounds)):
        check.refuse(f"{where}, upper", list(bounds), Label("bounds that grow", "逐个增大的界限"))
    if bounds[-1] > FURTHEST:
        wanted = Label(
            f"bounds up to {FURTHEST}: older items are in the last bucket anyway",
            f"不超过 {FURTHEST} 的界限：更早的款项本来就归入最后一档",
        )
        check.refuse(f"{where}, upper", bounds[-1], wanted)
    if "day_zero" in entry and entry.get("basis") == "document_date":
        wanted = Label("left out: by document date nothing is not due", "不填：按单据日期没有“未到期”一档")
        check.refuse(f"{where}, day_zero", entry["day_zero"], wanted)
    year_starts = check.whole(f"{where}, year_starts", entry.get("year_starts", 1), 1, 12)
    if "year_starts" in entry and entry.get("unit") != "fiscal_years":
        wanted = Label('left out, or unit = "fiscal_years"', '不填，或将 unit 写为 "fiscal_years"')
        check.refuse(f"{where}, year_starts", entry["year_starts"], wanted)
    return AgingScheme(
        name,
        cast(Basis, check.choice(where, entry, "basis", BASES)),
        cast(Unit, check.choice(where, entry, "unit", UNITS)),
        bounds,
        cast(DayZero, check.choice(where, {"day_zero": "not_due", **entry}, "day_zero", DAY_ZERO)),
        year_starts,
    )


def _rates(
    check: Checker, where: str, entry: Entry, schemes: Mapping[str, AgingScheme]
) -> tuple[date, str, str | None, tuple[Decimal, ...]]:
    check.known_keys(where, entry)
    relation = check.choice(where, entry, "relation", RELATIONS) if "relation" in entry else None
    scheme = schemes[check.choice(where, entry, "scheme", tuple(schemes))]
    rates = tuple(check.decimal(f"{where}, rates", rate, Decimal(1)) for rate in entry.get("rates", []))
    if len(rates) != scheme.buckets:
        count = scheme.buckets
        wanted = Label(f"{count} rates, one for each bucket", f"{count} 个损失率，每档一个")
        check.refuse(f"{where}, rates", ", ".join(map(str, rates)), wanted)
    return check.start(where, entry), scheme.name, relation, rates


def _close(check: Checker, where: str, entry: Entry, schemes: tuple[str, ...] | None) -> tuple[date, CloseRules]:
    check.known_keys(where, entry)
    return check.start(where, entry), CloseRules(
        check.text(where, entry, "scheme") if schemes is None else check.choice(where, entry, "scheme", schemes),
        cast(Disputed, check.choice(where, entry, "disputed", DISPUTED)),
        cast(Unapplied, check.choice(where, entry, "unapplied", UNAPPLIED)),
        check.whole(f"{where}, period_months", entry.get("period_months"), 1),
        cast(RateSource, check.choice(where, {"loss_rates": "policy", **entry}, "loss_rates", RATE_SOURCES)),
        check.whole(f"{where}, rate_days", entry.get("rate_days", CloseRules.rate_days), 0),
        check.whole(f"{where}, booked_rate_days", entry.get("booked_rate_days", CloseRules.booked_rate_days), 0),
        cast(Advances, check.choice(where, {"advances": "booked", **entry}, "advances", ADVANCES)),
        check.decimal(f"{where}, vat_rate", entry["vat_rate"], Decimal(1)) if "vat_rate" in entry else None,
    )


def _watch(check: Checker, where: str, entry: Entry) -> tuple[date, WatchRules]:
    check.known_keys(where, entry)
    return check.start(where, entry), WatchRules(
        check.whole(f"{where}, overdue_days", entry.get("overdue_days"), 0),
        check.decimal(f"{where}, overdue_share", entry.get("overdue_share"), Decimal(1)),
        check.decimal(f"{where}, overdue_minimum", entry.get("overdue_minimum")),
        check.decimal(f"{where}, limit_use", entry.get("limit_use")),
        check.decimal(f"{where}, group_share", entry.get("group_share"), Decimal(1)),
    )
