"""Due dates and discounts: laws over all wordings, the cents of a schedule, what is refused. Figures: tests/cases."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.cells import CellError, Label
from duebook.core.dates import month_end
from duebook.core.money import decimals, rounded
from duebook.core.notes import listening
from duebook.hosts.call import Door
from duebook.plans.discounts import bill_discount, discount_yield, early_payment
from duebook.plans.due_dates import due_date, due_schedule

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
WORDINGS = (
    "net 30", "60 days", "45 days EOM", "EOM + 45", "60 days EOM + 10", "30 days EOM on the 15th", "1 month",
    "1 month EOM", "2个月", "EOM + 1 month", "月结60天", "月结次月10日", "货到60天", "次月31日", "10th of next month",
    "end of next month", "sight", "D/A 60", "2/10 net 30", "30/60/90", "30/60/10", "10 business days", "3 weeks",
    "30% deposit, 70% net 60", "月末", "季结30天", "半月结15天", "下下月10日", "年底", "2 years",
)  # fmt: skip


@pytest.mark.parametrize("wording", WORDINGS)
@given(first=DAYS, later=st.integers(0, 400))
def test_a_later_base_is_never_due_earlier(wording: str, first: date, later: int) -> None:
    second = first + timedelta(later)
    assert first <= due_date(first, wording) <= due_date(second, wording)


@pytest.mark.parametrize("convention", ["following", "modified_following", "preceding"])
@given(first=st.dates(date(2020, 1, 1), date(2030, 1, 1)), later=st.integers(0, 60))
def test_a_calendar_keeps_the_order(convention: str, first: date, later: int) -> None:
    second = first + timedelta(later)
    assert due_date(first, "30 days", "weekend", convention) <= due_date(second, "30 days", "weekend", convention)


@given(DAYS, st.integers(1, 24))
def test_months_clamp_without_drift(base: date, months: int) -> None:
    day = due_date(base, f"{months} months")
    assert day.day == min(base.day, month_end(day).day)
    assert (day.year * 12 + day.month) - (base.year * 12 + base.month) == months


@given(st.decimals("0", "1e9", places=2), st.sets(st.integers(1, 99), max_size=20), st.sampled_from(["", "JPY", "KWD"]))
def test_parts_add_up_and_none_is_a_unit_off(amount: Decimal, cuts: set[int], currency: str) -> None:
    edges = [0, *sorted(cuts), 100]
    shares = [b - a for a, b in itertools.pairwise(edges)]
    wording = "/".join(f"{share}%" for share in shares) if cuts else "net 30"
    parts = [row[3] for row in due_schedule(date(2026, 1, 1), amount, wording, currency=currency).rows]
    digits = decimals(currency)
    total = rounded(amount, digits)
    assert sum(parts) == total and min(parts) >= 0
    for part, share in zip(parts, shares, strict=True):
        assert abs(part - total * share / 100) <= Decimal(1).scaleb(-digits)


def test_a_schedule_in_yen_and_dinar() -> None:
    base = date(2026, 1, 1)
    yen = due_schedule(base, Decimal(100), "30/60/90", currency="JPY")
    assert [row[3] for row in yen.rows] == [34, 33, 33]
    dinar = due_schedule(base, Decimal(1), "30/60/90", currency="KWD")
    assert [row[3] for row in dinar.rows] == [Decimal("0.334"), Decimal("0.333"), Decimal("0.333")]


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ("net 30", "30"), ("NET30", "n/30"), ("３０天", "30 days"), ("三十天", "30日"), ("2/10, n/30", "2% 10 net 30"),
        ("45 days after EOM", "EOM + 45"), ("45d then eom", "45 days end of month"), ("15th MFI", "次月15日"),
        ("月结", "EOM"), ("开票后30天内付款", "within 30 days of invoice date"), ("COD", "货到付款"), ("D/P", "sight"),
        ("L/C 90 days", "承兑90天"), ("CIA", "款到发货"), ("25 prox", "25th of the following month"),
        ("30%/70%", "T/T 30/70"), ("预付30%，货到60%，质保10%", "30/60/10"), ("两个月", "2 months"),
        ("30/60/10 at 0/30/365 days", "30%预付，60%货到30天，10%质保365天"), ("30天后再到月底", "30 days EOM"),
        ("30天月结", "月结30天"), ("30天季结", "季结30天"), ("15天+半月结", "半月结15天"), ("60天年结", "年结60天"),
        ("月結60天", "月结60天"), ("貨到付款", "货到付款"), ("驗收合格後30個工作日內", "验收合格后30个工作日内"),
        ("銀行承兌90天", "银行承兑90天"), ("預付30%，餘款70%發貨後30天", "预付30%，余款70%发货后30天"),
    ],
)  # fmt: skip
def test_wordings_that_mean_the_same(one: str, same: str) -> None:
    for base in (date(2026, 1, 31), date(2028, 2, 29), date(2026, 8, 15)):
        rows = [[row[1:] for row in due_schedule(base, Decimal(1000), text).rows] for text in (one, same)]
        assert rows[0] == rows[1]


BASE = date(2026, 1, 20)
END_JAN, END_FEB, FEB_19 = date(2026, 1, 31), date(2026, 2, 28), date(2026, 2, 19)


@pytest.mark.parametrize(
    ("due", "wordings"),
    [
        (BASE, "CIA|COD|CBD|CBS|CWO|PIA|CAD|D/P at sight|irrevocable L/C at sight|due on receipt|100% TT in advance"),
        (BASE, "款到发货|先付款后发货|货到付款|票到付款|见票即付|现款现货|D/P即期|100%预付款|全款预付|立即付款"),
        (
            FEB_19,
            "30D|net-30|N30|Net 30 days.|thirty (30) days|30 (thirty) days|30 calendar days|O/A 30 days|30 days ROG",
        ),
        (
            FEB_19,
            "30 days after B/L date|T/T 30 days|usance L/C 30 days|30 days sight|30 days strictly net|max 30 days",
        ),
        (
            FEB_19,
            "票到30天|见票后30天|收到发票后30天内付款|自开票之日起30日|B/L后30天|L/C30天|信用期限30天|货到验收后30天",
        ),
        (FEB_19, "30天银行承兑汇票|商业承兑汇票30天|电汇30天|入账后30日内|不超过30天|开具增值税发票后30天|三十天以内"),
        (END_JAN, "EOM|month end|last day of the month|月结|当月结|开票当月结清|月底前|半月结"),
        (
            END_FEB,
            "30 days EOM|end of following month|end of month following|net monthly|次月底|次月付款|月结次月|下月底前",
        ),
        (date(2026, 3, 2), "EOM 30|EOM + 30 days|30 days from end of month|within 30 days of the end of the month"),
        (date(2026, 3, 2), "月结30|月结 30 天|票后月结30天|月底加30天|月结30天(电汇)|30天月结"),
        (date(2026, 2, 15), "15 MFI|15th prox.|prox 15|15th of the month following invoice date|次月15日前|半月结15天"),
        (
            date(2026, 2, 15),
            "5th of month following month of invoice + 10 days|月结，每月15日付款|当月月结，次月15日付款",
        ),
        (
            date(2026, 3, 10),
            "10th of the second month following|次次月10日|下下个月10号|30 days then 10th of next month",
        ),
        (date(2026, 1, 25), "25th of each month|每月25号付款"),
        (date(2026, 3, 31), "end of quarter|EOQ|季结|季度结算|季末付清"),
        (date(2026, 4, 30), "quarter end + 30 days|季结30天"),
        (date(2026, 6, 30), "半年结"),
        (date(2026, 12, 31), "年结|年底付清|year end"),
        (date(2026, 7, 20), "six months|半年|六个月银行承兑汇票|银承6个月"),
        (date(2027, 1, 20), "1 year|一年|12 months"),
        (date(2026, 2, 4), "半个月|fifteen days|十五天"),
        (date(2026, 7, 19), "一百八十天|180 days after sight"),
        (date(2026, 2, 10), "twenty-one days|15个工作日"),
    ],
)
def test_what_a_wording_means(due: date, wordings: str) -> None:
    for wording in wordings.split("|"):
        assert due_date(BASE, wording) == due, wording


@pytest.mark.parametrize(
    ("wording", "parts"),
    [
        ("30% deposit, balance before shipment", [(0, 30), (0, 70)]),
        ("30% deposit and balance net 30", [(0, 30), (30, 70)]),
        ("预付30%余款发货前付清", [(0, 30), (0, 70)]),
        ("预付30%，余款货到30天", [(0, 30), (30, 70)]),
        ("签约付20%，发货前70%，余款30天后付清", [(0, 20), (0, 70), (30, 10)]),
        ("30%预付，70%90天承兑", [(0, 30), (90, 70)]),
        ("30/60/90 days from invoice date", [(30, "33.34"), (60, "33.33"), (90, "33.33")]),
        ("30、60、90天", [(30, "33.34"), (60, "33.33"), (90, "33.33")]),
        ("30天/60天", [(30, 50), (60, 50)]),
        ("3:6:1", [(0, 30), (0, 60), (0, 10)]),
    ],
)
def test_shares_in_words(wording: str, parts: list[tuple[int, int | str]]) -> None:
    rows = due_schedule(BASE, Decimal(100), wording).rows
    assert [(row[1], row[3]) for row in rows] == [(BASE + timedelta(days), Decimal(part)) for days, part in parts]


@pytest.mark.parametrize(
    "wording", ["net 30, 2% 10 days", "net 30 less 2% 10", "2% discount if paid within 10 days, 30天"]
)
def test_the_discount_may_come_last_or_in_words(wording: str) -> None:
    row = due_schedule(BASE, Decimal(100), wording).rows[0]
    assert row[1:] == (FEB_19, 1.0, 100, date(2026, 1, 30), 98)


def test_a_discount_from_the_months_end_has_its_due_date_from_there_too() -> None:
    row = due_schedule(BASE, Decimal(100), "2/10 EOM, EOM + 30").rows[0]
    assert row[1] == date(2026, 3, 2) and row[4] == date(2026, 2, 10)


@pytest.mark.parametrize(
    ("wording", "key"),
    [
        ("", "unreadable"), ("30 apples", "unreadable"), ("net", "unreadable"), ("-30", "unreadable"),
        ("(30)", "unreadable"), ("30-", "unreadable"), (".5 days", "unreadable"),
        ("30 days before shipment", "unreadable"), ("30 days 60 days", "unreadable"),
        ("3月", "unreadable"), ("2026-10-31", "unreadable"), ("x" * 500, "unreadable"), ("D/A", "no_tenor"),
        ("net 30 EOM", "net_eom"), ("45 EOM", "net_eom"), ("2/10", "discount_without_net"),
        ("100/10 net 30", "bad_discount"), ("2/10, 3/20, net 30", "bad_discount"), ("20/30/50", "list_ambiguous"),
        ("30/70", "list_ambiguous"), ("2/10/30", "list_ambiguous"), ("30/60/20", "list_unclear"),
        ("90/60/30 days", "list_unclear"), ("30%/60%", "share_sum"), ("100%/0%", "share_sum"), ("9999 days", "too_far"),
        ("40th of next month", "too_far"), ("99999999999999 days", "too_far"), ("net -30", "unreadable"),
        ("EOM - 5", "unreadable"), ("30-60 days", "unreadable"), ("次月10-15日", "unreadable"), ("周结", "unreadable"),
        ("thirty (60) days", "unreadable"), ("EOM following", "unreadable"), ("隔月结", "unreadable"),
        ("COD 30 days", "unreadable"), ("款到发货30天", "unreadable"), ("30天左右", "unreadable"),
        ("60 days end of month following", "net_eom"), ("30 days month end following invoice date", "net_eom"),
        ("end of month following 30 days", "net_eom"), ("60 days net monthly", "net_eom"),
        ("月结30天，次月15日付款", "monthly_day"), ("月结90天6个月承兑", "bill_tenor"),
        ("月结30天+承兑90天", "bill_tenor"),
        ("2/10 EOM net 30", "discount_eom"), ("2/30 net 10", "bad_discount"), ("361", "list_ambiguous"),
        ("25日付款", "list_ambiguous"), ("银行承兑汇票", "no_tenor"), ("T/T", "no_tenor"),
    ],
)  # fmt: skip
def test_what_is_not_sure_is_refused(wording: str, key: str) -> None:
    with pytest.raises(CellError) as refused:
        due_date(date(2026, 1, 31), wording)
    assert refused.value.key == f"due_dates.{key}"
    for language in ("en", "zh"):
        assert wording[:40] in refused.value.text(language)


def test_the_reading_is_said() -> None:
    with listening() as notes:
        due_date(date(2026, 1, 31), "45 days EOM")
    assert "base date + 45 days, to the month's end" in notes[0].text()
    assert "起算日加 45 天，到月底" in notes[0].text("zh")
    with listening() as notes:
        due_date(date(2026, 1, 31), "30/60/10")
    assert [note.key for note in notes] == ["due_dates.parts", "due_dates.no_milestones"]
    assert isinstance(notes[0].facts["reading"], Label)


def test_a_year_without_a_notice_is_provisional() -> None:
    with listening() as notes:
        due_date(date(2091, 9, 1), "30 days", "CN")
    assert "calendars.provisional" in [note.key for note in notes]


def test_milestones_need_one_date_each() -> None:
    with pytest.raises(CellError, match="2 dates, but the terms have 3 parts"):
        due_schedule(date(2026, 1, 1), Decimal(9), "30/60/10", [date(2026, 1, 1), date(2026, 2, 1)])


@given(st.decimals("0", "1e9", places=2), st.integers(0, 60))
def test_paying_later_never_costs_less(amount: Decimal, day: int) -> None:
    base = date(2026, 3, 1)
    pay = [early_payment(amount, "3/10, 1/20, net 60", base, base + timedelta(d)) for d in (day, day + 1)]
    assert 0 <= pay[0] <= pay[1] <= amount


@given(st.integers(1, 20), st.integers(1, 30), st.integers(1, 60), st.sampled_from([360, 365]))
def test_compounding_never_yields_less(rate: int, early: int, more: int, basis: int) -> None:
    wording = f"{rate}/{early} net {early + more}"
    simple, compound = discount_yield(wording, basis), discount_yield(wording, basis, True)
    assert 0 < simple <= compound * (1 + 1e-12)


def test_a_yield_needs_days() -> None:
    with pytest.raises(CellError, match="no fixed number of days"):
        discount_yield("2/10 net 1 month")
    with pytest.raises(CellError, match="must come later"):
        discount_yield("2/30 net 30")


@given(st.decimals("0.01", "1e9", places=2), st.integers(0, 360), st.decimals("0", "0.5", places=4))
def test_a_bill_pays_out_something_and_longer_costs_more(face: Decimal, days: int, rate: Decimal) -> None:
    start = date(2026, 1, 1)
    shorter, longer = (bill_discount(face, start, start + timedelta(d), rate) for d in (days, days + 1))
    assert 0 <= shorter <= longer <= face


def test_a_discount_above_the_face_is_refused() -> None:
    with pytest.raises(CellError, match="would exceed the face value"):
        bill_discount(Decimal(100), date(2026, 1, 1), date(2056, 1, 1), Decimal("0.1"))


def test_what_is_paid_has_the_currencys_decimals() -> None:
    base = date(2026, 3, 1)
    assert early_payment(Decimal("100.5"), "net 30", base, base, "JPY") == 101
    assert early_payment(Decimal("10.005"), "2/10 net 30", base, base) == Decimal("9.81")


def test_the_days_of_a_bill_are_those_of_its_day_count() -> None:
    with listening() as notes:
        assert bill_discount(
            Decimal(100000), date(2026, 1, 31), date(2026, 3, 31), Decimal("0.04"), "30/360"
        ) == Decimal("666.67")
    assert "60 days, 30/360" in notes[0].text()


@pytest.mark.parametrize(
    ("terms", "calendar", "said"), [("15个工作日", "", True), ("15个工作日", "CN", False), ("net 30", "", False)]
)
def test_business_days_without_a_calendar_are_said(terms: str, calendar: str, said: bool) -> None:
    with listening() as notes:
        due_date(date(2026, 9, 25), terms, calendar)
    assert ("due_dates.weekends_only" in [note.key for note in notes]) is said


def test_a_milestone_without_a_date_is_named_not_skipped() -> None:
    """A blank within the column would give the dates after it to the parts before."""
    milestones = [[date(2026, 1, 5)], [None], [date(2026, 3, 5)]]
    found = Door().call("DUE_SCHEDULE", [date(2026, 1, 31), 1000, "30% deposit, 70% net 60", milestones])
    assert isinstance(found, CellError) and found.key == "cell.missing"
