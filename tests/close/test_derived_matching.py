"""A close of a running account: what is open on an earlier day, and that the matching is said to be derived."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from openpyxl import load_workbook

from duebook.close.options import CloseOptions
from duebook.close.run import close_month
from duebook.close.verify import verify
from tests.ledger.made_ledgers import write

ACCOUNT = """
    客户编码 | 日期 | 单据号 | 摘要 | 币种 | 本期应收 | 本期收回 | 余额
    C1 | 2026-06-10 | XS1 | 销售 | 人民币 | 500.00 | | 500.00
    C1 | 2026-09-20 | XS2 | 销售 | 人民币 | 300.00 | | 800.00
    C1 | 2026-10-15 | SK1 | 回款 | 人民币 | | 620.00 | 180.00
"""


def closed(tmp_path: Path, as_of: date) -> dict[str, object]:
    source = write(tmp_path / "account.csv", ACCOUNT)
    options = CloseOptions((source,), as_of, tmp_path / f"close-{as_of}", preset="yonyou_account")
    close_month(options)
    content: dict[str, object] = json.loads((options.out / "close.json").read_text("utf-8"))
    return content


def test_each_day_has_its_own_balance(tmp_path: Path) -> None:
    # 30 September: 500.00 is 112 days old and 300.00 ten days; nothing was paid yet
    assert closed(tmp_path, date(2026, 9, 30))["buckets"] == {"CNY": ["0", "300", "0", "0", "500", "0"]}
    # 31 October: 620.00 has paid the 500.00 and 120.00 of the 300.00, which is 41 days old
    assert closed(tmp_path, date(2026, 10, 31))["buckets"] == {"CNY": ["0", "0", "180", "0", "0", "0"]}


def test_the_seal_and_the_workbook_say_that_it_is_derived(tmp_path: Path) -> None:
    content = closed(tmp_path, date(2026, 10, 31))
    assert content["derived"] == ["account.csv"]
    assert content["options"]["preset"] == "yonyou_account"  # type: ignore[index]
    assert [record["preset"] for record in content["records"]] == ["yonyou_account"]  # type: ignore[attr-defined]
    folder = tmp_path / "close-2026-10-31"
    book = load_workbook(folder / "aging.xlsx", read_only=True)
    said = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert any(text.startswith("account.csv: aged first-in first-out per customer") for text in said)
    assert verify(folder, (tmp_path,)).findings == ()
