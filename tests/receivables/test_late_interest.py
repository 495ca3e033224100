"""Late interest: laws over all regimes and day counts, what the law fixes when, the account of part payments."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.cells import CellError
from duebook.core.dates import DAY_COUNTS
from duebook.core.notes import listening
from duebook.hosts.call import Door
from duebook.policy import late_payment
from duebook.policy.late_payment import Reference
from duebook.policy.load import load
from duebook.receivables.late_interest import late_fee, late_interest
from duebook.receivables.late_interest_detail import late_interest_detail
from duebook.receivables.late_rates import in_money, rule_of

KNOWN = st.dates(date(2021, 1, 1), date(2025, 6, 1))
"""Days on which every regime of the default policy has its rates, with half a year to come."""
REGIMES = st.sampled_from(["contract", "CN_SME", "CN_SALES", "EU", "DE", "UK"])
DAY_COUNT = st.sampled_from(["", *DAY_COUNTS])
MONEY = st.decimals("0", "1e9", places=2)
RATE = Decimal("0.12")


def exact_interest(regime: str, day_count: str, due: date, until: date) -> Fraction:
    rule = rule_of(load(), regime, RATE if regime == "contract" else None, day_count, due)
    return sum((run.interest(Decimal(1000)) for run in rule.runs(due, until)), Fraction(0))


@given(REGIMES, DAY_COUNT, KNOWN, st.integers(0, 100), st.integers(0, 100))
def test_runs_cover_every_day_once_and_interest_grows(
    regime: str, day_count: str, due: date, days: int, more: int
) -> None:
    rule = rule_of(load(), regime, RATE if regime == "contract" else None, day_count, due)
    until = due + timedelta(days)
    runs = rule.runs(due, until)
    covered = [run.first + timedelta(n) for run in runs for n in range(run.days)]
    assert covered == [due + timedelta(n) for n in range(1, days + 1)]
    assert exact_interest(regime, day_count, due, until) >= 0
    assert exact_interest(regime, day_count, due, until) <= exact_interest(
        regime, day_count, due, until + timedelta(more)
    )


@given(
    st.sampled_from(["contract", "CN_SME", "EU", "DE"]),
    st.sampled_from(["", "actual/365", "actual/360", "actual/actual", "30e/360"]),
    KNOWN,
    st.integers(0, 100),
    st.integers(0, 80),
)
def test_interest_is_additive_over_consecutive_periods(
    regime: str, day_count: str, due: date, first: int, second: int
) -> None:
    middle, end = due + timedelta(first), due + timedelta(first + second)
    whole = exact_interest(regime, day_count, due, end)
    assert whole == exact_interest(regime, day_count, due, middle) + exact_interest(regime, day_count, middle, end)


@given(DAY_COUNT, KNOWN, st.integers(1, 150), st.lists(st.integers(1, 150), max_size=5))
def test_cuts_change_nothing(day_count: str, due: date, days: int, cuts: list[int]) -> None:
    rule = rule_of(load(), "EU", None, day_count, due)
    until = due + timedelta(days)
    whole = rule.runs(due, until)
    cut = rule.runs(due, until, [due + timedelta(n) for n in cuts])
    assert sum(run.interest(Decimal(7)) for run in whole) == sum(run.interest(Decimal(7)) for run in cut)


@given(MONEY, REGIMES, KNOWN, st.integers(0, 120))
def test_paid_in_time_is_nothing_and_a_cell_is_rounded_once(amount: Decimal, regime: str, due: date, days: int) -> None:
    rate = RATE if regime == "contract" else None
    assert late_interest(amount, due, due, regime, rate) == 0
    assert late_interest(amount, due, due - timedelta(days), regime, rate) == 0
    paid = due + timedelta(days)
    exact = exact_interest(regime, "", due, paid) * Fraction(amount) / 1000
    assert late_interest(amount, due, paid, regime, rate) == in_money(exact, "")


def test_decimals_follow_the_currency() -> None:
    due, paid = date(2026, 1, 1), date(2026, 1, 16)
    assert late_interest(Decimal(100000), due, paid, "contract", Decimal("0.1"), currency="JPY") == 411
    assert late_interest(Decimal(100), due, paid, "contract", Decimal("0.1"), currency="KWD") == Decimal("0.411")


def test_the_half_year_of_the_law() -> None:
    """Interest begins on 1 July 2023 for a debt due on 30 June: the new half-year's rate, also in the UK."""
    due, paid = date(2023, 6, 30), date(2023, 7, 1)
    assert late_interest(Decimal(36500), due, paid, "EU") == 12
    assert late_interest(Decimal(36500), due, paid, "UK") == 13
    assert late_interest(Decimal(36500), date(2023, 6, 29), paid, "UK") == 23, "11.5 % stays for both days"
    assert late_interest(Decimal(36500), date(2023, 6, 29), paid, "EU") == Decimal("22.5")


def test_what_the_policy_does_not_know_is_never_guessed() -> None:
    with pytest.raises(CellError, match="ECB_MRO of 2026-07-01") as refused:
        late_interest(Decimal(100), date(2026, 6, 1), date(2026, 7, 1), "EU")
    assert refused.value.code == "#N/A"
    assert late_interest(Decimal(100), date(2026, 6, 1), date(2026, 6, 30), "EU") > 0
    with pytest.raises(CellError, match="no regime CN_SME in force on 2020-08-31"):
        late_interest(Decimal(100), date(2020, 8, 30), date(2021, 1, 1), "CN_SME")
    with pytest.raises(CellError, match="CN_SALES, CN_SME, DE, EU, UK") as unknown:
        late_interest(Decimal(100), date(2026, 6, 1), date(2026, 6, 30), "FRANCE")
    assert "FRANCE" in unknown.value.text("zh")


def test_a_policy_adds_the_next_half_year_without_restating_the_rest() -> None:
    policy = [
        ["[late_reference]", "", "", ""],
        ["from", "name", "rate", "until_date"],
        [date(2026, 7, 1), "ECB_MRO", 0.02, date(2026, 12, 31)],
    ]
    arguments = [36500, date(2026, 6, 20), date(2026, 7, 10), "EU", None, None, None, None, policy]
    assert Door().call("LATE_INTEREST", arguments) == pytest.approx(10 * 10.15 + 10 * 10)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ([["[late_reference]"], ["from", "name", "rate"], [date(2026, 7, 1), "ECB_MRO", 2]], "0.08 for 8 %"),
        ([["[late_regime]"], ["from", "name", "reference"], [date(2026, 7, 1), "X", "NONE"]], "ECB_MRO"),
        ([["[late_regime]"], ["from", "name", "rate", "reference"], [date(2026, 1, 1), "X", 0.1, "LPR_1Y"]], "one of"),
        ([["[late_regime]"], ["from", "name", "rate"], [date(2026, 1, 1), "contract", 0.1]], "another name"),
        ([["[late_fee]"], ["from", "regime", "fee", "currency"], [date(2026, 1, 1), "NOPE", 1, "EUR"]], "CN_SME"),
        ([["[late_fee]"], ["from", "regime", "fee"], [date(2026, 1, 1), "EU", 1]], "one of"),
    ],
)
def test_a_wrong_table_is_refused_by_place(table: list[list[object]], says: str) -> None:
    found = Door().call("LATE_FEE", [100, "EU", None, table])
    assert isinstance(found, CellError) and found.key == "policy.bad_value"
    assert says in found.text() and "line 3" in found.text()


def test_rates_that_the_law_sets_and_rates_that_parties_agree() -> None:
    due, paid = date(2025, 7, 1), date(2025, 7, 31)
    with pytest.raises(CellError, match="sets its own rate"):
        late_interest(Decimal(100), due, paid, "EU", Decimal("0.1"))
    with listening() as notes:
        agreed = late_interest(Decimal(36500), due, paid, "CN_SME", Decimal("0.02"))
    assert agreed == 60
    assert "late_payment.below_floor" in [note.key for note in notes]
    assert "3 % since 2025-05-20" in notes[0].text()
    with listening() as notes:
        late_interest(Decimal(36500), due, paid, "中小企业条例", Decimal("0.05"))
    assert "late_payment.below_floor" not in [note.key for note in notes]


def test_a_payment_after_the_as_of_date_is_not_known_yet() -> None:
    rate = Decimal("0.1")
    both = late_interest(Decimal(36500), date(2026, 1, 1), date(2026, 3, 1), "contract", rate, as_of=date(2026, 1, 31))
    assert both == late_interest(Decimal(36500), date(2026, 1, 1), None, "contract", rate, as_of=date(2026, 1, 31))
    with pytest.raises(CellError, match="both blank"):
        late_interest(Decimal(1), date(2026, 1, 1), None, "contract", rate)


def test_the_figure_says_its_rates_and_its_policy() -> None:
    with listening() as notes:
        late_interest(Decimal(10000), date(2023, 6, 15), date(2023, 7, 15), "EU")
    said = " ".join(note.text() for note in notes)
    assert "2023-06-16 to 2023-06-30: 15 days at 10.5 % a year" in said and "15 days at 12 % a year" in said
    assert "actual/365" in said and load().name in said and "illustrative" not in said


@given(
    MONEY,
    st.lists(st.tuples(st.integers(-20, 200), st.decimals("0", "1e6", places=2)), max_size=6),
    st.sampled_from(["principal", "interest_first"]),
    REGIMES,
)
def test_the_rows_of_an_account_add_up(
    amount: Decimal, payments: list[tuple[int, Decimal]], allocation: str, regime: str
) -> None:
    due = date(2024, 1, 15)
    dates, paid = [due + timedelta(n) for n, _ in payments], [one for _, one in payments]
    rate = RATE if regime == "contract" else None
    table = late_interest_detail(amount, due, date(2024, 7, 15), regime, paid, dates, rate, allocation=allocation)
    *rows, total = table.rows
    assert total[6] == sum((row[6] for row in rows), Decimal(0)) and min([row[6] for row in rows], default=0) >= 0
    assert total[2] == sum(row[2] for row in rows) <= 182
    balances = [row[3] for row in rows]
    assert balances == sorted(balances, reverse=True) and all(0 < balance <= amount for balance in balances)
    alone = late_interest(amount, due, date(2024, 7, 15), regime, rate)
    assert total[6] <= alone


def test_without_payments_the_detail_is_the_single_figure() -> None:
    table = late_interest_detail(Decimal(10000), date(2022, 5, 1), date(2025, 3, 1), "EU")
    assert table.rows[-1][6] == late_interest(Decimal(10000), date(2022, 5, 1), date(2025, 3, 1), "EU")
    assert [row[4] for row in table.rows[:-1]] == [0.08, 0.08, 0.105, 0.12, 0.125, 0.1225, 0.1115]


def test_interest_first_leaves_more_principal_and_interest_survives_the_principal() -> None:
    arguments = (Decimal(1000), date(2026, 1, 1), date(2026, 12, 31), "contract", [Decimal(1000)], [date(2026, 7, 1)])
    with listening() as notes:
        plain = late_interest_detail(*arguments, Decimal("0.1"))
    assert len(plain.rows) == 2 and plain.rows[-1][6] == Decimal("49.59")
    assert "principal 0.00, interest 49.59" in " ".join(note.text() for note in notes)
    with listening() as notes:
        first = late_interest_detail(*arguments, Decimal("0.1"), allocation="interest_first")
    assert first.rows[1][3] == Decimal("49.59") and first.rows[-1][6] > plain.rows[-1][6]


def test_a_fixed_sum_needs_a_debt_and_a_law() -> None:
    assert late_fee(Decimal(0), "UK") == 0
    assert late_fee(Decimal(5), "contract") == 0
    assert late_fee(Decimal(5), "EU", date(2010, 1, 1)) == 0, "before the directive"
    assert late_fee(Decimal("9999.99"), "英国") == 70


def test_the_german_base_rate_moves_with_the_refinancing_rate() -> None:
    """BGB s. 247: by as many points as the ECB's main refinancing rate since the change before; so they stay apart."""
    tables = load().section(late_payment.read)
    apart = {ours.rate - base.rate for ours, base in both_series(tables.references)}
    assert apart == {Decimal("0.0088")}


def both_series(references: Mapping[str, Sequence[Reference]]) -> list[tuple[Reference, Reference]]:
    ours, base = references["ECB_MRO"], references["DE_BASE"]
    assert [entry.start for entry in ours] == [entry.start for entry in base]
    return list(zip(ours, base, strict=True))


@pytest.mark.shared
def test_the_reference_rates_are_those_of_the_published_tables(shared: Path) -> None:
    tables = load().section(late_payment.read)
    with (shared / "data" / "reference" / "late_interest_eu_ireland.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found = tables.reference("ECB_MRO", date.fromisoformat(row["effective_from"]))
            assert found is not None and found.rate * 100 == Decimal(row["ecb_main_refinancing_rate_pct"])
    bank_rate = tables.reference("BOE_BANK_RATE", date(2024, 1, 1))
    assert bank_rate is not None and bank_rate.rate == Decimal("0.0525"), "late_interest_uk_rules.csv: 2024H1"


def test_a_sale_in_china_keeps_the_rate_of_the_breach() -> None:
    """The interpretation names the LPR published when the breach happens: the cut of 2024-10-21 changes nothing."""
    one = late_interest(Decimal(360000), date(2024, 9, 30), date(2024, 10, 1), "CN_SALES")
    assert late_interest(Decimal(360000), date(2024, 9, 30), date(2024, 12, 29), "CN_SALES") == 90 * one
    assert late_interest(Decimal(360000), date(2024, 10, 20), date(2024, 10, 21), "CN_SALES") < one


def test_a_reference_not_known_yet_is_not_asked_for_once_the_debt_is_paid() -> None:
    due, paid = date(2026, 6, 1), date(2026, 6, 20)
    table = late_interest_detail(Decimal(36500), due, date(2026, 9, 1), "EU", [Decimal(36500)], [paid])
    assert table.rows[-1][6] == late_interest(Decimal(36500), due, paid, "EU")
    with pytest.raises(CellError, match="ECB_MRO of 2026-07-01"):
        late_interest_detail(Decimal(36500), due, date(2026, 9, 1), "EU", [Decimal(36499)], [paid])


def test_no_interest_yet_says_which_of_the_two() -> None:
    for paid, as_of, key in ((None, date(2026, 1, 31), "not_late"), (date(2026, 1, 31), None, "in_time")):
        with listening() as notes:
            assert late_interest(Decimal(1), date(2026, 1, 31), paid, "EU", as_of=as_of) == 0
        assert [note.key for note in notes] == [f"late_payment.{key}"]


def test_what_one_part_does_not_need_goes_to_the_next() -> None:
    """1,000 at 36.5 % for 10 days bears 10; costs are 40. All is owed 1,050, whatever the order."""
    settled, over = "principal 0.00, interest 0.00, costs 0.00", "exceed all that was owed by 1.00"
    for order in ("principal", "interest_first"):
        for paid, says in ((1050, settled), (1051, over)):
            with listening() as notes:
                late_interest_detail(
                    Decimal(1000), date(2026, 1, 1), date(2026, 2, 1), "contract", [Decimal(paid)], [date(2026, 1, 11)],
                    Decimal("0.365"), allocation=order, costs=Decimal(40),
                )  # fmt: skip
            assert says in " ".join(note.text() for note in notes)


def test_the_order_is_the_policys_where_none_is_named() -> None:
    table = [["[late_allocation]", ""], ["from", "order"], [date(2026, 1, 1), "interest_first"]]
    day = (date(2026, 2, 15) - date(1899, 12, 30)).days
    given = [1000, date(2026, 1, 1), date(2026, 4, 1), "contract", [400], [day], 0.1]
    by_policy = Door().call("LATE_INTEREST_DETAIL", [*given, None, None, None, None, table])
    named = Door().call("LATE_INTEREST_DETAIL", [*given, None, "interest_first"])
    plain = Door().call("LATE_INTEREST_DETAIL", given)
    assert by_policy == named != plain
    wrong = [["[late_allocation]", ""], ["from", "order"], [date(2026, 1, 1), "interest"]]
    refused = Door().call("LATE_INTEREST_DETAIL", [*given, None, None, None, None, wrong])
    assert isinstance(refused, CellError) and "interest_first" in refused.text()


def test_no_debt_bears_no_interest_whatever_is_known_of_the_rate() -> None:
    with listening() as notes:
        assert late_interest(Decimal(0), date(2026, 6, 1), date(2027, 6, 1), "EU") == 0
    assert [note.key for note in notes] == ["late_payment.no_debt"]


@pytest.mark.parametrize(("rate", "said"), [("0", False), ("0.0005", True), ("0.002", True), ("0.0021", False)])
@pytest.mark.parametrize("regime", ["contract", "CN_SME"])
def test_a_yearly_rate_that_looks_like_a_daily_one_is_said(rate: str, said: bool, regime: str) -> None:
    with listening() as notes:
        late_interest(Decimal(1000), date(2026, 1, 1), date(2026, 3, 1), regime, Decimal(rate))
    shown = [note.text() for note in notes if note.key == "late_payment.may_be_daily"]
    assert bool(shown) is said
    assert rate != "0.0005" or "enter 0.1825" in shown[0]
