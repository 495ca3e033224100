"""How the check comes by an Excel, runs its steps and writes its report; Excel itself is stood in for."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.hosts.excel.com import windows
from tools import windows_check
from tools.excel_checks import excel
from tools.excel_checks.desk import Desk, rows_differ, same
from tools.excel_checks.report import Report
from tools.excel_checks.steps import NotTried, Result, Seen, State, Step, run

from duebook.core.version import VERSION


class Workbooks:
    """Excel's own: an add-in answers to its name."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        self.opened: list[str] = []
        self.auto: list[int] = []

    def __call__(self, name: str) -> Any:
        if name not in self.names:
            raise LookupError(name)
        return SimpleNamespace(Name=name)

    def Open(self, path: str) -> Any:  # Excel's name
        self.opened.append(path)
        return SimpleNamespace(RunAutoMacros=self.auto.append)


class App:
    def __init__(self, *names: str) -> None:
        self.api = SimpleNamespace(Workbooks=Workbooks(list(names)))
        self.display_alerts = True
        self.ended = False

    def quit(self) -> None:
        self.ended = True


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Which Excels run, and those that are started."""
    found = SimpleNamespace(running=[], started=[])

    def start(**how: Any) -> App:
        assert how == {"visible": True, "add_book": False}
        found.started.append(App())
        return found.started[-1]

    monkeypatch.setattr(excel, "xw", SimpleNamespace(apps=found.running, App=start))
    monkeypatch.setattr(excel.time, "sleep", lambda seconds: None)
    return found


def test_attaches_to_the_excel_that_has_the_addin_and_leaves_it_running(machine: SimpleNamespace) -> None:
    mine = App("duebook.xlam")
    machine.running += [App("Book1"), mine]
    with excel.excel(start=False) as (app, how):
        assert app is mine and how.startswith("attached") and not app.display_alerts
    assert mine.display_alerts and not mine.ended and not machine.started


@pytest.mark.parametrize(
    ("running", "start", "said"), [((), False, ""), (("Book1",), False, "no add-in"), (("duebook.xlam",), True, "")]
)
def test_starts_one_and_opens_the_addin_in_it(
    machine: SimpleNamespace, running: tuple[str, ...], start: bool, said: str
) -> None:
    machine.running += [App(name) for name in running]
    with pytest.raises(RuntimeError, match="broke off"), excel.excel(start) as (app, how):
        assert how.startswith("started") and said in how
        raise RuntimeError("broke off")
    (own,) = machine.started
    assert own.ended and app is own
    assert own.api.Workbooks.auto == [1] and own.api.Workbooks.opened[0].endswith("duebook.xlam")
    assert not any(one.ended for one in machine.running)


def test_excels_python_is_asked_over_the_addins_own_bridge() -> None:
    """xlwings' COM object in this process: what it says is said of this process."""
    asked: list[str] = []
    with windows() as xlpy:

        def macro(name: str) -> Any:
            asked.append(name)
            return lambda: xlpy

        found = excel.ask_server(SimpleNamespace(macro=macro))
    assert asked == ["'duebook.xlam'!xlwings.XLPy"]
    assert found["pid"] == str(os.getpid()) and found["prefix"] == sys.prefix
    assert found["greeting"].startswith(f"{VERSION}|")


def test_doctor_is_told_link_by_link(tmp_path: Path) -> None:
    """Here there is no Excel: that is a fault."""
    seen = excel.doctor(Desk(None, tmp_path))
    assert not seen.good and seen.details[0].startswith("fault") and "does not exist" in seen.details[0]


def test_facts_that_cannot_be_asked_are_left_out(machine: SimpleNamespace) -> None:
    machine_facts = excel.facts(App(), "attached")
    assert machine_facts["how"] == "attached" and "Duebook" in machine_facts and "separators" not in machine_facts


def test_a_failing_step_stops_no_other(tmp_path: Path) -> None:
    def fails(desk: Desk) -> Seen:
        raise OSError("Excel is busy")

    def cannot(desk: Desk) -> Seen:
        raise NotTried("too old")

    steps = [
        Step("one", "a", fails),
        Step("two", "b", cannot),
        Step("three", "c", lambda desk: Seen("other", False, ("a line",))),
        Step("four", "d", lambda desk: Seen("d")),
    ]
    begun: list[str] = []
    found = list(run(steps, Desk(None, tmp_path), begun.append))
    assert [one.state for one in found] == [State.FAIL, State.NOT_TRIED, State.FAIL, State.PASS]
    assert found[0].shown == "OSError: Excel is busy" and "fails, line" in found[0].details[0]
    assert begun == ["one", "two", "three", "four"]


def test_the_report_says_where_a_check_hangs_and_shows_no_user_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home" / "li.wei"
    monkeypatch.setattr(Path, "home", lambda: home)
    report = Report(tmp_path / "out", {"Python": f"{home}/python"})
    report.add(Result("first", "45", f"{home}/x", State.PASS, 0.1, ("a line",)))
    report.add(Result("second", "45", "44", State.FAIL, 0.1))
    report.add(Result("third", "45", "no Excel", State.NOT_TRIED, 0.1))
    report.begin("a box")
    text = (tmp_path / "out" / "report.txt").read_text("utf-8")
    data = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert 'NOT FINISHED: it was at "a box"' in text and data["hangs_in"] == "a box"
    assert "li.wei" not in text and "li.wei" not in json.dumps(data) and data["facts"]["Python"] == "~/python"
    assert text.index("second") < text.index("first") < text.index("third"), "what failed comes first"
    assert "reason    no Excel" in text and "1 PASS, 1 FAIL, 1 NOT TRIED" in text


def test_comparing() -> None:
    assert same(0.1 + 0.2, 0.3) and same("", None) and same(True, True)
    assert not same(1.0, True) and not same("45", 45.0) and not same(3.7037037, 3.70370367)
    assert rows_differ([[1.0, "a"]], [[1.0, "b"]]) == ["row 1, column 2: shows a, expected b"]
    assert rows_differ([[1.0]], []) == ["1 rows instead of 0"]


@pytest.mark.skipif(sys.platform == "win32", reason="there it runs")
def test_elsewhere_the_script_says_that_it_needs_windows(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert windows_check.main(["--out", str(tmp_path / "out")]) == 2
    assert "needs Excel on Windows" in capsys.readouterr().err and not (tmp_path / "out").exists()
