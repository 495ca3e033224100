"""The extension as a user has it: `duebook.oxt` in an office of its own, which answers its cells by itself.

What the functions compute in real cells is tested over the whole catalogue in `test_functions_in_calc.py`, by the same
Basic functions and the same service; here, that the extension brings all of it along and that files keep their names.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from calc import Calc, Document, bridge
from openpyxl import load_workbook
from test_functions_in_calc import FUNCTIONS, SHEET, computed, equal, shown
from test_gallery_in_calc import GALLERY, checks
from tests.cases.functions import cases
from tests.conftest import absent

from duebook.close.options import CloseOptions
from duebook.close.run import close_month
from duebook.core.cells import CellError
from duebook.core.declare import GROUPS
from duebook.core.messages import text
from duebook.hosts.addin.oxt import build_oxt
from duebook.hosts.call import Door
from duebook.hosts.catalogue import functions
from duebook.hosts.libreoffice import shims
from duebook.ledger.files import Source
from duebook.sample.month import write_month

pytestmark = pytest.mark.office


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("user")


@pytest.fixture(scope="module")
def user(soffice: str, home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Calc]:
    """An office with nothing but the extension; its home folder is `home`."""
    uno = bridge(soffice, tmp_path_factory.mktemp("uno"))
    if uno is None:
        absent("LibreOffice's Python bridge (python3-uno, for this version of Python)")
    assert uno
    running = Calc(uno, soffice, home, extension=build_oxt(tmp_path_factory.mktemp("built")))
    try:
        yield running
    finally:
        running.stop()


def pressed(user: Calc, button: str, component: Any) -> str:
    """The sentence of a menu entry."""
    press = user.manager.createInstanceWithContext("duebook.hosts.libreoffice.Press", user.context)
    facts = []
    for name, value in (("button", button), ("component", component)):
        fact = user.uno.createUnoStruct("com.sun.star.beans.NamedValue")
        fact.Name, fact.Value = name, value
        facts.append(fact)
    return str(press.execute(tuple(facts)))


# --- cells ------------------------------------------------------------------------------------------------------------


def test_every_function_computes_under_its_bare_name(user: Calc) -> None:
    """The first example of each, cell by cell what the door gives."""
    wrong = []
    for name, declaration in FUNCTIONS.items():
        arguments: Sequence[Any] = declaration.examples[0].arguments
        result = Door().call(name, list(arguments))
        with user.new() as document:
            found = computed(document, name, arguments, result)
        if not equal(found, shown(result)):
            wrong.append((name, found, shown(result)))
    assert wrong == []


def test_missing_blank_zero_and_error_are_four_things(user: Calc) -> None:
    with user.new() as document:
        document.set_block(SHEET, "A1", [[9, 0, None, "", CellError("#REF!", "cell.fault", detail="")]])
        for formula, gives in (
            ("=DSO(A1,6,30)", 45),
            ("=DSO(A1,,30)", "#N/A"),
            ("=DSO(A1,C1,30)", "#N/A"),
            ("=DSO(A1,D1,30)", "#N/A"),
            ("=DSO(A1,B1,30)", "#DIV/0!"),
            ("=DSO(A1,0,30)", "#DIV/0!"),
            ("=DSO(A1,E1,30)", "#REF!"),
            ("=ISERROR(DSO(A1,B1,30))", True),
            ('=DSO("x",6,30)', "#VALUE!"),
            ("=DSO(A1,6,30,0,1)", "#VALUE!"),
        ):
            document.set(SHEET, "A9", formula)
            assert document.value(SHEET, "A9") == gives, formula
        for ask in ("=WHY(A9)", '=WHY("A9")'):
            document.set(SHEET, "A9", "=DSO(A1,,30)")
            document.set(SHEET, "B9", ask)
            assert document.value(SHEET, "B9") == Door().explain("DSO", [9, None, 30]), ask


def test_a_package_that_comes_along_is_used(user: Calc) -> None:
    """German holidays come from `holidays`, a company's number is checked by `python-stdnum`."""
    with user.new() as document:
        document.set(SHEET, "A1", '=NEXT_BUSINESS_DAY(DATE(2026,5,14),"DE")')
        document.set(SHEET, "A2", '=COMPANY_ID_CHECK("DE136695976","vat")')
        friday = (date(2026, 5, 15) - date(1899, 12, 30)).days  # the day before is a Thursday, and Ascension
        assert document.values(SHEET, "A1:A2") == [[friday], [True]]


def test_cells_that_wait_for_one_another_are_computed_in_any_order(user: Calc) -> None:
    """Here all calls share the stack of the office, which has room for a hundred or two inside one another."""
    with user.new() as document:
        document.set(SHEET, "B401", 7)
        for row in range(400, 0, -1):
            document.set(SHEET, f"B{row}", f"=DSO(B{row + 1},30,30)")
        document.set(SHEET, "A1", "=WHY(B1)")
        for amount in (8, 9):
            cells = document.component.Sheets.getByName(SHEET)
            cells.getCellRangeByName("B401").setDataArray(((amount,),))
            assert document.value(SHEET, "A1") == Door().explain("DSO", [amount, 30, 30])
            assert document.values(SHEET, "B1:B400") == [[amount]] * 400


# --- files ------------------------------------------------------------------------------------------------------------


def test_every_check_of_the_gallery_is_true(user: Calc) -> None:
    found = checks(user, GALLERY)
    marks = [(sheet, row, mark) for sheet, held in found.items() if sheet != "Start" for row, mark in held]
    assert [each for each in marks if each[2] not in (True, 1.0)] == []
    assert len(marks) == len(cases())


@pytest.mark.parametrize("suffix", [".xlsx", ".ods"])
def test_a_workbook_keeps_the_bare_names_when_it_is_saved(user: Calc, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"saved{suffix}"
    with user.new() as document:
        document.set_block(SHEET, "A1", [[9, 6, None]])
        document.set(SHEET, "A2", "=DSO(A1,B1,30)")
        document.set(SHEET, "A3", "=IFERROR(DSO(A1,,30),DSO(A1,C1,30))")
        document.set_array(SHEET, "D1:F4", "=SPLIT_CENTS(8,3)")
        table = document.values(SHEET, "D1:F4")
        document.save_as(path)
    with user.open(path) as document:
        document.recalculate()
        assert document.values(SHEET, "A2:A3") == [[45], ["#N/A"]]
        assert document.values(SHEET, "D1:F4") == table
    if suffix == ".xlsx":
        sheet = load_workbook(path)[SHEET]
        assert sheet["A2"].value == "=DSO(A1,B1,30)"
        assert sheet["A3"].value == "=IFERROR(DSO(A1,,30),DSO(A1,C1,30))"
        assert load_workbook(path, data_only=True)[SHEET]["A2"].value == 45
    else:
        content = zipfile.ZipFile(path).read("content.xml").decode()
        assert 'table:formula="of:=DSO([.A1];[.B1];30)"' in content


def test_the_standard_workbooks_of_a_close_compute_without_errors(user: Calc, tmp_path: Path) -> None:
    month = write_month(tmp_path / "month")
    sources = (Source(month.invoices), Source(month.payments, "payments"), Source(month.customers, "customers"))
    close_month(CloseOptions(sources=sources, out=tmp_path / "out", as_of=month.as_of))
    for name in ("aging", "exposure"):
        (path,) = (tmp_path / "out").glob(f"{name}*.xlsx")
        with user.open(path) as document:
            document.recalculate()
            assert errors(document) == [], path.name


def errors(document: Document) -> list[str]:
    """The cells that show an error."""
    found = []
    for sheet in document.sheets:
        failed = document.component.Sheets.getByName(sheet).queryFormulaCells(4)
        found += [f"{sheet} {failed.RangeAddressesAsString}"] if failed.Count else []
    return found


# --- menu and toolbar -------------------------------------------------------------------------------------------------


def test_explain_cell_explains_the_selected_cell(user: Calc) -> None:
    with user.new() as document:
        controller = document.component.CurrentController
        document.set(SHEET, "B2", "=DSO(9,0,30)")
        controller.select(document.component.Sheets.getByIndex(0).getCellRangeByName("B2"))
        assert pressed(user, "explain_cell", document.component) == f"Sheet1.B2\n\n{Door().explain('DSO', [9, 0, 30])}"
        controller.select(document.component.Sheets.getByIndex(0).getCellRangeByName("C3:D4"))
        said = pressed(user, "explain_cell", document.component)
        assert said == f"Sheet1.C3\n\n{text('libreoffice.no_formula', cell='C3')}"
        ranges = document.component.createInstance("com.sun.star.sheet.SheetCellRanges")
        ranges.addRangeAddress(cells_of(document, "B2"), False)
        ranges.addRangeAddress(cells_of(document, "D9"), False)
        controller.select(ranges)
        assert pressed(user, "explain_cell", document.component).startswith("Sheet1.B2\n\n#DIV/0!")


def cells_of(document: Document, cells: str) -> Any:
    return document.component.Sheets.getByIndex(0).getCellRangeByName(cells).RangeAddress


def test_a_button_without_a_cell_says_what_to_do(user: Calc) -> None:
    for button in ("explain_cell", "insert_function"):
        assert pressed(user, button, user.desktop) == text("extension.no_spreadsheet")


def test_the_language_changes_at_once_and_is_kept(user: Calc, home: Path) -> None:
    with user.new() as document:
        document.set(SHEET, "A1", "=DSO(9,0,30)")
        document.set(SHEET, "A2", "=WHY(A1)")
        try:
            assert pressed(user, "language", document.component) == text("extension.language", "zh")
            document.recalculate()
            assert document.value(SHEET, "A2") == Door("zh").explain("DSO", [9, 0, 30])
            assert '"DUEBOOK_LANGUAGE","zh"' in (home / ".duebook" / "duebook.conf").read_text("utf-8")
            assert pressed(user, "explain_cell", user.desktop) == text("extension.no_spreadsheet", "zh")
        finally:
            assert pressed(user, "language", document.component) == text("extension.language", "en")


def test_the_list_shows_each_function_with_its_help(user: Calc) -> None:
    from duebook.hosts.libreoffice.dialogs import FunctionList  # needs uno

    for language in ("en", "zh"):
        dialog = FunctionList(user.context, language, "DSO")
        names, help_text = (dialog._dialog.getControl(name) for name in ("names", "help"))
        try:
            assert names.SelectedItem == "DSO"
            declaration = FUNCTIONS["DSO"]
            assert help_text.Text.startswith("=DSO(receivables; credit_sales; days; [vat_rate])")
            for said in (declaration.help, *(help_ for _, help_ in declaration.argument_help)):
                assert (said in help_text.Text) == (language == "en")
            for said in (declaration.zh, *(help_.zh for _, help_ in declaration.argument_help)):
                assert (said in help_text.Text) == (language == "zh")
            for place, group in enumerate(GROUPS, start=1):
                dialog.pick_group(place)
                assert list(names.Items) == [d.name for d in functions().values() if d.group == group]
                assert names.Items[0] in help_text.Text
            dialog.pick_group(0)
            assert list(names.Items) == list(functions())
            dialog.pick_function(list(functions()).index("AGING"))
            assert text("extension.table", language) in help_text.Text
            dialog.take()
            assert dialog.formula == f"=AGING({';'.join(p.name for p in FUNCTIONS['AGING'].parameters if p.required)})"
        finally:
            dialog.dispose()


def test_the_inserted_formula_shows_what_goes_where_and_can_be_undone(user: Calc) -> None:
    from duebook.hosts.libreoffice.dialogs import formula_of  # needs uno

    with user.new() as document:
        cell = document.component.Sheets.getByIndex(0).getCellRangeByName("A1").getCellByPosition(0, 0)
        cell.setPropertyValue("FormulaLocal", formula_of(FUNCTIONS["DSO"]))
        assert document.value(SHEET, "A1") == "#NAME?", "until the names are replaced by cells"
        assert cell.Formula.casefold() == "=dso(receivables;credit_sales;days)"
        document.component.UndoManager.undo()
        assert document.value(SHEET, "A1") is None


def test_the_entries_stand_in_calcs_menu(user: Calc) -> None:
    create = user.manager.createInstanceWithContext
    provider = create("com.sun.star.configuration.ConfigurationProvider", user.context)
    path = user.property("nodepath", "/org.openoffice.Office.Addons/AddonUI/OfficeMenuBar/duebook")
    menu = provider.createInstanceWithArguments("com.sun.star.configuration.ConfigurationAccess", (path,))
    entries = [menu.getByName("Submenu").getByName(name) for name in menu.getByName("Submenu").ElementNames]
    assert menu.getByName("Title") == "Duebook"
    assert [entry.getByName("Title") for entry in entries] == ["Functions and help …", "Explain cell", "English / 中文"]
    for entry in entries:
        assert user.manager.createInstanceWithContext(
            entry.getByName("URL").removeprefix("service:").partition("?")[0], user.context
        )


# --- the end ----------------------------------------------------------------------------------------------------------


def test_nothing_stays_behind_in_the_users_library(user: Calc) -> None:
    """The names stand there while the office runs; it writes the library when it ends, without them."""
    folder = user.profile / "user" / "basic" / shims.LIBRARY
    libraries = user.manager.createInstanceWithContext(
        "com.sun.star.script.ApplicationScriptLibraryContainer", user.context
    )
    library = libraries.getByName(shims.LIBRARY)
    assert {shims.MODULE, shims.FUNCTIONS_MODULE} <= set(library.ElementNames)
    library.insertByName("Mine", "Function TWICE(x)\n  TWICE = 2 * x\nEnd Function\n")
    user._end()
    assert sorted(file.stem for file in folder.glob("*.xba")) == ["Mine", "Module1"]
    assert "uebook" not in (folder / "script.xlb").read_text("utf-8")
