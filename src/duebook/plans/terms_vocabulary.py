"""The words that payment terms are written in, English and Chinese: what each kind of word does in `terms_rule`.

Kinds that move the date: days, bare (a number without a unit: days), weeks, months, years, business, eom, monthly,
quarter, half_year, year_end, half_month (ends of periods), end_next (the next month's end), ordinal (a day of the
month), next_ordinal (of the next month), second_ordinal (of the month after). `then` keeps the written order, `after`
turns it round. The other kinds are silent: they name the base, say "at once", or fill.
"""

from __future__ import annotations

import re
import unicodedata

AT_ONCE = "at_once"
"""Due on the base date unless days are named too: then the word only says what the base date is."""
AHEAD = "ahead"
"""Due in cash before, with or at delivery: days beside it would make no sense."""
SILENT = frozenset({"base", "filler", "plus", "net", "tenor", AT_ONCE, AHEAD})
OFFSETS = frozenset({"days", "bare", "weeks", "months", "years", "business"})
BALANCE = re.compile(r"(?:the )?(?:remaining )?(?:balance|remainder)\b|the rest\b|余款|尾款|剩余(?:款项?)?|其余")
"""What is left of the amount when the other shares are named."""

_TH = r"(?:st|nd|rd|th)"
_FOLLOWING = r"(?:(?:next|following) month|month following)(?: (?:the )?month of(?= ))?"
_BY = r"(?:[之以]?前)?"
_EOM = r"(?:end of (?:the |this )?month|last day of (?:the |this )?month|month[- ]end|e\.?o\.?m\b|fin de mois)"
_TOKENS: tuple[tuple[str, str], ...] = (
    (
        "end_next",
        rf"(?:end|last day) of (?:the )?{_FOLLOWING}|net monthly\b|eonm\b",
    ),
    ("end_next", rf"[次下]个?月(?:底|末){_BY}"),
    ("quarter", r"end of (?:the )?quarter|quarter[- ]end|e\.?o\.?q\b|按?季度?(?:结算?|末|底)"),
    ("half_year", r"半年(?:结算?|末|底)"),
    ("year_end", r"end of (?:the )?year|year[- ]end|e\.?o\.?y\b|按?年(?:结算?|末|底)"),
    ("half_month", r"半月结"),
    ("monthly", r"(?:当月|本月)?月结"),
    ("after", rf"of(?= (?:the )?{_EOM})"),  # 30 days of month end
    ("eom", rf"{_EOM}|(?:当月|本月|月)?(?:底|末){_BY}|(?:当月|本月)内?(?:结清?|付清?)?(?![\d月])"),
    (
        "second_ordinal",
        rf"(?:the )?(?P<no>\d+){_TH}?(?: day)? (?:of|in) (?:the )?(?:2nd|second) (?:month following|following month)",
    ),
    ("second_ordinal", rf"(?:次次|下下)个?月(?P<no>\d+)[日号]?{_BY}"),
    ("next_ordinal", rf"(?:the )?(?P<no>\d+){_TH}? ?(?:m\.?f\.?i|prox(?:imo)?)\b"),
    ("next_ordinal", rf"(?:m\.?f\.?i|prox(?:imo)?)\b ?(?P<no>\d+){_TH}?"),
    (
        "next_ordinal",
        rf"(?:the )?(?P<no>\d+){_TH}?(?: day)? (?:of|in) (?:the )?{_FOLLOWING}",
    ),
    ("next_ordinal", rf"next month,? (?:on )?(?:the )?(?P<no>\d+){_TH}?"),
    ("next_ordinal", rf"[次下]个?月(?P<no>\d+)[日号]?{_BY}"),
    ("end_next", r"[次下]个?月内?(?:结清?|付清?)?"),
    ("business", r"(?P<no>\d+) ?-?(?:business|working|bank(?:ing)?) days?"),
    ("business", r"(?P<no>\d+)个?(?:工作日|营业日)"),
    ("years", r"(?P<no>\d+) ?-?(?:years?|yrs?)\b"),
    ("years", r"(?P<no>\d+)年"),
    ("months", r"(?P<no>\d+) ?-?(?:calendar )?(?:months?|mos?\b)"),
    ("months", r"(?P<no>\d+)个月"),
    ("weeks", r"(?P<no>\d+) ?-?(?:weeks?|wks?\b)"),
    ("weeks", r"(?P<no>\d+)个?(?:周|星期)"),
    ("ordinal", rf"(?:the )?(?P<no>\d+){_TH} (?:day )?of (?:each |every |the |a )?month\b"),
    ("ordinal", rf"(?:the )?(?P<no>\d+){_TH}\b"),
    ("ordinal", rf"每月(?P<no>\d+)[日号]{_BY}"),
    ("ordinal", rf"(?P<no>\d+)号{_BY}"),
    ("days", r"(?P<no>\d+) ?-?(?:calendar |running )?(?:days?\b|d\b|tage?\b|jours?\b)"),
    ("days", r"(?P<no>\d+)个?(?:自然日|日历日|天|日)"),
    ("bare", r"(?P<no>\d+)(?![\d.%/])"),
    ("then", r"(?:, ?|and )?then\b|(?:然后|再)(?:到|至)?"),
    ("after", r"(?:after|from|following|past)\b"),
    ("plus", r"\+|plus\b|加"),
    ("net", r"nett?\b|n ?/ ?|n\b|净额?|全额|全款"),
    ("tenor", r"d/?a\b|documents against acceptance|(?:银行|商业)?承兑(?:交单|汇票)?|银承|商承|汇票|远期"),
    ("tenor", r"usance\b|bills? of exchange|drafts?\b|acceptance\b"),
    (AHEAD, r"(?:cash|payment|t/?t) in advance|in advance|advance\b|cash (?:with order|before (?:delivery|shipment))"),
    (
        AHEAD,
        r"c\.?i\.?a\b|p\.?i\.?a\b|c\.?w\.?o\b|c\.?b\.?[ds]\b|pre-?paid|pre-?payment|deposit\b|down ?payment|upfront\b",
    ),
    (AHEAD, r"before (?:shipment|delivery|dispatch|production)|款[到清]发货|先?付?款后发?货|预付款?|预收款?"),
    (AHEAD, r"定金|订金|首付款?|(?:发货|出货|装运|交货|提货|生产)前"),
    (
        AHEAD,
        r"cash on delivery|c\.?o\.?d\b|immediate(?:ly)?\b|prompt\b|货到付款|现款(?:现货)?|现结|立即|即时|马上|当场",
    ),
    (
        AT_ONCE,
        r"(?:(?:due|payable|pay|cash) )?(?:up)?on (?:receipt|delivery|demand|shipment|completion|order|acceptance"
        r"|presentation)\b",
    ),
    (AT_ONCE, r"(?:at )?sight\b|cash\b(?! before)|c\.?a\.?d\b"),
    (AT_ONCE, r"against (?:documents|(?:copy of )?b/?l(?: copy)?)|d/?p\b|documents against payment"),
    (AT_ONCE, r"balance\b|remainder\b|rest\b|retention\b|warranty\b|completion\b|delivery\b|shipment\b|receipt\b"),
    (AT_ONCE, r"见票即付|即期|现金|当[天日]|[见凭]单|付款交单|见?提单副本|见票|票到|收票|到票|收到(?:发票|货物|单据)"),
    (AT_ONCE, r"货到|收货|到货|发货|出货|交货|交付|提货|验收(?:合格)?|安装|完工|合同签订|签约"),
    (AT_ONCE, r"尾款|余款|剩余(?:款项?)?|其余|质保金?|保证金"),
    (
        "base",
        r"(?:the )?(?:date of )?(?:invoice|bill of lading|b/?l|statement|cut-?off|goods|order|contract|shipping)"
        r"(?: date)?\b|l/?c\b|letter of credit|t/?t\b|open account|o/?a\b|r\.?o\.?g\b|date\b",
    ),
    (
        "base",
        r"(?:增值税)?(?:专用)?发票|开票|开具|货物|[入挂]账|提单|对账|结算|信用证|电汇|账期|付款期限?|信用期限?|赊[销账]|票",
    ),
    (
        "filler",
        r"(?:due|payable|payment|pay|paid|within|in|of|the|at|on|as|by|is|to|terms?|credit|full|irrevocable|confirmed"
        r"|documentary|and|strictly|max(?:imum)?|latest|(?:not?|no) later than)\b",
    ),
    ("filler", r"之日|[以之]内|不超过|最[长迟晚]|至[迟晚]|付款?|支付|[付结]清|[自从于凭后起内日完清的款]|[,;:\-()]"),
)
PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _TOKENS)
"""Tried in this order at each place of the text; group `no` is the number."""

_CHINESE = "一-鿿"
_SIMPLIFIED = str.maketrans(
    "結貨開發驗電匯帳賬單個淨額後週內現預質餘證約對專訂賒銷遲長過項裝運產馬當場時據憑兩從於優曆號業營掛見簽稅與銀兌",
    "结货开发验电汇账账单个净额后周内现预质余证约对专订赊销迟长过项装运产马当场时据凭两从于优历号业营挂见签税与银兑",
)
"""The words above as Hong Kong and Taiwan write them."""
_SETTLED_AFTER = re.compile(r"^(\d+(?:天|日|个月))\+?((?:按?季度?|半年|按?年|半月)结算?)$")
"""30天季结 is another way to say 季结30天, as with 月结."""
_CHINESE_NUMERALS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2}
_CHINESE_UNIT = r"(?:天|日|号|个月|年(?!结|末|底)|个?工作日|个?营业日|个?自然日|个?周|个?星期)"
_CHINESE_NUMBER = re.compile(rf"[零一二两三四五六七八九十百]+(?={_CHINESE_UNIT})")
_UP_TO_19 = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_ONES = {word: n for n, word in enumerate(_UP_TO_19, 1)}
_TIES = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_TENS = {word: 10 * n for n, word in enumerate(_TIES, 2)}
_WORD = rf"(?:(?:{'|'.join(_TIES)})(?:[- ](?:{'|'.join(_UP_TO_19[:9])})\b)?|\b(?:{'|'.join(reversed(_UP_TO_19))})\b)"
_UNIT = r"(?= ?-?(?:(?:calendar|business|working|banking) )?(?:days?|weeks?|months?|years?)\b)"
_SPELLED = re.compile(rf"\b(?P<word>{_WORD})(?: ?\((?P<again>\d+)\))?{_UNIT}")
_REPEATED = re.compile(rf"(?P<no>\d+) ?\((?P<word>{_WORD})\)")


def normal(wording: str) -> str:
    """Half-width, lower case, one space between words, numbers in words before a unit as digits."""
    text = unicodedata.normalize("NFKC", wording).casefold().replace("、", ",").replace("。", "").translate(_SIMPLIFIED)
    text = re.sub("[–—−]", "-", re.sub(r"\s+", " ", text)).strip()
    text = re.sub(rf"(?<=[{_CHINESE}]) | (?=[{_CHINESE}])", "", text)
    text = re.sub(rf"(?<=[a-z])(?=[{_CHINESE}\d])|(?<=[{_CHINESE}])(?=[a-z])", " ", text)
    text = re.sub(r"半年(?!结|末|底)", "6个月", text.replace("半个月", "15天"))
    text = _CHINESE_NUMBER.sub(lambda found: str(_chinese_number(found[0])), text)
    text = _SETTLED_AFTER.sub(r"\2\1", text)
    text = _REPEATED.sub(lambda found: _agreed(found, found["no"]), text)
    return _SPELLED.sub(lambda found: _agreed(found, found["again"]), text).rstrip(" .")


def _agreed(found: re.Match[str], digits: str | None) -> str:
    """ "ninety (90)" and "30 (thirty)" as one number; two numbers that differ stay, and are refused."""
    first, _, second = found["word"].replace("-", " ").partition(" ")
    value = _TENS.get(first, 0) + _ONES.get(second or first, 0)
    return str(value) if digits is None or int(digits[:9]) == value else found[0]


def _chinese_number(text: str) -> int:
    total, digit = 0, 0
    for char in text:
        if char in "十百":
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
        else:
            digit = digit * 10 + _CHINESE_NUMERALS[char]
    return total + digit
