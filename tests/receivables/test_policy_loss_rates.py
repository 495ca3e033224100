"""The policy's loss rates in a sheet: one per bucket, ready for PROVISION, with the policy's name and mark."""

from __future__ import annotations

from datetime import date

import pytest

from duebook.core.cells import CellError
from duebook.hosts.call import Door
from duebook.policy.load import load

RATES = [["[loss_rates]", "", ""], ["from", "scheme", "rates"], [date(2026, 1, 1), "standard", "0, 0, 0, 0, 0, 0.5"]]
ADOPTED = [["[policy]", "", ""], ["name", "version", "adopted"], ["Ours", "3", True]]


def why(*arguments: object, language: str = "en") -> str:
    door = Door(language)
    door.call("POLICY_LOSS_RATES", list(arguments), cell="S!A1")
    return door.why("S!A1")


@pytest.mark.parametrize("scheme", load().schemes)
def test_every_scheme_has_a_rate_for_each_bucket_that_aging_shows(scheme: str) -> None:
    rows = Door().call("POLICY_LOSS_RATES", [scheme, None, None, False])
    header = Door().call("AGING", [["A"], [date(2026, 10, 1)], [100], date(2026, 10, 31), scheme])[0]
    assert [bucket for bucket, _ in rows] == header[1:-2]
    assert all(0 <= rate <= 1 for _, rate in rows)
    assert [rate for _, rate in rows] == sorted(rate for _, rate in rows), "older is not safer"


def test_the_second_column_is_what_provision_takes() -> None:
    """=PROVISION(balances, INDEX(POLICY_LOSS_RATES("four_buckets", "", "", FALSE), 0, 2)): IFRS 9 IE76."""
    door = Door()
    rates = [rate for _, rate in door.call("POLICY_LOSS_RATES", ["four_buckets", None, None, False])]
    balances = [15000000, 7500000, 4000000, 2500000, 1000000]
    assert door.call("PROVISION", [balances, rates]) == 580000


def test_without_a_scheme_it_is_that_of_the_close() -> None:
    assert Door().call("POLICY_LOSS_RATES", []) == Door().call("POLICY_LOSS_RATES", ["standard"])


def test_the_newest_rates_count_where_no_day_is_given() -> None:
    later = [*RATES, [date(2027, 1, 1), "standard", "0, 0, 0, 0, 0, 0.6"]]
    assert Door().call("POLICY_LOSS_RATES", ["standard", None, later])[-1][1] == 0.6
    assert Door().call("POLICY_LOSS_RATES", ["standard", date(2026, 12, 31), later])[-1][1] == 0.5


def test_why_names_the_policy_and_marks_rates_that_no_firm_adopted() -> None:
    assert "Credit policy: Duebook default, version 2026.1; illustrative until adopted." in why("standard")
    assert why("standard", None, [*ADOPTED, *RATES]).endswith("Credit policy: Ours, version 3.")
    said = why("standard", None, ADOPTED)
    assert "does not state" in said and "loss_rates" in said


def test_a_scheme_of_one_s_own_without_rates_has_none() -> None:
    scheme = [["[aging_scheme]", "", "", ""], ["name", "basis", "unit", "upper"], ["weekly", "due_date", "days", "7"]]
    found = Door().call("POLICY_LOSS_RATES", ["weekly", None, scheme])
    assert isinstance(found, CellError) and (found.code, found.key) == ("#N/A", "provision.no_policy_rates")
    assert found.text("en").startswith("The policy has no loss rates for the scheme weekly in force on any day.")
    assert found.text("zh").startswith("信用政策中没有方案 weekly 在任何日期生效的损失率。")
