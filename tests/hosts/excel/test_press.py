"""A ribbon press: one sentence comes back, whatever happens; faults are noted down; the status bar is given back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import xlwings as xw
from tests.hosts.excel.com import ComError, Wrapped

from duebook.core.cells import Label
from duebook.core.errors import DuebookError
from duebook.hosts import settings
from duebook.hosts.excel import buttons, press
from duebook.hosts.excel.buttons import button


def raising(error: BaseException) -> Callable[[Any], None]:
    def macro(book: Any) -> None:
        buttons.progress("excel.interrupted")
        raise error

    return macro


def greets(book: Any) -> None:
    buttons.progress("excel.no_workbook")
    buttons.tell("excel.unknown_button", name=book.name)


def asked(book: Any) -> None:
    buttons.answer("excel.unknown_button", name=book.name)


def says_nothing(book: Any) -> None:
    buttons.progress("excel.no_workbook")


REFUSED = ComError(-2147352567, "Exception occurred.", (0, "Microsoft Excel", "The sheet is\n protected.", None, 0, -1))
MACROS = {
    "greets": greets, "asked": asked, "says_nothing": says_nothing,
    "cannot": raising(DuebookError("excel.policy_unreadable", file="house.toml", detail="x")),
    "breaks": raising(ZeroDivisionError("of the\nmacro")), "stops": raising(KeyboardInterrupt()),
    "leaves": raising(SystemExit(3)), "is_refused": raising(REFUSED), "is_busy": raising(ComError(1, "busy", None)),
}  # fmt: skip


@pytest.fixture(autouse=True)
def declared(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(buttons, "BUTTONS", {})
    for number, (name, macro) in enumerate(MACROS.items()):
        macro.__name__ = name
        declare = button(group="explain", label=Label(name, name), tip=Label("t", "t"), icon="help", key=f"Z{number}")
        declare(macro)
    monkeypatch.setattr(press, "buttons", lambda: buttons.BUTTONS)
    yield


class Application:
    """Excel as far as a press sees it: its status bar."""

    StatusBar: Any = False
    Hwnd = 1


def workbook() -> Any:
    return SimpleNamespace(Name="Book.xlsx", Application=Application())


def pressed(xlpy: Any, name: str, book: Any) -> str:
    """What VBA gets of `XLPy.Call(XLPy.Module("duebook.hosts.excel.press"), "press", XLPy.Tuple(name, book))`."""
    answer = xlpy.Call(xlpy.Module("duebook.hosts.excel.press"), "press", xlpy.Tuple(name, book))
    assert isinstance(answer, Wrapped)
    found = xlpy.Var(answer)
    assert isinstance(found, str) and found == xlpy.Str(answer)
    return found


def test_a_macro_runs_on_the_workbook_and_its_sentence_comes_back(xlpy: Any) -> None:
    book = workbook()
    said = pressed(xlpy, "greets", book)
    assert said.startswith('+Duebook has no button "Book.xlsx"') and book.Application.StatusBar == said[1:]
    assert pressed(xlpy, "asked", book) == "?" + said[1:]
    assert pressed(xlpy, "says_nothing", book) == "+" and book.Application.StatusBar is False


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("name", "en", "zh"),
    [
        ("cannot", "-house.toml cannot be read", "-house.toml 无法"),
        ("breaks", "-Duebook itself failed here (ZeroDivisionError: of the macro)", "-Duebook 自身出错（ZeroDivision"),
        ("leaves", "-Duebook itself failed here (SystemExit: 3)", "-Duebook 自身出错（SystemExit: 3）"),
        ("stops", "-Stopped before the end.", "-已中途停止"),
        ("is_refused", "-Excel refused: The sheet is protected.", "-Excel 拒绝执行：The sheet is protected."),
        ("is_busy", "-Duebook itself failed here (ComError", "-Duebook 自身出错（ComError"),
        ("no_such", '-Duebook has no button "no_such"', "-Duebook 没有“no_such”按钮"),
    ],
)
def test_what_goes_wrong_is_one_sentence_and_the_status_bar_is_excels_again(
    xlpy: Any, name: str, en: str, zh: str, language: str
) -> None:
    settings.written({settings.LANGUAGE: language})
    book = workbook()
    assert pressed(xlpy, name, book).startswith(en if language == "en" else zh)
    assert book.Application.StatusBar is False


@pytest.mark.parametrize(("language", "said"), [("en", "-No workbook is open."), ("zh", "-没有打开的工作簿")])
def test_without_a_workbook_nothing_is_run(xlpy: Any, language: str, said: str) -> None:
    settings.written({settings.LANGUAGE: language})
    assert pressed(xlpy, "greets", None).startswith(said)


def test_a_fault_is_noted_down_with_its_place_in_the_code(xlpy: Any) -> None:
    said = pressed(xlpy, "breaks", workbook())
    assert said.endswith(f"Please report it with the details in {press.log_file()}.")
    noted = press.log_file().read_text("utf-8")
    assert "breaks" in noted and "ZeroDivisionError: of the\nmacro" in noted and "test_press.py" in noted
    assert "Book.xlsx" not in noted, "no name and no figure of the workbook"


def test_what_the_user_can_mend_is_not_noted_down(xlpy: Any) -> None:
    for name in ("greets", "cannot", "stops", "no_such"):
        pressed(xlpy, name, workbook())
    assert not press.log_file().exists()


def test_the_log_is_bounded_and_keeps_the_newest(xlpy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    press.log_file().parent.mkdir()
    press.log_file().write_bytes(b"old\n" * press.LOG_LIMIT)
    pressed(xlpy, "breaks", workbook())
    assert press.log_file().stat().st_size == press.LOG_LIMIT
    assert press.log_file().read_text("utf-8").endswith("ZeroDivisionError: of the\nmacro\n\n")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_log_that_cannot_be_written_changes_only_the_sentence(
    xlpy: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, language: str
) -> None:
    settings.written({settings.LANGUAGE: language})
    monkeypatch.setattr(press, "log_file", lambda: tmp_path)
    said = pressed(xlpy, "breaks", workbook())
    assert said.startswith("-") and ("which button" in said or "点击了哪个按钮" in said)


def test_a_macro_that_cannot_be_imported_is_a_sentence_too(xlpy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def buttons_() -> Any:
        raise ImportError("No module named x")

    monkeypatch.setattr(press, "buttons", buttons_)
    assert pressed(xlpy, "greets", workbook()).startswith("-Duebook itself failed here (ImportError: No module")


def test_a_status_bar_that_cannot_be_set_is_no_fault(xlpy: Any) -> None:
    class Deaf:
        def __setattr__(self, name: str, value: object) -> None:
            raise ComError(1, "no", None)

    book = SimpleNamespace(Name="Book.xlsx", Application=Deaf())
    assert pressed(xlpy, "greets", book).startswith("+")
    assert pressed(xlpy, "cannot", book).startswith("-house.toml")


def test_a_book_of_xlwings_is_taken_as_it_is(xlpy: Any) -> None:
    book = xw.Book(impl=SimpleNamespace(name="Own.xlsx", app=SimpleNamespace(status_bar=False, pid=1)))
    assert press.as_book(book) is book
    assert press.press("greets", book).startswith('+Duebook has no button "Own.xlsx"')


def test_on_a_mac_boxes_are_shown_from_python(xlpy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []

    def alert(prompt: str, title: str, *_: object, **__: object) -> str:
        shown.append(f"{title}: {prompt}")
        return "ok"

    impl = SimpleNamespace(name="Mac.xlsx", app=SimpleNamespace(status_bar=False, pid=1, alert=alert))
    monkeypatch.setattr(xw.Book, "_mock_caller", xw.Book(impl=impl), raising=False)
    press.press_here("greets")
    assert shown == [] and impl.app.status_bar.startswith("Duebook has no button")
    press.press_here("cannot")
    press.press_here("asked")
    assert [line.split("house")[0] for line in shown][:1] == ["Duebook: "] and "Mac.xlsx" in shown[1]
