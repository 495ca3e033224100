"""Dates: what a text can mean, what a column tells, and what other columns settle. Expected values by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.ledger import dates
from duebook.ledger.date_evidence import Case, column, settle, terms_days, weigh

CERTAIN = [
    ("2026-04-03", date(2026, 4, 3)),
    ("2026/4/3", date(2026, 4, 3)),
    ("2026.04.03", date(2026, 4, 3)),
    ("20260403", date(2026, 4, 3)),
    ("2026-04-03 00:00:00", date(2026, 4, 3)),
    ("2026-04-03T14:05:00Z", date(2026, 4, 3)),
    ("2013年01月02日", date(2013, 1, 2)),
    ("2013年1月2日", date(2013, 1, 2)),
    ("13年1月2日", date(2013, 1, 2)),
    ("03-Apr-2026", date(2026, 4, 3)),
    ("3 April 2026", date(2026, 4, 3)),
    ("3rd Sept 2026", date(2026, 9, 3)),
    ("Apr 3, 2026", date(2026, 4, 3)),
    ("2026-Apr-03", date(2026, 4, 3)),
    ("Fri, 3 Apr 2026", date(2026, 4, 3)),
    ("13/04/2026", date(2026, 4, 13)),
    ("04/26/2026", date(2026, 4, 26)),
    ("1３/0４/２０２６", date(2026, 4, 13)),
    ("03.04.2026", date(2026, 4, 3)),  # dots: day first everywhere
    ("05/05/2026", date(2026, 5, 5)),
    ("46115", date(2026, 4, 3)),  # Excel's day number: 2026-04-03 is 46115
]


@pytest.mark.parametrize(("text", "day"), CERTAIN)
def test_a_date_with_one_reading(text: str, day: date) -> None:
    assert dates.read(text, date(2026, 12, 31)).certain == day


def test_swappable_dates_keep_all_their_readings() -> None:
    assert dates.read("03/04/2026").by_label == {"dmy": date(2026, 4, 3), "mdy": date(2026, 3, 4)}
    assert dates.read("03/04/05").by_label == {
        "dmy": date(2005, 4, 3),
        "mdy": date(2005, 3, 4),
        "ymd": date(2003, 4, 5),
    }


@pytest.mark.parametrize("text", ["31/02/2026", "2026-13-01", "soon", "", "13/13/2026", "1-2", "2026-04"])
def test_no_date(text: str) -> None:
    assert dates.read(text).style == "unreadable"


@pytest.mark.parametrize("text", ["1989-12-31", "01/01/1900", "2047-01-01"])
def test_implausible_years(text: str) -> None:
    assert dates.read(text, date(2026, 10, 31)).style == "implausible"


def values(*texts: str) -> dict[str, dates.Readings]:
    return {text: dates.read(text, date(2026, 12, 31)) for text in texts}


def test_one_impossible_value_decides_the_column() -> None:
    assert column("due_date", values("03/04/2026", "13/04/2026")).left == {"dmy"}
    assert column("due_date", values("03/04/2026", "04/13/2026")).left == {"mdy"}
    assert column("due_date", values("2026-04-03", "3 Apr 2026")).how == "plain"
    assert column("due_date", values("13/04/2026", "04/13/2026", "03/04/2026")).how == "mixed"
    assert column("due_date", values("03/04/2026")).how == "open"
    assert column("due_date", values("03/04/2026"), "mdy").how == "given"


def test_a_given_layout_does_not_overrule_an_impossible_value() -> None:
    found = column("due_date", values("13/04/2026", "03/04/2026"), "mdy")
    assert (found.left, found.how) == (frozenset({"dmy"}), "parts")


def options(**days: tuple[date, ...]) -> dict[str, tuple[date, ...]]:
    return dict(days)


BOTH = (date(2026, 3, 4), date(2026, 4, 3))


def test_terms_settle_a_row() -> None:
    answer = settle(options(document_date=BOTH, due_date=(date(2026, 5, 3),)), 30, None)
    assert answer.days["document_date"] == date(2026, 4, 3)
    assert answer.by["document_date"] == "terms"


def test_order_settles_a_row() -> None:
    answer = settle(options(document_date=BOTH, due_date=(date(2026, 3, 20),)), None, None)
    assert answer.days["document_date"] == date(2026, 3, 4)
    late = settle(options(document_date=BOTH), None, date(2026, 3, 31))
    assert (late.days["document_date"], late.by["document_date"]) == (date(2026, 3, 4), "order")


def test_nothing_settles_a_row() -> None:
    answer = settle(options(document_date=BOTH, due_date=(date(2026, 6, 1),)), None, date(2026, 12, 31))
    assert answer.days["document_date"] is None
    assert answer.open["document_date"] == BOTH


def weighed(rows: list[tuple[str, str, int | None]]) -> tuple[str, str]:
    issue = column("document_date", values(*{r[0] for r in rows}))
    due = column("due_date", values(*{r[1] for r in rows}))
    cases = [Case({"document_date": i, "due_date": u}, terms, 1) for i, u, terms in rows]
    found = weigh({"document_date": issue, "due_date": due}, cases, date(2026, 12, 31))
    return found["document_date"].how, found["due_date"].how


def test_terms_of_one_row_decide_a_whole_column() -> None:
    # 3 April + 30 days = 3 May; 4 March + 30 days = 3 April, which 03/05/2026 is not
    assert weighed([("03/04/2026", "03/05/2026", 30), ("02/03/2026", "01/04/2026", None)]) == ("terms", "terms")


def test_without_evidence_a_column_stays_open() -> None:
    assert weighed([("03/04/2026", "05/06/2026", None)]) == ("open", "open")


def test_a_column_follows_its_neighbor_when_nothing_else_tells() -> None:
    assert weighed([("03/04/2026", "13/05/2026", None)]) == ("neighbors", "parts")


def test_excel_damage_needs_many_dates_or_evidence() -> None:
    texts = [f"2026-{m:02d}-{d:02d}" for m, d in [(1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 7), (7, 8), (8, 9)]]
    many = column("document_date", values(*texts, "13/04/2026"))
    assert many.damage and many.damage.sure
    found = weigh({"document_date": many}, [], date(2026, 12, 31))["document_date"]
    assert found.options("2026-01-02") == (date(2026, 2, 1),)  # put back
    assert found.options("13/04/2026") == (date(2026, 4, 13),)
    few = weigh({"document_date": column("document_date", values(texts[0], "13/04/2026"))}, [], None)["document_date"]
    assert few.options("2026-01-02") == (date(2026, 1, 2),)  # as it stands
    assert column("document_date", values(*texts, "2026-01-31", "13/04/2026")).damage is None


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("30", 30),
        ("30 days", 30),
        ("Net 45", 45),
        ("n30", 30),
        ("2/10 net 30", 30),
        ("账期60天", 60),
        ("90天", 90),
        ("款到发货", 0),
        ("45 days EOM", None),
        ("月结30天", None),
        ("ask Bob", None),
    ],
)
def test_terms_in_days(text: str, days: int | None) -> None:
    assert terms_days(text) == days


@given(
    st.dates(date(1990, 1, 1), date(2040, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d-%b-%Y", "%B %d, %Y", "%Y年%m月%d日", "%d.%m.%Y"]),
)
def test_any_date_in_an_unambiguous_style_reads_back(day: date, style: str) -> None:
    assert dates.read(day.strftime(style), date(2026, 10, 31)).certain == day


@given(st.lists(st.dates(date(1990, 1, 1), date(2040, 12, 31)), min_size=1), st.sampled_from(["%d/%m/%Y", "%m/%d/%Y"]))
def test_a_column_in_one_layout_is_never_called_the_other(days: list[date], style: str) -> None:
    found = column("due_date", values(*{d.strftime(style) for d in days}))
    layout = "dmy" if style.startswith("%d") else "mdy"
    assert layout in found.left
    for day in days:
        assert day in found.options(day.strftime(style))


@given(st.dates(date(1990, 1, 1), date(2040, 12, 31)))
def test_excel_serials(day: date) -> None:
    serial = (day - date(1899, 12, 31)).days + 1  # Excel counts 1900-02-29, which never was
    assert dates.read(str(serial)).certain == day
    assert timedelta(days=serial) == day - date(1899, 12, 30)


@pytest.mark.parametrize(
    ("text", "month"),
    [("2026-03", 3), ("202603", 3), ("2026年3月", 3), ("Mar 2026", 3), ("2026-03-31", 3), ("03/2026x", None)],
)
def test_months_of_a_sales_file(text: str, month: int | None) -> None:
    assert dates.month_start(text) == (date(2026, month, 1) if month else None)
