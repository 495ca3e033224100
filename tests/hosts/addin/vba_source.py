"""Reads VBA source as far as the tests need it: logical lines, procedures, blocks and declared names.

It knows the VBA that this project writes, not all of it: one statement a line, no line numbers, no type signs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_PROCEDURE = re.compile(r"(?:(?:Public|Private) )?(Function|Sub) (\w+)\((.*?)\)(?: As \w+)?$")
_OPENS = (
    ("If", re.compile(r"^(?:#)?If .* Then$")),
    ("For", re.compile(r"^For ")),
    ("Do", re.compile(r"^Do\b")),
    ("With", re.compile(r"^With ")),
    ("Select", re.compile(r"^Select Case ")),
)
_CLOSES = {"End If": "If", "#End If": "If", "Next": "For", "Loop": "Do", "End With": "With", "End Select": "Select"}
_STRING = re.compile(r'"(?:[^"]|"")*"')
_NAME = re.compile(r"(?<![.\w])([A-Za-z]\w*)\b(?!:=)")


@dataclass
class Procedure:
    """`arguments` as declared, `body` the logical lines between the first and the last."""

    kind: str
    name: str
    arguments: list[str]
    public: bool
    body: list[str] = field(default_factory=list)

    @property
    def argument_names(self) -> list[str]:
        return [declared_name(argument) for argument in self.arguments]

    @property
    def size(self) -> int:
        return sum(len(line) + 2 for line in self.body)


def declared_name(argument: str) -> str:
    """`Optional ByVal rate As Variant` declares `rate`."""
    words = [word for word in argument.split(" As ")[0].split() if word not in ("Optional", "ByVal", "ByRef")]
    assert len(words) == 1, argument
    return words[0]


def code(line: str) -> str:
    """A line without its comment and the insides of its strings."""
    blank = _STRING.sub(lambda found: '"' + "_" * (len(found[0]) - 2) + '"', line)
    return blank.partition("'")[0].rstrip()


def logical_lines(text: str) -> Iterator[str]:
    """Lines with their continuations joined, without comments and blanks at the ends; strings are blanked."""
    joined = ""
    for line in text.split("\n"):
        plain = code(line)
        if plain.endswith(" _"):
            joined += plain.removesuffix("_").rstrip() + " "
            continue
        if whole := (joined + plain.strip()).strip():
            yield re.sub(r" +", " ", whole)
        joined = ""


def procedures(text: str) -> list[Procedure]:
    """AssertionError where a procedure does not begin and end as it should."""
    found: list[Procedure] = []
    open_: Procedure | None = None
    for line in logical_lines(text):
        if start := _PROCEDURE.match(line):
            assert open_ is None, line
            arguments = [part.strip() for part in start[3].split(",") if part.strip()]
            open_ = Procedure(start[1], start[2], arguments, not line.startswith("Private"))
        elif re.match(r"End (Function|Sub)$", line):
            assert open_ is not None and line == f"End {open_.kind}", line
            found.append(open_)
            open_ = None
        elif open_ is not None:
            open_.body.append(line)
    assert open_ is None, f"{open_.name if open_ else ''} has no end"
    return found


def unbalanced(lines: list[str]) -> list[str]:
    """What opens or closes a block without its counterpart."""
    wrong: list[str] = []
    stack: list[str] = []
    for line in lines:
        closed = _CLOSES.get(line) or _CLOSES.get(line.partition(" ")[0])
        if closed:
            if not stack or stack.pop() != closed:
                wrong.append(line)
            continue
        stack += [block for block, pattern in _OPENS if pattern.match(line)]
        if line.startswith(("Else", "ElseIf", "#Else")) and (not stack or stack[-1] != "If"):
            wrong.append(line)
        if line.startswith("Case ") and (not stack or stack[-1] != "Select"):
            wrong.append(line)
    return wrong + stack


def module_names(text: str) -> set[str]:
    """What a module declares outside its procedures: constants, variables, procedures, declared functions."""
    found = {procedure.name for procedure in procedures(text)}
    outside = True
    for line in logical_lines(text):
        if _PROCEDURE.match(line):
            outside = False
        elif re.match(r"End (Function|Sub)$", line):
            outside = True
        elif outside and (
            named := re.match(r"(?:Private|Public|Dim)(?: (?:Const|WithEvents|Declare PtrSafe Function))? (\w+)", line)
        ):
            found.add(named[1])
    return found


def undeclared(procedure: Procedure, known: set[str]) -> set[str]:
    """Names a procedure uses that neither it, nor `known`, declares; all compared in lower case."""
    declared = {name.lower() for name in known | {procedure.name} | set(procedure.argument_names)}
    used: set[str] = set()
    for line in procedure.body:
        if named := re.match(r"(?:Dim|Static) (\w+)(?:\(\))? As ", line):
            declared.add(named[1].lower())
            continue
        if label := re.match(r"(\w+):$", line):
            declared.add(label[1].lower())
            continue
        if line.startswith("Attribute "):
            continue
        used |= {name.lower() for name in _NAME.findall(_STRING.sub("", line))}
    return used - declared
