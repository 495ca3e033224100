"""One due date in words, read into exact steps, or refused.

Every word must be known, so that a term is never half understood, and its order counts: "45 days EOM" goes 45 days on
and then to the end of that month, "EOM + 45" the other way round. What the trade itself reads in two ways ("net 30
EOM", 月结30天次月15日, a credit period and a bill's tenor in one) is refused.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NoReturn

from duebook.core.arguments import shown
from duebook.core.cells import CellError
from duebook.plans.terms import IMMEDIATE, Rule, Step
from duebook.plans.terms_vocabulary import AHEAD, AT_ONCE, OFFSETS, PATTERNS, SILENT

TERMS_ERRORS: Mapping[str, str] = {
    "due_dates.unreadable": "#VALUE!",
    "due_dates.no_tenor": "#VALUE!",
    "due_dates.net_eom": "#VALUE!",
    "due_dates.monthly_day": "#VALUE!",
    "due_dates.bill_tenor": "#VALUE!",
    "due_dates.discount_without_net": "#VALUE!",
    "due_dates.discount_eom": "#VALUE!",
    "due_dates.bad_discount": "#VALUE!",
    "due_dates.list_ambiguous": "#VALUE!",
    "due_dates.list_unclear": "#VALUE!",
    "due_dates.share_sum": "#VALUE!",
    "due_dates.too_far": "#NUM!",
}
"""What reading terms can raise, for the `errors` of functions that read them."""

MOST_DAYS = 3650
_LONGEST = {"days": MOST_DAYS, "bare": MOST_DAYS, "weeks": MOST_DAYS // 7, "months": 120, "years": 10, "business": 500}
_PERIODS = {"quarter": 3, "half_year": 6, "year_end": 12}
_ENDS = frozenset({"eom", "end_next", *_PERIODS})
"""Ends of a calendar period: with a number of days beside them the order must be plain."""

_RANGE = re.compile(r"\d[天日号]? ?[-~] ?\d")

Token = tuple[str, int]


class RuleReader:
    """Reads the rules of one wording; `wording` is as the user wrote it, for the refusals."""

    def __init__(self, wording: str) -> None:
        self.wording = wording

    def refuse(self, key: str, **facts: object) -> NoReturn:
        raise CellError(TERMS_ERRORS[key], key, terms=shown(self.wording), **facts)

    def unreadable(self, rest: str) -> NoReturn:
        self.refuse("due_dates.unreadable", rest=shown(rest.strip() or self.wording))

    def rule(self, text: str) -> Rule:
        """The steps of a single due date."""
        if _RANGE.search(text):  # 30-60 days, 次月10-15日
            self.unreadable(text)
        tokens = list(self.tokens(text))
        kinds = [kind for kind, _ in tokens]
        moves = [(kind, n) for kind, n in tokens if kind not in SILENT]
        if all(kind in ("then", "after") for kind, _ in moves):
            if not {AT_ONCE, AHEAD} & set(kinds):
                if {"tenor", "base"} & set(kinds):  # 电汇, open account: how, not when
                    self.refuse("due_dates.no_tenor")
                self.unreadable(text)
            return IMMEDIATE
        if AHEAD in kinds or kinds[-1] in ("then", "after"):  # no due date: "30 days before shipment", "EOM following"
            self.unreadable(text)
        self._refuse_two_readings(tokens)
        return self._steps(self._ordered(moves, text), text)

    def tokens(self, text: str) -> Iterator[Token]:
        """The words of `text` by kind, with their numbers."""
        place = 0
        while place < len(text):
            if text[place] == " ":
                place += 1
                continue
            for kind, pattern in PATTERNS:
                found = pattern.match(text, place)
                if found and found.end() > place:
                    yield kind, self._number(kind, found["no"] if "no" in pattern.groupindex else None)
                    place = found.end()
                    break
            else:
                self.unreadable(text[place:])

    def _number(self, kind: str, digits: str | None) -> int:
        if digits is None:
            return 0
        n = int(digits) if len(digits) < 9 else MOST_DAYS * 10
        if kind in ("ordinal", "next_ordinal", "second_ordinal"):
            if not 1 <= n <= 31:
                self.refuse("due_dates.too_far", n=n, most=31)
        elif n > _LONGEST[kind]:
            self.refuse("due_dates.too_far", n=n, most=_LONGEST[kind])
        return n

    # --- what has two readings ---

    def _refuse_two_readings(self, tokens: Sequence[Token]) -> None:
        kinds = [kind for kind, _ in tokens]
        offsets = [place for place, kind in enumerate(kinds) if kind in OFFSETS]
        days_of_month = {"ordinal", "next_ordinal", "second_ordinal"} & set(kinds)
        if offsets and "monthly" in kinds and days_of_month and "then" not in kinds:
            self.refuse("due_dates.monthly_day")  # 月结30天次月15日: the 15th of which month?
        if "tenor" in kinds and offsets and (len(offsets) > 1 or {"eom", "monthly", "end_next"} & set(kinds)):
            self.refuse("due_dates.bill_tenor")
        if offsets and _ENDS & set(kinds) and "then" not in kinds:
            self._refuse_unclear_end(tokens, kinds, offsets)

    def _refuse_unclear_end(self, tokens: Sequence[Token], kinds: Sequence[str], offsets: Sequence[int]) -> None:
        """Days and a period's end side by side: "45 days EOM", "EOM + 45" and "45 days after EOM" are plain; "net 30
        EOM", "30 EOM", "60 days end of next month", "30 days month end following invoice" are read both ways."""
        end = next(place for place, kind in enumerate(kinds) if kind in _ENDS)
        earlier = [place for place in offsets if place < end]
        if "after" in kinds:
            plain = not earlier or kinds.index("after") < end
        elif earlier:
            plain = kinds[end] != "end_next" and not {"net", "bare"} & set(kinds[:end])
        else:
            plain = kinds[end] != "end_next" or "plus" in kinds
        if not plain:
            self.refuse("due_dates.net_eom", n=tokens[offsets[0]][1])

    # --- steps ---

    def _ordered(self, moves: list[Token], text: str) -> list[Token]:
        """The moves in the order of time: "45 days after EOM" is EOM, then 45 days."""
        kinds = [kind for kind, _ in moves]
        if "after" in kinds:
            at = kinds.index("after")
            earlier = [move for move in moves[at + 1 :] if move[0] != "after"]
            later = [move for move in moves[:at] if move[0] != "after"]
            turns = (*_ENDS, "monthly", "half_month", "next_ordinal")
            if later and any(kind not in turns for kind, _ in earlier):
                self.unreadable(text)
            moves = [*earlier, *later]
        if "monthly" in kinds and "then" not in kinds:  # 30天月结 is another way to say 月结30天
            moves = sorted(moves, key=lambda move: move[0] != "monthly")
        return [move for move in moves if move[0] not in ("then", "after")]

    def _steps(self, moves: list[Token], text: str) -> Rule:
        steps: list[Step] = []
        for kind, n in moves:
            after_end = bool(steps) and steps[-1].kind in ("month_end", "period_end")
            steps += _moved(kind, n, after_end)
        in_a_row = any(a.kind == b.kind for a, b in itertools.pairwise(steps))
        if in_a_row or len(steps) > 6:  # "30 days 60 days" is no single due date
            self.unreadable(text)
        return tuple(steps)


def _moved(kind: str, n: int, after_end: bool) -> list[Step]:
    """The steps of one word. `after_end`: a month's end comes before; months after it are month ends again."""
    if kind in ("eom", "monthly"):
        return [Step("month_end")]
    if kind in _PERIODS:
        return [Step("period_end", _PERIODS[kind])]
    if kind == "half_month":
        return [Step("half_month")]
    if kind == "end_next":
        return [Step("months", 1), Step("month_end")]
    if kind == "second_ordinal":
        return [Step("months", 1), Step("month_day", n)]
    if kind in ("months", "years"):
        months = Step("months", n * 12 if kind == "years" else n)
        return [months, Step("month_end")] if after_end else [months]
    one: dict[str, Step] = {
        "next_ordinal": Step("month_day", n),
        "ordinal": Step("on_day", n),
        "business": Step("business_days", n),
        "weeks": Step("days", 7 * n),
    }
    return [one.get(kind, Step("days", n))]
