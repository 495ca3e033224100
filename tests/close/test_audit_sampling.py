"""Who gets a confirmation: cases on paper, and the laws of monetary-unit sampling."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from duebook.close.audit_sampling import Candidate, Units, Wish, monetary_units, sample

NOTHING = Wish(seed="s", coverage=Decimal(0), monetary_units=0, random=0, related=False)


def wish(**changes: Any) -> Wish:
    return Wish(**{**NOTHING.__dict__, **changes})


def ledger(*balances: str) -> list[Candidate]:
    return [Candidate(f"C{number}", Decimal(amount)) for number, amount in enumerate(balances, start=1)]


def chosen(currency: str, candidates: list[Candidate], how: Wish) -> dict[str, str | None]:
    return {c.candidate.customer_id: c.reason for c in sample(currency, candidates, how).chosen}


def test_the_largest_until_the_coverage_is_reached() -> None:
    # debit balances 500 + 300 + 150 + 50 = 1000; 60 % are 600: 500 are short of it, 500 + 300 are enough
    candidates = ledger("50.00", "500.00", "150.00", "300.00", "-80.00")
    assert chosen("CNY", candidates, wish(coverage=Decimal("0.6"))) == {"C2": "coverage", "C4": "coverage"}
    # 80 % are 800, which 500 + 300 are exactly
    assert set(chosen("CNY", candidates, wish(coverage=Decimal("0.8")))) == {"C2", "C4"}
    assert set(chosen("CNY", candidates, wish(coverage=Decimal(1)))) == {"C1", "C2", "C3", "C4"}


def test_from_an_amount_on_debit_or_credit() -> None:
    candidates = ledger("50.00", "500.00", "-80.00", "79.99", "80.00")
    assert set(chosen("CNY", candidates, wish(over=Decimal(80), coverage=Decimal(1)))) == {"C2", "C3", "C5"}


def test_related_parties_are_all_chosen_once() -> None:
    candidates = [Candidate("A", Decimal(900), True), Candidate("B", Decimal(1), True), Candidate("C", Decimal(99))]
    how = wish(coverage=Decimal("0.5"), related=True)
    assert chosen("CNY", candidates, how) == {"A": "coverage", "B": "related"}


def units(balances: dict[str, str], count: int, seed: str = "s", currency: str = "CNY") -> Units:
    population = [Candidate(customer, Decimal(amount)) for customer, amount in sorted(balances.items())]
    return monetary_units(currency, population, wish(monetary_units=count, seed=seed))


def test_monetary_units_by_hand() -> None:
    """10.00 yuan and 3 units wanted: interval = 1000 cents ÷ 3 rounded up = 334.

    SHA-256("2026|CNY") is a hexadecimal number that any tool gives; its remainder by 334, plus 1, is the first cent.
    """
    found = units({"A": "2.00", "B": "5.00", "C": "3.00"}, 3, seed="2026")
    start = int(hashlib.sha256(b"2026|CNY").hexdigest(), 16) % 334 + 1
    assert (found.interval, found.start) == (Decimal("3.34"), Decimal(start).scaleb(-2))
    # A holds cents 1–200, B 201–700, C 701–1000
    owner = {cent: "A" if cent <= 200 else "B" if cent <= 700 else "C" for cent in range(1, 1001)}
    cents = list(range(start, 1001, 334))
    assert {customer: hits for customer, (_, hits) in found.hits.items()} == {
        customer: sum(1 for cent in cents if owner[cent] == customer) for customer in {owner[cent] for cent in cents}
    }
    assert found.cumulative == {"A": Decimal("2.00"), "B": Decimal("7.00"), "C": Decimal("10.00")}


def test_units_of_yen_and_dinars() -> None:
    assert units({"A": "7", "B": "4"}, 4, currency="JPY").interval == Decimal(3)  # 11 yen ÷ 4, rounded up
    assert units({"A": "1.250"}, 4, currency="KWD").interval == Decimal("0.313")  # 1250 fils ÷ 4 = 312.5
    assert units({"A": "0.0003"}, 2, currency="CNY").interval == Decimal("0.0002")  # below a cent: the stored unit


BALANCES = st.dictionaries(
    st.text("ABCDEF", min_size=1, max_size=3), st.integers(1, 300).map(lambda cents: f"{cents / 100:.2f}"), min_size=1
)


@given(BALANCES, st.integers(1, 12))
def test_every_monetary_unit_is_selected_by_one_start_of_the_interval(balances: dict[str, str], count: int) -> None:
    """So with a start drawn evenly from the interval every cent has the same chance, 1 in an interval."""
    total = sum(int(Decimal(amount) * 100) for amount in balances.values())
    interval = -(-total // count)
    selected = [cent for start in range(1, interval + 1) for cent in range(start, total + 1, interval)]
    assert sorted(selected) == list(range(1, total + 1))
    found = units(balances, count)
    assert found.interval == Decimal(interval).scaleb(-2)
    assert found.start is not None and 1 <= int(found.start * 100) <= interval


@given(BALANCES, st.integers(1, 12), st.text(max_size=5))
def test_an_interval_or_more_is_always_hit(balances: dict[str, str], count: int, seed: str) -> None:
    found = units(balances, count, seed)
    assert found.interval is not None
    for customer, amount in balances.items():
        least = int(Decimal(amount) // found.interval)
        hits = found.hits.get(customer, (None, 0))[1]
        assert least <= hits <= least + 1
    total, interval = sum(int(Decimal(amount) * 100) for amount in balances.values()), int(found.interval * 100)
    fewest, most = total // interval, -(-total // interval)
    assert fewest <= sum(hits for _, hits in found.hits.values()) <= most <= count


@given(
    st.dictionaries(st.text("ABCDEF", min_size=1, max_size=3), st.decimals(-999, 999, places=2), min_size=1),
    st.integers(0, 6),
    st.integers(0, 6),
    st.text(max_size=5),
    st.randoms(),
)
def test_the_same_seed_gives_the_same_sample_in_whatever_order(
    balances: dict[str, Decimal], count: int, more: int, seed: str, shuffled: Any
) -> None:
    how = wish(coverage=Decimal("0.3"), monetary_units=count, random=more, seed=seed)
    candidates = [Candidate(customer, amount) for customer, amount in balances.items()]
    mixed = list(candidates)
    shuffled.shuffle(mixed)
    found = sample("CNY", candidates, how)
    assert found == sample("CNY", mixed, how)
    reasons = [c.reason for c in found.chosen]
    left = len(candidates) - sum(1 for reason in reasons if reason in ("coverage", "unit"))
    assert reasons.count("random") == min(more, left)
    assert all(c.candidate.balance > 0 for c in found.chosen if c.reason in ("coverage", "unit"))


def test_the_random_ones_are_the_first_by_their_digest() -> None:
    candidates = ledger("10.00", "-20.00", "30.00", "0", "50.00", "60.00")
    digests = {c.customer_id: hashlib.sha256(f"seed|USD|{c.customer_id}".encode()).hexdigest() for c in candidates}
    wanted = sorted(digests, key=digests.__getitem__)[:3]
    assert set(chosen("USD", candidates, wish(seed="seed", random=3))) == set(wanted)


def test_another_seed_gives_another_sample() -> None:
    candidates = ledger(*(f"{amount}.00" for amount in range(1, 61)))
    found = {frozenset(chosen("CNY", candidates, wish(seed=str(n), monetary_units=5, random=5))) for n in range(20)}
    assert len(found) == 20
