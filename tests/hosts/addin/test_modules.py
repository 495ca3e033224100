"""What no VBA module may hold, and the texts that VBA asks for."""

from __future__ import annotations

import re

import pytest

from duebook.core import resources
from duebook.core.errors import DuebookError
from duebook.hosts.addin import modules, texts
from duebook.hosts.addin.texts import Row
from duebook.hosts.addin.vba_project import Kind, Module, source

TEXTS = [Row("message", "done", "Done.", "完成。"), Row("fact", "version", "1", "1"), Row("tip", "x", "X", "X")]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ('Shell "calc"', "Shell"),
        ('CreateObject("WScript.Shell").Run "calc"', "Shell"),
        ('Set x = GetObject("winmgmts:")', "GetObject"),
        ("x = WScript.Name", "WScript"),
        ('Declare PtrSafe Function Run Lib "shell32" Alias "ShellExecuteA" () As Long', "shell32"),
        ("Open path For Output As #1", "For Output"),
        ("open path for append as 1", "for append"),
        ("Open path For  Binary As 1", "For  Binary"),
        ("Kill path", "Kill"),
        ("FileCopy a, b", "FileCopy"),
        ("MkDir path", "MkDir"),
        ("    Name old As newer", "Name old As"),
        ("Print #1, text", "Print #"),
        ("Write # 1, text", "Write #"),
        ('MacScript "do something"', "MacScript"),
        ("ThisWorkbook.VBProject.VBComponents.Import file", "VBProject"),
        ("ActiveWorkbook.SaveAs path", "SaveAs"),
        ('SendKeys "{ENTER}"', "SendKeys"),
        ('ExecuteExcel4Macro "CALL(1)"', "ExecuteExcel4Macro"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_starts_programs_or_writes_files_is_refused(line: str, word: str, language: str) -> None:
    with pytest.raises(DuebookError) as refused:
        modules.check([Module("Mine", f"Sub X()\n{line}\nEnd Sub\n")], TEXTS)
    assert refused.value.key == "addin_build.word_refused"
    assert refused.value.facts == {"module": "Mine", "line": 3, "word": word}
    assert word in refused.value.text(language)


@pytest.mark.parametrize("line", ["KillPy", "Skilled = 1", "Open path For Input As #1", "Name = 1", "x = Filename"])
def test_what_only_looks_like_it_is_taken(line: str) -> None:
    modules.check([Module("Mine", line)], TEXTS)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ('Say DuebookText("gone")', "message gone"),
        ('If x <> DuebookFact("xlwings") Then', "fact xlwings"),
        ('x = TextOf("tip", "y")', "tip y"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_text_that_is_not_there_is_refused(line: str, wanted: str, language: str) -> None:
    with pytest.raises(DuebookError) as refused:
        modules.check([Module("Mine", line)], TEXTS)
    assert refused.value.key == "addin_build.text_missing" and wanted in refused.value.text(language)


def test_texts_that_are_there_are_found() -> None:
    modules.check([Module("M", 'Say DuebookText("done") & DuebookFact("version") & TextOf("tip", "x")')], TEXTS)


def test_our_modules_pass() -> None:
    """`rows` without buttons: VBA asks for those by the control that was pressed."""
    from duebook.hosts import catalogue

    rows = texts.rows(catalogue.functions(), {}, {"xlwings": "1"})
    modules.check(modules.modules(), rows)


def test_our_modules_read_no_settings_of_a_workbook() -> None:
    for module in modules.modules():
        text = source(module)
        assert "duebook.conf" not in re.sub(r"'.*", "", text), module.name
        sheets = re.findall(r"Sheets\((.*?)\)", text)
        assert set(sheets) <= {"TEXTS"}, (module.name, sheets)


def test_kinds_and_order() -> None:
    found = modules.modules()
    assert [m.kind for m in found[:3]] == [Kind.WORKBOOK, Kind.SHEET, Kind.SHEET]
    names = [m.name for m in found[3:]]
    assert names == sorted(names) and {"xlwings", "DuebookCalls", "DuebookCredit"} <= set(names)
    assert "Workbook_Open" in found[0].text


def test_logic_is_free_of_conditions_and_declarations() -> None:
    """LibreOffice runs these modules in the tests, and knows neither."""
    written = {module.name: module.text for module in modules.modules()}
    for name in ("DuebookCalls", "DuebookResults"):
        assert not re.search(r"^\s*(#If|#Const|.*\bDeclare\b)", written[name], re.MULTILINE), name


@pytest.mark.parametrize("language", ["en", "zh"])
def test_sources_must_be_there_and_plain(language: str, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(resources, "addin", lambda: tmp_path)
    with pytest.raises(DuebookError) as refused:
        modules.modules()
    assert refused.value.key == "addin_build.source_missing" and "vba/*.bas" in refused.value.text(language)
    (tmp_path / "vba").mkdir()
    (tmp_path / "vba" / "Mine.bas").write_text("' 信用", "utf-8")
    with pytest.raises(DuebookError) as refused:
        modules.modules()
    assert refused.value.key == "addin_build.module_refused" and "Mine.bas" in refused.value.text(language)
