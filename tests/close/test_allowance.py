"""The allowance of a close: specific items, pools, cover and related parties, with the sums beside the figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duebook.close.allowance import (
    AccountPool,
    Allowance,
    Flow,
    Matrix,
    Movement,
    SpecificItem,
    covered_by_bucket,
    movements,
    translated,
)
from duebook.close.options import CloseOptions
from duebook.close.result import Close
from duebook.close.run import figured
from duebook.core.engine import Engine
from duebook.ledger.files import Source
from tests.close.small_ledgers import aged, document, engine_with

AS_OF = date(2026, 10, 31)
HEAD = "Customer ID | Document No | Type | Invoice Date | Due Date | Amount | Currency"
ZERO = Decimal(0)

RATES = """
[[aging_scheme]]
name = "three"
basis = "due_date"
unit = "days"
upper = [30, 60]

[[loss_rates]]
from = 2000-01-01
scheme = "three"
rates = ["0.01", "0.1", "0.2", "0.5"]

[[close]]
from = 2000-01-01
scheme = "three"
disputed = "separate"
unapplied = "separate"
period_months = 1
"""
"""Not due 1 %, 1–30 10 %, 31–60 20 %, beyond 50 %."""


def table(path: Path, rows: str) -> Path:
    lines = [line.strip() for line in rows.strip().splitlines()]
    path.write_text("\n".join(",".join(c.strip() for c in line.split("|")) for line in lines) + "\n", "utf-8")
    return path


def closed(folder: Path, ledger: str, customers: str = "", policy: str = RATES, **files: str) -> Close:
    """A ledger (and customers, sales or payments) closed to its figures by a policy of three buckets."""
    folder.mkdir(exist_ok=True)
    sources = [Source(table(folder / "ledger.csv", ledger))]
    if customers:
        sources.append(Source(table(folder / "customers.csv", customers), "customers"))
    for role, rows in files.items():
        sources.append(Source(table(folder / f"{role}.csv", rows), role))  # type: ignore[arg-type]
    (folder / "policy.toml").write_text(policy, "utf-8")
    with Engine(threads=1) as engine:
        options = CloseOptions(tuple(sources), AS_OF, folder / "out", policy=folder / "policy.toml")
        return figured(options, engine)


def provision(close: Close, currency: str = "CNY") -> Allowance:
    return next(f.provision for f in close.figures if f.currency == currency)


def required(close: Close, currency: str = "CNY") -> Mapping[str, Decimal]:
    own = provision(close, currency)
    found = {
        f"{account} {part}": own.required(account, part)
        for account in ("receivable", "bill", "contract_asset")
        for part in ("specific", "pool")
    }
    return {name: amount for name, amount in found.items() if amount}


LEDGER = f"""
{HEAD}
C1 | I1 | Invoice | 2026-10-01 | 2026-11-30 | 1000.00 | CNY
C1 | I2 | Invoice | 2026-08-01 | 2026-10-11 | 500.00 | CNY
C2 | I3 | Invoice | 2026-08-01 | 2026-09-10 | 200.00 | CNY
C3 | I4 | Invoice | 2026-01-01 | 2026-02-01 | 300.00 | CNY
"""


def test_a_matrix_alone(tmp_path: Path) -> None:
    close = closed(tmp_path, LEDGER)
    # 1000 × 1 % + 500 (20 days late) × 10 % + 200 (51 days) × 20 % + 300 (272 days) × 50 % = 10 + 50 + 40 + 150
    assert required(close) == {"receivable pool": Decimal("250.00")}
    assert close.figures[0].allowance == Decimal("250.00")
    assert provision(close).matrices[0].base == (1000, 500, 200, 300)


def test_a_specific_customer_leaves_the_pool_first(tmp_path: Path) -> None:
    """CAS 22, 单项计提: what is assessed by itself is no part of the group any more."""
    close = closed(tmp_path, LEDGER, "客户编码 | 客户名称 | 单项计提比例\nC3 | 丙 | 90%\n")
    # pool 10 + 50 + 40 = 100; specific 300 × 90 % = 270
    assert required(close) == {"receivable pool": Decimal("100.00"), "receivable specific": Decimal("270.00")}
    assert provision(close).matrices[0].base == (1000, 500, 200, 0)
    (item,) = provision(close).specific
    assert (item.customer_id, item.customer_name, item.document_id) == ("C3", "丙", None)
    assert (item.balance, item.allowance, item.capped) == (300, Decimal("270.00"), False)


def test_a_stated_amount_is_capped_at_the_balance(tmp_path: Path) -> None:
    close = closed(tmp_path, LEDGER, "客户编码 | 客户名称 | 单项计提金额 | 单项计提比例\nC3 | 丙 | 350.00 | 10%\n")
    (item,) = provision(close).specific
    # 350 of 300 owed: 300; the amount counts, not the 10 %
    assert (item.wanted, item.allowance, item.capped) == (Decimal("350.00"), 300, True)


def test_a_document_is_assessed_by_itself_within_its_customer(tmp_path: Path) -> None:
    ledger = f"""
    {HEAD} | Specific allowance | Specific rate
    C1 | I1 | Invoice | 2026-10-01 | 2026-11-30 | 1000.00 | CNY | |
    C1 | I2 | Invoice | 2026-08-01 | 2026-10-11 | 500.00 | CNY | 400.00 |
    C2 | I3 | Invoice | 2026-08-01 | 2026-09-10 | 200.00 | CNY | | 75
    """
    close = closed(tmp_path, ledger)
    # pool 1000 × 1 % = 10; specific 400 + 200 × 75 % = 550
    assert required(close) == {"receivable pool": Decimal("10.00"), "receivable specific": Decimal("550.00")}
    assert [item.document_id for item in provision(close).specific] == ["I2", "I3"]
    assert {p.reason for p in close.ledger.problems} == {"ledger.cover_percent"}  # 75 is read as 75 %, and said


def test_a_document_s_own_assessment_wins_over_its_customer_s(tmp_path: Path) -> None:
    ledger = f"""
    {HEAD} | Specific allowance
    C1 | I1 | Invoice | 2026-10-01 | 2026-11-30 | 1000.00 | CNY |
    C1 | I2 | Invoice | 2026-08-01 | 2026-10-11 | 500.00 | CNY | 400.00
    """
    close = closed(tmp_path, ledger, "Customer ID | Customer Name | Specific rate\nC1 | One | 0.5\n")
    # I2: 400; the rest of C1: 1000 × 50 % = 500
    assert [(i.document_id, i.allowance) for i in provision(close).specific] == [(None, 500), ("I2", 400)]
    assert required(close) == {"receivable specific": Decimal("900.00")}


def test_a_customer_s_amount_is_for_its_receivables_in_the_currency_of_its_limit(tmp_path: Path) -> None:
    ledger = f"""
    {HEAD}
    C1 | I1 | Invoice | 2026-10-01 | 2026-11-30 | 1000.00 | CNY
    C1 | I2 | Invoice | 2026-10-01 | 2026-11-30 | 100.00 | USD
    C1 | B1 | 商业承兑汇票 | 2026-10-01 | 2026-12-01 | 50.00 | CNY
    """
    head = "Customer ID | Customer Name | Limit Currency | Credit Limit"
    close = closed(tmp_path, ledger, f"{head} | Specific allowance\nC1 | One | CNY | 5000 | 600\n")
    # CNY: 600 specific, the bill in its pool 50 × 2 % = 1; USD stays in the pool 100 × 1 % = 1
    assert required(close) == {"receivable specific": 600, "bill pool": Decimal("1.00")}
    assert required(close, "USD") == {"receivable pool": Decimal("1.00")}
    # a rate is for all that the customer owes: 1000 × 30 %, 50 × 30 %, 100 × 30 %
    close = closed(tmp_path, ledger, f"{head} | Specific rate\nC1 | One | CNY | 5000 | 30 %\n")
    assert required(close) == {"receivable specific": 300, "bill specific": 15}
    assert required(close, "USD") == {"receivable specific": 30}


def test_what_is_not_aged_has_pools_of_its_own(tmp_path: Path) -> None:
    ledger = f"""
    {HEAD} | 合同资产 | Bill status
    C1 | I1 | Invoice | 2026-10-01 | 2026-11-30 | 1000.00 | CNY | |
    C1 | R1 | 质保金 | 2026-05-01 | 2027-05-01 | 300.00 | CNY | 否 |
    C1 | R2 | 质保金 | 2026-05-01 | 2026-10-01 | 40.00 | CNY | 否 |
    C1 | R3 | 质保金 | 2026-05-01 | 2027-05-01 | 500.00 | CNY | 是 |
    C1 | B1 | 银行承兑汇票 | 2026-09-01 | 2026-12-01 | 800.00 | CNY | | 持有
    C1 | B2 | 商业承兑汇票 | 2026-09-01 | 2026-12-01 | 600.00 | CNY | | 持有
    C1 | B3 | 商业承兑汇票 | 2026-04-01 | 2026-10-01 | 90.00 | CNY | | 拒付
    """
    close = closed(tmp_path, ledger)
    # matrix: 1000 × 1 % = 10, R2 was released (30 days late) 40 × 10 % = 4; retention 300 × 1 % = 3: 17
    # bills: bank 800 × 0, commercial 600 × 2 % = 12, dishonored 90 × 50 % = 45: 57; contract asset 500 × 1 % = 5
    assert required(close) == {
        "receivable pool": Decimal("17.00"),
        "bill pool": Decimal("57.00"),
        "contract_asset pool": Decimal("5.00"),
    }
    assert [(pool.name, pool.balance) for pool in provision(close).pools] == [
        ("retention", 300),
        ("bank_acceptance", 800),
        ("commercial_acceptance", 600),
        ("dishonored_bill", 90),
        ("contract_asset", 500),
    ]
    assert close.figures[0].allowance == Decimal("17.00")  # the receivables' own


COVERED = """
Customer ID | Customer Name | Insured Limit | Cover | Relation
C1 | One | 1200 | 90 % | third party
C2 | Two | 500 | 90 % | {relation}
"""


def test_cover_reduces_the_loss_by_policy_oldest_debts_first(tmp_path: Path) -> None:
    plain = closed(tmp_path, LEDGER, COVERED.format(relation="third party"))
    assert required(plain) == {"receivable pool": Decimal("250.00")}  # ignored unless the policy says otherwise
    policy = RATES + '[[allowance]]\nfrom = 2000-01-01\ncover = "reduces_loss"\n'
    close = closed(tmp_path, LEDGER, COVERED.format(relation="third party"), policy)
    # C1: limit 1200 takes its 500 (late) whole, then 700 of 1000: covered 450 and 630; C2: 200 × 90 % = 180
    # (1000 − 630) × 1 % = 3.70; (500 − 450) × 10 % = 5; (200 − 180) × 20 % = 4; 300 × 50 % = 150
    assert required(close) == {"receivable pool": Decimal("162.70")}
    # C2 is an affiliate, whom no insurer covers: 200 × 20 % = 40 instead of 4
    close = closed(tmp_path, LEDGER, COVERED.format(relation="related"), policy)
    assert required(close) == {"receivable pool": Decimal("198.70")}
    everybody = '[[relations]]\nfrom = 2000-01-01\ndso = "all"\nallowance = "all"\ncover = "all"\n'
    close = closed(tmp_path, LEDGER, COVERED.format(relation="related"), policy + everybody)
    assert required(close) == {"receivable pool": Decimal("162.70")}


PARTIES = """
客户编码 | 客户名称 | 关联关系
C1 | 甲 | 非关联方
C2 | 乙 | 关联方
C3 | 丙 | 集团内
"""


@pytest.mark.parametrize(
    ("counted", "pool", "left_out", "dso"),
    [
        # DSO: receivables ÷ October's sales × 31; the sales of October are C1's 1000 in each case
        ("all", "250.00", "0", "62"),  # 2000 ÷ 1000 × 31
        ("without_intercompany", "100.00", "300", "52.7"),  # without C3's 300 and its 150: 1700 ÷ 1000 × 31
        ("third_party", "60.00", "500", "46.5"),  # without C2's 200 and its 40 too: 1500 ÷ 1000 × 31
    ],
)
def test_related_parties_count_as_the_policy_says(
    tmp_path: Path, counted: str, pool: str, left_out: str, dso: str
) -> None:
    rule = f'[[relations]]\nfrom = 2000-01-01\ndso = "{counted}"\nallowance = "{counted}"\ncover = "all"\n'
    close = closed(tmp_path, LEDGER, PARTIES, RATES + rule)
    assert required(close) == {"receivable pool": Decimal(pool)}
    assert provision(close).left_out == Decimal(left_out)
    assert close.figures[0].sales.dso == Decimal(dso)
    assert close.figures[0].balance == 2000  # shown and tied out all the same


def test_a_class_of_customers_may_have_rates_of_its_own(tmp_path: Path) -> None:
    own = '[[loss_rates]]\nfrom = 2000-01-01\nscheme = "three"\nrelation = "intercompany"\nrates = [0, 0, 0, "0.02"]\n'
    policy = RATES.replace("[[close]]", own + "\n[[close]]")
    close = closed(tmp_path, LEDGER, PARTIES, policy)
    # the general pool 10 + 50 + 40 = 100, the group's own 300 × 2 % = 6
    assert required(close) == {"receivable pool": Decimal("106.00")}
    assert [(m.relation, m.base) for m in provision(close).matrices] == [
        ("", (1000, 500, 200, 0)),
        ("intercompany", (0, 0, 0, 300)),
    ]


def test_bank_acceptances_are_the_bank_s_exposure_if_the_policy_says_so(tmp_path: Path) -> None:
    ledger = f"""
    {HEAD} | Bill status
    C1 | I1 | Invoice | 2026-10-01 | 2026-11-30 | 1000.00 | CNY |
    C1 | B1 | 银行承兑汇票 | 2026-09-01 | 2026-12-01 | 800.00 | CNY | 持有
    C1 | B2 | 商业承兑汇票 | 2026-09-01 | 2026-12-01 | 600.00 | CNY | 持有
    C1 | B3 | 银行承兑汇票 | 2026-04-01 | 2026-10-01 | 90.00 | CNY | 拒付
    """
    close = closed(tmp_path, ledger)
    assert close.balances[0].exposure == 2490
    rule = '[[bills]]\nfrom = 2000-01-01\nbank_acceptances = "acceptor"\n'
    close = closed(tmp_path, ledger, policy=RATES + rule)
    # without B1's 800; the bank did not pay B3, which is the customer's again
    assert close.balances[0].exposure == 1690 and close.balances[0].bills == 1490


def test_dso_with_bills_stands_beside_dso(tmp_path: Path) -> None:
    ledger = f"""
    {HEAD}
    C1 | I1 | Invoice | 2026-10-01 | 2026-11-30 | 1000.00 | CNY
    C1 | B1 | 商业承兑汇票 | 2026-09-01 | 2026-12-01 | 600.00 | CNY
    """
    sales = closed(tmp_path, ledger).figures[0].sales
    # 1000 ÷ 1000 × 31 and (1000 + 600) ÷ 1000 × 31
    assert (sales.dso, sales.dso_with_bills) == (31, Decimal("49.6"))
    assert closed(tmp_path, LEDGER).figures[0].sales.dso_with_bills is None


def test_a_policy_without_rates_has_no_allowance(tmp_path: Path) -> None:
    policy = '[[loss_rates]]\nfrom = 2030-01-01\nscheme = "standard"\nrates = [0, 0, 0, 0, 0, 0]\n'
    close = closed(tmp_path, LEDGER, policy=policy)
    assert close.figures[0].allowance is None and not provision(close).known
    assert close.allowance_movement == ()


def test_credits_make_no_negative_bucket(tmp_path: Path) -> None:
    ledger = f"""
    {HEAD}
    C1 | I1 | Invoice | 2026-10-01 | 2026-11-30 | 1000.00 | CNY
    C1 | K1 | Credit note | 2026-08-01 | 2026-08-01 | 700.00 | CNY
    """
    close = closed(tmp_path, ledger, policy=RATES.replace('unapplied = "separate"', 'unapplied = "age"'))
    assert provision(close).matrices[0].base == (1000, 0, 0, -700)
    assert required(close) == {"receivable pool": Decimal("10.00")}  # the −700 lowers nothing


# --- laws

amounts = st.decimals(0, 10**9, places=2)
rates = st.decimals(0, 1, places=4)


@given(st.lists(st.tuples(amounts, rates, rates), min_size=1, max_size=8))
def test_no_allowance_is_above_its_balance_and_higher_rates_never_lower_it(
    rows: list[tuple[Decimal, Decimal, Decimal]],
) -> None:
    base, some, other = zip(*rows, strict=True)
    none = (ZERO,) * len(rows)
    low = Matrix("", base, tuple(map(min, some, other)), none, 2).allowance
    high = Matrix("", base, tuple(map(max, some, other)), none, 2).allowance
    assert low is not None and high is not None
    assert all(0 <= a <= b <= balance for a, b, balance in zip(low, high, base, strict=True))


@given(amounts, st.one_of(st.none(), amounts), rates)
def test_a_specific_allowance_is_within_its_balance(balance: Decimal, stated: Decimal | None, rate: Decimal) -> None:
    item = SpecificItem("C", None, None, "receivable", balance, stated, rate, 2)
    assert 0 <= item.allowance <= balance
    assert item.capped == (item.wanted > balance)


@given(amounts, rates)
def test_a_pool_is_within_its_balance(balance: Decimal, rate: Decimal) -> None:
    assert 0 <= AccountPool("retention", balance, rate, 2).allowance <= balance
    assert AccountPool("retention", -balance, rate, 2).allowance == 0


@given(st.lists(amounts, min_size=1, max_size=6), amounts, rates)
def test_cover_takes_no_more_than_its_limit_and_the_oldest_first(
    buckets: list[Decimal], limit: Decimal, cover: Decimal
) -> None:
    found = covered_by_bucket(buckets, limit, cover)
    assert sum(found) == min(sum(buckets), limit) * cover
    for place, taken in enumerate(found[:-1]):
        if taken:  # then all that is older is covered whole
            assert found[place + 1 :] == [amount * cover for amount in buckets[place + 1 :]]


keys = st.tuples(
    st.sampled_from(("CNY", "USD")),
    st.sampled_from(("receivable", "bill", "contract_asset")),
    st.sampled_from(("specific", "pool")),
)


@given(
    st.dictionaries(keys, amounts),
    st.dictionaries(keys, amounts),
    st.dictionaries(keys, st.builds(Flow, amounts, amounts)),
)
def test_every_movement_closes(
    closing: dict[tuple[str, str, str], Decimal],
    opening: dict[tuple[str, str, str], Decimal],
    flows: dict[tuple[str, str, str], Flow],
) -> None:
    lines = movements(closing, opening, flows)
    for line in lines:
        assert line.opening is not None and line.charge is not None and line.reversal is not None
        moved = line.opening + line.charge - line.reversal - line.write_offs + line.recoveries + line.fx
        assert moved == line.closing
        assert line.charge >= 0 and line.reversal >= 0 and not (line.charge and line.reversal)
    assert sum(line.closing for line in lines) == sum(closing.values())
    assert sum((line.opening or ZERO for line in lines), ZERO) == sum(opening.values())


@given(st.builds(Movement, st.just("USD"), st.just("bill"), st.just("pool"), *[amounts] * 3, st.just(ZERO), amounts),
       st.decimals("0.01", 20, places=4), st.decimals("0.01", 20, places=4))  # fmt: skip
def test_a_translated_movement_closes_too(line: Movement, before: Decimal, now: Decimal) -> None:
    found = translated(line, "CNY", before, now, 2)
    assert found.opening is not None and found.change is not None
    flows = found.change - found.write_offs + found.recoveries + found.fx
    assert found.opening + flows == found.closing


def test_a_translated_movement_on_paper() -> None:
    """USD 100 opens at 7.10 and closes at 7.20: the exchange difference is 100 × 0.10, the rest is at 7.20."""
    line = Movement("USD", "receivable", "pool", Decimal(100), Decimal(30), Decimal(5), ZERO, Decimal(110))
    found = translated(line, "CNY", Decimal("7.10"), Decimal("7.20"), 2)
    assert (found.opening, found.fx, found.closing) == (Decimal(710), Decimal(10), Decimal(792))
    assert (found.write_offs, found.recoveries) == (Decimal(216), Decimal(36))
    assert found.change == Decimal(252)  # 792 − (710 − 216 + 36 + 10), which is 35 × 7.20


documents = st.lists(
    st.fixed_dictionaries(
        {
            "customer_id": st.sampled_from(("C1", "C2", "C3")),
            "kind": st.sampled_from(("invoice", "invoice", "retention", "bill", "credit_note", "journal")),
            "cents": st.integers(1, 10**8),
            "age": st.integers(-40, 150),
            "relation": st.sampled_from((None, "related", "intercompany", "third_party")),
            "specific_rate": st.sampled_from((None, None, None, Decimal("0.4"))),
            "bill_kind": st.sampled_from((None, "bank_acceptance")),
            "contract_asset": st.booleans(),
        }
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(documents, st.sampled_from(("separate", "age", "fold")))
def test_every_item_is_in_one_pool_or_assessed_by_itself(drawn: list[dict[str, Any]], unapplied: str) -> None:
    """Matrices + pools + specific items + what the policy leaves out = all that is aged, disputed, billed or held."""
    rows = []
    for number, drawing in enumerate(drawn):
        sign = -1 if drawing["kind"] == "credit_note" else 1
        due = AS_OF - timedelta(drawing.pop("age"))
        amount = f"{Decimal(sign * drawing.pop('cents')) / 100}"
        rows.append(document(f"D{number}", "2026-01-01", amount, due.isoformat(), **drawing))
    customers = [{"customer_id": "C2", "specific_rate": Decimal("0.7")}, {"customer_id": "C1"}, {"customer_id": "C3"}]
    with engine_with(rows, customers=customers) as engine:
        _, found = aged(engine, AS_OF.isoformat(), unapplied=unapplied)
        (total,) = engine.one(
            "SELECT sum(CASE WHEN account = 'receivable' THEN aged + disputed ELSE open END) FROM items"
        )
        (credit,) = engine.one("SELECT coalesce(sum(amount), 0) FROM (SELECT sum(amount) AS amount FROM assessed AS a "
                               "INNER JOIN assessed_customers AS c ON a.customer_id = c.customer_id "
                               "AND a.account = c.account AND NOT a.by_itself "
                               "GROUP BY a.account HAVING sum(amount) < 0)")  # fmt: skip
    (figures,) = found
    own = figures.provision
    summed = sum((sum(matrix.base) for matrix in own.matrices), ZERO) + own.left_out
    summed += sum(pool.balance for pool in own.pools) + sum(item.balance for item in own.specific)
    assert summed + credit == total  # credits of a customer that is assessed by itself need no allowance
    assert all(item.allowance <= item.balance for item in own.specific)
