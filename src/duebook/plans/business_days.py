"""Business days in a cell: is a day one, and the one to pay on."""

from __future__ import annotations

import datetime
from datetime import date as day_of
from typing import Annotated

from duebook.core.arguments import Day
from duebook.core.cells import Label
from duebook.core.declare import Example, Result, worksheet
from duebook.policy.argument import PolicyArgument
from duebook.policy.calendars import (
    CALENDAR_ERRORS,
    WEEKEND,
    CalendarName,
    ConventionName,
    adjusted,
    business_day,
    note_provisional,
)

MAKE_UP_DAYS = Label(
    "China's make-up workdays (调休) are business days, and its days off follow the State Council's yearly notice.",
    "中国调休的补班日算营业日；放假日以国务院办公厅年度通知为准。",
)
NOT_OFFICIAL = Label(
    "A year whose official list is not in the policy counts weekends only, and WHY says that it is provisional.",
    "政策中没有官方安排的年份只看周末，WHY 会注明为暂定。",
)
ONE_DAY_WEEKENDS = Label(
    "Where a country's weekend is Sunday alone, Saturdays are off too: banks do not settle then.",
    "仅周日为周末的国家或地区，周六也按非营业日：银行当日不清算。",
)
SOURCE = "State Council notices (policy table holiday_year); package holidays for other countries; ISDA 2006, 4.12"


@worksheet(
    "NEXT_BUSINESS_DAY",
    group="plans",
    help="The day itself if it is a business day, else the next one (or the one before) by calendar and convention.",
    zh="该日若为营业日则为其本身，否则按日历与惯例顺延（或提前）到营业日。",
    result=Result("date"),
    equation="date, moved day by day until the calendar has a business day",
    equation_zh="date 逐日移动，直至日历中的营业日",
    source=SOURCE,
    examples=[
        Example((datetime.date(2026, 2, 14), "CN"), datetime.date(2026, 2, 14)),
        Example((datetime.date(2026, 10, 1), "CN"), datetime.date(2026, 10, 8)),
        Example((datetime.date(2026, 1, 31), "weekend", "modified_following"), datetime.date(2026, 1, 30)),
    ],
    conventions=[MAKE_UP_DAYS, NOT_OFFICIAL, ONE_DAY_WEEKENDS],
    errors=CALENDAR_ERRORS,
)
def next_business_day(
    date: Annotated[day_of, Day("The day to move.", "需要调整的日期。")],
    calendar: CalendarName = WEEKEND,
    convention: ConventionName = "following",
    policy: PolicyArgument = None,
) -> day_of:
    """The business day on which to pay. CellError where the calendar is unknown or has no business day near."""
    found, provisional = adjusted(policy, calendar, date, convention)
    if provisional:
        note_provisional(calendar, max(date, found))  # the step ends in the year that is not official
    return found


@worksheet(
    "IS_BUSINESS_DAY",
    group="plans",
    help="Whether a day is a business day: banks and offices work. China's make-up workdays are.",
    zh="该日是否为营业日；中国调休的补班日算营业日。",
    result=Result("flag"),
    equation="not a weekend and not a listed day off, or a listed make-up workday",
    equation_zh="非周末且未列为放假日，或列为调休上班日",
    source=SOURCE,
    examples=[
        Example((datetime.date(2026, 2, 14), "CN"), True),
        Example((datetime.date(2026, 2, 16), "CN"), False),
        Example((datetime.date(2026, 2, 14),), False),
    ],
    conventions=[MAKE_UP_DAYS, NOT_OFFICIAL, ONE_DAY_WEEKENDS],
    errors={key: code for key, code in CALENDAR_ERRORS.items() if key != "calendars.no_business_day"},
)
def is_business_day(
    date: Annotated[day_of, Day("The day to look at.", "要判断的日期。")],
    calendar: CalendarName = WEEKEND,
    policy: PolicyArgument = None,
) -> bool:
    """TRUE or FALSE. CellError where the calendar is unknown."""
    found, provisional = business_day(policy, calendar, date)
    if provisional:
        note_provisional(calendar, date)
    return found
