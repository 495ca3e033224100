"""The description file as Excel-DNA's IntelliSense reads it."""

from __future__ import annotations

from lxml import etree

from duebook.hosts import catalogue
from duebook.hosts.addin.intellisense import FILE, intellisense

FUNCTIONS = catalogue.functions()
NS = "{http://schemas.excel-dna.net/intellisense/1.0}"


def test_the_name_is_the_add_ins_with_its_ending_exchanged() -> None:
    """.NET's Path.ChangeExtension("duebook.xlam", ".intellisense.xml"), which the reader asks for."""
    assert FILE == "duebook.intellisense.xml"


def test_every_function_and_argument_in_both_languages() -> None:
    root = etree.fromstring(intellisense(FUNCTIONS))
    assert root.tag == f"{NS}IntelliSense"
    (info,) = root
    assert info.tag == f"{NS}FunctionInfo"
    for function, (name, declaration) in zip(info, FUNCTIONS.items(), strict=True):
        assert function.tag == f"{NS}Function"
        assert dict(function.attrib) == {"Name": name, "Description": f"{declaration.help} {declaration.zh}"}
        assert [dict(argument.attrib) for argument in function] == [
            {"Name": argument, "Description": f"{help_} {help_.zh}"} for argument, help_ in declaration.argument_help
        ]
        assert {argument.tag for argument in function} <= {f"{NS}Argument"}


def test_the_names_are_those_that_excel_shows() -> None:
    """The tooltip marks the argument in hand by its place: as many as VBA declares, in that order."""
    from duebook.hosts.addin import wrappers

    for function in etree.fromstring(intellisense(FUNCTIONS))[0]:
        told = [argument.get("Name") for argument in function]
        declared = wrappers.argument_names(FUNCTIONS[str(function.get("Name"))])
        assert [name.rstrip("_").lower() for name in declared] == told
