"""Payment terms in words: read into exact steps from a base date, or refused with what to write instead.

The grammar is strict: every word must be known, so that a term is never half understood. Order matters: "45 days EOM"
goes 45 days on and then to the end of that month, "EOM + 45" the other way round. Wordings that the trade itself reads
in two ways ("net 30 EOM", "20/30/50") are refused. Base words (invoice, delivery, B/L, acceptance, 开票, 货到 …) name
what the base date is and move nothing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Literal, NamedTuple, NoReturn

from duebook.core.arguments import shown
from duebook.core.cells import CellError
from duebook.core.dates import month_end, months_later
from duebook.plans.terms_vocabulary import AHEAD, AT_ONCE, OFFSETS, PATTERNS, SILENT, normal

TERMS_ERRORS: Mapping[str, str] = {
    "due_dates.unreadable": "#VALUE!",
    "due_dates.no_tenor": "#VALUE!",
    "due_dates.net_eom": "#VALUE!",
    "due_dates.discount_without_net": "#VALUE!",
    "due_dates.bad_discount": "#VALUE!",
    "due_dates.list_ambiguous": "#VALUE!",
    "due_dates.list_unclear": "#VALUE!",
    "due_dates.share_sum": "#VALUE!",
    "due_dates.too_far": "#NUM!",
}
"""What `parsed` can raise, for the `errors` of functions that use it."""

MOST_DAYS, MOST_MONTHS, MOST_BUSINESS_DAYS, MOST_PARTS, MOST_LETTERS = 3650, 120, 500, 60, 160
StepKind = Literal["days", "months", "month_end", "month_day", "on_day", "business_days"]


class Step(NamedTuple):
    """One move: `n` days, months or business days on; to the month's end; to the `n`-th of the next month
    (`month_day`); to the first `n`-th on or after (`on_day`)."""

    kind: StepKind
    n: int = 0


Rule = tuple[Step, ...]
IMMEDIATE: Rule = ()
"""Due on the base date itself."""


class Part(NamedTuple):
    """A share of the amount and when it is due. `milestone`: the terms tie it to an event, not to days."""

    share: Fraction
    rule: Rule
    milestone: bool = False


class Discount(NamedTuple):
    """Pay by `rule` from the base date and take `rate` off."""

    rate: Decimal
    rule: Rule


@dataclass(frozen=True)
class Terms:
    """What a wording says: its parts in the order written, and its cash discounts, the soonest first."""

    parts: tuple[Part, ...]
    discounts: tuple[Discount, ...] = ()


BusinessDays = Callable[[date, int], date]
"""The `n`-th business day after a day, by the caller's calendar."""


def reached(rule: Rule, base: date, business_days: BusinessDays) -> date:
    """The day that `rule` leads to from `base`. OverflowError beyond the calendar."""
    day = base
    for kind, n in rule:
        if kind == "days":
            day += timedelta(n)
        elif kind == "months":
            day = months_later(day, n)
        elif kind == "month_end":
            day = month_end(day)
        elif kind == "month_day":
            day = _month_day(months_later(day.replace(day=1), 1), n)
        elif kind == "on_day":
            here = _month_day(day, n)
            day = here if here >= day else _month_day(months_later(day.replace(day=1), 1), n)
        else:
            day = business_days(day, n)
    return day


def _month_day(day: date, n: int) -> date:
    """The `n`-th of the month of `day`, or its last day where the month is shorter."""
    return day.replace(day=min(n, month_end(day).day))


@lru_cache(maxsize=1024)
def parsed(wording: str) -> Terms:
    """The terms that `wording` states. CellError (one of `TERMS_ERRORS`) says what is not understood."""
    text = normal(wording)
    if not text or len(text) > MOST_LETTERS or _NEGATIVE.match(text):  # no negative days by a dropped sign
        _unreadable(wording, wording)
    reader = _Reader(wording)
    for attempt in (reader.listed, reader.discounted, reader.shared):
        found = attempt(text)
        if found is not None:
            return found
    return Terms((Part(Fraction(1), reader.rule(text)),))


# --- reading ---------------------------------------------------------------------------------------------------------

_LONGEST = {
    "days": MOST_DAYS,
    "bare": MOST_DAYS,
    "weeks": MOST_DAYS // 7,
    "months": MOST_MONTHS,
    "business": MOST_BUSINESS_DAYS,
}

_NUMBER = r"\d+(?:\.\d+)?"
_OFFER = re.compile(
    rf"(?P<rate>{_NUMBER}) ?(?:% ?/? ?(?:discount )?(?:in |within )?|/ ?)(?P<days>\d+)(?: ?(?:days?|d)\b|[天日]内?)?"
    rf"(?P<eom> ?eom\b)?"
    rf"|(?P<days2>\d+)[天日]内?(?:付款)?(?:享受?|优惠|折扣|现金折扣)*(?P<rate2>{_NUMBER}) ?%"
    r"(?:的?(?:现金)?(?:折扣|优惠))?"
)
_SEPARATOR = re.compile(r" ?[,;/]? ?(?:or )?")
_NET_WORD = re.compile(r"(?:n|net|净|全额)(?![a-z])|n(?=\d)")
_NET = re.compile(_NET_WORD.pattern + r"|\d+ ?(?:days?\b|d\b|天|日)")
_LIST = re.compile(
    rf"(?:(?P<wire>t/?t) ?)?(?P<numbers>{_NUMBER}%?(?: ?/ ?{_NUMBER}%?)+) ?(?P<unit>days?|d|天|日)?"
    rf"(?P<at> ?at (?P<days>\d+(?: ?/ ?\d+)*) ?(?:days?|d)?| ?,? ?按(?P<days2>\d+(?:/\d+)*)[天日])?"
)
_NEGATIVE = re.compile(r"[-(] ?\d|\d+ ?-$")
_SHARE = re.compile(rf"({_NUMBER}) ?%")


class _Reader:
    """Reads one wording; `wording` is as the user wrote it, for the refusals."""

    def __init__(self, wording: str) -> None:
        self.wording = wording

    def refuse(self, key: str, **facts: object) -> NoReturn:
        raise CellError(TERMS_ERRORS[key], key, terms=shown(self.wording), **facts)

    # --- one rule ---

    def rule(self, text: str) -> Rule:
        """The steps of a single due date."""
        tokens = list(self._tokens(text))
        kinds = [kind for kind, _ in tokens]
        moves = [(kind, n) for kind, n in tokens if kind not in SILENT]
        if all(kind in ("then", "after") for kind, _ in moves):
            if not {AT_ONCE, AHEAD} & set(kinds):
                if "tenor" in kinds:
                    self.refuse("due_dates.no_tenor")
                _unreadable(self.wording, text)
            return IMMEDIATE
        if AHEAD in kinds:  # "30 days before shipment" would be no due date from a base
            _unreadable(self.wording, text)
        self._refuse_net_eom(tokens)
        return self._steps(self._ordered(moves, text), text)

    def _refuse_net_eom(self, tokens: Sequence[tuple[str, int]]) -> None:
        """ "net 30 EOM" and "30 EOM" mean 30 days after the month's end to some, the month's end after 30 days to
        others."""
        kinds = [kind for kind, _ in tokens]
        if "eom" not in kinds or "then" in kinds or "after" in kinds:
            return
        earlier = tokens[: kinds.index("eom")]
        before = [n for kind, n in earlier if kind in OFFSETS]
        if before and any(kind in ("net", "bare") for kind, _ in earlier):
            self.refuse("due_dates.net_eom", n=before[0])

    def _tokens(self, text: str) -> Iterator[tuple[str, int]]:
        place = 0
        while place < len(text):
            if text[place] == " ":
                place += 1
                continue
            for kind, pattern in PATTERNS:
                found = pattern.match(text, place)
                if found and found.end() > place:
                    yield kind, self._number(kind, found)
                    place = found.end()
                    break
            else:
                _unreadable(self.wording, text[place:])

    def _number(self, kind: str, found: re.Match[str]) -> int:
        number = found["no"] if "no" in found.re.groupindex else None
        if number is None:
            return 0
        n = int(number) if len(number) < 9 else MOST_DAYS * 10
        if kind in ("ordinal", "next_ordinal"):
            if not 1 <= n <= 31:
                self.refuse("due_dates.too_far", n=n, most=31)
        elif n > _LONGEST[kind]:
            self.refuse("due_dates.too_far", n=n, most=_LONGEST[kind])
        return n

    def _ordered(self, moves: list[tuple[str, int]], text: str) -> list[tuple[str, int]]:
        """The moves in the order of time: "45 days after EOM" is EOM, then 45 days."""
        kinds = [kind for kind, _ in moves]
        if "after" in kinds:
            at = kinds.index("after")
            earlier = [move for move in moves[at + 1 :] if move[0] != "after"]
            later = [move for move in moves[:at] if move[0] != "after"]
            if any(kind not in ("eom", "end_next", "monthly", "next_ordinal") for kind, _ in earlier) and later:
                _unreadable(self.wording, text)
            moves = [*earlier, *later]
        if "monthly" in kinds and "then" not in kinds:  # 30天月结 is another way to say 月结30天
            moves = sorted(moves, key=lambda move: move[0] != "monthly")
        return [move for move in moves if move[0] not in ("then", "after")]

    def _steps(self, moves: list[tuple[str, int]], text: str) -> Rule:
        steps: list[Step] = []
        for kind, n in moves:
            if kind in ("eom", "monthly"):
                steps.append(Step("month_end"))
            elif kind == "end_next":
                steps += [Step("months", 1), Step("month_end")]
            elif kind == "next_ordinal":
                steps.append(Step("month_day", n))
            elif kind == "ordinal":
                steps.append(Step("on_day", n))
            elif kind == "months":
                steps.append(Step("months", n))
                if len(steps) > 1 and steps[-2].kind == "month_end":
                    steps.append(Step("month_end"))  # a month after a month's end is a month's end
            else:
                steps.append(
                    Step("business_days", n) if kind == "business" else Step("days", n * 7 if kind == "weeks" else n)
                )
        in_a_row = any(a.kind == b.kind for a, b in itertools.pairwise(steps))
        if in_a_row or len(steps) > 6:  # "30 days 60 days" is no single due date
            _unreadable(self.wording, text)
        return tuple(steps)

    # --- discounts, lists, shares ---

    def discounted(self, text: str) -> Terms | None:
        """ "2/10 net 30", "3/10, 1/20, n/60". None where the text offers no discount."""
        offers: list[Discount] = []
        place = 0
        while (found := _OFFER.match(text, place)) and (offers or "%" in found[0] or self._net_follows(text, found)):
            rate = Decimal(found["rate"] or found["rate2"]) / 100
            days = int((found["days"] or found["days2"])[:9])
            if not 0 < rate < 1 or days > MOST_DAYS:
                self.refuse("due_dates.bad_discount", offer=found[0].strip())
            until = (Step("month_end"), Step("days", days)) if found["eom"] else (Step("days", days),)
            offers.append(Discount(rate, until))
            separator = _SEPARATOR.match(text, found.end())
            place = separator.end() if separator else found.end()
        if not offers:
            return None
        rest = text[place:]
        if not _NET.match(rest):
            if len(offers) > 1 or _SHARE.search(rest):
                return None  # shares of the amount, not discounts
            self.refuse("due_dates.discount_without_net")
        by_date = sorted(offers, key=lambda offer: (len(offer.rule), offer.rule[-1].n))
        if any(early.rate <= late.rate for early, late in itertools.pairwise(by_date)):
            self.refuse("due_dates.bad_discount", offer=text[:place].strip(" ,;/"))
        return Terms((Part(Fraction(1), self.rule(rest)),), tuple(by_date))

    @staticmethod
    def _net_follows(text: str, found: re.Match[str]) -> bool:
        """Whether "a/b" is an offer: "net" or another offer comes after it, or nothing does."""
        rest = text[found.end() :]
        separator = _SEPARATOR.match(rest)
        rest = rest[separator.end() :] if separator else rest
        if found["eom"] or _NET_WORD.match(rest):
            return True
        following = _OFFER.match(rest)
        return following is not None and _Reader._net_follows(rest, following)

    def listed(self, text: str) -> Terms | None:
        """ "30/60/90" (equal parts by days), "30/60/10" (shares), "30/60/10 at 0/30/365 days". None if no list."""
        found = _LIST.fullmatch(text)
        if not found:
            return None
        texts = [number.strip() for number in found["numbers"].split("/")]
        if len(texts) > MOST_PARTS:
            _unreadable(self.wording, text)
        values = [Fraction(number.rstrip("%")) for number in texts]
        ascending = all(a < b for a, b in itertools.pairwise(values))
        if found["at"]:
            return self._shares_at(values, [int(day[:9]) for day in (found["days"] or found["days2"]).split("/")])
        if len(texts) == 2 and not found["unit"] and values[0] <= 5 and not texts[1].endswith("%"):
            self.refuse("due_dates.discount_without_net")
        if any("%" in number for number in texts) or found["wire"]:
            return Terms(tuple(Part(share, IMMEDIATE, True) for share in self._shares(values)))
        if found["unit"] or (ascending and sum(values) != 100):
            if len(values) == 3 and values[0] <= 5 and not found["unit"]:  # some write 2/10 net 30 so
                meant = f"{texts[0]}/{texts[1]} net {texts[2]}"
                self.refuse("due_dates.list_ambiguous", days=f"{'/'.join(texts)} days", shares=meant)
            return self._by_days(values, ascending)
        if sum(values) != 100:
            self.refuse("due_dates.list_unclear", total=shown(float(sum(values))))
        if ascending:
            listed = "/".join(texts)
            self.refuse("due_dates.list_ambiguous", days=f"{listed} days", shares="/".join(f"{t}%" for t in texts))
        return Terms(tuple(Part(share, IMMEDIATE, True) for share in self._shares(values)))

    def _by_days(self, values: Sequence[Fraction], ascending: bool) -> Terms:
        if not ascending or any(value.denominator != 1 for value in values):
            self.refuse("due_dates.list_unclear", total=shown(float(sum(values))))
        if values[-1] > MOST_DAYS:
            self.refuse("due_dates.too_far", n=int(values[-1]), most=MOST_DAYS)
        share = Fraction(1, len(values))
        return Terms(tuple(Part(share, (Step("days", int(value)),)) for value in values))

    def _shares_at(self, values: Sequence[Fraction], days: Sequence[int]) -> Terms:
        if len(values) != len(days) or max(days) > MOST_DAYS:
            self.refuse("due_dates.list_unclear", total=shown(float(sum(values))))
        parts = zip(self._shares(values), days, strict=True)
        return Terms(tuple(Part(share, (Step("days", day),) if day else IMMEDIATE) for share, day in parts))

    def _shares(self, values: Sequence[Fraction]) -> list[Fraction]:
        if sum(values) != 100 or min(values) <= 0:
            self.refuse("due_dates.share_sum", total=shown(float(sum(values))))
        return [value / 100 for value in values]

    def shared(self, text: str) -> Terms | None:
        """ "30% deposit, 70% net 60", "预付30%，货到60%，质保10%". None where the text has fewer than two shares."""
        found = list(_SHARE.finditer(text))
        if len(found) < 2:
            return None
        if len(found) > MOST_PARTS:
            _unreadable(self.wording, text)
        leading = found[0].start() == 0
        ends = [match.start() for match in found[1:]] + [len(text)]
        pieces = [text[match.end() : end] for match, end in zip(found, ends, strict=True)]
        if not leading:
            starts = [0] + [match.end() for match in found[:-1]]
            pieces = [text[start : match.start()] for start, match in zip(starts, found, strict=True)]
            if text[found[-1].end() :].strip(" ,;."):
                _unreadable(self.wording, text[found[-1].end() :])
        shares = self._shares([Fraction(match[1]) for match in found])
        return Terms(tuple(self._share_part(s, piece) for s, piece in zip(shares, pieces, strict=True)))

    def _share_part(self, share: Fraction, piece: str) -> Part:
        piece = re.sub(r"^(?:and|&|和|及)\b|\b(?:and|&)$|[和及与]$", "", piece.strip(" ,;/+")).strip(" ,;/+")
        rule = self.rule(piece) if piece else IMMEDIATE
        return Part(share, rule, milestone=rule == IMMEDIATE)


def _unreadable(wording: str, rest: str) -> NoReturn:
    raise CellError("#VALUE!", "due_dates.unreadable", terms=shown(wording), rest=shown(rest.strip()))
