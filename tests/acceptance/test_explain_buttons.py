"""The buttons that explain and check, and those of Duebook itself, against real open documents."""

from __future__ import annotations

import shutil
import webbrowser
from collections.abc import Iterator
from pathlib import Path

import pytest
from live_engine import Live

from duebook.core import resources
from duebook.core.errors import DuebookError
from duebook.hosts import catalogue, settings
from duebook.hosts.excel import buttons, close_sheet, session
from duebook.hosts.excel.buttons import hearing
from duebook.hosts.excel.live import tables
from duebook.hosts.excel.live.changes import changes
from duebook.hosts.excel.macros import explain, settings_buttons
from duebook.policy.load import default_path

pytestmark = pytest.mark.office
FAULTY = [
    ["[grade]", None, None, None],
    ["from", "grade", "low", "high"],
    ["2026-01-01", "A", 50, 100],
    ["2026-01-01", "B", 0, 40],
]


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No setting of the machine counts, none is written to it, and each test has a session of its own."""
    monkeypatch.setattr(settings, "path", lambda *_: tmp_path / "settings" / "duebook.conf")
    monkeypatch.setenv("DUEBOOK_LANGUAGE", "en")
    monkeypatch.setattr(session, "_session", None)
    yield


def said(book: object, macro: object, language: str = "en") -> str:
    with hearing(book) as telling:
        telling.language = language
        macro(book)  # type: ignore[operator]
        return telling.said


def test_a_computed_cell_is_explained_by_what_is_remembered_of_it(live: Live) -> None:
    """Excel's cells are answered through the session; here by hand, as the office's cells go another way."""
    book = live.new()
    sheet = book.sheets[0]
    sheet.range("B7").formula = "=IFERROR(DSO(15000,0,30),0)"
    sheet.range("B7").select()
    assert "Ctrl+Alt+F9" in said(book, explain.explain_cell)
    session.answer("DSO", f"[{book.name}]Sheet1!$B$7", False, 15000.0, 0.0, 30.0)
    sentence = said(book, explain.explain_cell)
    assert sentence.startswith("Sheet1!B7: #DIV/0!: ") and "credit_sales" in sentence
    assert sheet.range("B7").formula == "=IFERROR(DSO(15000,0,30),0)"


@pytest.mark.parametrize(
    ("content", "expected", "chinese"),
    [
        ("=SUM(1,2)", "This is a formula of Excel's own, =SUM(1,2);", "这是 Excel 自身的公式"),
        (12.5, "This was typed in", "该内容为手工输入"),
        (None, "This cell is blank.", "该单元格为空"),
    ],
)
def test_other_cells(live: Live, content: object, expected: str, chinese: str) -> None:
    book = live.new()
    book.sheets[0].range("C3").value = content
    book.sheets[0].range("C3").select()
    assert said(book, explain.explain_cell).startswith(f"Sheet1!C3: {expected}")
    session._session = None
    assert chinese in said(book, explain.explain_cell, "zh")


def test_a_figure_of_a_standard_workbook(live: Live, tmp_path: Path) -> None:
    path = tmp_path / "aging.xlsx"
    shutil.copyfile(resources.templates() / "aging.en.xlsx", path)
    book = live.open(path)
    table = tables.table(book, "aged_balance")
    place = table.headers.index("Disputed")
    book.sheets[table.sheet].range((table.row + 1, table.column + place)).select()
    sentence = said(book, explain.explain_cell)
    assert "Disputed, in the table aged_balance, an amount in the currency of its row." in sentence
    assert "“争议”" in said(book, explain.explain_cell, "zh")
    headers = book.sheets[table.sheet].range((table.row, table.column)).resize(1, len(table.headers))
    headers[0, place].value = "1–30"
    assert "1–30: a bucket of the aging" in said(book, explain.explain_cell)


def test_a_result_of_a_credit_button(live: Live) -> None:
    book = live.new()
    with changes(book, "made") as change:
        change.put_table("SCORES", "Sheet1", ["Customer ID", "Score", "Remark"], [["001", 70, "mine"]])
    for column, expected in (("B", "Score, in the table SCORES, points of the score."), ("C", "a column of your own")):
        book.sheets[0].range(f"{column}2").select()
        assert expected in said(book, explain.explain_cell)


def test_sheets_and_books_with_apostrophes(live: Live) -> None:
    book = live.new()
    book.sheets[0].name = "O'Brien & Co"
    book.sheets[0].range("B7").formula = "=IFERROR(DSO(15000,0,30),0)"
    book.sheets[0].range("B7").select()
    session.answer("DSO", f"'[{book.name}]O''Brien & Co'!$B$7", False, 15000.0, 0.0, 30.0)
    assert said(book, explain.explain_cell).startswith("O'Brien & Co!B7: #DIV/0!: ")


def test_undo_with_nothing_to_undo(live: Live) -> None:
    with pytest.raises(DuebookError) as refused:
        explain.undo(live.new())
    assert refused.value.key == "live.nothing_to_undo"


def test_undo_that_is_refused_says_which_button_and_why(live: Live) -> None:
    book = live.new()
    with changes(book, "check_policy") as change:
        change.set_cells(change.add_sheet("Other"), 1, 1, [["x"]])
        change.set_cells("Sheet1", 1, 1, [["x"]])
    book.sheets["Sheet1"].name = "Mine"
    with pytest.raises(DuebookError) as refused:
        said(book, explain.undo)
    assert refused.value.key == "live.sheet_gone"
    assert str(refused.value).startswith('"Check policy" cannot be taken back: the sheet Sheet1 is gone')
    assert refused.value.text("zh").startswith("无法撤销“检查政策”")
    book.sheets["Mine"].name = "Sheet1"
    book.sheets["Sheet1"].range("1:2").insert("down")
    with pytest.raises(DuebookError, match='"Check policy" cannot be taken back: Sheet1!A1 was changed since'):
        said(book, explain.undo)
    book.sheets["Sheet1"].range("1:2").delete("up")
    assert said(book, explain.undo) == "Taken back: Check policy."
    assert [sheet.name for sheet in book.sheets] == ["Sheet1"]


def test_selected_policy_tables_are_checked_with_their_row(live: Live) -> None:
    book = live.new()
    with changes(book, "made") as change:
        change.set_cells("Sheet1", 1, 1, FAULTY)
    book.sheets[0].range("A1:D4").select()
    with pytest.raises(DuebookError) as refused:
        explain.check_policy(book)
    assert "policy range" in str(refused.value), str(refused.value)
    book.sheets[0].range("D4").value = 50
    sentence = said(book, explain.check_policy)
    assert "(selected cells): 5 faults." in sentence, sentence
    found = {str(row[0]): row for row in tables.table(book, explain.CHECK_TABLE).rows}
    assert found["grade"][2] is True and found["grade"][1] != "Duebook"
    assert found["credit_terms"][2] is False and "state [[credit_terms]] in it too" in str(found["credit_terms"][3])
    sheets = len(book.sheets)
    said(book, explain.check_policy)
    assert len(book.sheets) == sheets, "the second check takes the place of the first"
    said(book, explain.undo)
    assert said(book, explain.undo) == "Taken back: Check policy."
    assert tables.find_table(book, explain.CHECK_TABLE) is None


def test_the_file_of_the_close_settings_is_checked_and_used(live: Live, tmp_path: Path) -> None:
    book = live.new()
    policy = tmp_path / "ours.toml"
    content = default_path().read_text("utf-8")
    policy.write_text(content.replace("adopted = false", "adopted = true"), "utf-8")
    with changes(book, "made") as change:
        close_sheet.add_sheet(change, "en")
    table = tables.table(book, close_sheet.TABLE)
    place = next(n for n, row in enumerate(table.rows, start=1) if row[0] == "Credit policy")
    book.sheets[table.sheet].range((table.row + place, table.column + 1)).value = str(policy)
    sentence = said(book, explain.check_policy)
    assert "(ours.toml): no faults. It is adopted" in sentence
    assert settings.policy_file() == policy and session.session().policy.adopted
    rows = tables.table(book, explain.CHECK_TABLE).rows
    assert {row[2] for row in rows} == {True} and len(rows) > 20
    policy.write_text("nonsense", "utf-8")
    with pytest.raises(DuebookError) as refused:
        explain.check_policy(book)
    assert refused.value.key == "policy.not_toml"
    assert session.session().policy.adopted, "the policy before stays in use"


def test_the_policy_in_use(live: Live) -> None:
    assert "not adopted" in said(live.new(), explain.check_policy)
    assert "尚未采用" in said(live.new(), explain.check_policy, "zh")


def test_the_language_is_switched_and_kept(live: Live) -> None:
    book = live.new()
    assert said(book, settings_buttons.language) == "Duebook 已切换为中文。按 Ctrl+Alt+F9 可更新单元格中的表头和文字。"
    assert settings.language() == "zh" and session.session().language == "zh"
    assert "English" in said(book, settings_buttons.language, "zh")
    assert settings.language() == "en"


def test_help_opens_with_the_function_of_the_selected_cell_first(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: opened.append(url) or True)
    book = live.new()
    book.sheets[0].range("A1").formula = "=DSO(15000,10000,30)"
    book.sheets[0].range("A1").select()
    said(book, settings_buttons.help)
    page = settings.path().with_name("duebook-help.en.html")
    assert opened == [page.as_uri()]
    content = page.read_text("utf-8")
    assert content.index("In the selected cell: DSO") < content.index("The buttons") < content.index("Functions: ")
    for name in catalogue.functions():
        assert f'<a href="#{name}">' in content and f'<section id="{name}">' in content
    assert "<code>watch_list</code>" in content, "which tables a workbook of one's own may have"
    for button in buttons.buttons().values():
        assert button.label in content or button.label.replace("/", "&#x2F;") in content
    monkeypatch.setattr(webbrowser, "open", lambda url: False)
    with pytest.raises(DuebookError) as refused:
        settings_buttons.help(book)
    assert refused.value.key == "settings_buttons.no_browser"
    monkeypatch.setattr(settings, "path", lambda *_: page / "no folder" / "duebook.conf")
    with pytest.raises(DuebookError) as refused:
        settings_buttons.help(book)
    assert refused.value.key == "settings_buttons.help_not_written"
