"""Loads a credit policy from TOML and checks it before anything is computed with it."""

from __future__ import annotations

import hashlib
import itertools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

from duebook.core import resources
from duebook.core.errors import DuebookError

Basis = Literal["due_date", "document_date"]
Disputed = Literal["open", "separate", "exclude"]
Unapplied = Literal["separate", "fold", "age"]
Rule = TypeVar("Rule")
BASES = ("due_date", "document_date")
UNITS = ("days", "months")
DISPUTED = ("open", "separate", "exclude")
UNAPPLIED = ("separate", "fold", "age")


@dataclass(frozen=True)
class AgingScheme:
    """Buckets by inclusive upper bounds in days or months; the last bucket is open. See `receivables.aging`."""

    name: str
    basis: Basis
    unit: Literal["days", "months"]
    upper: tuple[int, ...]

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


@dataclass(frozen=True)
class WatchRules:
    overdue_days: int
    overdue_share: Decimal
    overdue_minimum: Decimal
    limit_use: Decimal
    group_share: Decimal


@dataclass(frozen=True)
class Policy:
    """A checked credit policy. `digest` is the SHA-256 of the file it came from."""

    name: str
    version: str
    adopted: bool
    digest: str
    schemes: Mapping[str, AgingScheme]
    _loss_rates: tuple[tuple[date, str, tuple[Decimal, ...]], ...]
    _close: tuple[tuple[date, CloseRules], ...]
    _watch: tuple[tuple[date, WatchRules], ...]

    def scheme(self, name: str) -> AgingScheme:
        if name not in self.schemes:
            raise DuebookError("policy.unknown_scheme", name=name, known=", ".join(self.schemes))
        return self.schemes[name]

    def loss_rates(self, scheme: str, on: date) -> tuple[Decimal, ...] | None:
        """Loss rates per bucket of `scheme` in force `on` that day, as fractions; None where the policy has none."""
        valid = [(start, rates) for start, name, rates in self._loss_rates if name == scheme and start <= on]
        return max(valid, key=lambda entry: entry[0])[1] if valid else None

    def close(self, on: date) -> CloseRules:
        return _in_force(self._close, on, "close")

    def watch(self, on: date) -> WatchRules:
        return _in_force(self._watch, on, "watch")


def _in_force(entries: Sequence[tuple[date, Rule]], on: date, table: str) -> Rule:
    valid = [entry for entry in entries if entry[0] <= on]
    if not valid:
        raise DuebookError("policy.none_in_force", table=table, date=on.isoformat())
    return max(valid, key=lambda entry: entry[0])[1]


def default_path() -> Path:
    return resources.root() / "policy" / "default.toml"


def load(path: Path | None = None) -> Policy:
    """The policy in `path`, or Duebook's default. DuebookError names the file, table and value at fault."""
    path = path or default_path()
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DuebookError("file.not_found", path=path.name) from error
    try:
        tables = tomllib.loads(raw.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DuebookError("policy.not_toml", file=path.name, detail=str(error)) from error
    return _Checker(path.name, tables).policy(hashlib.sha256(raw).hexdigest())


class _Checker:
    """Reads one policy file table by table; every refusal says which entry and what to write instead."""

    KNOWN = ("policy", "aging_scheme", "loss_rates", "close", "watch")

    def __init__(self, file: str, tables: Mapping[str, Any]) -> None:
        self.file, self.tables = file, tables
        for name in tables:
            if name not in self.KNOWN:
                self.refuse(f"[{name}]", name, "one of " + ", ".join(self.KNOWN))

    def refuse(self, where: str, value: object, wanted: str) -> None:
        raise DuebookError("policy.bad_value", file=self.file, where=where, value=str(value), wanted=wanted)

    def policy(self, digest: str) -> Policy:
        head = self.tables.get("policy", {})
        schemes: dict[str, AgingScheme] = {}
        for n, entry in self.entries("aging_scheme"):
            scheme = self.scheme(f"aging_scheme {n}", entry)
            if scheme.name in schemes:
                self.refuse(f"aging_scheme {n}, name", scheme.name, "a name that is used once")
            schemes[scheme.name] = scheme
        return Policy(
            name=str(head.get("name", self.file)),
            version=str(head.get("version", "")),
            adopted=head.get("adopted") is True,
            digest=digest,
            schemes=schemes,
            _loss_rates=tuple(self.rates(f"loss_rates {n}", entry, schemes) for n, entry in self.entries("loss_rates")),
            _close=tuple(self.close(f"close {n}", entry, schemes) for n, entry in self.entries("close")),
            _watch=tuple(self.watch(f"watch {n}", entry) for n, entry in self.entries("watch")),
        )

    def entries(self, name: str) -> list[tuple[int, Mapping[str, Any]]]:
        found = self.tables.get(name, [])
        if not isinstance(found, list) or not found:
            self.refuse(name, found, f"at least one [[{name}]] entry")
        return list(enumerate(found, start=1))

    def choice(self, where: str, entry: Mapping[str, Any], key: str, allowed: tuple[str, ...]) -> str:
        value = entry.get(key)
        if value not in allowed:
            self.refuse(f"{where}, {key}", value, "one of " + ", ".join(allowed))
        return str(value)

    def start(self, where: str, entry: Mapping[str, Any]) -> date:
        value = entry.get("from")
        if type(value) is not date:
            self.refuse(f"{where}, from", value, "a date such as 2026-01-01")
        return cast(date, value)

    def whole(self, where: str, value: object, least: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            self.refuse(where, value, f"a whole number, {least} or more")
        return cast(int, value)

    def decimal(self, where: str, value: object, top: Decimal | None = None) -> Decimal:
        try:
            found = Decimal(str(value))
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite() or found < 0 or (top is not None and found > top):
            self.refuse(where, value, "a number from 0 to 1, such as 0.016 for 1.6 %" if top else "a number, 0 or more")
        return found

    def scheme(self, where: str, entry: Mapping[str, Any]) -> AgingScheme:
        name = str(entry.get("name") or "")
        if not name:
            self.refuse(f"{where}, name", name, "a name")
        upper = entry.get("upper")
        if not isinstance(upper, list) or not upper:
            self.refuse(f"{where}, upper", upper, "a list of whole numbers such as [30, 60, 90]")
        bounds = tuple(self.whole(f"{where}, upper", bound, 1) for bound in cast(list[object], upper))
        if any(a >= b for a, b in itertools.pairwise(bounds)):
            self.refuse(f"{where}, upper", list(bounds), "bounds that grow")
        return AgingScheme(
            name,
            cast(Basis, self.choice(where, entry, "basis", BASES)),
            cast(Literal["days", "months"], self.choice(where, entry, "unit", UNITS)),
            bounds,
        )

    def rates(
        self, where: str, entry: Mapping[str, Any], schemes: Mapping[str, AgingScheme]
    ) -> tuple[date, str, tuple[Decimal, ...]]:
        scheme = schemes[self.choice(where, entry, "scheme", tuple(schemes))]
        rates = tuple(self.decimal(f"{where}, rates", rate, Decimal(1)) for rate in entry.get("rates", []))
        if len(rates) != scheme.buckets:
            self.refuse(f"{where}, rates", [str(r) for r in rates], f"{scheme.buckets} rates, one for each bucket")
        return self.start(where, entry), scheme.name, rates

    def close(
        self, where: str, entry: Mapping[str, Any], schemes: Mapping[str, AgingScheme]
    ) -> tuple[date, CloseRules]:
        return self.start(where, entry), CloseRules(
            self.choice(where, entry, "scheme", tuple(schemes)),
            cast(Disputed, self.choice(where, entry, "disputed", DISPUTED)),
            cast(Unapplied, self.choice(where, entry, "unapplied", UNAPPLIED)),
            self.whole(f"{where}, period_months", entry.get("period_months"), 1),
        )

    def watch(self, where: str, entry: Mapping[str, Any]) -> tuple[date, WatchRules]:
        return self.start(where, entry), WatchRules(
            self.whole(f"{where}, overdue_days", entry.get("overdue_days"), 0),
            self.decimal(f"{where}, overdue_share", entry.get("overdue_share"), Decimal(1)),
            self.decimal(f"{where}, overdue_minimum", entry.get("overdue_minimum")),
            self.decimal(f"{where}, limit_use", entry.get("limit_use")),
            self.decimal(f"{where}, group_share", entry.get("group_share"), Decimal(1)),
        )
