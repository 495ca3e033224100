"""What the add-in does around its functions: server, texts, ribbon, help, opening and closing, run by LibreOffice.

Its modules are run as they are but for the words of Excel's that LibreOffice does not know (`WORDS`). That Excel itself
takes those words as meant is for the list of `docs/` that a person goes through on Windows.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import xlwings
from calc import Calc, Document
from excel_in_calc import Down, exchanged, from_basic, office, opened, package, trial
from tests.hosts.excel.com import crossed, windows

from duebook.core.cells import Label
from duebook.core.messages import text
from duebook.hosts.addin import modules, texts
from duebook.hosts.addin.vba_project import Module
from duebook.hosts.catalogue import functions
from duebook.hosts.excel import press, session
from duebook.hosts.excel.buttons import Button

pytestmark = pytest.mark.office

SHEET = "Sheet1"
WORDS = {
    "DuebookHost": {".Value2": ".Value", 'Application.CommandBars("Standard").Controls(1).Enabled': "TrialEnabled()"},
    "DuebookTexts": {".Value2": ".Value"},
    "DuebookServer": {
        "XLPy.Call(": "XLPy.Call_(", "XLPy.Str(": "XLPy.Str_(", "XLPy.Module(": "XLPy.Module_(",
        "XLPy.Tuple(": "XLPy.Tuple_(", "Application.OperatingSystem": "TrialSystem()",
    },
    "DuebookHelp": {
        "Application.MacroOptions": "TrialMacroOptions", "ThisWorkbook.IsAddin": "TrialIsAddin",
        "ThisWorkbook.Saved": "TrialSaved",
    },
    "DuebookStart": {"Application.OnTime": "TrialOnTime"},
}  # fmt: skip
TWINS = ("xlwings", "DuebookMessage")
TRIALS = ("TrialGlue", "TrialPython", "TrialControl")
BUTTON = Button(
    "score_customers", "credit", Label("Score customers", "客户评分"), Label("Scores them.", "给客户评分。"), "score",
    "S", True, True, lambda book: None,
)  # fmt: skip
NOT_AVAILABLE, GETTING_DATA = "Error 2042", "Error 2043"
"""What Calc shows for VBA's own error values; `DuebookHost` of the other tests shows real ones."""


class Excel:
    """What Excel, Windows and xlwings do; `asked` is what was asked of them, `down` what does not answer."""

    def __init__(self, xlpy: Any) -> None:
        self.xlpy = xlpy
        self.faults: list[str] = []
        self.reset()

    def reset(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.down: set[str] = set()
        self.fails = 0
        """How many calls of functions fail before one is answered."""
        self.settings: dict[str, str] = {}
        self.system = "Windows (64-bit) NT 10.00"
        self.dialog_open = False
        self.refuses_help_of = ""
        self._objects: dict[int, Any] = {}

    def answer(self, what: str, values: tuple[Any, ...]) -> Any:
        self.asked.append((what, *values))
        if what in self.down:
            raise Down(f"{what} does not answer")
        answers = getattr(self, f"_{what.lower()}")
        return answers(*values)

    def of(self, what: str) -> list[list[Any]]:
        """The values of each such question."""
        return [list(values) for asked, *values in self.asked if asked == what]

    @property
    def said(self) -> list[str]:
        return [sentence for (sentence,) in self.of("said")]

    @property
    def boxed(self) -> list[str]:
        return [sentence for (sentence,) in self.of("boxed")]

    # --- xlwings' object --------------------------------------------------------------------------------------------

    def _calludf(self, module: str, name: str, values: tuple[Any, ...]) -> Any:
        if self.fails:
            self.fails -= 1
            raise Down("the process has ended")
        return crossed(self.xlpy.CallUDF(module, name, [from_basic(value) for value in values], None, None))

    def _module(self, name: str) -> int:
        return self._kept(self.xlpy.Module(name))

    def _tuple(self, button: str, book: str) -> int:
        assert book == "Workbook"
        return self._kept(self.xlpy.Tuple(button, None))

    def _call(self, owner: int, method: str, *values: int) -> int:
        if values or method != "press":
            return self._kept(self.xlpy.Call(self._objects[owner], method, *(self._objects[v] for v in values)))
        return 0  # the class of the tests asks twice where there are arguments

    def _str(self, value: int) -> str:
        return str(self.xlpy.Str(self._objects[value]))

    def _kept(self, found: Any) -> int:
        number = len(self._objects) + 1
        self._objects[number] = found
        return number

    # --- Excel ------------------------------------------------------------------------------------------------------

    def _setting(self, key: str) -> str:
        return self.settings.get(key, "")

    def _system(self) -> str:
        return self.system

    def _enabled(self) -> bool:
        return not self.dialog_open

    def _described(self, macro: str, *_: Any) -> int:
        if macro.endswith(f"!{self.refuses_help_of}"):
            raise Down("Cannot edit a macro on a hidden workbook")
        return 0

    def _nothing(self, *_: Any) -> int:
        return 0

    _said = _boxed = _answered = _planned = _run = _nothing


@pytest.fixture(scope="module")
def excel() -> Iterator[Excel]:
    with windows() as xlpy:
        yield Excel(xlpy)


@pytest.fixture(scope="module")
def calc(soffice: str, excel: Excel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Calc]:
    with office(soffice, tmp_path_factory.mktemp("glue"), excel) as running:
        yield running


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    changed = {m.name: Module(m.name, exchanged(m.text, WORDS[m.name])) for m in modules.modules() if m.name in WORDS}
    twins = changed | {name: trial(name) for name in TWINS}
    path = tmp_path_factory.mktemp("built") / "duebook.xlam"
    path.write_bytes(package(twins, {"xlwings": xlwings.__version__}, TRIALS, {BUTTON.name: BUTTON}))
    return path


@pytest.fixture
def addin(calc: Calc, built: Path, excel: Excel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Document]:
    """The add-in opened anew: VBA remembers nothing of another test."""
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setenv("DUEBOOK_LANGUAGE", "en")
    monkeypatch.setattr(session, "_session", None)
    copy = tmp_path / "duebook.xlam"
    shutil.copyfile(built, copy)
    excel.reset()
    with opened(calc, copy, SHEET) as document:
        excel.asked.clear()
        yield document
    assert excel.faults == []


CELLS = itertools.count(1)


def shown(addin: Document, formula: str) -> Any:
    """What a new cell with the formula shows."""
    cell = f"H{next(CELLS)}"
    addin.set(SHEET, cell, formula)
    return addin.value(SHEET, cell)


def do(addin: Document, what: str, about: str = "") -> Any:
    return shown(addin, f'=TRIAL_DO("{what}","{about}")')


# --- functions --------------------------------------------------------------------------------------------------------


def test_a_cell_is_answered(addin: Document, excel: Excel) -> None:
    assert shown(addin, "=DSO(9,6,30)") == 45
    assert excel.of("CallUDF") == [["duebook.hosts.excel.udfs", "DSO", ("", False, 9, 6, 30)]]
    assert shown(addin, "=DSO(9,0,30)") == "Error 2007"
    addin.set_block(SHEET, "A1", [[3], [1]])
    assert shown(addin, "=HHI(A1:A2)") == 6250
    assert excel.said == excel.boxed == []


def test_what_cannot_be_reached_is_tried_once_and_told_once(addin: Document, excel: Excel) -> None:
    excel.down = {"CallUDF", "Module"}
    assert [shown(addin, "=DSO(9,6,30)") for _ in range(3)] == [NOT_AVAILABLE] * 3
    assert (len(excel.of("CallUDF")), len(excel.of("Module"))) == (1, 1)
    (said,) = excel.said
    before, after = text("addin.server_missing", detail="…").split("…")
    assert said.startswith(before) and said.endswith(after) and len(said) > len(before + after)
    assert shown(addin, '=WHY("A1")') == said, "the reason needs no Python"
    excel.down = set()
    assert shown(addin, "=DSO(9,6,30)") == NOT_AVAILABLE, "nothing is tried for a minute"
    do(addin, "again")
    assert shown(addin, "=DSO(9,6,30)") == 45


def test_a_program_that_has_ended_is_started_anew(addin: Document, excel: Excel) -> None:
    assert shown(addin, "=DSO(9,6,30)") == 45
    excel.fails = 1
    assert shown(addin, "=DSO(8,6,30)") == 40
    assert excel.said == [text("addin.server_restarted")]


def test_a_fault_of_one_function_keeps_no_other_waiting(addin: Document, excel: Excel) -> None:
    excel.fails = 2
    assert shown(addin, "=DSO(9,6,30)") == NOT_AVAILABLE
    assert shown(addin, "=DSO(9,6,30)") == 45


def test_the_function_wizard_waits_for_no_start_and_no_long_column(addin: Document, excel: Excel) -> None:
    excel.dialog_open = True
    assert shown(addin, "=DSO(9,6,30)") == GETTING_DATA, "Python is not started while someone types"
    assert excel.of("CallUDF") == []
    excel.dialog_open = False
    assert shown(addin, "=DSO(9,6,30)") == 45
    excel.dialog_open = True
    assert shown(addin, "=DSO(8,6,30)") == 40
    addin.set_block(SHEET, "A1", [[1]] * 1001)
    assert shown(addin, "=HHI(A1:A1001)") == GETTING_DATA
    assert shown(addin, "=HHI(A1:A1000)") == pytest.approx(10)
    excel.dialog_open = False
    assert shown(addin, "=HHI(A1:A1001)") == pytest.approx(10000 / 1001)


def test_on_a_mac_cells_say_which_edition_computes_there(addin: Document, excel: Excel) -> None:
    excel.system = "Macintosh (Intel) 10.16"
    assert shown(addin, "=DSO(9,6,30)") == NOT_AVAILABLE
    assert shown(addin, '=WHY("A1")') == text("addin.mac_functions")
    assert excel.of("CallUDF") == []


# --- greeting ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("greeting", "key", "program"),
    [("9.9|{xlwings}|en", "server_wrong_version", "9.9"), ("{version}|9.9|en", "xlwings_wrong_version", "9.9")],
)
def test_another_version_is_told(
    addin: Document, excel: Excel, monkeypatch: pytest.MonkeyPatch, greeting: str, key: str, program: str
) -> None:
    version, bridging, _ = session.hello().split("|")
    monkeypatch.setattr(session, "hello", lambda: greeting.format(version=version, xlwings=bridging))
    do(addin, "open")
    do(addin, "idle")
    ours = version if key == "server_wrong_version" else bridging
    assert text(f"addin.{key}", addin=ours, program=program) in excel.said


def test_the_right_versions_are_not_told(addin: Document, excel: Excel) -> None:
    do(addin, "open")
    do(addin, "idle")
    assert excel.said == []
    assert [method for _, method in excel.of("Call")] == ["hello", "warm"]


def test_a_warning_of_the_session_is_told(addin: Document, excel: Excel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "warm", lambda: "The policy cannot be used.")
    do(addin, "open")
    do(addin, "idle")
    assert excel.said == ["The policy cannot be used."]


@pytest.mark.parametrize(("setting", "language"), [("zh", "zh"), ("en", "en"), ("", "en"), ("fr", "en")])
def test_until_python_greets_the_language_is_that_of_the_settings(
    addin: Document, excel: Excel, setting: str, language: str
) -> None:
    excel.settings["DUEBOOK_LANGUAGE"] = setting
    assert do(addin, "language") == language
    assert do(addin, "text", "no_workbook") == text("addin.no_workbook", language)


# --- ribbon -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_ribbon_s_texts(addin: Document, excel: Excel, language: str) -> None:
    excel.settings["DUEBOOK_LANGUAGE"] = language
    label, tip = BUTTON.label.text(language), BUTTON.tip.text(language)
    found = [do(addin, what, "duebook_score_customers") for what in ("label", "screentip", "tip", "keytip")]
    assert found == [label, label, tip, "S"]
    assert do(addin, "label", "duebook_close") == {"en": "Month end", "zh": "月结"}[language]


@pytest.mark.parametrize(
    ("answer", "said", "boxed"),
    [
        ("+12 customers scored.", ["12 customers scored."], []),
        ("+", [text("addin.done", button="Score customers")], []),
        ("-Select a table first.", [], ["Select a table first."]),
        ("?#N/A: days is missing.", [], []),
    ],
)
def test_a_press_shows_its_sentence(
    addin: Document, excel: Excel, monkeypatch: pytest.MonkeyPatch, answer: str, said: list[str], boxed: list[str]
) -> None:
    pressed: list[str] = []

    def told(name: str, book: object) -> str:
        pressed.append(name)
        return answer

    monkeypatch.setattr(press, "press", told)
    do(addin, "press", "duebook_score_customers")
    assert pressed == ["score_customers"]
    assert excel.said == [text("addin.working", button="Score customers"), *said]
    assert excel.boxed == boxed
    assert excel.of("answered") == [[answer[1:]]] * answer.startswith("?")


def test_a_press_that_nobody_answers(addin: Document, excel: Excel) -> None:
    excel.down = {"Module"}
    do(addin, "press", "duebook_score_customers")
    (boxed,) = excel.boxed
    assert boxed.startswith(text("addin.server_missing", detail="…").split("…")[0])


def test_a_press_that_fails_on_the_way(addin: Document, excel: Excel) -> None:
    excel.down = {"Tuple"}
    do(addin, "press", "duebook_score_customers")
    (boxed,) = excel.boxed
    assert boxed.startswith(text("addin.failed", detail="…").split("…")[0])


def test_a_press_can_change_the_language(addin: Document, excel: Excel, monkeypatch: pytest.MonkeyPatch) -> None:
    def chosen(name: str, book: object) -> str:
        session.set_language("zh")
        return "+"

    monkeypatch.setattr(press, "press", chosen)
    do(addin, "open")
    do(addin, "idle")
    excel.asked.clear()
    do(addin, "press", "duebook_score_customers")
    assert do(addin, "label", "duebook_score_customers") == "客户评分"
    assert [planned for _, planned in excel.of("planned")] == [True], "the help follows when Excel is idle"
    do(addin, "idle")
    assert len(excel.of("described")) == len(functions())
    assert excel.of("described")[0][2].endswith("应收账款")


def test_a_press_on_a_mac_runs_python_there(addin: Document, excel: Excel) -> None:
    excel.system = "Macintosh (Intel) 10.16"
    do(addin, "press", "duebook_score_customers")
    ((command,),) = excel.of("run")
    told: list[str] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(press, "press_here", told.append)
        exec(command, {})  # what Excel for Mac hands to Python
    assert told == ["score_customers"]
    assert excel.boxed == [] and excel.of("CallUDF") == excel.of("Module") == []


# --- help, opening, closing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_function_and_argument_is_described(addin: Document, excel: Excel, language: str) -> None:
    session.set_language(language)
    do(addin, "open")
    do(addin, "idle")
    wanted = []
    for name, declaration in functions().items():
        help_ = declaration.zh if language == "zh" else declaration.help
        arguments = tuple(told.text(language) for _, told in declaration.argument_help)
        wanted.append([f"'duebook.xlam'!{name}", help_, arguments])
    found = excel.of("described")
    assert [[macro, help_, arguments] for macro, help_, _, arguments, _ in found] == wanted
    categories = [texts.category(declaration).text(language) for declaration in functions().values()]
    assert [category for _, _, category, _, _ in found] == categories
    assert {is_addin for *_, is_addin in found} == {False}, "Excel describes no function of a hidden workbook"
    assert do(addin, "addin") is True, "and it is hidden again"
    excel.asked.clear()
    do(addin, "idle")
    assert excel.of("described") == [], "once is enough"


def test_help_that_excel_refuses_is_tried_again_with_the_next_workbook(addin: Document, excel: Excel) -> None:
    excel.refuses_help_of = "GINI"
    do(addin, "open")
    do(addin, "idle")
    assert do(addin, "addin") is True
    excel.asked.clear()
    excel.refuses_help_of = ""
    do(addin, "active")
    assert [planned for _, planned in excel.of("planned")] == [True]
    do(addin, "idle")
    assert len(excel.of("described")) == len(functions())
    excel.asked.clear()
    do(addin, "active")
    assert excel.of("planned") == []


def test_opening_plans_once_and_closing_takes_it_back(addin: Document, excel: Excel) -> None:
    do(addin, "open")
    do(addin, "open")
    assert excel.of("planned") == [["'duebook.xlam'!DuebookIdle", True]]
    assert excel.of("CallUDF") == excel.of("Module") == [], "Excel opens without waiting for Python"
    do(addin, "close")
    do(addin, "close")
    assert excel.of("planned")[1:] == [["'duebook.xlam'!DuebookIdle", False]]


def test_nothing_is_planned_after_closing(addin: Document, excel: Excel) -> None:
    do(addin, "open")
    do(addin, "idle")
    do(addin, "close")
    excel.asked.clear()
    do(addin, "active")
    assert excel.of("planned") == []


def test_without_python_excel_opens_all_the_same(addin: Document, excel: Excel) -> None:
    excel.down = {"Module", "CallUDF"}
    do(addin, "open")
    do(addin, "idle")
    assert len(excel.of("described")) == len(functions())
    assert excel.said == excel.boxed == []
