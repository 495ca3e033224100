"""Insured amounts: never more than limit × cover, nor than what is open; duties by date. Figures: tests/cases."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.cells import CellError
from duebook.core.money import rounded
from duebook.core.notes import listening
from duebook.hosts.call import Door
from duebook.portfolio.cover import cover_dates, cover_perils, covered_amount, eligible_amount, insured_amount

CENTS = st.decimals("0", "1e7", places=2)
INVOICES = st.lists(st.tuples(CENTS, st.dates(date(2025, 1, 1), date(2026, 12, 31))), min_size=1, max_size=20)
SHARE = st.decimals("0", "1", places=3)


def insured(rows: list[tuple[Decimal, date]], limit: Decimal, cover: Decimal) -> list[list[Any]]:
    return [list(row) for row in insured_amount([a for a, _ in rows], [d for _, d in rows], limit, cover).rows]


def test_cover_stops_at_the_insured_limit() -> None:
    assert covered_amount(Decimal(120), Decimal(100), Decimal("0.9"), 2) == 90
    assert covered_amount(Decimal(50), Decimal(100), Decimal("0.9"), 2) == 45
    assert covered_amount(Decimal(-50), Decimal(100), Decimal("0.9"), 2) == 0
    assert covered_amount(Decimal(50), None, Decimal("0.9"), 2) is None


@given(CENTS, SHARE, SHARE)
def test_eligible_with_its_vat_is_what_is_undisputed(owed: Decimal, vat: Decimal, part: Decimal) -> None:
    disputed = (owed * part).quantize(Decimal("0.01"), rounding="ROUND_DOWN")
    eligible = eligible_amount(owed, vat, disputed)
    assert 0 <= eligible <= owed
    assert abs(eligible * (1 + vat) - (owed - disputed)) <= Decimal("0.01")


def test_what_is_not_insured_at_all_says_why() -> None:
    with listening() as said:
        assert eligible_amount(Decimal(100), affiliate=True) == 0
        assert eligible_amount(Decimal(100), terms_days=121, maximum_terms_days=120) == 0
        assert eligible_amount(Decimal(100), terms_days=120, maximum_terms_days=120) == 100
    assert [note.key for note in said] == ["insurance.affiliate", "insurance.terms_too_long"]


@given(INVOICES, CENTS, SHARE)
def test_insured_amounts_stay_within_limit_and_debt(
    rows: list[tuple[Decimal, date]], limit: Decimal, cover: Decimal
) -> None:
    found = insured(rows, limit, cover)
    total, owed = sum(row[4] for row in found), sum(amount for amount, _ in rows)
    assert total <= rounded(limit * cover) and total <= owed
    assert total == covered_amount(owed, limit, cover, 2), "the cells and the close agree to the cent"
    assert sum(row[3] for row in found) == min(owed, limit)
    for (amount, day), row in zip(rows, found, strict=True):
        assert row[:2] == [day, amount], "in the order given"
        assert 0 <= row[4] <= row[3] <= row[2] <= amount and row[5] == amount - row[4]
        assert abs(row[4] - row[3] * cover) < Decimal("0.01")


@given(INVOICES, CENTS)
def test_the_oldest_invoices_use_the_limit_first(rows: list[tuple[Decimal, date]], limit: Decimal) -> None:
    found = insured(rows, limit, Decimal(1))
    for row in found:
        if row[3] < row[2]:
            assert all(later[3] == 0 for later in found if later[0] > row[0]), "nothing is left for younger ones"


@given(INVOICES, CENTS, SHARE, st.randoms(use_true_random=False))
def test_the_order_given_does_not_matter_where_dates_differ(
    rows: list[tuple[Decimal, date]], limit: Decimal, cover: Decimal, chance: Any
) -> None:
    apart = list({day: (amount, day) for amount, day in rows}.values())
    shuffled = chance.sample(apart, len(apart))
    assert sorted(insured(apart, limit, cover)) == sorted(insured(shuffled, limit, cover))


def test_eligible_above_open_is_cut_and_said() -> None:
    with listening() as said:
        rows = insured_amount([Decimal(50)], [date(2026, 1, 1)], Decimal(100), Decimal("0.9"), [Decimal(80)]).rows
    assert rows[0][2:5] == [50, 50, 45]
    assert [note.text() for note in said] == [
        "Eligible amounts above what is open were cut by 30.",
        "Insured in all: 45; left of the limit: 50.",
    ]


def test_minor_units_of_the_currency() -> None:
    yen = insured_amount([Decimal(105)], [date(2026, 1, 1)], Decimal(1000), Decimal("0.9"), None, "JPY").rows
    assert yen[0][4] == 95, "94.5 yen round half up"


def test_a_blank_in_one_column_is_named() -> None:
    found = Door().call("INSURED_AMOUNT", [[50.0, 60.0], [date(2026, 1, 1), None], 100.0, 0.9])
    assert found.code == "#N/A" and "due_date, row 2" in found.text()


@given(
    st.dates(date(1990, 1, 1), date(2200, 1, 1)),
    st.sampled_from(["whole_turnover", "export_short_term", "export_90_days"]),
)
def test_duties_come_in_order(due: date, contract: str) -> None:
    ((day, extension, report, stop, first, last),) = cover_dates([due], contract).rows
    assert day == due <= extension and due <= report and due <= stop <= max(extension, report)
    assert due < first < last


def test_months_end_without_drift() -> None:
    rows = cover_dates([date(2026, 8, 31)], "whole_turnover").rows
    assert rows[0][4:] == [date(2027, 2, 28), date(2027, 8, 31)]


def test_a_contract_by_its_chinese_name_and_its_note() -> None:
    door = Door("zh")
    rows = door.call("COVER_DATES", [[date(2026, 1, 31)], "国内统保"], "B2")
    assert rows[0][3] == "停止发货日" and rows[1][3] == date(2026, 4, 1)
    assert "保险合同：国内统保，赔付比例 90%" in door.why("B2") and "采用前仅供示例" in door.why("B2")


def test_an_unknown_contract_lists_the_known_ones() -> None:
    with pytest.raises(CellError, match="whole_turnover, export_short_term, export_90_days") as refused:
        cover_dates([date(2026, 1, 31)], "house")
    assert refused.value.code == "#VALUE!"


def test_own_contract_in_a_range() -> None:
    keys = ["from", "name", "cover", "extension_days", "report_start", "report_days", "stop_shipment"]
    keys += ["claim_start", "claim_unit", "claim_after", "claim_within"]
    ours = [date(2020, 1, 1), "ours", 0.85, 30.0, "due_date", 45.0, "report", "extension_end", "days", 150.0, 240.0]
    due = date(2026, 3, 1)
    rows = Door().call("COVER_DATES", [due, "ours", [["[cover_policy]", *[None] * 10], keys, ours]])
    later = [due + timedelta(days) for days in (0, 30, 45, 45, 180, 270)]
    assert rows[1] == later


def test_the_end_of_the_calendar_is_no_fault() -> None:
    found = Door().call("COVER_DATES", [date(9999, 12, 1), "whole_turnover"])
    assert (found.code, found.key) == ("#NUM!", "cell.result_too_large")


def test_twelve_perils_that_the_user_keeps() -> None:
    assert len(cover_perils().rows) == 12
    assert [len(cover_perils(kind).rows) for kind in ("commercial", "political")] == [6, 6]
    keys = ["from", "name", "zh", "kind", "cover"]
    own = [["[peril]", *[None] * 4], keys, [date(2020, 1, 1), "fraud", None, "commercial", 0.5]]
    door = Door()
    assert door.call("COVER_PERILS", [None, own]) == [["Peril", "Kind", "Cover"], ["fraud", "commercial", 0.5]]
    none = door.call("COVER_PERILS", ["political", own])
    assert none.code == "#N/A" and "no political cause" in none.text()
