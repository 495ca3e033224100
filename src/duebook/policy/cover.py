"""Credit insurance: what each cover policy asks of the insured and when, and the causes of loss that are insured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType

from duebook.core.cells import Label
from duebook.core.dates import months_later
from duebook.policy.check import Checker, Entry
from duebook.policy.versions import Versions, used_once, versions

TABLES = ("cover_policy", "peril")

STARTS = ("due_date", "extension_end", "report")
"""What a period counts from: the due date, the end of the extension period, the last day to report."""
UNITS = ("days", "months")
KINDS = ("commercial", "political")


@dataclass(frozen=True)
class Duties:
    """The days that a due date brings with it: until each of them, or from it, something has to be done."""

    extension_end: date
    report_by: date
    stop_shipment: date
    claim_from: date
    claim_until: date


@dataclass(frozen=True)
class CoverPolicy:
    """One insurance contract. `cover` is a fraction; the claim window runs from `claim_after` to `claim_within`
    `claim_unit`s, both counted from `claim_start`, so that month ends do not drift."""

    name: str
    zh: str
    cover: Decimal
    extension_days: int
    report_start: str
    report_days: int
    stop_shipment: str
    claim_start: str
    claim_unit: str
    claim_after: int
    claim_within: int

    def duties(self, due_date: date) -> Duties:
        """The days of one due date; calendar days. OverflowError beyond the calendar."""
        extension_end = due_date + timedelta(self.extension_days)
        starts = {"due_date": due_date, "extension_end": extension_end}
        starts["report"] = starts[self.report_start] + timedelta(self.report_days)
        claims = starts[self.claim_start]
        return Duties(
            extension_end,
            starts["report"],
            starts[self.stop_shipment],
            self._later(claims, self.claim_after),
            self._later(claims, self.claim_within),
        )

    def _later(self, start: date, count: int) -> date:
        return months_later(start, count) if self.claim_unit == "months" else start + timedelta(count)


@dataclass(frozen=True)
class Peril:
    """A cause of loss. `cover` is the most that is paid of a loss from it, as a fraction."""

    name: str
    zh: str
    kind: str
    cover: Decimal


@dataclass(frozen=True)
class Cover:
    """The checked tables."""

    _policies: Versions[CoverPolicy]
    _perils: Versions[Peril]

    def policies(self, on: date | None) -> Mapping[str, CoverPolicy]:
        """The contracts in force `on` that day (the newest where it is None), by name."""
        return MappingProxyType({policy.name: policy for policy in self._policies.rows(on)})

    def perils(self, on: date | None) -> tuple[Peril, ...]:
        return self._perils.rows(on)


def read(check: Checker) -> Cover:
    policies = versions(check, "cover_policy", _policy)
    perils = versions(check, "peril", _peril)
    for _, placed in policies.all:
        used_once(check, placed, "name", lambda policy: policy.name.casefold())
    for _, placed_perils in perils.all:
        used_once(check, placed_perils, "name", lambda peril: peril.name.casefold())
    return Cover(policies, perils)


def _policy(check: Checker, where: str, entry: Entry) -> CoverPolicy:
    name = check.text(where, entry, "name")
    after = check.whole(f"{where}, claim_after", entry.get("claim_after"), 0)
    within = check.whole(f"{where}, claim_within", entry.get("claim_within"), 1)
    if within <= after:
        wanted = Label(
            f"above claim_after ({after}): claims are filed between the two",
            f"大于 claim_after（{after}）：索赔须在两者之间提出",
        )
        check.refuse(f"{where}, claim_within", within, wanted)
    return CoverPolicy(
        name=name,
        zh=check.text(where, entry, "zh", name),
        cover=_share(check, where, entry),
        extension_days=check.whole(f"{where}, extension_days", entry.get("extension_days"), 0),
        report_start=check.choice(where, entry, "report_start", STARTS[:2]),
        report_days=check.whole(f"{where}, report_days", entry.get("report_days"), 0),
        stop_shipment=check.choice(where, entry, "stop_shipment", STARTS),
        claim_start=check.choice(where, entry, "claim_start", STARTS),
        claim_unit=check.choice(where, entry, "claim_unit", UNITS),
        claim_after=after,
        claim_within=within,
    )


def _peril(check: Checker, where: str, entry: Entry) -> Peril:
    name = check.text(where, entry, "name")
    kind = check.choice(where, entry, "kind", KINDS)
    return Peril(name, check.text(where, entry, "zh", name), kind, _share(check, where, entry))


def _share(check: Checker, where: str, entry: Entry) -> Decimal:
    return check.decimal(f"{where}, cover", entry.get("cover"), Decimal(1))
