"""Exchange rates from a file: pair, rate, date and source, exact. Nothing is turned round or put together silently.

A rate is units of the second currency for one of the first (USD/CNY 7.12: one dollar is 7.12 yuan); a column "per" (or
a number before the pair, 100JPY/CNY) says that it is quoted for more than one. A pair that the file has only the other
way round is not inverted, and two pairs are not multiplied: either would invent a rate that nobody published.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from duebook.core import amounts, money
from duebook.core.engine import Engine, identifier
from duebook.core.errors import DuebookError
from duebook.ledger import columns, kinds
from duebook.ledger.cells import Group, Reader
from duebook.ledger.date_columns import DateReading, read_dates
from duebook.ledger.files import read_raw
from duebook.ledger.found import Findings, Part, profiled, told
from duebook.ledger.problems import Problem, Treatment
from duebook.ledger.raw import RawTable, Source

DECIMALS = 9
"""Rates are stored as DECIMAL(18,9)."""
LARGEST = Decimal(10) ** 9
JUMP = 5
"""Rates of one pair further apart than this from one day to the next are rather misquoted than moved."""
_APART = 2_000_000
"""Numbers of these tables begin here, above those of the ledger and of what an auditor lays beside it."""
_PAIR = re.compile(r"(?P<per>\d{1,6})?\s*(?P<base>[^\d/→\-:|>]+?)\s*(?:/|→|->|-|:|\||>|\s)\s*(?P<quote>[^\d/→\-:|>]+)")
_CHINESE_PAIR = re.compile(r"(?P<per>\d{1,6})?\s*(?P<base>.+?)[兑对兌對](?P<quote>.+)")
_DIGITS = re.compile(r"\d+,\d{3}")

Pair = tuple[str, str]


@dataclass(frozen=True)
class Quote:
    """One unit of a currency in another on a day, and who says so (blank where the file does not)."""

    day: date
    rate: Decimal
    source: str
    line: int

    @property
    def shown(self) -> str:
        return f"{self.rate.normalize():,f}"


@dataclass(frozen=True)
class Rates:
    """All quotes of a file by pair (from, to), each in the order of its days, one a day."""

    file: str
    quotes: Mapping[Pair, tuple[Quote, ...]] = field(default_factory=dict)

    def latest(self, base: str, to: str, on: date) -> Quote | None:
        """The last quote not after `on`; None where the pair has none by then."""
        own = self.quotes.get((base, to), ())
        place = bisect_right(own, on, key=lambda quote: quote.day)
        return own[place - 1] if place else None

    def only_target(self) -> str | None:
        """The currency into which every pair translates; None where there are several or none."""
        found = {to for _, to in self.quotes}
        return found.pop() if len(found) == 1 else None


@dataclass(frozen=True)
class _Line:
    """A row as read: the pair as written and as understood, the day, and the texts of the rest."""

    part: Part
    line: int
    pair: str
    day: date | None
    day_text: str | None
    rate: str | None
    per: str | None
    source: str

    def problem(self, field: str, value: str | None, reason: str, treatment: Treatment, **facts: object) -> Problem:
        raw, said = self.part.raw, {"value": value or "", **{name: str(fact) for name, fact in facts.items()}}
        header = self.part.header(field) or field
        return Problem(raw.file, raw.sheet, self.line, header, value, f"rates.{reason}", treatment, said)


def read_rates(
    engine: Engine, path: Path, as_of: date, functional: str | None = None, dates: str = "auto"
) -> tuple[Rates, tuple[Problem, ...]]:
    """The rates of a file (CSV, workbook, whatever a ledger may be), and what is to be said of its rows.

    `functional` is the second currency where the file names only the first. DuebookError where there is no rate
    column, no pair, or where a day has two different rates of one pair.
    """
    findings = Findings(engine)
    parts = [profiled(engine, Part(_APART + n, raw, mapped)) for n, (raw, mapped) in enumerate(_tables(engine, path))]
    quotes: dict[Pair, list[Quote]] = defaultdict(list)
    problems: list[Problem] = []
    for part in parts:
        lines = list(_lines(engine, findings, part, as_of, dates))
        comma = amounts.decimal_comma([line.rate for line in lines if line.rate], part.raw.decimal_comma)
        if not comma:
            _refuse_unsettled(lines)
        for line in lines:
            if found := _quote(line, functional, comma, problems):
                quotes[found[0]].append(found[1])
        problems += _without_source(part, lines)
    rates = Rates(path.name, {pair: _one_a_day(path.name, pair, own) for pair, own in sorted(quotes.items())})
    problems += _jumps(parts[0], rates)
    problems += told(findings, {part.number: part for part in parts})
    for part in parts:
        engine.execute(f"DROP VIEW IF EXISTS {identifier(part.raw.name)}")
    return rates, tuple(sorted(problems, key=lambda p: (p.sheet or "", p.line or 0, p.column or "", p.reason)))


def _tables(engine: Engine, path: Path) -> list[tuple[RawTable, columns.Mapped]]:
    """The tables of the file that hold rates; refused where none does."""
    found = [(raw, columns.recognize(raw.headers, role="rates")) for raw in read_raw(Source(path, "rates"), engine)]
    fit = [table for table in found if not _lacking(table[1])]
    if fit:
        return fit
    raw, mapped = max(found, key=lambda table: len(table[1].positions))
    seen = ", ".join(header for header in raw.headers if header)
    raise DuebookError("rates.column_missing", file=raw.file, field=_lacking(mapped), seen=seen)


def _lacking(mapped: columns.Mapped) -> str:
    """The field that a table of rates needs and has not; blank where it has all."""
    has = mapped.positions
    if "currency_pair" not in has and "from_currency" not in has:
        return "currency_pair"
    return next((name for name in ("rate", "rate_date") if name not in has), "")


def _lines(engine: Engine, findings: Findings, part: Part, as_of: date, dates: str) -> Iterator[_Line]:
    """Every row that holds anything, in the order of the file."""
    reader = Reader(engine, findings, Group((part,)))
    read_dates(reader, ["rate_date"], DateReading(as_of, dates))
    shape = reader.shapes[part.number]
    texts = ", ".join(
        part.text(name)
        for name in ("currency_pair", "from_currency", "to_currency", "rate_date", "rate", "rate_per", "rate_source")
    )
    sql = (
        f"SELECT r.line, {shape.expressions['rate_date']}, {texts} FROM {identifier(part.raw.name)} AS r "
        f"{' '.join(shape.joins)} ORDER BY r.record"
    )
    for batch in engine.batches(sql):
        for line, day, pair, base, to, day_text, rate, per, source in batch:
            if any((pair, base, day_text, rate)):
                written = pair or "/".join(word for word in (base, to) if word)
                yield _Line(part, line, written, day, day_text, rate, per, source or "")


def _quote(line: _Line, functional: str | None, comma: bool, problems: list[Problem]) -> tuple[Pair, Quote] | None:
    """What a row quotes; None where it cannot be used, which `problems` then says."""
    names = "currency_pair" if line.part.header("currency_pair") else "from_currency"
    understood = pair_of(line.pair, functional)
    if understood is None or understood[0] == understood[1]:
        problems.append(line.problem(names, line.pair or None, "pair_unknown", "left_out"))
        return None
    base, to, per = understood
    if line.day is None:
        if line.day_text is None:  # one that cannot be read is told where the column is read
            problems.append(line.problem("rate_date", None, "date_missing", "left_out", pair=f"{base}/{to}"))
        return None
    amount, units = amounts.parse(line.rate or "", comma), amounts.parse(line.per or str(per), comma)
    if amount is None or not 0 < amount.value < LARGEST:
        problems.append(line.problem("rate", line.rate, "not_positive", "left_out"))
        return None
    if units is None or units.value <= 0:
        problems.append(line.problem("rate_per", line.per, "per_unknown", "left_out"))
        return None
    exact = money.ratio(amount.value, units.value, 30) or Decimal(0)
    rate = money.rounded(exact, DECIMALS)
    if rate == 0:
        problems.append(line.problem("rate", line.rate, "not_positive", "left_out"))
        return None
    if rate != exact:
        problems.append(line.problem("rate", line.rate, "rounded", "repaired", rate=f"{rate:f}"))
    return (base, to), Quote(line.day, rate, line.source, line.line)


def pair_of(text: str, functional: str | None = None) -> tuple[str, str, int] | None:
    """From, to and for how many units a pair is quoted: USD/CNY, USDCNY, 100JPY/CNY, 美元兑人民币; None if it is none.

    A single currency is one of the functional currency's.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if re.fullmatch(r"[A-Za-z]{6}", plain):
        plain = f"{plain[:3]}/{plain[3:]}"
    single = re.fullmatch(r"(?P<per>\d{1,6})?\s*(?P<base>\D+)", plain)
    for found in (_PAIR.fullmatch(plain), _CHINESE_PAIR.fullmatch(plain), single):
        if found:
            base, to = kinds.currency(found["base"]), kinds.currency(found.groupdict().get("quote") or functional or "")
            per = int(found["per"] or 1)
            if base and to and per:
                return base, to, per
    return None


def _refuse_unsettled(lines: Sequence[_Line]) -> None:
    """Refuses a column in which nothing tells whether 7,123 is seven or seven thousand."""
    texts = [line.rate.strip() for line in lines if line.rate]
    first = next((line for line in lines if line.rate and _DIGITS.fullmatch(line.rate.strip())), None)
    if first and not any("." in text for text in texts):
        raise DuebookError("rates.comma_open", file=first.part.raw.file, value=first.rate, line=first.line)


def _one_a_day(file: str, pair: Pair, quotes: Sequence[Quote]) -> tuple[Quote, ...]:
    """Quotes in the order of their days. Two that differ on one day are refused: nobody can say which is meant."""
    kept: dict[date, Quote] = {}
    for quote in sorted(quotes, key=lambda q: (q.day, q.line)):
        first = kept.setdefault(quote.day, quote)
        if first.rate != quote.rate:
            raise DuebookError(
                "rates.two_rates",
                file=file,
                pair="/".join(pair),
                date=quote.day.isoformat(),
                first=first.shown,
                first_line=first.line,
                second=quote.shown,
                second_line=quote.line,
            )
    return tuple(kept.values())


def _jumps(part: Part, rates: Rates) -> Iterator[Problem]:
    """Neighbouring quotes of a pair that lie too far apart to be a movement of the market."""
    for pair, own in rates.quotes.items():
        for before, after in itertools.pairwise(own):
            if max(before.rate, after.rate) > JUMP * min(before.rate, after.rate):
                facts = {
                    "pair": "/".join(pair),
                    "before": before.shown,
                    "before_line": str(before.line),
                    "value": after.shown,
                }
                yield Problem(
                    part.raw.file,
                    part.raw.sheet,
                    after.line,
                    part.header("rate"),
                    facts["value"],
                    "rates.jump",
                    "kept",
                    facts,
                )


def _without_source(part: Part, lines: Sequence[_Line]) -> Iterator[Problem]:
    """One remark per pair whose rates name no source: a rate that nobody can look up is no evidence."""
    blank = [line for line in lines if not line.source]
    if blank and "rate_source" not in part.mapped.positions:
        raw = part.raw
        yield Problem(raw.file, raw.sheet, None, None, None, "rates.no_source_column", "kept", {"value": ""})
        return
    counted = Counter(line.pair for line in blank)
    told_of: set[str] = set()
    for line in blank:
        if line.pair not in told_of:
            told_of.add(line.pair)
            yield line.problem(
                "rate_source", None, "no_source", "kept", pair=line.pair, count=f"{counted[line.pair]:,}"
            )
