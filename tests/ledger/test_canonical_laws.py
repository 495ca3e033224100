"""Laws of the canonical ledger: nothing is lost, and neither order nor splitting changes what is accepted."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from duebook.core.engine import Row
from duebook.ledger.raw import Source
from tests.ledger.made_ledgers import Read

HEADERS = ["Customer No", "Invoice No", "Type", "Invoice date", "Due date", "Currency", "Amount", "Paid", "Paid date"]
DATES = ["03/04/2026", "13/04/2026", "04/13/2026", "5/6/2026", "2026-04-03", "3 Apr 2026", "", "soon", "45000"]
CELLS = st.tuples(
    st.sampled_from(["C1", "C2", " c1 ", "007", "12.0", ""]),
    st.sampled_from(["1", "2", "0003", "77.0", ""]),
    st.sampled_from(["invoice", "credit note", "payment", "bill", "other", ""]),
    st.sampled_from(DATES),
    st.sampled_from(DATES),
    st.sampled_from(["USD", "CNY", "人民币", "JPY", "??", ""]),
    st.sampled_from(["10", "-10", "1,234.50", "$5.00", "(7)", "0", "x", "", "1.005", "3万"]),
    st.sampled_from(["", "", "5", "10", "x"]),
    st.sampled_from(["", "", *DATES]),
)
ROWS = st.lists(CELLS, min_size=1, max_size=12)
CUSTOMERS = [["Customer ID", "Customer name", "Terms days"], ["C1", "One", "30"], ["C2", "Two", "10"]]
CONTENT = (
    "customer_id, document_id, kind, document_date, due_date, amount, paid_amount, settled_date, currency, disputed"
)


def written(folder: Path, name: str, rows: Sequence[Sequence[str]]) -> Source:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return Source(path)


def content(files: Sequence[Sequence[Sequence[str]]]) -> tuple[Read, list[Row]]:
    """Reads files of rows; the accepted content without file and line, which splitting is bound to change."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        sources = [written(folder, f"part{n}.csv", [HEADERS, *rows]) for n, rows in enumerate(files)]
        read = Read([*sources, written(folder, "customers.csv", CUSTOMERS)], currency=None)
        # a document without a number is called after its line, which is no content
        rows = read.rows(CONTENT.replace("document_id", "regexp_replace(document_id, '^L.*', 'L')"), order="ALL")
        return read, rows


EACH = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@EACH
@given(ROWS)
def test_accepted_and_left_out_make_up_the_records(rows: list[tuple[str, ...]]) -> None:
    # a row whose cells are all empty is a blank line, which the file reader counts apart
    rows = [row for row in rows if any(row)] or [("C1", "1", "", "2026-04-03", "", "USD", "10", "", "")]
    read, accepted = content([rows])
    assert read.ledger.records == len(rows)
    assert read.ledger.accepted == len(accepted)
    assert read.ledger.accepted + read.ledger.left_out == len(rows)
    assert sum(p.treatment == "left_out" for p in read.ledger.problems) == read.ledger.left_out


@EACH
@given(ROWS, st.data())
def test_order_and_splitting_change_nothing(rows: list[tuple[str, ...]], data: st.DataObject) -> None:
    rows = [row for row in rows if any(row)] or [("C1", "1", "", "2026-04-03", "", "USD", "10", "", "")]
    _, whole = content([rows])
    shuffled = data.draw(st.permutations(rows))
    cut = data.draw(st.integers(0, len(rows)))
    parts = [part for part in (shuffled[:cut], shuffled[cut:]) if part]
    assume(len(parts) == 1 or parts[0] != parts[1])  # two files of one content are refused
    _, split = content(parts)
    assert split == whole
