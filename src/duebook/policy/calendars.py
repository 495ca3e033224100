"""Business days: China from the State Council's notices, other countries from the package `holidays`, a firm's own.

A calendar says of a day whether it is listed as a day off, listed as a workday (China moves weekends: 调休), or not
listed, in which case its weekend decides. A Chinese year whose notice is not in `calendars.toml` has weekends only and
is *provisional*: the package invents such years, so China never comes from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any

from duebook.core.arguments import Text, shown
from duebook.core.cells import CellError, Label
from duebook.core.dates import from_serial, year_first
from duebook.core.notes import note
from duebook.policy.check import A_DATE, Checker, Entry

if TYPE_CHECKING:
    from duebook.policy.load import Policy

TABLES = ("holiday_year", "own_calendar")
LISTS = ("holidays", "workdays", "weekend")

WEEKEND = "weekend"
"""The default calendar: Saturdays and Sundays are off, every other day is a business day."""
CONVENTIONS = ("following", "modified_following", "preceding", "unadjusted")
ZH_CONVENTIONS = ("顺延", "修正顺延", "提前", "不调整")
CALENDAR_ERRORS: Mapping[str, str] = {
    "calendars.unknown": "#VALUE!",
    "calendars.no_package": "#VALUE!",
    "calendars.no_business_day": "#NUM!",
}
"""What `adjusted` and `business_day` can raise, for the `errors` of functions that use them."""
CalendarName = Annotated[
    str,
    Text(
        "Calendar: weekend (default), CN, US, GB, DE, FR, JP, HK, SG … or TARGET, or one of the policy's own.",
        "日历：weekend（仅周末，默认）、CN、US、GB、DE、JP、HK、SG……、TARGET，或政策中自定义的日历。",
    ),
]
ConventionName = Annotated[
    str,
    Text(
        "following: next business day; modified_following: but not into the next month; preceding; unadjusted.",
        "following 顺延；modified_following 顺延但不跨月；preceding 提前；unadjusted 不调整。",
        choices=CONVENTIONS,
        zh_choices=ZH_CONVENTIONS,
    ),
]

_SATURDAY_SUNDAY = frozenset({5, 6})
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ALIASES = {"周末": WEEKEND, "中国": "cn", "target": "ecb", "target2": "ecb", "t2": "ecb"}
_CHINESE_MARKETS = frozenset({"SSE", "SZSE", "XSHG", "XSHE"})
_SEARCHED = 366


@dataclass(frozen=True)
class Calendar:
    """`listed(day)`: False a day off, True a workday by list, None where `weekend` (Monday 0) decides.

    `provisional(day)`: the official list of that day is not known yet.
    """

    name: str
    weekend: frozenset[int]
    listed: Callable[[date], bool | None]
    provisional: Callable[[date], bool]

    def business(self, day: date) -> bool:
        known = self.listed(day)
        return day.weekday() not in self.weekend if known is None else known


@dataclass(frozen=True)
class Calendars:
    """The calendars of a policy by their name in lower case; others are looked up in the package and kept."""

    known: Mapping[str, Calendar] = field(repr=False)
    _looked_up: dict[str, Calendar] = field(default_factory=dict, repr=False, compare=False)

    def named(self, name: str) -> Calendar:
        """The calendar called `name`; CellError (#VALUE!) lists some where there is none."""
        key = _key(name)
        found = self.known.get(key) or self._looked_up.get(key) or _of_package(key.upper())
        if found is None:
            facts = {"value": shown(name), "known": ", ".join(c.name for c in self.known.values())}
            raise CellError("#VALUE!", "calendars.unknown", **facts)
        if key not in self.known:
            self._looked_up[key] = found
        return found


def business_day(policy: Policy | None, name: str, day: date) -> tuple[bool, bool]:
    """Whether `day` is a business day of the calendar `name`, and whether that is provisional."""
    calendar = _named(policy, name)
    return calendar.business(day), calendar.provisional(day)


def adjusted(policy: Policy | None, name: str, day: date, convention: str = "following") -> tuple[date, bool]:
    """`day` moved to a business day of the calendar `name` (itself where it is one), and whether that is provisional.

    CellError: an unknown calendar, or no business day within a year.
    """
    if convention == "unadjusted":
        return day, False
    calendar = _named(policy, name)
    found, provisional = _moved(calendar, day, -1 if convention == "preceding" else 1)
    if convention == "modified_following" and (found.year, found.month) != (day.year, day.month):
        found, before = _moved(calendar, day, -1)
        provisional = provisional or before
    return found, provisional


def note_provisional(name: str, *days: date) -> None:
    """Says that the calendar is not official in the years of `days`."""
    first, last = min(days).year, max(days).year
    note("calendars.provisional", calendar=shown(name), year=first if first == last else f"{first}–{last}")


def _named(policy: Policy | None, name: str) -> Calendar:
    from duebook.policy.load import load  # the loader imports every section, this one too

    return (policy or load()).section(read).named(name)


def _moved(calendar: Calendar, day: date, step: int) -> tuple[date, bool]:
    found, provisional = day, False
    for _ in range(_SEARCHED):
        provisional = provisional or calendar.provisional(found)
        if calendar.business(found):
            return found, provisional
        try:
            found += timedelta(step)
        except OverflowError:
            break
    raise CellError("#NUM!", "calendars.no_business_day", calendar=calendar.name, date=day.isoformat())


# --- the tables of the policy ---------------------------------------------------------------------------------------


def read(check: Checker) -> Calendars:
    """Both tables add to Duebook's own: a calendar year, or a calendar, that a policy states again replaces it."""
    from duebook.policy.load import shipped  # the loader imports every section, this one too

    ours = Checker(shipped)
    years = {**_years(ours), **_years(check)}
    known = {WEEKEND: Calendar(WEEKEND, _SATURDAY_SUNDAY, lambda day: None, lambda day: False)}
    for name in dict.fromkeys(name for name, _ in years):
        official = {year: days for (of, year), days in years.items() if of == name}
        known[_key(name)] = _by_notice(name, official)
    official_names = frozenset(known)
    for source in (ours, check):
        _add_own(source, known, official_names)
    return Calendars(known)


def _years(check: Checker) -> dict[tuple[str, int], dict[date, bool]]:
    """(calendar, year) → day → whether it is a workday, from `[[holiday_year]]`."""
    found: dict[tuple[str, int], dict[date, bool]] = {}
    for where, entry in check.entries("holiday_year"):
        check.known_keys(where, entry)
        check.start(where, entry)
        name = check.text(where, entry, "calendar").upper()
        year = check.whole(f"{where}, year", entry.get("year"), 1900)
        if (name, year) in found:
            wanted = Label(f"a year that is stated once for {name}", f"{name} 未列过的年份：每年只列一次")
            check.refuse(f"{where}, year", year, wanted)
        check.text(where, entry, "source")
        days = _listed_days(check, where, entry)
        for day in days:
            if abs(day.year - year) > 1:
                wanted = Label(f"days of {year} or of the turn of its years", f"{year} 年或其年初年末的日期")
                check.refuse(f"{where}, holidays", day, wanted)
        found[name, year] = days
    return found


def _by_notice(name: str, years: Mapping[int, Mapping[date, bool]]) -> Calendar:
    """A calendar of official years. A notice also names days at the turn of its year, which count wherever they lie."""
    listed = {day: workday for _, days in sorted(years.items()) for day, workday in days.items()}
    official = frozenset(years)
    return Calendar(name, _SATURDAY_SUNDAY, listed.get, lambda day: day.year not in official and day not in listed)


def _add_own(check: Checker, known: dict[str, Calendar], taken: frozenset[str]) -> None:
    """Adds the calendars of `[[own_calendar]]` to `known`: days of all entries, base and weekend of the newest."""
    entries: dict[str, list[tuple[date, str, Entry]]] = {}
    for where, entry in check.entries("own_calendar"):
        check.known_keys(where, entry)
        name = check.text(where, entry, "name")
        if _key(name) in taken:
            wanted = Label(
                "a name of your own; an official year goes into [[holiday_year]]",
                "自定的名称；官方公布的年份请列入 [[holiday_year]]",
            )
            check.refuse(f"{where}, name", name, wanted)
        entries.setdefault(name, []).append((check.start(where, entry), where, entry))
    for name, found in entries.items():
        known[_key(name)] = _own(check, name, sorted(found, key=lambda each: each[0]), Calendars(known))


def _own(check: Checker, name: str, entries: list[tuple[date, str, Entry]], known: Calendars) -> Calendar:
    days = {day: workday for _, where, entry in entries for day, workday in _listed_days(check, where, entry).items()}
    _, where, newest = entries[-1]
    based_on = check.text(where, newest, "based_on", WEEKEND)
    try:
        base = known.named(based_on)
    except CellError:
        wanted = Label(
            "weekend, a country such as CN or US, or a calendar named above it",
            "weekend、国家代码（例如 CN、US）或在其上方列出的日历",
        )
        check.refuse(f"{where}, based_on", based_on, wanted)
    weekend = _weekend(check, where, newest) or base.weekend

    def listed(day: date) -> bool | None:
        return days[day] if day in days else base.listed(day)

    return Calendar(name, weekend, listed, lambda day: day not in days and base.provisional(day))


def _weekend(check: Checker, where: str, entry: Entry) -> frozenset[int]:
    texts = [str(text).strip().casefold() for text in _list(check, where, entry, "weekend")]
    for text in texts:
        if text not in _DAYS:
            wanted = Label("days such as Saturday, Sunday", "英文星期名，例如 Saturday, Sunday")
            check.refuse(f"{where}, weekend", text, wanted)
    found = frozenset(map(_DAYS.index, texts))
    if len(found) == 7:
        wanted = Label("at most six days: a week needs a business day", "最多六天：一周至少要有一个营业日")
        check.refuse(f"{where}, weekend", ", ".join(texts), wanted)
    return found


def _listed_days(check: Checker, where: str, entry: Entry) -> dict[date, bool]:
    """Every day that an entry lists → whether it is a workday; a day in both lists is refused."""
    off = [day for text in _list(check, where, entry, "holidays") for day in _span(check, f"{where}, holidays", text)]
    work = [day for text in _list(check, where, entry, "workdays") for day in _span(check, f"{where}, workdays", text)]
    for day in work:
        if day in off:
            wanted = Label("no day that holidays has too", "未同时列在 holidays 中的日期")
            check.refuse(f"{where}, workdays", day, wanted)
    return {**dict.fromkeys(off, False), **dict.fromkeys(work, True)}


def _list(check: Checker, where: str, entry: Entry, key: str) -> list[Any]:
    value = entry.get(key, [])
    if not isinstance(value, list):
        check.refuse(f"{where}, {key}", value, Label("a list", "列表"))
    return value


def _span(check: Checker, where: str, value: object) -> Iterable[date]:
    """The days of "2026-10-01..2026-10-07", of one date, or of a sheet's day number."""
    ends = [_day(check, where, part) for part in str(value).split("..")] if isinstance(value, str) else [value]
    if isinstance(value, int) and not isinstance(value, bool):
        ends = [_day(check, where, value)]
    if not ends or len(ends) > 2 or any(type(end) is not date for end in ends):
        wanted = Label(
            "a date such as 2026-10-01, or a span such as 2026-10-01..2026-10-07",
            "日期，例如 2026-10-01；或起止日期，例如 2026-10-01..2026-10-07",
        )
        check.refuse(where, value, wanted)
    first, last = ends[0], ends[-1]
    assert isinstance(first, date) and isinstance(last, date)
    if not 0 <= (last - first).days < _SEARCHED:
        wanted = Label("a span that ends after it begins, at most a year later", "起止日期：止不早于起，且不超过一年")
        check.refuse(where, value, wanted)
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def _day(check: Checker, where: str, value: str | int) -> date:
    try:
        found = from_serial(value) if isinstance(value, int) else year_first(value.strip().removesuffix(" 00:00:00"))
    except ValueError:
        found = None
    if found is None:
        check.refuse(where, value, A_DATE)
    return found


def _key(name: str) -> str:
    plain = name.strip().casefold()
    return _ALIASES.get(plain, plain)


# --- other countries ------------------------------------------------------------------------------------------------


def _of_package(code: str) -> Calendar | None:
    """A country (US), a part of one (DE-BY) or a market (ECB) of the package `holidays`; None where it has none."""
    if not re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,3})?|[A-Z]{3,4}", code) or code in _CHINESE_MARKETS:
        return None
    try:
        import holidays  # takes a twentieth of a second, and only who asks for another country needs it
    except ImportError:
        raise CellError("#VALUE!", "calendars.no_package", calendar=code) from None
    country, _, part = code.partition("-")
    try:
        found: Any = (
            holidays.financial_holidays(code)
            if len(country) > 2
            else holidays.country_holidays(country, subdiv=part or None)
        )
    except NotImplementedError:
        return None
    if getattr(found, "country", "") == "CN":
        return None
    return _read_package(code, found)


def _read_package(code: str, found: Any) -> Calendar:
    """Weekends as the package has them; where it has Sundays only, Saturdays are off too: banks do not settle then."""
    weekend = frozenset(found.weekend)
    first, last = max(found.start_year, 1), min(found.end_year, 9999)

    def listed(day: date) -> bool | None:
        if not first <= day.year <= last:
            return None
        if day in found:
            return False
        return True if day in found.weekend_workdays else None

    def provisional(day: date) -> bool:
        if not first <= day.year <= last:
            return True
        around = (day + timedelta(n) for n in (-2, -1, 0, 1, 2)) if 1 < day.year < 9999 else (day,)
        return any("estimated" in found.get(near, "") for near in around)

    return Calendar(code, _SATURDAY_SUNDAY if weekend == {6} else weekend, listed, provisional)
