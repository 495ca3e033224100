"""The buttons of the group Credit against real open documents: their results are those of the catalogue's functions."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw
from live_engine import Live
from live_snapshot import differences, snapshot
from tests.hosts.excel.macros.score_inputs import card, score_rows

from duebook.core import messages
from duebook.core.cells import Cell, CellError
from duebook.core.errors import DuebookError
from duebook.hosts import settings
from duebook.hosts.call import Door
from duebook.hosts.excel import basis, results, session
from duebook.hosts.excel.buttons import hearing
from duebook.hosts.excel.columns import key_of
from duebook.hosts.excel.live import tables
from duebook.hosts.excel.live.changes import changes
from duebook.hosts.excel.macros import credit_memo, explain, monitoring, payment_plan, reviews, scoring
from duebook.sample.month import write_month

pytestmark = pytest.mark.office

AS_OF = date(2026, 10, 31)
Macro = Callable[[xw.Book], None]
SAID: set[str] = set()
"""Every key of a sentence that a test of this module has provoked."""


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No setting of the machine counts, and none is written to it."""
    monkeypatch.setattr(settings, "path", lambda: tmp_path / "settings" / "duebook.conf")
    monkeypatch.setenv("DUEBOOK_LANGUAGE", "en")
    monkeypatch.setattr(session, "_session", None)
    yield


@pytest.fixture(autouse=True)
def every_sentence_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is said is said in the other language too, with the same facts."""
    spoken = messages.text

    def text(key: str, language: str = "en", **facts: object) -> str:
        if key.startswith("credit_buttons."):
            SAID.add(key)
            assert all(spoken(key, each, **facts) for each in messages.LANGUAGES)
        return spoken(key, language, **facts)

    monkeypatch.setattr(messages, "text", text)
    monkeypatch.setattr(basis, "text", text)


def said(book: xw.Book, macro: Macro) -> str:
    with hearing(book) as telling:
        macro(book)
        return telling.said


def refused(book: xw.Book, macro: Macro, key: str) -> DuebookError:
    """The macro refuses with this sentence, and leaves the book alone."""
    before = snapshot(book)
    with pytest.raises(DuebookError) as error:
        said(book, macro)
    assert error.value.key == key
    assert error.value.text("en") != error.value.text("zh")
    assert not differences(before, snapshot(book))
    return error.value


def block(book: xw.Book, rows: Sequence[Sequence[object]], sheet: str) -> None:
    """Rows typed into a sheet of their own, whose second row is then selected; text stays text."""
    made = next((s for s in book.sheets if s.name == sheet), None) or book.sheets.add(sheet)
    cells = made.range((1, 1)).resize(len(rows), len(rows[0]))
    cells.value = [[f"'{cell}" if isinstance(cell, str) else cell for cell in row] for row in rows]
    made.range("A2").select()


def fill(book: xw.Book, name: str, values: Mapping[str, object], asked: Sequence[Any]) -> None:
    """Values typed into a table of settings."""
    table = tables.table(book, name)
    for number, (label, *_) in enumerate(table.rows, start=1):
        if (key := key_of(str(label), asked)) in values:
            book.sheets[table.sheet].range((table.row + number, table.column + 1)).value = values[key]


def select_row(book: xw.Book, name: str, number: int) -> None:
    """A cell in the row of that number (from 1) of a table."""
    table = tables.table(book, name)
    book.sheets[table.sheet].range((table.row + number, table.column)).select()


def plain(cell: object) -> object:
    """A cell as results are compared: errors by their code, whole numbers as floats, "" as a blank."""
    if isinstance(cell, CellError):
        return cell.code
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return round(float(cell), 9)
    return None if cell == "" else cell


def shown(book: xw.Book, name: str, *keys: str) -> list[list[object]]:
    """Columns of a result by their English headers, errors as their codes."""
    table = tables.table(book, name)
    places = [table.headers.index(key) for key in keys]
    return [[plain(row[place]) for place in places] for row in table.rows]


def texts(book: xw.Book, sheet: str) -> str:
    """Everything that a sheet says."""
    rows = tables.sheet_rows(book.sheets[sheet])
    return " ".join(str(cell) for row in rows for cell in row if isinstance(cell, str))


EVENTS = [
    ["Customer ID", "Customer", "Kind", "Events", "Window (days)", "Note"],
    ["0007", "Ann", "lawsuit", 3, 365, "x"],
    ["0007", None, "negative news", 1, 90, ""],
    ["0042", "=HYPERLINK(1)", "涉诉", 1, 365, ""],
    ["9", "Bo", "lawsuit", 0, 365, ""],
    ["10", "Cy", "bankruptcy", 1, 365, ""],
    ["10", "Cy", "lawsuit", 9, 365, ""],
]
REVIEWED = [
    ["客户编码", "Customer", "Grade", "Size", "Last review"],
    ["0042", "=A1", "B", 1200000.0, date(2026, 8, 31)],
    ["0007", "Ann", "A", 50000.0, date(2025, 1, 31)],
    ["9", "Bo", "C", 50000.0, date(2025, 6, 30)],
    ["10", "Cy", "B", 3.0, None],
]
PLAN = {"customer_name": "Ann", "amount": 100000.0, "installments": 12.0, "first_date": date(2026, 12, 31)}


# --- score customers --------------------------------------------------------------------------------------------------


def test_scores_are_those_of_the_functions(live: Live) -> None:
    book = live.new()
    rows = score_rows(12)
    rows[3][4] = "twelve"  # no number
    rows[4][2:] = [None] * len(rows[4][2:])
    rows[0].insert(2, "Region")
    for row in rows[1:]:
        row.insert(2, "North")
    rows[2][0] = "0000=1"
    block(book, rows, "Customers")
    sentence = said(book, scoring.score_customers)
    assert "12 (A" in sentence and "Without a score: 2" in sentence and "Region" in sentence
    door = Door()
    names = [[header] for header in rows[0][3:]]
    wanted = door.call("CREDIT_SCORES", [[[row[1]] for row in rows[1:]], names, [row[3:] for row in rows[1:]]])
    made = shown(book, "scores", "Customer ID", "Customer", "Score", "Grade", "Known")
    assert [row[1:] for row in made] == [[plain(cell) for cell in row[:4]] for row in wanted[1:]]
    assert [row[0] for row in made][:3] == ["0000", "0000=1", "0002"]
    assert made[1][1] == "=1+1", "text stays text"
    for grade, days in shown(book, "scores", "Grade", "Terms, days"):
        assert days == (None if str(grade).startswith("#") else door.call("CREDIT_TERMS", [grade]))
    table = tables.table(book, "scores")
    held, costs = (table.headers.index(key) for key in ("What holds it down", "Costs most (points lost)"))
    assert '"twelve" is not a number' in str(table.rows[2][held]), "why there is no score"
    for row, expected in zip(table.rows, wanted[1:], strict=True):
        if isinstance(row[3], float):
            assert expected[4] == (row[costs] or "nothing against")
    assert tables.named_block(book, results.SCORED) is not None


def test_what_holds_a_score_down_and_what_is_missing(live: Live) -> None:
    book = live.new()
    rows = score_rows(4)
    keys = [dimension.key for dimension in card().dimensions]
    rows[1][2 + keys.index("cash_ratio")] = None  # a finance value: caps
    rows[2][2 + keys.index("judgment_debtor_entries")] = 2.0  # knocks out
    rows[3][2 + keys.index("reputation")] = "n/a"
    block(book, rows, "Customers")
    said(book, scoring.score_customers)
    held = shown(book, "scores", "What holds it down", "Missing")
    assert "finance values missing: at most" in str(held[0][0]) and held[0][1] == "cash ratio"
    assert "judgment" in str(held[1][0]) and held[1][1] is None
    assert held[2][1] == "reputation"


def test_the_sheet_to_fill_in(live: Live) -> None:
    book = live.new()
    assert "Score input was added" in said(book, scoring.score_customers)
    table = tables.table(book, "score_input")
    assert len(table.headers) == 33 and table.headers[:4] == ("Customer ID", "Customer", "Card", "Sector")
    assert "excellent / good / fair / poor" in texts(book, "Score input")
    refused(book, scoring.score_customers, "credit_buttons.nothing_filled_in")
    sheet, row = book.sheets[table.sheet], score_rows(2)
    by_header = dict(zip(row[0], row[2], strict=True))
    cells = [by_header.get(header) for header in table.headers]
    cells[:4] = ["0099", "Ann", "existing", "retail"]
    for column, value in enumerate(cells, start=1):
        sheet.range((table.row + 3, column)).value = value
    said(book, scoring.score_customers)
    assert [row[0] for row in shown(book, "scores", "Customer ID")] == ["0099"], "typed as a text, zeros and all"
    grade, days = shown(book, "scores", "Grade", "Terms, days")[0]
    assert days == Door().call("CREDIT_TERMS", [grade, "retail"])


def test_a_second_press_replaces_the_table(live: Live) -> None:
    book = live.new()
    block(book, score_rows(9), "Customers")
    said(book, scoring.score_customers)
    sheet = book.sheets["Scores"]
    sheet.range((tables.table(book, "scores").row + 12, 1)).value = "a remark below"
    long = score_rows(30)
    long[0] += [f"A column that the card does not know, number {number}" for number in range(40)]
    block(book, [[*row, *[1] * (len(long[0]) - len(row))] for row in long], "Customers")
    said(book, scoring.score_customers)
    found = tables.table(book, "scores")
    assert len(found.rows) == 30
    head = tables.named_cell(book, "scores_head")
    assert head is not None and head.row == 1 and found.row > 8, "more lines above push the table down"
    assert "number 39" in texts(book, "Scores") and "a remark below" in texts(book, "Scores")
    block(book, score_rows(3), "Short")
    said(book, scoring.score_customers)
    assert len(tables.table(book, "scores").rows) == 3 and "number 39" not in texts(book, "Scores")
    assert [s.name for s in book.sheets].count("Scores") == 1


def test_tables_that_cannot_be_scored(live: Live) -> None:
    book = live.new()
    block(book, [["reputation", "cash ratio"], ["good", 0.2]], "Nobody")
    refused(book, scoring.score_customers, "credit_buttons.no_customers")
    block(book, [["Customer", "cash ratio", "现金比率"], ["Ann", 0.1, 0.2]], "Twice")
    refused(book, scoring.score_customers, "score.dimension_twice")
    block(book, [["Customer", "Card", "cash ratio"], ["Ann", "gold", 0.1], ["Bo", None, 0.1]], "Cards")
    assert "no grades" in said(book, scoring.score_customers)
    assert 'no score card "gold"' in str(tables.table(book, "scores").rows[0])
    other = live.new()
    block(other, [["Customer", "City"], ["Ann", "Rome"]], "Other")
    with changes(other, "x") as change:
        change.put_table("score_input", change.add_sheet("Own"), ["Customer", "City"], [["Ann", "Rome"]])
    refused(other, scoring.score_customers, "credit_buttons.no_dimensions")


def test_five_hundred_customers_within_seconds(live: Live) -> None:
    book = live.new()
    block(book, score_rows(500), "Customers")
    started = time.monotonic()
    assert " 500 (" in said(book, scoring.score_customers)
    assert time.monotonic() - started < 20, "on a machine that does other things besides"
    assert len(tables.table(book, "scores").rows) == 500


# --- payment plan -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "more",
    [
        {"annual_rate": 0.06, "deposit": 0.1, "currency": "CNY", "calendar": "CN", "method": "等额本金"},
        {"currency": "JPY", "installments": 1.0},
    ],
)
def test_a_plan_is_that_of_the_function(live: Live, more: Mapping[str, object]) -> None:
    book = live.new()
    assert "Plan input was added" in said(book, payment_plan.payment_plan)
    given = {**PLAN, **more}
    fill(book, payment_plan.INPUT, given, payment_plan.asked())
    sentence = said(book, payment_plan.payment_plan)
    names = [parameter.name for parameter in payment_plan.parameters()]
    wanted = Door().call("PAYMENT_PLAN", [given.get(name) for name in names])
    found = tables.table(book, "payment_plan")
    assert list(found.headers) == wanted[0]
    assert [[plain(cell) for cell in row] for row in found.rows] == [
        [plain(cell) for cell in row] for row in wanted[1:]
    ]
    above = tables.sheet_rows(book.sheets[found.sheet])[found.row - 2]
    assert [cell for cell in above if isinstance(cell, float)] == pytest.approx(
        [sum(row[place] for row in wanted[1:]) for place in (3, 4, 5)]
    )
    assert f"{given['currency']} 100,000" in sentence
    assert "Payment plan: Ann" in texts(book, found.sheet) and "It adds up" in texts(book, found.sheet)


def test_settings_that_make_no_plan(live: Live) -> None:
    book = live.new()
    said(book, payment_plan.payment_plan)
    assert "Installments" in str(refused(book, payment_plan.payment_plan, "credit_buttons.plan_lacks"))
    fill(book, payment_plan.INPUT, {**PLAN, "installments": 0.5}, payment_plan.asked())
    assert "installments" in str(refused(book, payment_plan.payment_plan, "credit_buttons.plan_refused"))
    table = tables.table(book, payment_plan.INPUT)
    sheet = book.sheets[table.sheet]
    sheet.range((table.row + 1, 1)).value = "Amount"
    sheet.range((table.row + 1, 2)).value = 5
    refused(book, payment_plan.payment_plan, "credit_buttons.setting_twice")
    sheet.range((table.row + 1, 1)).value = "Colour"
    refused(book, payment_plan.payment_plan, "credit_buttons.unknown_setting")


# --- signals and reviews ----------------------------------------------------------------------------------------------


def test_signals_are_those_of_the_functions(live: Live) -> None:
    book = live.new()
    block(book, EVENTS, "Events")
    sentence = said(book, monitoring.refresh_signals)
    assert "(1 red, 1 yellow, 1 green)" in sentence and "Without a tier: 1" in sentence
    door = Door()
    details = shown(book, "signal_details", "Customer ID", "Events", "Window, days", "Signal")
    signals: dict[str, list[list[object]]] = {}
    for row in EVENTS[1:]:
        signals.setdefault(str(row[0]), []).append([door.call("RISK_SIGNAL", row[2:5])])
    for customer, *_, signal in details:
        assert signal in [plain(cell) for (cell,) in signals[str(customer)]]
    found = shown(book, "signals", "Customer ID", "Customer", "Tier", "Action", "Red signals")
    assert [row[0] for row in found] == ["10", "0007", "0042", "9"], "what cannot be told first, then the worst"
    for customer, _, tier, action, _ in found:
        assert tier == plain(door.call("RISK_TIER", [signals[str(customer)]]))
        assert action == (None if str(tier).startswith("#") else door.call("TIER_ACTION", [tier]))
    assert found[1][1] == "Ann" and found[1][4] == "lawsuit" and found[2][1] == "=HYPERLINK(1)"
    assert "bankruptcy" in str(tables.table(book, "signals").rows[0])


def test_reviews_are_those_of_the_function(live: Live) -> None:
    book = live.new()
    block(book, REVIEWED, "Reviewed")
    assert "As of was added" in said(book, reviews.review_list)
    refused(book, reviews.review_list, "credit_buttons.no_day")
    book.names["as_of"].refers_to_range.value = "soon"
    refused(book, reviews.review_list, "credit_buttons.not_a_day")
    book.names["as_of"].refers_to_range.value = AS_OF
    assert "Overdue as of 2026-10-31: 2." in said(book, reviews.review_list)
    found = shown(book, "reviews", "Customer ID", "Customer", "Next review", "Days overdue")
    assert [row[0] for row in found] == ["9", "0007", "10", "0042"], "overdue since longest, undated, as they fall due"
    for row in REVIEWED[1:]:
        due = Door().call("REVIEW_DUE", [row[4], row[2], row[3], None, AS_OF])
        other = next(each for each in found if each[0] == row[0])
        late = (AS_OF - due).days if isinstance(due, date) and due < AS_OF else None
        assert other[2:] == [plain(due), late]
    assert found[3][1] == "=A1"


def test_reviews_take_grade_and_exposure_from_the_other_tables(live: Live) -> None:
    book = live.new()
    with changes(book, "as of") as change:
        sheet = change.add_sheet("Data")
        change.define_name("as_of", sheet, (1, 5, 1, 1))
        change.set_name("as_of", AS_OF)
        change.put_table("scores", sheet, ["Customer ID", "Grade"], [["007", "A"]], kinds=["id", "text"], at=(3, 1))
        two = [["007", "CNY", 2e6], ["8", "CNY", 2e6], ["8", "USD", 1.0]]
        headers = ["Customer ID", "Currency", "Exposure"]
        change.put_table("exposure", sheet, headers, two, kinds=["id", "text", "money"], at=(3, 4))
        last = date(2026, 9, 30)
        rows = [["007", last], ["8", last]]
        change.put_table("review_input", sheet, ["Customer ID", "Last review"], rows, kinds=["id", "date"], at=(3, 9))
    said(book, reviews.review_list)
    assert shown(book, "reviews", "Customer ID", "Grade", "Exposure", "Next review") == [
        ["8", None, None, "#N/A"],  # no grade; amounts in two currencies are never added up
        ["007", "A", 2e6, date(2026, 12, 30)],
    ]


@pytest.mark.parametrize(
    ("macro", "name", "sheet"),
    [
        (monitoring.refresh_signals, monitoring.INPUT, "Signal input"),
        (reviews.review_list, reviews.INPUT, "Review input"),
    ],
)
def test_first_press_adds_the_sheet_to_fill_in(live: Live, macro: Macro, name: str, sheet: str) -> None:
    book = live.new()
    assert f"{sheet} was added" in said(book, macro)
    assert not [cell for row in tables.table(book, name).rows for cell in row if cell is not None]
    if macro is reviews.review_list:
        refused(book, macro, "credit_buttons.no_day")
        book.names["as_of"].refers_to_range.value = AS_OF
    refused(book, macro, "credit_buttons.nothing_filled_in")
    table = tables.table(book, name)
    book.sheets[table.sheet].range((table.row, 1)).value = "Somebody"
    book.sheets[table.sheet].range((table.row, 2)).value = "Else"
    refused(book, macro, "credit_buttons.no_customers")


# --- credit memo ------------------------------------------------------------------------------------------------------

STATEMENTS = [
    ["Customer ID", "Total assets", "Total liabilities", "Current assets", "Current liabilities", "Working capital",
     "Net income", "EBIT", "Profit before tax", "Sales", "Quick assets"],
    ["0001", 2000.0, 900.0, 1100.0, 600.0, 500.0, 120.0, 200.0, 160.0, 3000.0, 700.0],
]  # fmt: skip


def test_a_memo_first_says_what_is_missing_then_has_the_limit(live: Live) -> None:
    book = live.new()
    block(book, STATEMENTS, "Statements")
    with changes(book, "x") as change:
        change.put_table("statements", change.add_sheet("S"), STATEMENTS[0], STATEMENTS[1:], kinds=["id"])
    block(book, score_rows(3), "Customers")
    said(book, scoring.score_customers)
    select_row(book, "scores", 2)
    sentence = said(book, credit_memo.credit_memo)
    assert sentence.startswith("The memo is on the sheet Memo =1+1.") and "no limit" in sentence
    memo = texts(book, "Memo =1+1")
    assert "monthly purchases are not known" in memo and "neither the table exposure" in memo
    grade, score = next(iter(shown(book, "scores", "Grade", "Score")[1:]))
    assert f"grade {grade}" in memo
    zone = Door().call("DISTRESS_ZONE", ["grover", Door().call("GROVER", [500, 200, 120, 2000])])
    assert ["Grover", zone] in [[row[0], row[2]] for row in tables.sheet_rows(book.sheets["Memo =1+1"])]
    assert "not computed without: Retained earnings, Equity" in memo
    fill(
        book,
        "memo_1",
        {"expected_monthly_purchases": 100000.0, "equity": 900000.0, "currency": "CNY"},
        credit_memo.ASKED,
    )
    book.sheets["Memo =1+1"].range("A5").select()
    before = snapshot(book)
    assert "limit CNY" in said(book, credit_memo.credit_memo)
    terms = Door().call("CREDIT_TERMS", [grade])
    arguments = [grade, 100000, terms, 900000, 500.0, None, None, None, "CNY", 0.0]
    rows = tables.sheet_rows(book.sheets["Memo =1+1"])
    margin = next(row[1] for row in rows if row[0] == "net margin")
    arguments[9] = margin
    steps = Door().call("LIMIT_DETAIL", arguments)
    start = next(at for at, row in enumerate(rows) if row[0] == steps[0][0])
    for made, wanted in zip(rows[start:], steps, strict=False):
        assert [plain(cell) for cell in made[:6]] == [plain(cell) for cell in wanted]
    assert next(row for row in rows if row[0] == "Credit limit")[1] == steps[-2][3]
    assert next(row for row in rows if row[0] == "Score")[1] == score
    assert book.sheets["Memo =1+1"].page_setup.print_area == f"$A$1:$F${start + len(steps) + len(_after(rows, start))}"
    assert said(book, explain.undo) == "Taken back: Credit memo."
    assert not differences(before, snapshot(book))


def _after(rows: Sequence[Sequence[Cell]], start: int) -> list[Sequence[Cell]]:
    """The memo's lines behind the limit's working: where its figures come from, and the distress models."""
    end = next(at for at, row in enumerate(rows) if at > start and row[0] == "Policy")
    last = max(at for at, row in enumerate(rows) if any(cell is not None for cell in row[:6]))
    return list(rows[end + 1 : last + 1])


def test_a_memo_of_the_sample_month(live: Live, tmp_path: Path) -> None:
    """Exposure and aging of the customer, as the workbooks have them; a second customer has a memo of its own."""
    from duebook.hosts.cli import main

    month = write_month(tmp_path / "month")
    out = tmp_path / "out"
    files = [str(month.invoices), "--payments", str(month.payments), "--customers", str(month.customers)]
    main(["close", *files, "--as-of", "2026-10-31", "--out", str(out), "--quiet", "--language", "en"])
    for part, key in (("exposure", "Credit limit"), ("aging", "Overdue")):
        path = tmp_path / f"{part}.xlsx"
        shutil.copyfile(out / f"{part}.xlsx", path)
        book = live.open(path)
        name = "exposure" if part == "exposure" else "aged_balance"
        table = tables.table(book, name)
        late = [row[table.headers.index("Oldest, days")] for row in table.rows]
        number = 1 + next(at for at, days in enumerate(late) if isinstance(days, float) and days > 0)
        row = table.rows[number - 1]
        select_row(book, name, number)
        said(book, credit_memo.credit_memo)
        sheet = f"Memo {row[table.headers.index('Customer')]}"[:31]
        found = [cells[:4] for cells in tables.sheet_rows(book.sheets[sheet]) if str(cells[0]).startswith(key)]
        assert row[table.headers.index(key)] in [cell for cells in found for cell in cells]
        assert "As of 2026-10-31." in texts(book, sheet) and "illustrative" in texts(book, sheet)
        assert "no table of this workbook has the values" in texts(book, sheet)
    assert "Score input was added" in said(book, scoring.score_customers), "a standard table is no customer sheet"
    select_row(book, "aged_balance", number + 1)
    said(book, credit_memo.credit_memo)
    assert {"memo_1", "memo_2"} <= set(tables.names(book))
    select_row(book, "aged_balance", number)
    said(book, credit_memo.credit_memo)
    assert "memo_3" not in tables.names(book), "the same customer, the same memo"


def test_a_memo_of_a_score_that_was_made_before(live: Live) -> None:
    """The table scores alone, signals and reviews; and scores that are older than their values."""
    book = live.new()
    rows = score_rows(3)
    block(book, rows, "Customers")
    said(book, scoring.score_customers)
    block(book, [[*EVENTS[0]], ["0001", "=1+1", "lawsuit", 5, 365, ""]], "Events")
    said(book, monitoring.refresh_signals)
    with changes(book, "as of") as change:
        change.define_name("as_of", "Events", (1, 9, 1, 1))
        change.set_name("as_of", AS_OF)
    block(book, [REVIEWED[0], ["0001", "=1+1", "A", 5.0, date(2026, 1, 31)]], "Reviewed")
    said(book, reviews.review_list)
    keys = [dimension.key for dimension in card().dimensions]
    book.sheets["Customers"].range((3, 3 + keys.index("judgment_debtor_entries"))).value = 2
    select_row(book, "scores", 2)
    said(book, credit_memo.credit_memo)
    memo = texts(book, "Memo =1+1")
    assert "press Score customers again" in memo and "Held down by" in memo and "red" in memo
    row = next(row for row in tables.sheet_rows(book.sheets["Memo =1+1"]) if row[0] == "Next review")
    assert row[1] == date(2027, 1, 31)
    book.names["scores_from"].delete()
    book.sheets["Customers"].delete()
    select_row(book, "scores", 2)
    said(book, credit_memo.credit_memo)
    assert "As the table scores has it" in texts(book, "Memo =1+1")


def test_a_memo_without_a_customer(live: Live) -> None:
    book = live.new()
    block(book, [["Customer ID", "City"], ["007", "Rome"], [None, "Oslo"]], "Customers")
    said(book, credit_memo.credit_memo)
    assert "no grade" in texts(book, "Memo 007")
    for cell in ("A1", "B3"):
        book.sheets["Customers"].range(cell).select()
        refused(book, credit_memo.credit_memo, "credit_buttons.no_customer_row")


# --- all or nothing, undo, Chinese ------------------------------------------------------------------------------------


def ready(live: Live, macro: Macro) -> xw.Book:
    """A book in which a button has everything it needs, and has been pressed once before with other values."""
    book = live.new()
    with changes(book, "as of") as change:
        change.define_name("as_of", change.add_sheet("Day"), (1, 1, 1, 1))
        change.set_name("as_of", AS_OF)
    if macro is payment_plan.payment_plan:
        said(book, macro)
        fill(book, payment_plan.INPUT, PLAN, payment_plan.asked())
        said(book, macro)
        fill(book, payment_plan.INPUT, {"installments": 20.0}, payment_plan.asked())
        return book
    rows = {scoring.score_customers: score_rows(3), monitoring.refresh_signals: EVENTS, reviews.review_list: REVIEWED}
    block(book, rows.get(macro, score_rows(3)), "Rows")
    said(book, macro)
    if macro is credit_memo.credit_memo:
        fill(book, "memo_1", {"expected_monthly_purchases": 100000.0}, credit_memo.ASKED)
    else:
        block(book, [*rows[macro], *rows[macro][1:]], "Rows")
    return book


@pytest.mark.parametrize(
    "macro",
    [
        scoring.score_customers,
        payment_plan.payment_plan,
        monitoring.refresh_signals,
        reviews.review_list,
        credit_memo.credit_memo,
    ],
)
def test_a_failure_leaves_the_book_as_before_and_undo_restores(live: Live, macro: Macro) -> None:
    book = ready(live, macro)
    before = snapshot(book)
    live.fail_at(0)
    said(book, macro)
    writes = live.writes
    after = snapshot(book)
    assert differences(before, after)
    said(book, explain.undo)
    assert not differences(before, snapshot(book))
    for number in (1, 2 * writes // 3):
        live.fail_at(number)
        with pytest.raises(RuntimeError, match="Excel is busy"):
            macro(book)
        live.fail_at(None)
        assert not differences(before, snapshot(book)), number


def test_in_chinese(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUEBOOK_LANGUAGE", "zh")
    book = live.new()
    block(book, score_rows(3, "zh"), "客户")
    assert said(book, scoring.score_customers).startswith("已在工作表“评分”为 3 个客户评分（A 1")
    found = tables.table(book, "scores")
    assert found.headers[:5] == ("客户编码", "客户名称", "评分卡", "评分", "等级") and found.rows[0][2] == "老客户"
    select_row(book, "scores", 1)
    said(book, credit_memo.credit_memo)
    assert "月采购额未知" in texts(book, "授信备忘录 客户0")
    block(book, EVENTS, "事件")
    said(book, monitoring.refresh_signals)
    assert tables.table(book, "signals").headers[2] == "层级"
    block(book, REVIEWED, "复核")
    said(book, reviews.review_list)
    said(book, payment_plan.payment_plan)
    assert tables.table(book, "plan_input").headers == ("项目", "值", "填写说明")
    fill(book, payment_plan.INPUT, {**PLAN, "method": "先息后本"}, payment_plan.asked())
    assert said(book, payment_plan.payment_plan).startswith(
        "付款计划在工作表“付款计划”中：应付 100,000.00：分 12 期付清"
    )


def test_every_sentence_was_said(request: pytest.FixtureRequest) -> None:
    """Counts where the whole module runs."""
    here = [item for item in request.session.items if item.path == request.path]
    asked = request.config.args
    keys = {key for key in messages.catalogue("en") if key.startswith("credit_buttons.")}
    elsewhere = {"credit_buttons.plan_adds_not_up"}  # a fault of ours: tests/hosts/excel/macros
    if not any("::" in str(arg) for arg in asked) and not request.config.getoption("keyword") and len(here) > 20:
        assert keys - SAID == elsewhere
