"""Payment terms in words: read into parts and discounts, or refused with what to write instead.

A wording is tried as a list (30/60/90, 3:6:1), then as a cash discount with its due date, then as shares of the
amount, and is else one due date. Base words (invoice, delivery, B/L, acceptance, 开票, 货到 …) name what the base date
is and move nothing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from duebook.core.arguments import shown
from duebook.plans.terms import IMMEDIATE, Discount, Part, Step, Terms
from duebook.plans.terms_rule import MOST_DAYS, RuleReader
from duebook.plans.terms_vocabulary import BALANCE, SILENT, normal

MOST_PARTS, MOST_LETTERS = 60, 160


@lru_cache(maxsize=1024)
def parsed(wording: str) -> Terms:
    """The terms that `wording` states. CellError (one of `TERMS_ERRORS`) says what is not understood."""
    reader = _Reader(wording)
    text = normal(wording)
    if not text or len(text) > MOST_LETTERS or _NEGATIVE.search(text):  # no negative days by a dropped sign
        reader.unreadable(wording)
    text = _with_balance(text)
    for attempt in (reader.listed, reader.discounted, reader.net_first, reader.shared):
        found = attempt(text)
        if found is not None:
            return found
    if len(_SHARE.findall(text)) == 1:
        text = re.sub(r"^100 ?%|(?<!\d)100 ?%", "", text).strip()  # 100 % in advance
    return Terms((Part(Fraction(1), reader.rule(text)),))


_NUMBER = r"\d+(?:\.\d+)?"
_WITHIN = r"(?:discount )?(?:if paid |for payment )?(?:in |within )?"
_OFFER = re.compile(
    rf"(?P<rate>{_NUMBER}) ?(?:% ?/? ?{_WITHIN}|/ ?)(?P<days>\d+)(?: ?(?:days?|d)\b|[天日]内?)?"
    rf"(?P<eom> ?e\.?o\.?m\b)?"
    rf"|(?P<days2>\d+)[天日]内?(?:付款)?(?:享受?|优惠|折扣|现金折扣)*(?P<rate2>{_NUMBER}) ?%"
    r"(?:的?(?:现金)?(?:折扣|优惠))?"
)
_SEPARATOR = re.compile(r" ?[,;/]? ?(?:or )?")
_NET_WORD = re.compile(r"(?:n|nett?|净|全额)(?![a-z])")
_NET = re.compile(_NET_WORD.pattern + r"|\d+ ?(?:days?\b|d\b|天|日)|e\.?o\.?m\b|end of")
_NET_FIRST = re.compile(
    rf"(?P<net>(?:n|nett?|净)\b[^%]*?|\d+ ?(?:days?|[天日])(?: net)?) ?[,;/]? ?(?:less )?(?P<offer>{_NUMBER} ?%.+)"
)
_LIST = re.compile(
    rf"(?:(?P<wire>t/?t) ?)?(?P<numbers>{_NUMBER}%?(?: ?/ ?{_NUMBER}%?)+) ?(?P<unit>days?\b|d\b|天|日)?"
    rf"(?:(?P<at> ?at (?P<days>\d+(?: ?/ ?\d+)*) ?(?:days?|d)?| ?,? ?按(?P<days2>\d+(?:/\d+)*)[天日])$|(?P<rest>.*))"
)
_DAYS_LIST = re.compile(r"(\d+(?: ?(?:,|and|&|和|及) ?\d+)+) ?(days?\b|天|日)")
_TENTHS = re.compile(r"\d(?:[:-]\d){1,5}")
_NEGATIVE = re.compile(r"^[-(] ?\d|\d ?-$|(?<=\s)- ?\d")
_DAY_OR_DAYS = re.compile(r"(\d{1,2})日(?:付款?|支付|结算?|[付结]清)")
_NO_UNIT = re.compile(r"[1-9]{3,5}")
_SHARE = re.compile(rf"({_NUMBER}) ?%")
_BETWEEN = re.compile(r" ?(?:[,;+]|\band\b|&|和|及|与) ?")
_EDGE = re.compile(r"^(?:and|&|和|及)\b|\b(?:and|&)$|[和及与]$")


def _with_balance(text: str) -> str:
    """The balance of named shares as a share: "30% deposit, balance net 30" is 30 % and 70 %."""
    shares = [Fraction(share) for share in _SHARE.findall(text)]
    left = 100 - sum(shares)
    words = list(BALANCE.finditer(text))
    if not shares or not 0 < left < 100 or len(words) != 1:
        return text
    share = format(float(left), ".12g")
    return f"{text[: words[0].start()].rstrip(' ,;')}, {share}% {text[words[0].start() :]}"


class _Reader(RuleReader):
    """Reads discounts, lists and shares of one wording."""

    # --- discounts ---

    def discounted(self, text: str) -> Terms | None:
        """ "2/10 net 30", "3/10, 1/20, n/60". None where the text offers no discount."""
        offers: list[Discount] = []
        place = 0
        while (found := _OFFER.match(text, place)) and (offers or "%" in found[0] or self._net_follows(text, found)):
            offers.append(self._offer(found))
            separator = _SEPARATOR.match(text, found.end())
            place = separator.end() if separator else found.end()
        if not offers:
            return None
        rest = text[place:]
        if not _NET.match(rest):
            if len(offers) > 1 or _SHARE.search(rest):
                return None  # shares of the amount, not discounts
            self.refuse("due_dates.discount_without_net")
        return self._terms(offers, rest, text[:place].strip(" ,;/"))

    def net_first(self, text: str) -> Terms | None:
        """ "net 30, 2% 10 days": the due date before the discount. None for other texts."""
        found = _NET_FIRST.fullmatch(text)
        offer = _OFFER.fullmatch(found["offer"].removesuffix(" discount")) if found else None
        return self._terms([self._offer(offer)], found["net"], offer[0]) if found and offer else None

    def _offer(self, found: re.Match[str]) -> Discount:
        rate = Decimal(found["rate"] or found["rate2"]) / 100
        days = int((found["days"] or found["days2"])[:9])
        if not 0 < rate < 1 or days > MOST_DAYS:
            self.refuse("due_dates.bad_discount", offer=found[0].strip())
        return Discount(rate, (Step("month_end"), Step("days", days)) if found["eom"] else (Step("days", days),))

    def _terms(self, offers: Sequence[Discount], net: str, offer: str) -> Terms:
        """Discounts and the rule of the full amount, if they go together."""
        rule = self.rule(net)
        by_date = sorted(offers, key=lambda each: (len(each.rule), each.rule[-1].n))
        if any(early.rate <= late.rate for early, late in itertools.pairwise(by_date)):
            self.refuse("due_dates.bad_discount", offer=offer)
        last = by_date[-1].rule
        if len(last) > 1 and rule[:1] != (Step("month_end"),):
            self.refuse("due_dates.discount_eom", discount=offer)
        in_days = [step.kind for step in (*last, *rule)] == ["days", "days"]
        if in_days and last[0].n > rule[0].n:  # a discount for paying late
            self.refuse("due_dates.bad_discount", offer=offer)
        return Terms((Part(Fraction(1), rule),), tuple(by_date))

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

    # --- lists ---

    def listed(self, text: str) -> Terms | None:
        """ "30/60/90" (equal parts by days), "30/60/10" (shares), "30/60/10 at 0/30/365 days". None if no list."""
        self._refuse_bare(text)
        if _TENTHS.fullmatch(text) and sum(map(int, re.findall(r"\d", text))) == 10:  # 3:6:1
            text = "/".join(f"{digit}0%" for digit in re.findall(r"\d", text))
        text = re.sub(r"(?<=\d)(?:天|日| ?days?)(?= ?/ ?\d)", "", text)  # 30天/60天
        text = _DAYS_LIST.sub(lambda found: "/".join(re.findall(r"\d+", found[1])) + " " + found[2], text, count=1)
        found = _LIST.fullmatch(text)
        if not found or not self._only_base(found):
            return None
        texts = [number.strip() for number in found["numbers"].split("/")]
        if len(texts) > MOST_PARTS:
            self.unreadable(text)
        values = [Fraction(number.rstrip("%")) for number in texts]
        if found["at"]:
            return self._shares_at(values, [int(day[:9]) for day in (found["days"] or found["days2"]).split("/")])
        if len(texts) == 2 and not found["unit"] and values[0] <= 5 and not texts[1].endswith("%"):
            self.refuse("due_dates.discount_without_net")
        if any("%" in number for number in texts) or found["wire"]:
            return Terms(tuple(Part(share, IMMEDIATE, True) for share in self._shares(values)))
        return self._days_or_shares(texts, values, bool(found["unit"]))

    def _refuse_bare(self, text: str) -> None:
        """361 may be 3:6:1, and 25日付款 the 25th."""
        if _NO_UNIT.fullmatch(text) and sum(map(int, text)) == 10:
            shares = "/".join(f"{digit}0%" for digit in text)
            self.refuse("due_dates.list_ambiguous", days=f"{text} days", shares=shares)
        day = _DAY_OR_DAYS.fullmatch(text)
        if day and int(day[1]) <= 31:
            self.refuse("due_dates.list_ambiguous", days=f"{day[1]}天", shares=f"每月{day[1]}日")

    def _only_base(self, found: re.Match[str]) -> bool:
        """Whether nothing but base words follows the list: "30/60/90 days from invoice date"."""
        rest = (found["rest"] or "").strip()
        if not rest:
            return True
        return bool(found["unit"]) and all(kind in SILENT or kind == "after" for kind, _ in self.tokens(rest))

    def _days_or_shares(self, texts: Sequence[str], values: Sequence[Fraction], unit: bool) -> Terms:
        ascending = all(a < b for a, b in itertools.pairwise(values))
        if unit or (ascending and sum(values) != 100):
            if len(values) == 3 and values[0] <= 5 and not unit:  # some write 2/10 net 30 so
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

    # --- shares ---

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
            self.unreadable(text)
        shares = self._shares([Fraction(match[1]) for match in found])
        pieces = zip(shares, self._pieces(text, found), strict=True)
        return Terms(tuple(self._share_part(share, piece) for share, piece in pieces))

    def _pieces(self, text: str, found: Sequence[re.Match[str]]) -> list[str]:
        """The words of each share: around it where commas part them, else all before or all after."""
        segments = [segment for segment in _BETWEEN.split(text) if segment.strip()]
        if all(len(_SHARE.findall(segment)) == 1 for segment in segments):
            return [_SHARE.sub(" ", segment) for segment in segments]
        if found[0].start() == 0:
            ends = [match.start() for match in found[1:]] + [len(text)]
            return [text[match.end() : end] for match, end in zip(found, ends, strict=True)]
        if text[found[-1].end() :].strip(" ,;."):
            self.unreadable(text[found[-1].end() :])
        starts = [0] + [match.end() for match in found[:-1]]
        return [text[start : match.start()] for start, match in zip(starts, found, strict=True)]

    def _share_part(self, share: Fraction, piece: str) -> Part:
        piece = _EDGE.sub("", piece.strip(" ,;/+")).strip(" ,;/+")
        rule = self.rule(piece) if piece else IMMEDIATE
        return Part(share, rule, milestone=rule == IMMEDIATE)
