r"""The VBA wrappers: one public function per worksheet function, made from the catalogue, shown by its bare name.

    ' DSO(receivables, credit_sales, days, [vat_rate])
    Public Function DSO(Optional receivables, Optional credit_sales, Optional days, Optional vat_rate) As Variant
    Attribute DSO.VB_Description = "Days sales outstanding: …"
    Attribute DSO.VB_ProcData.VB_Invoke_Func = " \n14"
        DSO = DuebookCall("DSO", Array(receivables, credit_sales, days, vat_rate))
    End Function

Every argument is declared Optional: where VBA misses a required one, Excel shows a bare #VALUE! without calling; the
door shows #N/A and names it. The comment above says which are required. An argument whose name is a word of VBA's own
gets an underscore (`date_`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from duebook.core.declare import GROUPS, Declaration
from duebook.hosts.catalogue import functions

PREFIX = "Duebook"
QUOTE = '"'
_HEADERS = "headers"
_LINE = 100
"""Where a list of arguments is wrapped; VBA itself takes 1023 characters and 24 wraps."""

# MS-VBAL 3.3.5.2, reserved identifiers: no name may be one of these.
_RESERVED = """
Abs AddressOf And Any Array As Attribute Boolean ByRef ByVal Byte CBool CByte CCur CDate CDbl CDec CDecl CInt CLng
CLngLng CLngPtr CSng CStr CVErr CVar Call Case Circle Close Const Currency Date Debug Decimal Declare DefBool DefByte
DefCur DefDate DefDbl DefDec DefInt DefLng DefLngLng DefLngPtr DefObj DefSng DefStr DefVar Dim Do DoEvents Double Each
Else ElseIf Empty End EndIf Enum Eqv Erase Event Exit False Fix For Friend Function Get Global GoSub GoTo If Imp
Implements In Input InputB Int Integer Is LBound LINEINPUT LSet Len LenB Let Like Lock Long LongLong LongPtr Loop Me Mod
New Next Not Nothing Null On Open Option Optional Or PSet ParamArray Preserve Print Private Public Put RSet RaiseEvent
ReDim Rem Resume Return Scale Seek Select Set Sgn Shared Single Spc Static Stop String Sub Tab Then To True Type TypeOf
UBound Unlock Until VB_Base VB_Control VB_Creatable VB_Customizable VB_Description VB_Exposed VB_Ext_KEY
VB_GlobalNameSpace VB_HelpID VB_Invoke_Func VB_Invoke_Property VB_Invoke_PropertyPut VB_Invoke_PropertyPutRef
VB_MemberFlags VB_Name VB_PredeclaredId VB_ProcData VB_TemplateDerived VB_UserMemId VB_VarDescription
VB_VarHelpID VB_VarMemberFlags VB_VarProcData VB_VarUserMemId Variant Wend While With WithEvents Write Xor
"""
# Words with a meaning of their own in some statements only. VBA would take them, LibreOffice's Basic does not take all.
_ELSEWHERE = """
Access Alias Append Base Beep Binary Class_Initialize Class_Terminate Compare Error Explicit Lib Line Mid MidB Module
Name Object Output Property Random Read Reset Step Text Width
"""
RESERVED = frozenset(word.lower() for word in (_RESERVED + _ELSEWHERE).split())

_SPOKEN = {
    "\u2212": "-", "\u2013": "-", "\u2014": "-", "\u2026": "...", "\u00d7": "x", "\u00f7": "/", "\u2192": "->",
    "\u2018": "'", "\u2019": "'", "\u201c": "'", "\u201d": "'", "\u2265": ">=", "\u2264": "<=", "\u2260": "<>",
    "\u2248": "~", "\u03a3": "sum ", "\u00a7": "section ", "\u20ac": "EUR", "\u00a5": "CNY",
}  # fmt: skip
"""Signs as they are written in plain letters: VBA reads its source in the code page of the system, in China another."""
_FOREIGN = re.compile(r"\s*[(\uff08][^()]*[\u2e80-\u9fff][^()]*[)\uff09]")
"""A Chinese term in parentheses."""


def modules() -> Mapping[str, str]:
    """Module name → source, one module per group of the catalogue: `DuebookReceivables`, `DuebookCredit` …"""
    return {
        module_name(group): module(group, (d for d in functions().values() if d.group == group)) for group in GROUPS
    }


def module_name(group: str) -> str:
    return PREFIX + group.capitalize()


def module(group: str, declarations: Iterable[Declaration]) -> str:
    """One module's source."""
    head = [
        f'Attribute VB_Name = "{module_name(group)}"',
        "Option Explicit",
        "",
        f"' Duebook: {GROUPS[group]}. Made from the catalogue of worksheet functions by duebook.hosts.addin.wrappers.",
        "' Each function hands over what it is given; DuebookCalls does the rest. Square brackets: may be left out.",
        "",
    ]
    return "\n".join([*head, *(wrapper(declaration) for declaration in declarations)])


def wrapper(declaration: Declaration) -> str:
    """The VBA function of one declaration."""
    name, arguments = declaration.name, argument_names(declaration)
    declared = [f"Optional {argument} As Variant" for argument in arguments]
    lines = [
        f"' {declaration.syntax}",
        *_wrapped(f"Public Function {name}(", declared, ") As Variant"),
        f'Attribute {name}.VB_Description = "{plain(declaration.help).replace(QUOTE, QUOTE * 2)}"',
        f'Attribute {name}.VB_ProcData.VB_Invoke_Func = " \\n14"',  # 14: user defined, until the help names another
        *_wrapped(f'    {name} = DuebookCall("{name}", Array(', arguments, "))"),
        "End Function",
        "",
    ]
    return "\n".join(lines)


def argument_names(declaration: Declaration) -> list[str]:
    """The arguments as VBA declares them, in order; a table function ends with `headers`."""
    names = [argument_name(parameter.name) for parameter in declaration.parameters]
    return [*names, _HEADERS] if declaration.shape == "table" else names


def argument_name(name: str) -> str:
    """A catalogue's argument in VBA: with an underscore where the word is VBA's own.

    VBA keeps one spelling of a name in a whole project: `dso` beside the function DSO could make Excel show `=dso(…)`.
    """
    if name.lower() in RESERVED:
        return f"{name}_"
    return name.upper() if name.upper() in functions() else name


def plain(text: str) -> str:
    """A sentence in ASCII letters; a Chinese term in parentheses goes, since its English stands before it."""
    for sign, spoken in _SPOKEN.items():
        text = text.replace(sign, spoken)
    letters = unicodedata.normalize("NFKD", _FOREIGN.sub("", text))
    return letters.encode("ascii", "ignore").decode("ascii")


def _wrapped(start: str, items: list[str], end: str) -> Iterator[str]:
    """`start`, the items with commas, `end`, continued over lines as VBA has it."""
    line = start
    for number, item in enumerate(items):
        last = number == len(items) - 1
        piece = item + (end if last else ", ")
        if len(line) + len(piece) > _LINE and line != start:
            yield line.rstrip() + " _"
            line = "        "
        line += piece
    yield line if items else line + end
