"""Running accounts: debits and credits without matching. Figures are worked out in the test."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.ledger import allocations, running_account
from duebook.ledger.columns import recognize
from duebook.ledger.found import Part
from duebook.ledger.raw import RawTable
from tests.ledger.made_ledgers import Read, write

Kept = list[tuple[str, str, Decimal]]


def kept(read: Read) -> Kept:
    return [tuple(row) for row in read.rows("document_id, kind, amount")]


def met(read: Read) -> list[tuple[str, str, Decimal, date]]:
    """What pays what: credit, charge, amount, from which day."""
    return [
        tuple(row)
        for row in read.rows("document_id, applies_to, amount, applied_date", "allocations", "paying_entry, paid_entry")
    ]


ACCOUNT = """
    客户编码 | 客户名称 | 日期 | 凭证号 | 摘要 | 借方金额 | 贷方金额 | 方向 | 余额
    C1 | 甲公司 | 2026-01-01 | | 期初余额 | | | 借 | 100
    C1 | 甲公司 | 2026-01-05 | 1 | 销售 | 50 | | 借 | 150
    C1 | 甲公司 | 2026-01-20 | 2 | 收款 | | 120 | 借 | 30
    C1 | 甲公司 | 2026-01-31 | | 本月合计 | 50 | 120 | 借 | 30
    C1 | 甲公司 | 2026-01-31 | | 本年累计 | 50 | 120 | 借 | 30
    C1 | 甲公司 | | | 承前页 | | | 借 | 30
    C1 | 甲公司 | 2026-02-20 | 3 | 收款 | | 60 | 贷 | 30
    C1 | 甲公司 | 2026-02-28 | 4 | 红字发票 | -5 | | 贷 | 35
    C1 | 甲公司 | 2026-03-20 | 5 | 销售 | 80 | | 借 | 45
"""


def test_the_oldest_credit_pays_the_oldest_charge(tmp_path: Path) -> None:
    read = Read([write(tmp_path / "a.csv", ACCOUNT)], currency="CNY")
    assert kept(read) == [
        ("L2", "journal", Decimal(100)),  # the opening balance stands in the balance column only
        ("1", "invoice", Decimal(50)),
        ("2", "payment", Decimal(-120)),
        ("3", "payment", Decimal(-60)),
        ("4", "credit_note", Decimal(-5)),  # a negative debit is a credit
        ("5", "invoice", Decimal(80)),
    ]
    # 120 pays the opening 100 and 20 of invoice 1; 60 pays its other 30 and waits with 30 for invoice 5,
    # which the red 5 meets next: 80 - 30 - 5 = 45, the closing balance
    assert met(read) == [
        ("2", "L2", Decimal(100), date(2026, 1, 20)),
        ("2", "1", Decimal(20), date(2026, 1, 20)),
        ("3", "1", Decimal(30), date(2026, 2, 20)),
        ("3", "5", Decimal(30), date(2026, 3, 20)),  # not before the charge is there
        ("4", "5", Decimal(5), date(2026, 3, 20)),
    ]
    assert read.told() == [
        ("opening_balances", None, "kept"),
        ("red_entries", None, "kept"),
        ("running_account_derived", None, "kept"),
        ("due_column_missing", None, "kept"),
        ("total_line", 5, "left_out"),
        ("total_line", 6, "left_out"),
        ("total_line", 7, "left_out"),  # brought forward in the middle of the account: it repeats the balance
    ]
    assert read.ledger.derived == ("a.csv",)
    assert (read.ledger.records, read.ledger.accepted, read.ledger.left_out) == (9, 6, 3)


def test_accounts_are_apart_by_customer_contract_and_currency(tmp_path: Path) -> None:
    read = Read([write(tmp_path / "a.csv", """
        Customer No | Contract No | Currency | Date | Document No | Debit | Credit
        C1 | K1 | USD | 2026-01-01 | 1 | 100 |
        C1 | K2 | USD | 2026-01-02 | 2 | 100 |
        C1 | K2 | EUR | 2026-01-03 | 3 | 100 |
        C2 | K2 | USD | 2026-01-04 | 4 | 100 |
        C1 | K2 | USD | 2026-02-01 | 5 | | 130
    """)], currency=None)  # fmt: skip
    assert met(read) == [("5", "2", Decimal(100), date(2026, 2, 1))]  # 30 stay unapplied


def test_one_amount_and_its_side(tmp_path: Path) -> None:
    read = Read([write(tmp_path / "a.csv", """
        客户编码 | 日期 | 单据号 | 借贷方向 | 金额
        C1 | 2026-01-01 | 1 | 借 | 1,000.50
        C1 | 2026-01-02 | 2 | 贷 | 400.25
        C1 | 2026-01-03 | 3 | 贷 | -0.25
    """)], currency="CNY")  # fmt: skip
    # 1000.50 - 400.25 + 0.25 (a red credit takes the receipt back) = 600.50
    assert kept(read) == [
        ("1", "invoice", Decimal("1000.50")),
        ("2", "payment", Decimal("-400.25")),
        ("3", "invoice", Decimal("0.25")),
    ]
    assert met(read) == [("2", "1", Decimal("400.25"), date(2026, 1, 2))]


def test_a_side_that_is_none_costs_its_row(tmp_path: Path) -> None:
    read = Read([write(tmp_path / "a.csv", """
        Customer | Date | No. | Dr/Cr | Amount
        C1 | 2026-01-01 | 1 | Dr | 10
        C1 | 2026-01-02 | 2 | | 4
    """)], columns={"document_id": "No."})  # fmt: skip
    assert kept(read) == [("1", "invoice", Decimal(10))]
    assert ("side_unknown", 3, "left_out") in read.told()


def test_amounts_that_carry_their_sign_beside_a_side(tmp_path: Path) -> None:
    read = Read([write(tmp_path / "a.csv", """
        Customer | Date | Document No | Debit/Credit | Amount
        C1 | 2026-01-01 | 1 | S | 10
        C1 | 2026-01-02 | 2 | H | -4
        C1 | 2026-01-03 | 3 | H | -5
    """)])  # fmt: skip
    assert [amount for _, _, amount in kept(read)] == [10, -4, -5]


def test_signed_amounts_without_kinds_over_which_a_balance_runs(tmp_path: Path) -> None:
    read = Read([write(tmp_path / "a.csv", """
        Customer | Date | Reference No | Amount | Balance
        C1 | 2026-01-01 | 1 | 100 | 100
        C1 | 2026-01-11 | 2 | 50 | 150
        C1 | 2026-01-21 | 3 | -120 | 30
        C2 | 2026-01-21 | 4 | 7 | 7
    """)])  # fmt: skip
    assert met(read) == [("3", "1", Decimal(100), date(2026, 1, 21)), ("3", "2", Decimal(20), date(2026, 1, 21))]
    assert read.ledger.derived == ("a.csv",)
    assert read.rows("open_amount")[0] == (None,)


def test_open_items_with_a_balance_each_are_no_running_account(tmp_path: Path) -> None:
    read = Read([write(tmp_path / "a.csv", """
        Customer | Date | Invoice No | Amount | Balance
        C1 | 2026-01-01 | 1 | 100 | 40
        C1 | 2026-01-11 | 2 | 50 | 50
        C1 | 2026-01-21 | 3 | -20 | -20
    """)])  # fmt: skip
    assert read.ledger.derived == ()
    assert read.rows("open_amount") == [(Decimal(40),), (Decimal(50),), (Decimal(-20),)]


def test_debits_and_credits_with_an_open_amount_are_open_items(tmp_path: Path) -> None:
    read = Read([write(tmp_path / "a.csv", """
        客户编码 | 日期 | 单据号 | 单据类型 | 借方金额 | 贷方金额 | 未核销金额
        C1 | 2026-01-01 | 1 | 应收单 | 100 | | 60
        C1 | 2026-01-02 | 2 | 收款单 | | 70 | 30
    """)], currency="CNY")  # fmt: skip
    assert read.ledger.derived == ()
    assert read.rows("kind, amount, open_amount") == [
        ("invoice", Decimal(100), Decimal(60)),
        ("payment", Decimal(-70), Decimal(-30)),
    ]


def test_kinds_are_kept_where_they_fit_their_side(tmp_path: Path) -> None:
    read = Read([write(tmp_path / "a.csv", """
        客户编码 | 日期 | 单据号 | 单据类型 | 借方金额 | 贷方金额
        C1 | 2026-01-01 | 1 | 应收单 | 100 |
        C1 | 2026-01-02 | 2 | 红字应收单 | | 10
        C1 | 2026-01-03 | 3 | 坏账 | | 5
        C1 | 2026-01-04 | 4 | 质保金 | 20 |
        C1 | 2026-01-05 | 5 | 收款单 | 7 |
        C1 | 2026-01-06 | 6 | 银行承兑汇票 | | 30
        C1 | 2026-01-07 | 7 | 别的 | | 1
    """)], currency="CNY")  # fmt: skip
    assert [kind for _, kind, _ in kept(read)] == [
        "invoice",
        "credit_note",
        "write_off",
        "retention",
        "journal",  # a receipt on the debit side is paid back: a charge, but no sale
        "payment",  # a bill taken: what becomes of it is not in this account
        "payment",  # an unknown word costs nothing: the side says enough
    ]


SECTIONS = """
    某某有限公司 客户往来明细账
    客户：C001 甲公司 | | | | | |
    日期 | 凭证号 | 摘要 | 借方 | 贷方 | 方向 | 余额
    2026-01-01 | | 上年结转 | | | 贷 | 20
    2026-01-05 | 记-1 | 销售 | 50 | | 借 | 30
    | | 本期合计 | 50 | 0 | 借 | 30
    客户：[C002] 乙（深圳）公司 | | | | | |
    日期 | 凭证号 | 摘要 | 借方 | 贷方 | 方向 | 余额
    2026-01-07 | 记-1 | 销售 | 9 | | 借 | 9
    2026-01-08 | 记-9 | 收款 | | 9 | 平 | 0
    客户： | 丙公司 | | | | |
    2026-01-09 | 记-4 | 销售 | 3 | | 借 | 3
"""


def test_customers_that_stand_above_their_entries(tmp_path: Path) -> None:
    read = Read([write(tmp_path / "a.csv", SECTIONS.replace("明细账\n", "明细账 | | | | | |\n"))], currency="CNY")
    assert read.rows("customer_id, customer_name, document_id, kind, amount") == [
        ("C001", "甲公司", "L4", "journal", Decimal(-20)),  # a credit brought forward
        ("C001", "甲公司", "记-1", "invoice", Decimal(50)),
        ("C002", "乙（深圳）公司", "记-1", "invoice", Decimal(9)),
        ("C002", "乙（深圳）公司", "记-9", "payment", Decimal(-9)),
        ("丙公司", "丙公司", "记-4", "invoice", Decimal(3)),
    ]
    assert [(reason, line) for reason, line, treatment in read.told() if treatment == "left_out"] == [
        ("total_line", 6), ("note_line", 7), ("note_line", 8), ("note_line", 11),
    ]  # fmt: skip


def test_year_month_and_day_in_columns_of_their_own(tmp_path: Path) -> None:
    read = Read([write(tmp_path / "a.csv", """
        年 | 月 | 日 | 凭证号 | 客户名称 | 借方 | 贷方
        2026 | 3 | 9 | 记-1 | 甲 | 5 |
        2026 | 11 | 30 | 记-2 | 甲 | | 5
    """)], currency="CNY", as_of=date(2026, 12, 31))  # fmt: skip
    assert read.rows("document_date") == [(date(2026, 3, 9),), (date(2026, 11, 30),)]


def test_no_customer_anywhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DuebookError) as error:
        Read([write(tmp_path / "a.csv", "日期 | 凭证号 | 借方 | 贷方\n2026-01-01 | 1 | 5 |\n2026-01-02 | 2 | | 5")])
    assert error.value.key == "ledger.running_account_customer"
    assert "日期, 凭证号, 借方, 贷方" in error.value.text("en")


def test_columns_named_by_the_user(tmp_path: Path) -> None:
    named = {"debit": "Plus", "credit": "Minus", "running_balance": "Left", "customer_id": "Whose", "document_id": "N"}
    read = Read([write(tmp_path / "a.csv", """
        Whose | Date | N | Plus | Minus | Left
        C1 | 2026-01-01 | 1 | 5 | | 5
        C1 | 2026-01-02 | 2 | | 3 | 1
    """)], columns=named)  # fmt: skip
    assert met(read) == [("2", "1", Decimal(3), date(2026, 1, 2))]
    assert ("balance_broken", 3, "kept") in read.told()  # 5 - 3 = 2, not 1


# ---- the running balance ----


def balance_problems(read: Read) -> list[tuple[str, int | None, dict[str, str]]]:
    return [
        (p.reason.removeprefix("ledger.balance_"), p.line, {k: v for k, v in p.facts.items() if k != "value"})
        for p in read.ledger.problems
        if p.reason.startswith("ledger.balance_")
    ]


def test_the_first_row_that_does_not_add_up_is_told(tmp_path: Path) -> None:
    read = Read([write(tmp_path / "a.csv", """
        Customer | Date | Document No | Debit | Credit | Balance
        C1 | 2026-01-01 | 1 | 100.00 | | 100.00
        C2 | 2026-01-01 | 1 | 1.00 | | 1.00
        C1 | 2026-01-02 | 2 | 50.00 | | 150.00
        C1 | 2026-01-03 | 3 | | 20.00 | 135.00
        C1 | 2026-01-04 | 4 | 10.00 | | 145.00
        C2 | 2026-01-05 | 5 | | 1.00 | 0.00
    """)])  # fmt: skip
    assert balance_problems(read) == [
        ("broken", 5, {"account": "C1", "expected": "130.00", "found": "135.00"}),  # 150 - 20
        ("closing", 6, {"account": "C1", "sum": "140.00", "found": "145.00"}),  # 100 + 50 - 20 + 10
    ]


def test_an_opening_balance_that_no_line_shows_is_told(tmp_path: Path) -> None:
    read = Read([write(tmp_path / "a.csv", """
        Customer | Date | Document No | Debit | Credit | Balance
        C1 | 2026-01-01 | 1 | 100.00 | | 107.00
        C1 | 2026-01-02 | 2 | | 50.00 | 57.00
    """)])  # fmt: skip
    assert balance_problems(read) == [
        ("opening_missing", 2, {"account": "C1", "expected": "100.00", "found": "107.00"})
    ]


@pytest.mark.parametrize(
    "rows",
    [
        "C1|2026-01-03|3||20|130\nC1|2026-01-02|2|50||150\nC1|2026-01-01|1|100||100",  # from new to old
        "C1|2026-01-01|1|100||100\nC2|2026-01-02|2|50||150\nC1|2026-01-03|3||20|130",  # over the whole list
        "C1|2026-01-01|1|100||100\nC1|2026-01-02|2|50||\nC1|2026-01-03|3||20|130 Dr",  # a cell left blank
    ],
)
def test_balances_that_add_up_another_way(tmp_path: Path, rows: str) -> None:
    text = "Customer | Date | Document No | Debit | Credit | Balance\n" + rows
    assert balance_problems(Read([write(tmp_path / "a.csv", text)])) == []


def test_a_row_left_out_shows_in_the_balance(tmp_path: Path) -> None:
    read = Read([write(tmp_path / "a.csv", """
        Customer | Date | Document No | Debit | Credit | Balance
        C1 | 2026-01-01 | 1 | 100 | | 100
        C1 | 31.31.2026 | 2 | 50 | | 150
        C1 | 2026-01-03 | 3 | | 20 | 130
    """)])  # fmt: skip
    assert balance_problems(read)[0] == ("broken", 4, {"account": "C1", "expected": "80.00", "found": "130.00"})


# ---- laws ----

Entry = tuple[str, str, str, int, int, int]
"""Customer, contract, currency, day, number, amount in cents."""
FIRST = date(2026, 1, 1)
ENTRIES = st.lists(
    st.tuples(
        st.sampled_from(["A", "B"]), st.sampled_from(["", "K"]), st.sampled_from(["CNY", "USD"]),
        st.integers(0, 12), st.integers(0, 9), st.integers(-500, 500).filter(bool),
    ),
    max_size=25,
)  # fmt: skip


def matched(entries: Sequence[Entry]) -> list[tuple[int, int, Decimal, date]]:
    """(credit's row, charge's row, amount, from which day) as the engine derives them; rows count from 1."""
    raw = RawTable("raw", "a.csv", None, ("customer", "date", "debit", "credit"), 1, len(entries))
    with Engine(threads=1) as engine:
        engine.execute(
            "CREATE TABLE document_rows (entry BIGINT, line BIGINT, customer_id VARCHAR, contract_id VARCHAR, "
            "currency VARCHAR, kind VARCHAR, document_date DATE, document_id VARCHAR, amount DECIMAL(18, 4))"
        )
        engine.insert(
            "document_rows",
            [
                [row, row, customer, contract or None, currency, "invoice" if cents > 0 else "payment",
                 FIRST + timedelta(day), f"{number}", Decimal(cents) / 100]
                for row, (customer, contract, currency, day, number, cents) in enumerate(entries, 1)
            ],
        )  # fmt: skip
        engine.execute(allocations._TABLE)
        running_account.match(engine, [Part(0, raw, recognize(raw.headers))])
        found = engine.rows("SELECT paying_entry, paid_entry, amount, applied_date FROM allocation_rows ORDER BY ALL")
    return [tuple(row) for row in found]


def open_by_hand(entries: Sequence[Entry], until: int) -> dict[int, int]:
    """Open cents by row as of a day: each credit in turn meets the oldest charges, with pen and paper as it were."""
    left = {row: abs(cents) for row, (*_, cents) in enumerate(entries, 1)}
    in_order = sorted(range(1, len(entries) + 1), key=lambda r: (entries[r - 1][3], str(entries[r - 1][4]), r))
    dated = [row for row in in_order if entries[row - 1][3] <= until]
    for credit in (row for row in dated if entries[row - 1][5] < 0):
        for charge in (row for row in dated if entries[row - 1][5] > 0):
            if entries[credit - 1][:3] == entries[charge - 1][:3]:
                paid = min(left[credit], left[charge])
                left[credit] -= paid
                left[charge] -= paid
    return {row: left[row] * (1 if entries[row - 1][5] > 0 else -1) for row in dated if left[row]}


def open_at(entries: Sequence[Entry], links: Sequence[tuple[int, int, Decimal, date]], until: int) -> dict[int, int]:
    left = {row: entry[5] for row, entry in enumerate(entries, 1) if entry[3] <= until}
    for credit, charge, amount, day in links:
        if day <= FIRST + timedelta(until):
            left[credit] += int(amount * 100)
            left[charge] -= int(amount * 100)
    return {row: cents for row, cents in left.items() if cents}


@settings(max_examples=40, deadline=None)
@given(ENTRIES)
def test_open_as_of_every_day_is_first_in_first_out_of_what_was_there(entries: list[Entry]) -> None:
    """Matching a prefix of the history gives a prefix of the matching; and Σ open = Σ debit − Σ credit on every day."""
    links = matched(entries)
    for until in range(14):
        found = open_at(entries, links, until)
        assert found == open_by_hand(entries, until)
        assert sum(found.values()) == sum(entry[5] for entry in entries if entry[3] <= until)


@settings(max_examples=20, deadline=None)
@given(ENTRIES, st.randoms())
def test_the_order_of_rows_does_not_matter(entries: list[Entry], chance: object) -> None:
    def seen(rows: list[Entry]) -> list[tuple[object, ...]]:
        """What each key has left on each day; rows of one key and side are one lot."""
        links = matched(rows)
        lots = []
        for until in range(14):
            lot: dict[tuple[object, ...], int] = {}
            for row, cents in open_at(rows, links, until).items():
                key = (*rows[row - 1][:5], cents > 0)
                lot[key] = lot.get(key, 0) + cents
            lots.append(tuple(sorted(lot.items())))
        return lots

    mixed = list(entries)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert seen(entries) == seen(mixed)


@settings(max_examples=20, deadline=None)
@given(ENTRIES, ENTRIES)
def test_a_back_dated_entry_changes_only_its_own_account_from_its_day_on(
    entries: list[Entry], more: list[Entry]
) -> None:
    late = more[:1]
    before, after = matched(entries), matched([*entries, *late])
    for until in range(14):
        was, now = open_at(entries, before, until), open_at([*entries, *late], after, until)
        for row, entry in enumerate(entries, 1):
            if not late or entry[:3] != late[0][:3] or until < late[0][3]:
                assert was.get(row) == now.get(row)


def test_what_is_recorded_later_is_not_matched_yet() -> None:
    raw = RawTable("raw", "a.csv", None, ("customer", "date", "debit", "credit"), 1, 3)
    with Engine(threads=1) as engine:
        engine.execute(
            "CREATE TABLE document_rows (entry BIGINT, line BIGINT, customer_id VARCHAR, currency VARCHAR, "
            "kind VARCHAR, document_date DATE, document_id VARCHAR, amount DECIMAL(18, 4), recorded_date DATE)"
        )
        engine.insert("document_rows", [
            [1, 1, "C1", "CNY", "invoice", date(2026, 1, 1), "late", 100, date(2026, 3, 1)],
            [2, 2, "C1", "CNY", "invoice", date(2026, 1, 2), "known", 100, date(2026, 1, 2)],
            [3, 3, "C1", "CNY", "payment", date(2026, 2, 1), "paid", -100, date(2026, 2, 1)],
        ])  # fmt: skip
        for known_at, paid in ((date(2026, 2, 28), "known"), (date(2026, 3, 1), "late")):
            engine.execute(allocations._TABLE)
            running_account.match(engine, [Part(0, raw, recognize(raw.headers))], known_at)
            assert engine.rows("SELECT applies_to FROM allocation_rows") == [(paid,)]
