"""Settles swapped dates by what other columns say: a customer's terms, and the order in which things happen.

The whole column is decided first. Only a column that certainly mixes layouts is settled row by row, and only by
evidence of that row; what nothing settles stays open and is reported.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product

from duebook.ledger import dates
from duebook.ledger.dates import Readings

ISSUE, DUE, PAID = "document_date", "due_date", "settled_date"
SETTLED_TOGETHER = (ISSUE, DUE, PAID)


@dataclass(frozen=True)
class DateColumn:
    """One date column of all files with the same headers: its distinct texts and the layouts still possible.

    `how`: plain (nothing could be swapped), parts (some value allows one layout only), given (`--dates`), terms,
    order, neighbors (another date column of the file), mixed, damaged, open.
    """

    name: str
    values: Mapping[str, Readings]
    left: frozenset[str]
    how: str
    fallback: str | None = None
    damage: dates.Damage | None = None
    tally: Mapping[str, int] | None = None

    @property
    def settled(self) -> bool:
        return self.how in ("plain", "parts", "given", "terms", "order", "neighbors", "damaged_sure")

    def options(self, text: str | None) -> tuple[date, ...]:
        """The distinct days that `text` may still mean; empty where there is no readable text."""
        if text is None:
            return ()
        readings = self.values[text].by_label
        kept = [d for label, d in readings.items() if label == dates.FIXED or label in self.left]
        return tuple(sorted(set(kept or readings.values())))


def column(name: str, values: Mapping[str, Readings], given: str = "auto") -> DateColumn:
    """What the values of one column alone tell about its layout."""
    left = dates.layouts_left(values.values())
    suspect = dates.damage(values.values())
    if suspect is not None:
        mended = {t: dates.swapped(v) if v.style in dates.TRUE_DATES else v for t, v in values.items()}
        both = (left or frozenset()) | {dates.AS_IS, dates.SWAPPED}
        return DateColumn(name, mended, both, "damaged", damage=suspect)
    if left is None:
        return DateColumn(name, values, frozenset(), "plain")
    if len(left) == 1:
        return DateColumn(name, values, left, "parts")
    if given in left:
        return DateColumn(name, values, frozenset((given,)), "given")
    if not left:
        fallback = given if given in dates.LAYOUTS else None
        return DateColumn(name, values, frozenset(dates.LAYOUTS), "mixed", fallback)
    if all(v.certain for v in values.values() if v.style == "parts"):
        return DateColumn(name, values, left, "plain")
    return DateColumn(name, values, left, "open")


@dataclass(frozen=True)
class Case:
    """Rows that show the same texts in their date columns and have the same terms."""

    texts: Mapping[str, str | None]
    terms: int | None
    rows: int


@dataclass(frozen=True)
class Answer:
    """The days of a case, by field. `open`: fields that nothing settles, with the days they may mean."""

    days: Mapping[str, date | None]
    by: Mapping[str, str]
    open: Mapping[str, tuple[date, ...]]


def settle(options: Mapping[str, Sequence[date]], terms: int | None, horizon: date | None) -> Answer:
    """Weighs the readings of one row. `horizon`: no document was issued or paid after it.

    In order: due − issue = terms; issue ≤ due and issue ≤ horizon; paid ≤ horizon; issue ≤ paid. A rule that leaves no
    reading at all says nothing.
    """
    issues, dues = _or_none(options.get(ISSUE, ())), _or_none(options.get(DUE, ()))
    pairs = list(product(issues, dues))
    by = dict.fromkeys(SETTLED_TOGETHER, "certain")

    def rule(name: str, kept: list[tuple[date | None, date | None]]) -> None:
        nonlocal pairs
        if not kept or len(kept) == len(pairs):
            return
        for position, of in enumerate((ISSUE, DUE)):
            if len({p[position] for p in pairs}) > 1 and len({p[position] for p in kept}) == 1:
                by[of] = name
        pairs = kept

    if terms is not None:
        rule("terms", [(i, u) for i, u in pairs if i and u and (u - i).days == terms])
    rule("order", [(i, u) for i, u in pairs if not (i and u) or i <= u])
    rule("order", [(i, u) for i, u in pairs if not (i and horizon) or i <= horizon])
    issue_left, due_left = sorted({i for i, _ in pairs if i}), sorted({u for _, u in pairs if u})
    paid_left = sorted(options.get(PAID, ()))
    if len(paid_left) > 1:
        by[PAID] = "order"
        paid_left = [p for p in paid_left if not horizon or p <= horizon] or paid_left
        if issue_left:
            paid_left = [p for p in paid_left if p >= issue_left[0]] or paid_left
    left = {ISSUE: issue_left, DUE: due_left, PAID: paid_left}
    return Answer(
        {name: days[0] if len(days) == 1 else None for name, days in left.items()},
        by,
        {name: tuple(days) for name, days in left.items() if len(days) > 1},
    )


def _or_none(days: Sequence[date]) -> Sequence[date | None]:
    return days or (None,)


def horizon(columns: Mapping[str, DateColumn], as_of: date | None) -> date | None:
    """The day of the export as far as it shows: as-of, or the latest certain issue or payment date if that is later.

    An export read for an earlier as-of date holds later documents, so that as-of alone would prove nothing.
    """
    if as_of is None:
        return None
    certain = [
        days[0]
        for name in (ISSUE, PAID)
        if name in columns
        for text in columns[name].values
        if len(days := columns[name].options(text)) == 1
    ]
    return max([as_of, *certain])


def weigh(columns: Mapping[str, DateColumn], cases: Sequence[Case], as_of: date | None) -> dict[str, DateColumn]:
    """Decides whole columns by the rows that leave no doubt; a column whose rows disagree is mixed."""
    found = dict(columns)
    for _ in range(len(found) + 2):
        limit = horizon(found, as_of)
        votes: dict[str, dict[str, Counter[str]]] = {n: {"terms": Counter(), "order": Counter()} for n in found}
        for case in cases:
            answer = settle({n: c.options(case.texts.get(n)) for n, c in found.items()}, case.terms, limit)
            for name, col in found.items():
                day, text, by = answer.days.get(name), case.texts.get(name), answer.by.get(name, "certain")
                if col.how not in ("open", "damaged") or text is None or day is None or by == "certain":
                    continue
                for label, reading in col.values[text].by_label.items():
                    if label in col.left and reading == day:
                        votes[name][by][label] += case.rows
        decided = {n: _decided(c, votes[n]) for n, c in found.items()}
        if all(decided[n].how == c.how for n, c in found.items()):
            break
        found = decided
    layouts = {label for c in found.values() if c.how in ("parts", "terms", "order", "given") for label in c.left}
    layouts &= set(dates.LAYOUTS)
    for name, col in found.items():
        if col.how == "open" and len(layouts) == 1 and layouts <= col.left:
            found[name] = replace(col, left=frozenset(layouts), how="neighbors")
        elif col.how == "damaged":
            sure = col.damage is not None and col.damage.sure
            label = dates.SWAPPED if sure else dates.AS_IS
            left = (col.left - {dates.AS_IS, dates.SWAPPED}) | {label}
            found[name] = replace(col, left=left, how="damaged_sure")
    return found


def _decided(col: DateColumn, votes: Mapping[str, Counter[str]]) -> DateColumn:
    if col.how not in ("open", "damaged"):
        return col
    for by in ("terms", "order"):
        counted = votes[by]
        if not counted:
            continue
        best, most = max(counted.items(), key=lambda item: (item[1], item[0]))
        others = sum(counted.values()) - most
        if others:
            return replace(col, how="mixed", tally=dict(counted)) if col.how == "open" else col
        keep = {best} if col.how == "open" else (col.left - {dates.AS_IS, dates.SWAPPED}) | {best}
        return replace(col, left=frozenset(keep), how=by if col.how == "open" else "damaged_sure", tally=dict(counted))
    return col


_DAYS = re.compile(r"(?:net|月结|货到|票到|开票后|n)?\s*(\d{1,3})(?:\.0+)?\s*(?:days?|d|天|日|日内|天内)?(?:\s*net)?")
_DISCOUNT = re.compile(r"\d+(?:\.\d+)?\s*%?\s*[/,]\s*\d+\s*,?\s*(?:net|n)\s*/?\s*(\d{1,3})(?:\s*days?)?")


def terms_days(text: str) -> int | None:
    """Days from invoice date to due date that a terms text states (30, "Net 30", "30 days", "账期30天"), or None.

    Terms that count from a month's end or otherwise ("45 days EOM") are not a number of days.
    """
    plain = unicodedata.normalize("NFKC", text).casefold().strip().removeprefix("账期").strip()
    if plain in ("cod", "cash", "due on receipt", "immediate", "现结", "款到发货", "货到付款", "即期"):
        return 0
    m = _DAYS.fullmatch(plain) or _DISCOUNT.fullmatch(plain)
    return int(m[1]) if m and "月结" not in plain else None
