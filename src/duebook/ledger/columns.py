"""Which column of an export means what: headers in English and Chinese, or as the user maps them."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Literal

from duebook.core import money, resources
from duebook.core.errors import DuebookError

CellKind = Literal["id", "text", "date", "amount", "flag", "kind", "currency", "ratio"]
Role = Literal["invoices", "payments", "customers", "limits", "sales", "replies", "deliveries", "rates"]
ROLES: tuple[Role, ...] = ("invoices", "payments", "customers", "limits", "sales", "replies", "deliveries", "rates")

MATCHING = ("open_amount", "paid_amount", "settled_date", "applies_to")
"""Fields by which an export itself tells what is paid."""
_UNITS = {"千元": 1_000, "万元": 10_000, "萬元": 10_000, "百万元": 1_000_000, "亿元": 100_000_000, "億元": 100_000_000}
_IN_PARENTHESES = re.compile(r"[(（\[【]([^)）\]】]*)[)）\]】]")


@dataclass(frozen=True)
class FieldNames:
    """One canonical field: how its cells are read, and the (plain) headers it answers to, best first."""

    name: str
    kind: CellKind
    ranks: Mapping[str, int]
    also: frozenset[str] = frozenset()
    """Plain headers that mean this field in a running account only."""
    only: frozenset[str] = frozenset()
    """The roles of tables that have this field; none: any."""


@dataclass(frozen=True)
class Mapped:
    """A table's columns: field → position (0-based). `passed_over`: header → the field that a better header took."""

    role: Role
    positions: Mapping[str, int]
    unused: tuple[str, ...] = ()
    passed_over: tuple[tuple[str, str], ...] = ()
    scales: Mapping[str, Decimal] = field(default_factory=dict)
    """Amount fields whose header names a unit: 应收金额(万元) → 10000."""
    currency: str | None = None
    """A currency code that the header of the amount column names."""
    sides: bool = False
    """Whether amounts stand on a debit and a credit side: in two columns, or beside a column that names the side."""
    running: bool = False
    """Whether nothing tells what pays what: a running account, matched first-in first-out."""


def plain(header: str) -> str:
    """A header without case, spaces and punctuation, for comparing: "Invoice No." → "invoiceno"."""
    text = unicodedata.normalize("NFKC", header).casefold().replace("#", "no")
    return "".join(c for c in text if c.isalnum())


@cache
def fields() -> Mapping[str, FieldNames]:
    """Every canonical field with the names it is known by (`columns.toml`)."""
    table = tomllib.loads((resources.root() / "ledger" / "columns.toml").read_text("utf-8"))
    found = {}
    for name, entry in table.items():
        ranks: dict[str, int] = {}
        for rank, known in enumerate((name, *entry["names"])):
            ranks.setdefault(plain(known), rank)
        also, only = frozenset(map(plain, entry.get("also", ()))), frozenset(entry.get("only", ()))
        found[name] = FieldNames(name, entry["kind"], ranks, also, only)
    return found


def recognize(
    headers: Sequence[str],
    overrides: Mapping[str, str] | None = None,
    role: str | None = None,
    file: str = "",
    fixed: Mapping[str, int] | None = None,
    ignored: Collection[int] = (),
) -> Mapped:
    """Maps the headers of one table. `overrides` (field → header) win over the known names.

    `fixed` (field → position) is what a preset says: it wins over the names, not over `overrides`; positions that are
    `ignored` are taken for nothing unless overridden.

    Whether what was found suffices is for the reader of that role to say (`require`)."""
    if role is not None and role not in ROLES:
        raise DuebookError("ledger.role_unknown", role=role, roles=", ".join(ROLES))
    given = _given(headers, overrides or {})
    taken = {*given.values()}
    given |= {name: place for name, place in (fixed or {}).items() if name not in given and place not in taken}
    claims: dict[str, list[tuple[int, int]]] = {}
    for position, header in enumerate(headers):
        if position in given.values() or position in ignored:
            continue
        for name, rank in _claims(header, role):
            if name not in given:
                claims.setdefault(name, []).append((rank, position))
    positions, passed_over = dict(given), []
    taken = set(given.values())
    # Best claim first over the whole table, so that a header wanted by two fields goes where it fits best.
    for rank, position, name in sorted((r, p, n) for n, found in claims.items() for r, p in found):
        del rank
        if name in positions:
            if position not in taken:
                passed_over.append((headers[position], name))
        elif position not in taken:
            positions[name] = position
            taken.add(position)
    told = _told_role(positions) if role is None else _checked_role(role)
    positions = _for_role(told, positions, headers)
    used = {headers[place] for place in positions.values()}  # a preset's column stands in for the one of its name
    unused = tuple(
        h for p, h in enumerate(headers) if h and p not in positions.values() and not (p in ignored and h in used)
    )
    said = tuple((h, n) for h, n in passed_over if h in unused)
    scales, currency = _units(headers, positions)
    sides = told == "invoices" and has_sides(positions)
    running = sides and not any(name in positions for name in MATCHING)
    return Mapped(told, dict(sorted(positions.items())), unused, said, scales, currency, sides, running)


def require(mapped: Mapped, headers: Sequence[str], file: str, *choices: tuple[str, ...]) -> None:
    """Each of `choices` names fields of which one must be there; else an error that shows how to map them."""
    for choice in choices:
        if not any(name in mapped.positions for name in choice):
            seen = ", ".join(h for h in headers if h)
            raise DuebookError("ledger.column_missing", file=file, field=" / ".join(choice), first=choice[0], seen=seen)


def _given(headers: Sequence[str], overrides: Mapping[str, str]) -> dict[str, int]:
    by_plain = {plain(h): p for p, h in reversed(list(enumerate(headers))) if h}
    exact = {h: p for p, h in reversed(list(enumerate(headers))) if h}
    found = {}
    for name, header in overrides.items():
        if name not in fields():
            known = ", ".join(own.name for own in fields().values() if not own.only)
            raise DuebookError("ledger.field_unknown", field=name, fields=known)
        position = exact.get(header, by_plain.get(plain(header)))
        if position is not None:
            found[name] = position
    return found


def names_field(header: str, name: str, role: Role) -> bool:
    """Whether a header names this field itself, rather than one that is taken for it where nothing does."""
    return any(claimed == name for claimed, _ in _claims(header, role))


def _claims(header: str, role: str | None) -> list[tuple[str, int]]:
    """Fields that `header` may be, with ranks: as a whole, without parentheses, or as one half of a bilingual one."""
    own = [f for f in fields().values() if not f.only or role in f.only]
    for penalty, part in enumerate(_readings(header)):
        found = [(f.name, f.ranks[p] + 100 * penalty) for f in own for p in part if p in f.ranks]
        if found:
            return found
    return []


def _readings(header: str) -> list[list[str]]:
    bare = _IN_PARENTHESES.sub("", header)
    inside = _IN_PARENTHESES.findall(header)
    chinese = "".join(c for c in bare if "一" <= c <= "鿿")
    latin = " ".join(re.findall(r"[^一-鿿]+", bare))
    halves = [chinese, latin] if chinese and plain(latin) else []
    parts = [x for x in re.split(r"[/|\n\r、]+", header) if x]
    return [
        [plain(header)],
        [plain(bare)],
        [p for p in map(plain, [*parts, *halves]) if p],
        [p for p in map(plain, inside) if len(p) > 3],
    ]


def has_sides(positions: Mapping[str, int]) -> bool:
    """Debit and credit columns without an amount of their own, or an amount beside a column that names its side."""
    if {"debit", "credit"} <= positions.keys():
        return "amount" not in positions
    return {"amount", "direction"} <= positions.keys()


def _told_role(positions: Mapping[str, int]) -> Role:
    has = positions.keys()
    if {"debit", "credit"} <= has and "applies_to" not in has:
        return "invoices"
    documents = {"document_id", "due_date", "document_date", "open_amount", "applies_to", "payment_id", "settled_date"}
    if {"applies_to", "payment_id"} & has and "due_date" not in has:
        return "payments"
    if (
        "month" in has
        and {"sales_amount", "amount"} & has
        and not {"customer_id", "customer_name", "document_id"} & has
    ):
        return "sales"
    if {"customer_id", "customer_name"} & has and not documents & has and not {"amount", "debit", "credit"} & has:
        return "limits" if "credit_limit" in has and not {"customer_name", "terms", "parent_id"} & has else "customers"
    return "invoices"


def _checked_role(role: str) -> Role:
    return next(known for known in ROLES if known == role)


def _for_role(role: Role, positions: Mapping[str, int], headers: Sequence[str]) -> dict[str, int]:
    """The same header means another thing in another table: a payments file's "payment date" is its document date."""
    found = dict(positions)
    if role == "payments":
        if "document_date" not in found and "settled_date" in found:
            found["document_date"] = found.pop("settled_date")
        if "amount" not in found and "paid_amount" in found:
            found["amount"] = found.pop("paid_amount")
        if "amount" not in found and "applied_amount" in found:
            found["amount"] = found["applied_amount"]
        invoice = found.get("document_id")
        if "payment_id" in found:
            if invoice is not None and "applies_to" not in found:
                found["applies_to"] = invoice
            found["document_id"] = found.pop("payment_id")
        elif invoice is not None and "applies_to" not in found and _names_an_invoice(headers[invoice]):
            found["applies_to"] = found.pop("document_id")
        if {"kind", "due_date"} <= found.keys():  # receipts with kinds: what falls due among them are bills
            found.setdefault("bill_maturity", found["due_date"])
        for name in ("settled_date", "paid_amount", "open_amount", "due_date"):
            found.pop(name, None)
    elif role == "invoices":
        if "document_id" not in found and "payment_id" in found:
            found["document_id"] = found.pop("payment_id")
        if "customer_name" in found and "customer_id" not in found:
            found["customer_id"] = found["customer_name"]  # the name is the only key there is
        balance = found.get("open_amount")
        if balance is not None and "running_balance" not in found and has_sides(found) and _runs(headers[balance]):
            found["running_balance"] = found.pop("open_amount")
        if "amount" not in found and {"debit", "credit"} <= found.keys():
            return found
        if "amount" not in found and "open_amount" in found:
            found["amount"] = found["open_amount"]
    elif role == "sales":
        if "sales_amount" not in found and "amount" in found:
            found["sales_amount"] = found.pop("amount")
    elif "customer_name" in found and "customer_id" not in found:
        found["customer_id"] = found["customer_name"]
    if role == "replies":
        _renamed(found, amount="confirmed_amount", open_amount="confirmed_amount", document_date="reply_date")
    elif role == "deliveries":
        number = found.get("document_id")
        if number is not None and not _names_an_invoice(headers[number]):
            _renamed(found, document_id="delivery_id")
            free = (p for p, h in enumerate(headers) if p not in found.values() and _names_an_invoice(h))
            found |= [("document_id", p) for p in free if "document_id" in dict(_claims(headers[p], role))][:1]
        _renamed(found, document_date="delivery_date")
    elif role == "rates":
        _renamed(found, currency="from_currency", document_date="rate_date")
    if role in ("customers", "limits") and "limit_currency" not in found and "currency" in found:
        found["limit_currency"] = found.pop("currency")
    return found


def _renamed(found: dict[str, int], **names: str) -> None:
    """Takes a column for another field where nothing names that field better."""
    for name, meant in names.items():
        if name in found and meant not in found:
            found[meant] = found.pop(name)


def _runs(header: str) -> bool:
    """Whether a header beside debits and credits is that of a running balance."""
    return plain(header) in fields()["running_balance"].also


def _names_an_invoice(header: str) -> bool:
    return "inv" in plain(header) or "发票" in header or "發票" in header or "应收" in header


def _units(headers: Sequence[str], positions: Mapping[str, int]) -> tuple[dict[str, Decimal], str | None]:
    scales: dict[str, Decimal] = {}
    currency = None
    for name, position in positions.items():
        if fields()[name].kind != "amount":
            continue
        for inside in _IN_PARENTHESES.findall(headers[position]):
            unit = unicodedata.normalize("NFKC", inside).strip().removeprefix("单位:").removeprefix("人民币")
            if unit in _UNITS:
                scales[name] = Decimal(_UNITS[unit])
            elif unit.upper() in money.minor_units() and name in ("amount", "open_amount", "sales_amount", "debit"):
                currency = unit.upper()
    return scales, currency
