"""A ledger in its functional currency: published examples of IAS 21, a ledger worked out on paper, and laws."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duebook.close import figures, functional, open_items
from duebook.close.booked_values import Book, fx_lines
from duebook.close.figures import Balance
from duebook.close.functional import ACCOUNTS, FxLine, parts_translated, summed, translated
from duebook.core.engine import Engine
from duebook.core.money import decimals
from duebook.ledger.problems import Problem
from duebook.ledger.rates import Quote, Rates
from duebook.policy import load
from duebook.receivables.revaluation import revaluation
from tests.close.small_ledgers import Row, document, engine_with, paid
from tests.close.test_laws_of_movement import DAYS, histories

SCHEME = load.load().schemes["standard"]
LONG_AGO = date(2000, 1, 1)


def rates_of(into: str, *quoted: tuple[str, str, str]) -> Rates:
    """Rates of currencies into one: (currency, day, rate)."""
    found: dict[tuple[str, str], list[Quote]] = defaultdict(list)
    for line, (code, day, rate) in enumerate(quoted, start=2):
        found[code, into].append(Quote(date.fromisoformat(day), Decimal(rate), "bank", line))
    return Rates("rates.csv", {pair: tuple(sorted(own, key=lambda q: q.day)) for pair, own in found.items()})


def lines_of(
    engine: Engine, rates: Rates, into: str, as_of: str, since: str = "2000-01-01", advances: str = "booked"
) -> tuple[list[FxLine], list[Problem], list[Balance]]:
    day = date.fromisoformat(as_of)
    open_items.link_allocations(engine)
    open_items.age(engine, day, SCHEME, "separate", "separate")
    held = figures.balances(engine, SCHEME)
    closing = {
        code: quote.rate for code in sorted({b.currency for b in held}) if (quote := rates.latest(code, into, day))
    }
    book = Book(into, rates, date.fromisoformat(since), day, 31, advances)
    return *fx_lines(engine, book, held, closing, "hand.csv"), held


def money(*amounts: str) -> tuple[Decimal | None, ...]:
    """Amounts as a sum on paper writes them; "" is blank."""
    return tuple(Decimal(amount) if amount else None for amount in amounts)


def only(lines: Sequence[FxLine]) -> FxLine:
    (line,) = lines
    return line


# ---- published examples ----


def test_a_sale_in_dinars_that_is_open_at_the_year_end() -> None:
    # Kaplan, ACCA SBR Integrated Workbook, ch. 8, example 2: functional currency dollar; a sale for 3m dinars on
    # 1 November at 2.5 dinars to the dollar, $1.2m; at 3.0 on 31 December, $1.0m; a loss of $0.2m.
    engine = engine_with([document("I1", "2025-11-01", "3000000", currency="RSD")])
    rates = rates_of("USD", ("RSD", "2025-11-01", "0.4"), ("RSD", "2025-12-31", "0.333333333"))
    line = only(lines_of(engine, rates, "USD", "2025-12-31")[0])
    assert (line.booked, line.functional, line.unrealized) == money("1200000", "1000000", "-200000")
    assert line.realized == 0


def test_a_receivable_collected_after_the_rate_has_moved() -> None:
    # Kaplan, CIMA F1 Study Text, ch. 16, example 1: a US entity sells for £200,000 at 1 $ = £0.55, $363,636; it is paid
    # when 1 $ = £0.60, $333,333: a loss of $30,303.
    engine = engine_with([document("I1", "2025-02-28", "200000", currency="GBP")], [paid("I1", "2025-04-28", "200000")])
    rates = rates_of("USD", ("GBP", "2025-02-28", "1.818181818"), ("GBP", "2025-04-28", "1.666666667"))
    line = only(lines_of(engine, rates, "USD", "2025-07-31")[0])
    assert line.realized is not None
    assert (line.balance, line.booked, round(line.realized, 0)) == money("0", "0", "-30303")


def test_a_gain_in_two_periods() -> None:
    # A textbook exercise: £2,000 booked at 1.43 ($2,860), at the year end 1.45 ($2,900: a gain of $40), collected at
    # 1.50 ($3,000: $100 more). Over both periods the realized difference is $3,000 − $2,860 = $140.
    engine = engine_with([document("I1", "2025-10-01", "2000", currency="GBP")], [paid("I1", "2026-01-31", "2000")])
    rates = rates_of("USD", ("GBP", "2025-10-01", "1.43"), ("GBP", "2025-12-31", "1.45"), ("GBP", "2026-01-31", "1.50"))
    first = only(lines_of(engine, rates, "USD", "2025-12-31")[0])
    assert (first.booked, first.unrealized, first.realized) == money("2860", "40", "0")
    second = only(lines_of(engine, rates, "USD", "2026-01-31", since="2025-12-31")[0])
    assert (second.unrealized, second.realized) == money("0", "140")
    assert (second.realized or 0) - (first.unrealized or 0) == 100, "what the second period brings"


def test_a_partial_payment_and_a_rest_at_the_closing_rate() -> None:
    # An ACCA FR question, from the lender's side: 12m dinars at 6.0 ($2,000,000), 3m repaid at 5.0 ($600,000), 9m left
    # at 5.6 ($1,607,142.86): together 600,000 + 1,607,142.86 − 2,000,000 = 207,142.86 ("$207,000"). Of it realized
    # 3m ÷ 5.0 − 3m ÷ 6.0 = 100,000, the rest is not.
    engine = engine_with(
        [document("I1", "2025-01-01", "12000000", currency="RSD")], [paid("I1", "2025-11-30", "3000000")]
    )
    rates = rates_of(
        "USD",
        ("RSD", "2025-01-01", "0.166666667"),
        ("RSD", "2025-11-30", "0.2"),
        ("RSD", "2025-12-31", "0.178571429"),
    )
    line = only(lines_of(engine, rates, "USD", "2025-12-31")[0])
    assert (line.realized, line.unrealized) == money("100000.00", "107142.86")


# ---- three currencies, worked out on paper ----

PAPER = rates_of(
    "CNY",
    ("USD", "2026-08-01", "7.20"),
    ("USD", "2026-10-15", "7.10"),
    ("USD", "2026-10-31", "7.05"),
    ("EUR", "2026-09-15", "8.10"),
    ("EUR", "2026-10-20", "8.25"),
    ("EUR", "2026-10-30", "8.40"),
    ("JPY", "2026-08-15", "0.048"),
    ("JPY", "2026-10-10", "0.047"),
    ("JPY", "2026-10-30", "0.0465"),
)


def paper() -> Engine:
    def of(customer: str, currency: str, number: str, day: str, amount: str, kind: str = "invoice") -> Row:
        return document(number, day, amount, customer_id=customer, currency=currency, kind=kind)

    return engine_with(
        [
            of("A", "USD", "I1", "2026-08-10", "1000.00"),
            of("A", "USD", "P1", "2026-10-15", "-400.00", kind="payment"),
            of("A", "CNY", "I2", "2026-09-05", "5000.00"),
            of("B", "EUR", "I3", "2026-09-20", "2000.00"),
            of("B", "EUR", "V1", "2026-10-20", "-300.00", kind="advance"),
            of("C", "JPY", "I4", "2026-08-20", "150001"),
            of("C", "JPY", "W1", "2026-10-10", "50001", kind="bill"),
        ],
        [
            paid("I1", "2026-10-15", "400.00", document_id="P1"),
            # the bill takes 50,001 yen off the invoice and goes on as a claim of its own
            {**paid("I4", "2026-10-10", "50001"), "kind": "bill", "document_date": date(2026, 10, 10)},
        ],
    )


# currency, account: balance, functional, booked, unrealized, not revalued, realized
ON_PAPER = {
    ("CNY", "receivable"): ("5000", "5000.00", "5000.00", "0.00", "0.00", "0.00"),
    # booked 2,000 × 8.10 − 300 × 8.25 = 16,200 − 2,475 = 13,725; closing 1,700 × 8.40 = 14,280. The invoice gains
    # 2,000 × 0.30 = 600; the advance stays at 2,475, which at 8.40 would be 2,520: −45.
    ("EUR", "receivable"): ("1700", "14280.00", "13725.00", "600.00", "-45.00", "0.00"),
    # booked 150,001 × 0.048 = 7,200.048 → 7,200.05; what is left, 100,000 × 0.048 = 4,800.00, so that 2,400.05 go. The
    # bill brings 50,001 × 0.047 = 2,350.047 → 2,350.05: realized −50.00. Left at 0.0465: 4,650, unrealized −150.
    ("JPY", "receivable"): ("100000", "4650.00", "4800.00", "-150.00", "0.00", "-50.00"),
    # 50,001 × 0.0465 = 2,325.0465 → 2,325.05
    ("JPY", "bill"): ("50001", "2325.05", "2350.05", "-25.00", "0.00", "0.00"),
    # booked 600 × 7.20 = 4,320; closing 600 × 7.05 = 4,230; realized 400 × (7.10 − 7.20) = −40
    ("USD", "receivable"): ("600", "4230.00", "4320.00", "-90.00", "0.00", "-40.00"),
}


def test_three_currencies_with_a_payment_an_advance_and_a_bill() -> None:
    lines, problems, _ = lines_of(paper(), PAPER, "CNY", "2026-10-31")
    found = {
        (x.currency, x.account): (x.balance, x.functional, x.booked, x.unrealized, x.not_revalued, x.realized)
        for x in lines
    }
    assert found == {key: money(*amounts) for key, amounts in ON_PAPER.items()}
    # I4 of 2026-08-20 is booked at the rate of 2026-08-15: five days, well within 31
    assert problems == []


def test_advances_are_revalued_where_the_policy_says_so() -> None:
    lines, _, _ = lines_of(paper(), PAPER, "CNY", "2026-10-31", advances="closing")
    line = next(line for line in lines if line.currency == "EUR")
    assert (line.unrealized, line.not_revalued) == money("555.00", "0")  # 14,280 − 13,725


def test_a_single_document_agrees_with_the_worksheet_function() -> None:
    lines, _, _ = lines_of(paper(), PAPER, "CNY", "2026-10-31")
    bill = next(line for line in lines if line.account == "bill")
    amount, booked, closing = Decimal(50001), Decimal("0.047"), Decimal("0.0465")
    assert bill.unrealized == revaluation(amount, booked, closing, "CNY")


def test_the_amount_that_the_export_gives_is_what_is_booked() -> None:
    # Booked at 7,234.56 for 1,000: of 300 left 2,170.368 → 2,170.37, so that the payment of 700 takes 5,064.19; at 7.10
    # it brings 4,970.00: realized −94.19. Closing 300 × 7.05 = 2,115: unrealized −55.37.
    engine = engine_with(
        [document("I1", "2026-08-10", "1000.00", currency="USD", functional_amount=Decimal("7234.56"))],
        [paid("I1", "2026-10-15", "700.00")],
    )
    line = only(lines_of(engine, PAPER, "CNY", "2026-10-31")[0])
    assert (line.booked, line.realized, line.unrealized) == money("2170.37", "-94.19", "-55.37")


def test_the_yen_has_no_decimals() -> None:
    # 100.55 USD at 150.45 = 15,127.7475 → 15,128 yen; booked at 148.15 = 14,896.4825 → 14,896
    engine = engine_with([document("I1", "2026-09-01", "100.55", currency="USD")])
    rates = rates_of("JPY", ("USD", "2026-09-01", "148.15"), ("USD", "2026-10-31", "150.45"))
    line = only(lines_of(engine, rates, "JPY", "2026-10-31")[0])
    assert (line.functional, line.booked, line.unrealized) == money("15128", "14896", "232")


def test_without_a_rate_of_its_day_a_document_leaves_the_differences_blank() -> None:
    engine = engine_with(
        [
            document("I1", "2026-07-01", "10.00", currency="USD"),  # the rates begin on 2026-08-01
            document("I2", "2026-09-01", "10.00", currency="USD"),
            document("I3", "2026-09-01", "10.00", currency="USD", customer_id="C2"),
        ]
    )
    lines, problems, _ = lines_of(engine, PAPER, "CNY", "2026-10-31")
    found = {line.customer_id: (line.functional, line.booked, line.unrealized, line.realized) for line in lines}
    assert found == {
        "C1": money("141", "", "", ""),
        "C2": money("70.5", "72", "-1.5", "0"),
    }
    (whole,) = summed(lines, ("currency",))
    assert (whole.functional, whole.booked, whole.unrealized) == money("211.5", "", ""), "never a part as all"
    assert [p.reason for p in problems] == ["functional_remarks.booked_unknown"]


def test_a_payment_without_a_day_realizes_nothing_and_is_said() -> None:
    engine = engine_with([document("I1", "2026-08-10", "1000.00", currency="USD")], [paid("I1", None, "400.00")])
    lines, problems, _ = lines_of(engine, PAPER, "CNY", "2026-10-31")
    line = only(lines)
    assert (line.booked, line.realized, line.settled) == money("4320", "0", "-2880")
    assert [p.reason for p in problems] == ["functional_remarks.settled_undated"]


# ---- rounding: parts add up ----


def test_parts_add_up_to_the_translated_whole() -> None:
    # 0.05 each at 7.1: 0.355 → 0.36 alone. Running sums 0.355, 0.71, 1.065 → 0.36, 0.71, 1.07: parts 0.36, 0.35, 0.36.
    parts = parts_translated([Decimal("0.05")] * 3, Decimal("7.1"), 2)
    assert parts == [Decimal("0.36"), Decimal("0.35"), Decimal("0.36")]
    assert sum(parts) == translated(Decimal("0.15"), Decimal("7.1"), 2)


CENTS = st.integers(-(10**8), 10**8).map(lambda n: Decimal(n) / 100)
RATES = st.integers(1, 10**12).map(lambda n: Decimal(n) / 10**9)


@given(st.lists(CENTS, max_size=9), RATES, st.sampled_from([0, 2, 3]))
def test_parts_always_add_up_and_none_is_further_off_than_a_unit(
    amounts: list[Decimal], rate: Decimal, digits: int
) -> None:
    parts = parts_translated(amounts, rate, digits)
    assert sum(parts, Decimal(0)) == translated(sum(amounts, Decimal(0)), rate, digits)
    unit = Decimal(1).scaleb(-digits)
    assert all(abs(part - amount * rate) <= unit for part, amount in zip(parts, amounts, strict=True))
    assert all(part == 0 for part, amount in zip(parts, amounts, strict=True) if amount == 0)


# ---- laws over random histories of all kinds ----


@st.composite
def told(draw: st.DrawFn) -> tuple[list[Row], list[Row], Rates]:
    """A history with a rate for every day, some of it with booked amounts of the export's own."""
    documents, allocations = draw(histories())
    booked = [
        {**row, "functional_amount": draw(st.none() | CENTS.map(abs))} if row["currency"] == "USD" else row
        for row in documents
    ]
    days = sorted(draw(st.sets(DAYS, max_size=5)))
    quoted = [("USD", day.isoformat(), str(draw(RATES))) for day in days]
    return booked, allocations, rates_of("CNY", ("USD", "2020-01-01", "7.1"), *quoted)


@given(told(), DAYS, DAYS, st.sampled_from(["booked", "closing"]))
@settings(max_examples=12, deadline=None)
def test_booked_realized_and_unrealized_roll_forward_to_the_cent(
    history: tuple[list[Row], list[Row], Rates], one: date, two: date, advances: str
) -> None:
    documents, allocations, rates = history
    first, second = sorted((one, two))
    with engine_with(documents, allocations) as engine:
        before, _, _ = lines_of(engine, rates, "CNY", first.isoformat(), advances=advances)
        after, _, held = lines_of(engine, rates, "CNY", second.isoformat(), first.isoformat(), advances)
    opened = {(x.currency, x.account, x.customer_id): x.booked for x in before}
    for line in after:
        assert line.functional == (line.booked or 0) + (line.unrealized or 0) + (line.not_revalued or 0)
        if line.currency == "CNY":
            continue
        assert line.booked is not None
        assert line.opening == (opened.get((line.currency, line.account, line.customer_id)) or 0)
        moved = (line.opening, line.documents, line.settled, line.realized)
        assert sum((amount or Decimal(0) for amount in moved), Decimal(0)) == line.booked
    balances = [functional.balance_translated(b, "CNY", _closing(rates, b.currency, second)) for b in held]
    for account in ACCOUNTS:
        held_in = {"receivable": lambda b: b.balance + b.excluded, "bill": lambda b: b.bills}.get(
            account, lambda b: b.contract_assets
        )
        own = [line.functional for line in after if line.account == account]
        assert sum(own, Decimal(0)) == sum(map(held_in, functional.customers_of(balances)), Decimal(0)), account


def _closing(rates: Rates, currency: str, on: date) -> Decimal:
    quote = rates.latest(currency, "CNY", on)
    return Decimal(1) if currency == "CNY" or quote is None else quote.rate


@given(told(), DAYS)
@settings(max_examples=8, deadline=None)
def test_customers_add_up_to_currencies(history: tuple[list[Row], list[Row], Rates], on: date) -> None:
    documents, allocations, rates = history
    with engine_with(documents, allocations) as engine:
        lines, _, held = lines_of(engine, rates, "CNY", on.isoformat())
    for own in summed(lines, ("currency", "account")):
        each = [x for x in lines if (x.currency, x.account) == (own.currency, own.account)]
        assert own.functional == sum((x.functional for x in each), Decimal(0))
        assert own.balance == sum((x.balance for x in each), Decimal(0))
    for balance in held:
        one = functional.balance_translated(balance, "CNY", _closing(rates, balance.currency, on))
        assert one.balance + one.excluded == translated(
            balance.balance + balance.excluded, _closing(rates, balance.currency, on), decimals("CNY")
        )
        assert one.aged == sum(one.buckets, Decimal(0))


@pytest.mark.parametrize("name", ["booked", "unrealized"])
def test_a_balance_of_the_functional_currency_has_no_differences(name: str) -> None:
    line = only(
        lines_of(engine_with([document("I1", "2026-09-01", "12.34", currency="CNY")]), PAPER, "CNY", "2026-10-31")[0]
    )
    assert getattr(line, name) == {"booked": Decimal("12.34"), "unrealized": 0}[name]
