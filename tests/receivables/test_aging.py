"""Bucket edges: each edge at −1, 0, +1; the SQL rule and the Python rule are one rule."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.dates import months_later
from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.core.messages import EDITIONS
from duebook.hosts.call import Door
from duebook.policy.closing import AgingScheme
from duebook.policy.load import load
from duebook.receivables import aging

AS_OF = date(2026, 10, 31)
SCHEMES = list(load().schemes.values())

# domain.md 1: not due | 1–30 | 31–60 | 61–90 | 91–120 | >120, day 0 = not due, upper bounds inclusive
STANDARD_EDGES = {-1: 1, 0: 1, 1: 2, 29: 2, 30: 2, 31: 3, 59: 3, 60: 3, 61: 4, 90: 4, 91: 5, 120: 5, 121: 6, 5000: 6}


@pytest.mark.parametrize(("late", "bucket"), STANDARD_EDGES.items())
def test_standard_edges(late: int, bucket: int) -> None:
    assert aging.bucket_number(load().schemes["standard"], AS_OF - timedelta(late), AS_OF) == bucket


def test_document_date_has_no_not_due_bucket() -> None:
    scheme = load().schemes["invoice_date"]
    assert aging.bucket_number(scheme, AS_OF, AS_OF) == 1
    assert aging.bucket_number(scheme, AS_OF - timedelta(30), AS_OF) == 1
    assert aging.bucket_number(scheme, AS_OF - timedelta(31), AS_OF) == 2
    assert aging.bucket_labels(scheme)[0] == "0–30 days"


def test_years_run_to_the_same_day() -> None:
    scheme = load().schemes["cn_annual"]
    assert aging.bucket_number(scheme, date(2025, 10, 31), AS_OF) == 1
    assert aging.bucket_number(scheme, date(2025, 10, 30), AS_OF) == 2
    assert aging.bucket_number(scheme, date(2024, 2, 29), date(2025, 2, 28)) == 1
    assert aging.bucket_number(scheme, date(2024, 2, 29), date(2025, 3, 1)) == 2


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.name)
def test_sql_and_python_agree_on_every_day(scheme: AgingScheme) -> None:
    with Engine() as engine:
        days = "SELECT CAST(DATE '2020-01-01' + CAST(range AS INTEGER) AS DATE) AS day FROM range(3000)"
        found = engine.rows(f"SELECT day, {aging.bucket_sql(scheme, 'day', AS_OF)} FROM ({days})")
    assert len(found) == 3000
    assert [(day, aging.bucket_number(scheme, day, AS_OF)) for day, _ in found] == found


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.name)
def test_a_label_for_every_bucket_in_every_edition(scheme: AgingScheme) -> None:
    for language in EDITIONS:
        labels = aging.bucket_labels(scheme, language)
        assert len(labels) == len(set(labels)) == scheme.buckets


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(-400, 400))
def test_months_anchor_to_the_day_and_clamp(day: date, months: int) -> None:
    later = months_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + timedelta(1)).day == 1


@given(st.sampled_from(SCHEMES), st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 400))
def test_older_is_never_in_an_earlier_bucket(scheme: AgingScheme, day: date, older: int) -> None:
    younger = aging.bucket_number(scheme, day, AS_OF)
    assert younger <= aging.bucket_number(scheme, day - timedelta(older), AS_OF) <= scheme.buckets


def edges(scheme: AgingScheme) -> list[date]:
    """The days on, before and after every edge of a scheme."""
    if scheme.unit == "days":
        at = [AS_OF - timedelta(upper) for upper in scheme.upper]
    elif scheme.unit == "months":
        at = [months_later(AS_OF, -upper) for upper in scheme.upper]
    else:
        at = [date(AS_OF.year - upper + 1, scheme.year_starts, 1) for upper in scheme.upper]
    return [day + timedelta(off) for day in (AS_OF, *at) for off in (-1, 0, 1)]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.name)
def test_a_cell_and_the_close_never_disagree(scheme: AgingScheme, language: str) -> None:
    """What =AGING_BUCKET shows at each edge −1, 0, +1 is the label of the bucket that the close's SQL finds."""
    door = Door(language)
    days = edges(scheme)
    with Engine() as engine:
        engine.execute("CREATE TABLE items (day DATE)")
        engine.insert("items", [[day] for day in days])
        of_close = dict(engine.rows(f"SELECT day, {aging.bucket_sql(scheme, 'day', AS_OF)} FROM items"))
    assert len(set(of_close.values())) > len(scheme.upper), "the edges reach every bucket"
    labels = aging.bucket_labels(scheme, language)
    found = door.call("AGING_BUCKET", [[[day] for day in days], AS_OF, scheme.name])
    assert [row[0] for row in found] == [labels[of_close[day] - 1] for day in days]


@given(st.sampled_from(range(1, 13)), st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 4000))
def test_fiscal_years_change_on_their_first_day(starts: int, as_of: date, older: int) -> None:
    scheme = AgingScheme("fiscal", "document_date", "fiscal_years", (1, 2, 3), year_starts=starts)
    day = as_of - timedelta(older)
    crossed = sum(date(year, starts, 1) > day and date(year, starts, 1) <= as_of for year in range(1970, 2091))
    assert aging.bucket_number(scheme, day, as_of) == min(crossed, 3) + 1


def test_the_ends_of_the_calendar_are_no_trouble() -> None:
    for scheme in SCHEMES:
        for day in (date.min, date.max):
            for as_of in (date.min, date.max):
                assert 1 <= aging.bucket_number(scheme, day, as_of) <= scheme.buckets


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_days_past_due_run_both_ways(due: date, as_of: date) -> None:
    late = aging.days_past_due(due, as_of)
    assert due + timedelta(late) == as_of
    assert late == -aging.days_past_due(as_of, due)
    assert (aging.aging_bucket(due, as_of, "standard") == "Not due") == (late <= 0)


def test_a_cell_says_which_rule_it_followed() -> None:
    door = Door()
    door.call("AGING_BUCKET", [AS_OF, AS_OF, "erpnext"], cell="S!A1")
    said = door.why("S!A1")
    assert "erpnext" in said and "Duebook default" in said and "due on the as-of date is overdue" in said


def test_an_unknown_scheme_is_an_error_that_lists_the_known_ones() -> None:
    found = Door("zh").call("AGING_BUCKET", [AS_OF, AS_OF, "每周"])
    assert found.code == "#VALUE!" and "cn_annual" in found.text("zh") and "每周" in found.text("zh")


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [("day_zero", '"tomorrow"', "not_due"), ("year_starts", "13", "1 to 12"), ("upper", "[40000]", "36500"),
     ("uper", "[1]", "left out")],
)  # fmt: skip
def test_a_wrong_scheme_is_refused(tmp_path: Path, key: str, value: str, says: str) -> None:
    upper = "" if key == "upper" else "upper = [30]\n"
    path = tmp_path / "mine.toml"
    path.write_text(
        f'[[aging_scheme]]\nname = "mine"\nbasis = "due_date"\nunit = "days"\n{upper}{key} = {value}\n', "utf-8"
    )
    with pytest.raises(DuebookError, match=says) as refused:
        load(path)
    assert refused.value.facts["where"] == f"aging_scheme 1, {key}"


def test_a_policy_may_state_its_schemes_alone(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('[[aging_scheme]]\nname = "mine"\nbasis = "due_date"\nunit = "days"\nupper = [10]\n', "utf-8")
    policy = load(path)
    assert list(policy.schemes) == ["mine"] and policy.loss_rates("mine", AS_OF) is None
    assert aging.aging_bucket(date(2026, 10, 1), AS_OF, "mine", policy) == ">10 days"
    with pytest.raises(DuebookError, match="It has: mine"):
        aging.aging_bucket(date(2026, 10, 1), AS_OF, "", policy)


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.name)
def test_every_shipped_scheme_has_loss_rates_that_never_fall_with_age(scheme: AgingScheme) -> None:
    rates = load().loss_rates(scheme.name, AS_OF)
    assert rates is not None and list(rates) == sorted(rates)
