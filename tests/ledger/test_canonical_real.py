"""Real ledgers: the figures stated for them, by plain SQL on the canonical tables."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from duebook.core.engine import Engine
from duebook.ledger.raw import Source
from tests.ledger.made_ledgers import Read

pytestmark = pytest.mark.shared

BUCKETS = """
WITH open AS (
    SELECT d.due_date, d.amount - coalesce((
        SELECT sum(a.amount) FROM allocations AS a
        WHERE a.applies_to = d.document_id AND coalesce(a.applied_date, a.document_date) <= $as_of
    ), 0) AS open
    FROM documents AS d WHERE d.document_date <= $as_of
)
SELECT CASE WHEN late <= 0 THEN 'not due' WHEN late <= 30 THEN '1-30' WHEN late <= 60 THEN '31-60'
    WHEN late <= 90 THEN '61-90' ELSE 'older' END AS bucket, count(*), sum(open)
FROM (SELECT *, date_diff('day', due_date, $as_of) AS late FROM open WHERE open <> 0) GROUP BY bucket
"""


def aged(engine: Engine, as_of: date) -> dict[str, tuple[int, Decimal]]:
    """Open amounts by days past due, day 0 not due."""
    rows = engine.rows(BUCKETS.replace("$as_of", f"DATE '{as_of.isoformat()}'"))
    return {bucket: (count, amount) for bucket, count, amount in rows}


def test_dirty_au_with_its_customers(shared: Path) -> None:
    folder = shared / "data" / "ledgers"
    as_of = date(2026, 3, 31)
    read = Read(
        [Source(folder / "dirty_au_FactInvoice_raw.csv"), Source(folder / "dirty_au_DimCustomer_raw.csv")], as_of, "AUD"
    )
    assert read.rows("count(*), sum(amount)", order="1") == [(2_521, Decimal("5250359.50"))]
    assert aged(read.engine, as_of) == {
        "not due": (491, Decimal("1079280.98")),
        "1-30": (284, Decimal("607475.12")),
        "31-60": (126, Decimal("238641.26")),
        "61-90": (41, Decimal("99385.36")),
    }
    found = Counter(p.reason for p in read.ledger.problems)
    assert found["ledger.duplicate_row"] == 50
    assert found["ledger.duplicate_customer"] == 8
    assert found["ledger.orphan_customer"] == 1
    assert found["ledger.date_ambiguous"] == 0
    assert (read.ledger.records, read.ledger.left_out) == (2_571, 50)
    mixed = {p.column: p.facts for p in read.ledger.problems if p.reason == "ledger.date_mixed"}
    # 839 ambiguous issue dates (data/README.md); each is settled by the customer's terms, duplicates included
    assert int(mixed["issue_date"]["terms"]) >= 839
    assert mixed["issue_date"]["open"] == mixed["due_date"]["open"] == "0"


def test_dirty_au_without_customers_reports_instead_of_guessing(shared: Path) -> None:
    source = Source(shared / "data" / "ledgers" / "dirty_au_FactInvoice_raw.csv")
    read = Read([source], date(2026, 3, 31), "AUD")
    ambiguous = [p for p in read.ledger.problems if p.reason == "ledger.date_ambiguous"]
    assert ambiguous
    assert all(p.treatment == "left_out" and " / " in p.facts["readings"] and p.amount for p in ambiguous)
    assert read.ledger.accepted + read.ledger.left_out == 2_571
    (accepted,) = read.rows("sum(amount)", order="1")[0]
    # nothing is lost: what is accepted and what is reported make up the ledger
    assert accepted + sum(p.amount or 0 for p in ambiguous) == Decimal("5250359.50")


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (date(2013, 6, 30), {"not due": (72, Decimal("4284.29")), "1-30": (12, Decimal("835.56"))}),
        (date(2012, 12, 31), None),
    ],
)
def test_ibm(shared: Path, as_of: date, expected: dict[str, tuple[int, Decimal]] | None) -> None:
    read = Read([Source(shared / "data" / "ledgers" / "ibm_ar.csv")], as_of, "USD")
    found = aged(read.engine, as_of)
    if expected is None:
        assert sum(count for count, _ in found.values()) == 99
        assert sum(amount for _, amount in found.values()) == Decimal("5725.06")
    else:
        assert found == expected
    assert read.engine.one(
        "SELECT count(DISTINCT document_id), min(length(document_id)), max(length(document_id)), "
        "count(*) FILTER (document_id LIKE '0%') FROM documents"
    ) == (2_466, 10, 10, 266)
    assert read.ledger.problems == ()


@pytest.mark.parametrize("name", ["ar_cn_gb18030.csv", "ar_cn_tab_utf16le.txt", "ar_cn_utf16le_bom.csv"])
def test_chinese_exports(shared: Path, name: str) -> None:
    read = Read([Source(shared / "data" / "encodings" / name)], date(2013, 6, 30), "CNY")
    assert read.rows("count(*), sum(amount)", order="1") == [(300, Decimal("18494.45"))]
    # the first row of the file, as it stands there
    assert read.engine.one(
        "SELECT customer_id, customer_name, document_id, document_date, due_date, disputed, settled_date "
        "FROM documents WHERE line = 2"
    ) == (
        "0379-NEVHP", "深圳市龍騰電子有限公司", "0000611365", date(2013, 1, 2), date(2013, 2, 1), False,
        date(2013, 1, 15),
    )  # fmt: skip
    assert read.ledger.problems == ()
