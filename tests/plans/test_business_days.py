"""Business days in a cell: what is said beside them. The calendars themselves: tests/policy/test_calendars.py."""

from __future__ import annotations

from datetime import date

from duebook.core.notes import listening
from duebook.hosts.call import Door
from duebook.plans.business_days import is_business_day, next_business_day


def test_an_unannounced_year_is_said() -> None:
    for call in (lambda: is_business_day(date(2030, 5, 1), "CN"), lambda: next_business_day(date(2030, 5, 4), "CN")):
        with listening() as notes:
            call()
        assert [note.key for note in notes] == ["calendars.provisional"]
        assert "2030" in notes[0].text() and "暂定" in notes[0].text("zh")
    with listening() as notes:
        assert is_business_day(date(2026, 2, 14), "CN")
    assert not notes


def test_a_column_of_days() -> None:
    days = [[date(2026, 10, 1)], [None], ["not a day"], [46300.0]]
    found = Door().call("NEXT_BUSINESS_DAY", [days, "CN"])
    assert found[0][0] == date(2026, 10, 8) and found[3][0] == date(2026, 10, 8)
    assert (found[1][0].code, found[2][0].code) == ("#N/A", "#VALUE!")


def test_a_calendar_in_a_range() -> None:
    own = [["[own_calendar]", None, None], ["from", "name", "holidays"], [46023.0, "Plant", "2026-08-03..2026-08-14"]]
    assert Door().call("NEXT_BUSINESS_DAY", [date(2026, 8, 3), "plant", None, own]) == date(2026, 8, 17)
