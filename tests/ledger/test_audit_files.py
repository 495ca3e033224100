"""Replies and deliveries: read as ledger files are, whatever their headers, and told where they cannot be used."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.ledger.audit_files import Beside, read_beside
from duebook.ledger.canonical import Reading, read_ledger
from duebook.ledger.files import Source

LEDGER = """Customer ID,Customer,Invoice No,Invoice Date,Due Date,Amount,Currency
C001,Nord,I1,2026-10-01,2026-10-31,10.00,EUR
c002,West,I2,2026-10-01,2026-10-31,20.00,EUR
C003,Ost,I3,2026-10-01,2026-10-31,30.00,EUR
C004,Ost,I4,2026-10-01,2026-10-31,40.00,EUR
"""
HOW = Beside(date(2026, 10, 31), "auto", None)
REPLIES = "SELECT customer_id, currency, confirmed_amount, reply_date, remark FROM replies ORDER BY ALL"


def read(
    folder: Path, replies: str | Path | None = None, deliveries: str | None = None, ledger: str = LEDGER
) -> tuple[Engine, list[str]]:
    engine = Engine(threads=1)
    (folder / "ledger.csv").write_text(ledger, "utf-8")
    read_ledger([Source(folder / "ledger.csv")], Reading(HOW.as_of), engine)
    paths: list[Path | None] = []
    for name, content in (("replies", replies), ("deliveries", deliveries)):
        path = content if isinstance(content, Path) else None if content is None else folder / f"{name}.csv"
        if path is not None and not isinstance(content, Path):
            path.write_text(str(content), "utf-8")
        paths.append(path)
    return engine, [problem.reason.partition(".")[2] for problem in read_beside(engine, *paths, HOW)]


def test_customers_by_number_in_any_case_and_by_a_name_of_one(tmp_path: Path) -> None:
    engine, problems = read(
        tmp_path,
        '客户,回函金额,回函日期,备注\nc001,10.00,2026/11/05,\nWest,"1,234.50",2026/11/06,已付\nOst,30.00,2026/11/07,\n',
    )
    # two customers are called Ost: nobody can tell which; the only currency of the ledger is taken
    assert engine.rows(REPLIES) == [
        ("C001", "EUR", Decimal("10.00"), date(2026, 11, 5), None),
        ("Ost", "EUR", Decimal("30.00"), date(2026, 11, 7), None),
        ("c002", "EUR", Decimal("1234.50"), date(2026, 11, 6), "已付"),
    ]
    assert problems == ["beside_customer_unknown"]


def test_days_and_months_are_settled_by_the_column(tmp_path: Path) -> None:
    engine, problems = read(tmp_path, "Customer,Confirmed amount,Reply date\nC001,1,03/11/2026\nC003,2,25/11/2026\n")
    assert [row[3] for row in engine.rows(REPLIES)] == [date(2026, 11, 3), date(2026, 11, 25)]
    assert problems == []


def test_a_letter_without_an_amount_is_no_reply(tmp_path: Path) -> None:
    engine, problems = read(tmp_path, "Customer,Confirmed amount,Reply date\nC001,,\nC003,0,2026-11-05\nC004,ten,\n")
    assert [row[:3] for row in engine.rows(REPLIES)] == [("C003", "EUR", Decimal(0))]
    assert problems == ["value_ignored"]


def test_the_sheet_of_a_workbook_that_has_the_columns(tmp_path: Path) -> None:
    book = Workbook()
    notes = book.active
    assert notes is not None
    notes.append(["Sent on Monday"])
    sheet = book.create_sheet("Letters")
    for row in (["Letters"], [], ["Letter", "Customer ID", "Currency", "Confirmed amount", "Reply date"]):
        sheet.append(row)
    sheet.append(["001", "C001", "EUR", 12.5, date(2026, 11, 9)])
    book.save(tmp_path / "answers.xlsx")
    engine, problems = read(tmp_path, tmp_path / "answers.xlsx")
    assert engine.rows(REPLIES) == [("C001", "EUR", Decimal("12.50"), date(2026, 11, 9), None)]
    assert problems == []


def test_deliveries_with_their_numbers(tmp_path: Path) -> None:
    engine, problems = read(
        tmp_path,
        None,
        "单据编号,日期,客户,金额,发票号\n0012,2026-10-30,Nord,100.00,I1\n0013,,Nord,5.00,\n0014,2026-10-31,C9,1.00,\n",
    )
    assert engine.rows(
        "SELECT delivery_id, delivery_date, customer_id, amount, currency, document_id, line FROM deliveries "
        "ORDER BY line"
    ) == [
        ("0012", date(2026, 10, 30), "C001", Decimal("100.00"), "EUR", "I1", 2),
        ("0014", date(2026, 10, 31), "C9", Decimal("1.00"), "EUR", None, 4),
    ]
    assert problems == ["delivery_undated", "beside_customer_unknown"]


def test_without_files_the_tables_are_there_and_empty(tmp_path: Path) -> None:
    engine, problems = read(tmp_path)
    assert engine.rows("SELECT * FROM replies UNION ALL SELECT * EXCLUDE (document_id) FROM deliveries") == []
    assert problems == []


def test_a_file_that_is_neither_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DuebookError) as refused:
        read(tmp_path, None, "Customer ID,Amount\nC001,5\n")
    assert refused.value.key == "ledger.beside_column_missing"
    assert "发货日期" in refused.value.text("zh")
