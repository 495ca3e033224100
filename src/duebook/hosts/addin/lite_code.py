"""The texts that xlwings Lite finds in a workbook: `main.py`, `duebook_code.py`, `requirements.txt`.

A workbook's own `main.py` and requirements stay: ours is a block of a few lines between two marks, and what is
missing from the requirements. Doing it again replaces ours and nothing else.
"""

from __future__ import annotations

import ast
import base64
import hashlib
import re
from importlib.metadata import version

from duebook.core import resources
from duebook.core.errors import DuebookError
from duebook.core.version import VERSION
from duebook.hosts.addin import lite_wheel

MAIN, CODE, REQUIREMENTS = "main.py", "duebook_code.py", "requirements.txt"
BEGIN, END = "# --- Duebook: begin ---", "# --- Duebook: end ---"
TELLS_CALLER = (0, 36, 17)
"""The xlwings from which on a function in Lite learns its calling cell, which `WHY` needs."""
_WIDTH = 100
_NAMED = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(?:==\s*([0-9.]+))?")


def block(language: str, since_1904: bool, functions: int) -> str:
    """Our lines of `main.py`."""
    return f"""{BEGIN}
# Duebook {VERSION}: trade credit functions and scripts for this workbook. Write your own code below this block.
# The program is in duebook_code.py. Language of help and messages: "en" or "zh"; restart xlwings Lite after a change.
# Duebook {VERSION}：本工作簿的应收与信用管理函数和脚本。您自己的代码请写在本段之后。
# 程序在 duebook_code.py 中。帮助和提示的语言："en" 或 "zh"；修改后请重新启动 xlwings Lite。
from duebook_code import start

start(language="{language}", since_1904={since_1904})
from duebook_lite import *  # =DSO(...), =AGING(...), =WHY("B7"): {functions} functions in all
{END}
"""


def main_with(main: str, ours: str) -> str:
    """`main.py` with our block: where it was before, else above the workbook's own code."""
    if main.count(BEGIN) == main.count(END) == 1 and main.index(BEGIN) < main.index(END):
        before, _, rest = main.partition(BEGIN)
        return before + ours.rstrip("\n") + rest.partition(END)[2]
    if BEGIN in main or END in main:
        raise DuebookError("lite.marks_broken", begin=BEGIN, end=END)
    if not main.strip():
        return ours
    lines = main.splitlines(keepends=True)
    at = _first_own_line(main)
    head = "".join(lines[:at])
    if head and not head.endswith("\n"):
        head += "\n"
    return head + ours + "\n" + "".join(lines[at:])


def _first_own_line(main: str) -> int:
    """The lines that must stay on top: comments, the docstring, imports from __future__."""
    try:
        body = ast.parse(main).body
    except (SyntaxError, ValueError) as error:
        raise DuebookError("lite.main_unreadable", detail=str(error)) from error
    at = 0
    for statement in body:
        docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and at == 0
        future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        if not (docstring or future):
            break
        at = statement.end_lineno or at
    return at


def code() -> str:
    """`duebook_code.py`: the wheel as text, and how it is unpacked."""
    wheel = lite_wheel.wheel()
    packed = base64.b64encode(wheel).decode()
    lines = "\n".join(packed[start : start + _WIDTH] for start in range(0, len(packed), _WIDTH))
    source = (resources.addin() / "lite" / CODE).read_text("utf-8")
    filled = source.replace('DIGEST = ""', f'DIGEST = "{hashlib.sha256(wheel).hexdigest()}"')
    return filled.replace('CODE = ""', f'CODE = """\n{lines}\n"""')


def is_ours(text: str) -> bool:
    """Whether a `duebook_code.py` is one that Duebook made."""
    return text.startswith("# Duebook for xlwings Lite.")


def requirements_with(given: str) -> str:
    """The requirements of a workbook with ours; a package it names already stays as it names it."""
    named = set(_packages(given))
    missing = [
        need for need in (f"xlwings=={version('xlwings')}", *lite_wheel.requirements()) if _key(need) not in named
    ]
    kept = given if not given or given.endswith("\n") else given + "\n"
    return kept + "".join(f"{need}\n" for need in missing)


def tells_caller(requirements: str) -> bool:
    """Whether the xlwings that is asked for tells functions their calling cell."""
    pinned = _packages(requirements).get("xlwings")
    return not pinned or tuple(map(int, filter(None, pinned.split(".")))) >= TELLS_CALLER


def _packages(requirements: str) -> dict[str, str]:
    """Package → exact version, "" where none is asked for."""
    found = {}
    for line in requirements.splitlines():
        named = _NAMED.match(line.partition("#")[0])
        if named:
            found[_key(named[1])] = named[2] or ""
    return found


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.partition("==")[0]).lower()
