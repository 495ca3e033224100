"""The words that payment terms are written in, English and Chinese: what each kind of word does in `terms`.

Kinds that move the date: days, bare (a number without a unit: days), weeks, months, business, eom, monthly, end_next
(the next month's end), ordinal (a day of the month), next_ordinal (of the next month). `then` keeps the written order,
`after` turns it round. The other kinds are silent: they name the base, say "at once", or fill.
"""

from __future__ import annotations

import re
import unicodedata

AT_ONCE = "at_once"
"""Due on the base date unless days are named too: then the word only says what the base date is."""
AHEAD = "ahead"
"""Due before the goods or with the order: days beside it would make no sense."""
SILENT = frozenset({"base", "filler", "plus", "net", "tenor", AT_ONCE, AHEAD})
OFFSETS = frozenset({"days", "bare", "weeks", "months", "business"})

_TH = r"(?:st|nd|rd|th)"
_TOKENS: tuple[tuple[str, str], ...] = (
    ("end_next", r"end of (?:the )?(?:next|following) month|end of (?:the )?month following|net monthly\b|eonm\b"),
    ("end_next", r"[次下]个?月(?:底|末)"),
    ("monthly", r"月结"),
    ("eom", r"end of (?:the |this )?month|month[- ]end|e\.?o\.?m\b|fin de mois|(?:当月|本月|月)?(?:底|末)"),
    ("next_ordinal", rf"(?:the )?(?P<no>\d+){_TH}? ?(?:m\.?f\.?i|prox(?:imo)?)\b"),
    ("next_ordinal", rf"(?:m\.?f\.?i|prox(?:imo)?)\b ?(?P<no>\d+){_TH}?"),
    (
        "next_ordinal",
        rf"(?:the )?(?P<no>\d+){_TH}?(?: day)? (?:of|in) (?:the )?(?:(?:next|following) month|month following)",
    ),
    ("next_ordinal", rf"next month,? (?:on )?(?:the )?(?P<no>\d+){_TH}?"),
    ("next_ordinal", r"[次下]个?月(?P<no>\d+)[日号]?"),
    ("business", r"(?P<no>\d+) ?-?(?:business|working|bank(?:ing)?) days?"),
    ("business", r"(?P<no>\d+)个?(?:工作日|营业日)"),
    ("months", r"(?P<no>\d+) ?-?(?:months?|mos?\b)"),
    ("months", r"(?P<no>\d+)个月"),
    ("weeks", r"(?P<no>\d+) ?-?(?:weeks?|wks?\b)"),
    ("weeks", r"(?P<no>\d+)个?(?:周|星期)"),
    ("ordinal", rf"(?:the )?(?P<no>\d+){_TH}\b"),
    ("ordinal", r"(?P<no>\d+)号"),
    ("days", r"(?P<no>\d+) ?-?(?:days?\b|d\b|tage?\b|jours?\b)"),
    ("days", r"(?P<no>\d+)[天日]"),
    ("bare", r"(?P<no>\d+)(?![\d.%/])"),
    ("then", r"(?:, ?|and )?then\b|(?:然后|再)(?:到|至)?"),
    ("after", r"(?:after|from|following|past)\b"),
    ("plus", r"\+|plus\b"),
    ("net", r"net\b|net(?=\d)|n(?=\d)|n ?/ ?|n\b|净额?|全额"),
    ("tenor", r"d/?a\b|documents against acceptance|承兑交单|承兑|usance\b|远期|acceptance\b"),
    (AHEAD, r"(?:cash|payment|t/?t) in advance|in advance|advance\b|cash (?:with order|before delivery)|upfront\b"),
    (AHEAD, r"c\.?i\.?a\b|p\.?i\.?a\b|c\.?w\.?o\b|c\.?b\.?d\b|pre-?paid|pre-?payment|deposit\b|down ?payment"),
    (AHEAD, r"before (?:shipment|delivery)|款到发货|先款后货|预付款?|预收款?|定金|订金|首付款?|(?:发货|交货)前"),
    (
        AT_ONCE,
        r"(?:(?:due|payable|pay|cash) )?(?:up)?on (?:receipt|delivery|demand|shipment|completion|order|acceptance"
        r"|presentation)\b",
    ),
    (AT_ONCE, r"(?:at )?sight\b|immediate(?:ly)?\b|prompt\b|cash on delivery|c\.?o\.?d\b|cash\b"),
    (AT_ONCE, r"against (?:documents|(?:copy of )?b/?l(?: copy)?)|d/?p\b|documents against payment"),
    (AT_ONCE, r"balance\b|retention\b|warranty\b|completion\b|delivery\b|shipment\b|receipt\b"),
    (
        AT_ONCE,
        r"见票即付|即期|货到付款|现款现货|现结|现金|立即付款|付款交单|见?提单副本|见票|货到|收货|到货|发货|交货|提货",
    ),
    (AT_ONCE, r"验收(?:合格)?|安装|完工|合同签订|签约|尾款|余款|质保金?|保证金"),
    (
        "base",
        r"(?:the )?(?:date of )?(?:invoice|bill of lading|b/?l|statement|cut-?off|goods|order|contract|shipping)"
        r"(?: date)?\b|l/?c\b|letter of credit|t/?t\b|open account|o/?a\b|date\b",
    ),
    ("base", r"开票|发票|票到|收票|到票|提单|对账|结算|信用证|电汇|账期|赊销"),
    ("filler", r"(?:due|payable|payment|pay|within|in|of|the|at|on|as|by|is|to|terms?|credit)\b"),
    ("filler", r"之日|付款?|支付|后|起|内|日|完|清|的|款|[,;:\-()]"),
)
PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _TOKENS)
"""Tried in this order at each place of the text; group `no` is the number."""

_NUMERALS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2}
_CHINESE_NUMBER = re.compile(r"[零一二两三四五六七八九十百]+(?=\s*(?:天|日|号|个月|个?工作日|个?营业日|周))")


def normal(wording: str) -> str:
    """Half-width, lower case, one space between words, Chinese numerals before a unit as digits."""
    text = unicodedata.normalize("NFKC", wording).casefold().replace("、", ",").replace("。", "").replace("–", "-")
    text = _CHINESE_NUMBER.sub(lambda found: str(_chinese_number(found[0])), text)
    return re.sub(r"\s+", " ", text).strip().rstrip(" .")


def _chinese_number(text: str) -> int:
    total, digit = 0, 0
    for char in text:
        if char in "十百":
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
        else:
            digit = digit * 10 + _NUMERALS[char]
    return total + digit
