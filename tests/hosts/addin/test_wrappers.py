"""The add-in's VBA as text: wrappers equal to the catalogue, VBA's limits kept, nothing undeclared or forbidden."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from tests.hosts.addin.vba_source import code, logical_lines, module_names, procedures, unbalanced, undeclared

from duebook.core import resources
from duebook.core.declare import ARGUMENT_LIMIT, GROUPS, HELP_LIMIT
from duebook.hosts.addin import texts, wrappers
from duebook.hosts.catalogue import functions

MADE = wrappers.modules()
WRITTEN = {path.stem: path.read_text("ascii") for path in sorted((resources.addin() / "vba").glob("*.bas"))}
ALL = {**WRITTEN, **MADE}
WRAPPERS = {procedure.name: procedure for text in MADE.values() for procedure in procedures(text)}

# Tools > VBA reference, "Keywords" and "Statements", typed from memory of the language and not from the generator.
KEYWORDS = """
And Any Array As Attribute Boolean ByRef Byte ByVal Call Case CBool CByte CCur CDate CDbl CInt CLng CLngLng CLngPtr
Close Const CSng CStr Currency CVar CVErr Date Debug Decimal Declare DefBool DefByte DefCur DefDate DefDbl DefInt DefLng
DefObj DefSng DefStr DefVar Dim Do Double Each Else ElseIf Empty End Enum Eqv Erase Error Event Exit Explicit False Fix
For Friend Function Get Global GoSub GoTo If Imp Implements In Input Int Integer Is LBound Len Let Lib Like Line Lock
Long LongLong LongPtr Loop LSet Me Mid Mod Name New Next Not Nothing Null Object On Open Option Optional Or Output
ParamArray Preserve Print Private Property Public Put RaiseEvent Random Read ReDim Rem Resume Return RSet Scale Seek
Select Set Sgn Shared Single Spc Static Step Stop String Sub Tab Text Then To True Type TypeOf UBound Unlock Until
Variant Wend While Width With WithEvents Write Xor
"""
LINE_LIMIT, WRAP_LIMIT, MODULE_LIMIT, NAME_LIMIT = 1023, 24, 60 * 1024, 255
EXCEL = """
Application ThisWorkbook ActiveWorkbook Workbook IRibbonControl IRibbonUI Collection Range
Mac XLPy GetConfig RunPython MAC_NOT_ENABLED MAC_WORKBOOK_NAME
"""
"""What Excel, and the module `xlwings` (see `bridge.toml`), declare."""
LANGUAGE = """
And As Array Boolean ByVal Call Case Chr CVErr Date Dim Do Double Each Else ElseIf Empty End Err Error Exit False For
Function GoTo If In InStr Is IsArray IsEmpty IsMissing IsObject LBound LCase Left Len Long Loop Mid MsgBox New Next Not
Nothing Now Object On Or Preserve ReDim Replace Resume Select Set Split Step StrPtr String Sub Then TimeSerial To Trim
True TypeName UBound Variant VarType vbCr vbExclamation vbInformation vbLf vbString While With
"""


@pytest.mark.parametrize("name", functions())
def test_a_wrapper_declares_what_the_catalogue_does(name: str) -> None:
    declaration = functions()[name]
    wrapper = WRAPPERS[name]
    told = [argument for argument, _ in declaration.argument_help]
    assert [argument.removesuffix("_").lower() for argument in wrapper.argument_names] == told
    assert wrapper.arguments == [f"Optional {argument} As Variant" for argument in wrapper.argument_names]
    assert wrapper.public and wrapper.kind == "Function"
    call = f'{name} = DuebookCall("{"_" * len(name)}", Array({", ".join(wrapper.argument_names)}))'
    assert [line for line in wrapper.body if not line.startswith("Attribute")] == [call]
    source = MADE[wrappers.module_name(declaration.group)]
    assert f'{name} = DuebookCall("{name}", Array(' in source, "it asks for itself and no other function"
    assert f"' {declaration.syntax}\nPublic Function {name}(" in source, "which are required stands above it"
    described = f'Attribute {name}.VB_Description = "{wrappers.plain(declaration.help).replace(chr(34), chr(34) * 2)}"'
    assert described in source


def test_every_function_has_one_wrapper() -> None:
    assert set(WRAPPERS) == set(functions())
    assert sum(len(procedures(text)) for text in MADE.values()) == len(functions())
    assert list(MADE) == [wrappers.module_name(group) for group in GROUPS]


def test_only_words_of_the_language_get_an_underscore() -> None:
    named = {argument for wrapper in WRAPPERS.values() for argument in wrapper.argument_names}
    assert {argument for argument in named if argument.endswith("_")} == {
        "base_", "currency_", "date_", "event_", "open_", "scale_",
    }  # fmt: skip
    words = {word.lower() for word in KEYWORDS.split()}
    assert named & words == set()
    assert words <= wrappers.RESERVED
    assert wrappers.argument_name("Currency") == "Currency_" and wrappers.argument_name("days") == "days"


def test_no_argument_is_named_as_its_function_or_twice() -> None:
    for name, wrapper in WRAPPERS.items():
        lowered = [argument.lower() for argument in wrapper.argument_names]
        assert name.lower() not in lowered and len(set(lowered)) == len(lowered)
        assert len(lowered) <= ARGUMENT_LIMIT
        assert len(name) <= NAME_LIMIT


def test_a_name_has_one_spelling_in_all_modules() -> None:
    """VBA keeps one for the whole project, and Excel would show a function as an argument or variable is written."""
    for text in ALL.values():
        for line in logical_lines(text):
            for word in re.findall(r"[A-Za-z]\w*", line):
                assert word == word.upper() or word.upper() not in functions(), line
    assert "DSO" in WRAPPERS["CASH_CONVERSION_CYCLE"].argument_names


def test_help_is_plain_letters_within_the_limit() -> None:
    for declaration in functions().values():
        plain = wrappers.plain(declaration.help)
        assert plain.isascii() and 0 < len(plain) <= HELP_LIMIT
        assert "()" not in plain and "?" not in plain.removesuffix("?") and "  " not in plain
        assert len(plain) >= len(re.sub(r"\s*\([^()]*\)", "", declaration.help)), "nothing but Chinese terms is dropped"


def test_signs_are_written_out() -> None:
    said = "Rolls (迁徙率): (n − 1) ÷ n × 2 ≥ −0.02, 1–30 days … “so” – é §2 €5 （账龄）end"
    assert wrappers.plain(said) == "Rolls: (n - 1) / n x 2 >= -0.02, 1-30 days ... 'so' - e section 2 EUR5end"


# --- VBA's own limits and rules, for hand-written modules too ---------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_a_module_keeps_vba_s_limits(name: str) -> None:
    text = ALL[name]
    assert text.isascii() and "\t" not in text and "\r" not in text and text.endswith("\n")
    assert len(text) < MODULE_LIMIT
    assert max(map(len, text.split("\n"))) <= LINE_LIMIT
    assert name in MADE or max(map(len, text.split("\n"))) <= 120
    runs = re.findall(r"(?: _\n[^\n]*)+", text)
    assert all(run.count(" _\n") <= WRAP_LIMIT for run in runs)
    assert "Option Explicit" in list(logical_lines(text))[:3]
    assert all(procedure.size < MODULE_LIMIT for procedure in procedures(text))
    assert all(len(procedure.body) <= 30 for procedure in procedures(text)), "short procedures"


@pytest.mark.parametrize("name", ALL)
def test_blocks_are_balanced(name: str) -> None:
    for procedure in procedures(ALL[name]):
        assert unbalanced(procedure.body) == [], procedure.name
    outside = [line for line in logical_lines(ALL[name]) if line.startswith("#")]
    assert unbalanced(outside) == []


@pytest.mark.parametrize("name", ALL)
def test_everything_is_declared(name: str) -> None:
    """What a procedure uses is its own, its module's, another module's and public, Excel's, or of the language."""
    public = {p.name for text in ALL.values() for p in procedures(text) if p.public}
    known = module_names(ALL[name]) | public | set(EXCEL.split()) | set(LANGUAGE.split())
    for procedure in procedures(ALL[name]):
        assert undeclared(procedure, known) == set(), procedure.name


@pytest.mark.parametrize("name", ALL)
def test_nothing_declared_is_unused(name: str) -> None:
    for procedure in procedures(ALL[name]):
        used = Counter(re.findall(r"\w+", "\n".join(procedure.body).lower()))
        for line in procedure.body:
            if named := re.match(r"(?:Dim|Static) (\w+)", line):
                assert used[named[1].lower()] > 1, f"{procedure.name}: {named[1]}"


def test_public_names_are_unique() -> None:
    names = Counter(p.name.lower() for text in ALL.values() for p in procedures(text) if p.public)
    assert [name for name, count in names.items() if count > 1] == []


def test_logic_needs_no_excel() -> None:
    """These two also run in LibreOffice, see `tests/acceptance/test_vba_in_calc.py`."""
    for name in ("DuebookCalls", "DuebookResults"):
        lines = "\n".join(map(code, WRITTEN[name].split("\n")))
        for word in ("#", "Declare", "Application", "ThisWorkbook", "Value2", "CVErr", "XLPy"):
            assert word not in lines, (name, word)


@pytest.mark.parametrize("name", ALL)
def test_no_program_is_started_and_no_file_touched(name: str) -> None:
    lines = "\n".join(map(code, ALL[name].split("\n")))
    words = r"Shell|CreateObject|GetObject|WScript|Kill|FileCopy|SetAttr|SendKeys|VBProject|SaveAs|ChDir|MkDir|RmDir"
    assert re.findall(rf"\b(?:{words})\b|\bOpen .*\bFor\b|\bPrint #|\bPut #|\bWrite #", lines) == []


def test_functions_of_ours_stay_out_of_the_function_wizard() -> None:
    """Public functions of a module that is not private are listed beside the worksheet functions."""
    for name, text in WRITTEN.items():
        if any(p.public and p.kind == "Function" for p in procedures(text)):
            assert "Option Private Module" in text, name


def test_every_text_that_is_asked_for_exists() -> None:
    rows = texts.rows(functions(), {}, {"xlwings": "0"})
    for kind, pattern in (("message", r'DuebookText\("(\w+)"'), ("fact", r'DuebookFact\("(\w+)"')):
        asked = {key for text in WRITTEN.values() for key in re.findall(pattern, text)}
        assert asked and asked <= texts.keys(rows, kind)
    kinds = {kind for text in WRITTEN.values() for kind in re.findall(r'TextOf\("(\w+)"', text)}
    assert kinds <= {"message", "fact", "button", "group", "tip", "keytip", "category"}


@pytest.mark.parametrize(
    ("callback", "arguments"),
    [
        ("DuebookRibbonLoad", ["ribbon As IRibbonUI"]),
        ("DuebookPress", ["control As IRibbonControl"]),
        *((f"Duebook{text}", ["control As IRibbonControl", "ByRef returnedVal"]) for text in
          ("Label", "Tip", "Screentip", "Keytip")),
    ],
)  # fmt: skip
def test_a_callback_has_the_form_that_office_calls(callback: str, arguments: list[str]) -> None:
    (found,) = [p for p in procedures(WRITTEN["DuebookRibbon"]) if p.name == callback]
    assert (found.kind, found.public, found.arguments) == ("Sub", True, arguments)
    assert "Option Private Module" not in WRITTEN["DuebookRibbon"]


# --- the reader above can fail ----------------------------------------------------------------------------------------


def test_the_reader_finds_what_is_wrong() -> None:
    text = "Public Function A(Optional x As Variant) As Long\n    If x Then\n    A = y + \"z'\" ' w\nEnd Function\n"
    (found,) = procedures(text)
    assert unbalanced(found.body) == ["If"]
    assert undeclared(found, {"If", "Then"}) == {"y"}
    assert unbalanced(["For i = 1 To 2", "End If"]) == ["End If"]
    assert unbalanced(["If a Then b = 1"]) == []
    with pytest.raises(AssertionError):
        procedures("Sub A()\n")
    with pytest.raises(AssertionError):
        procedures("Sub A()\nEnd Function\n")
