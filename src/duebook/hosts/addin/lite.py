"""`duebook addin lite WORKBOOK`: a copy of a workbook that carries Duebook for xlwings Lite, made offline.

Everything else in the copy is byte for byte the workbook. The same workbook gives the same copy.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from duebook.books.parts import Parts
from duebook.core.errors import DuebookError
from duebook.core.messages import text
from duebook.hosts import catalogue
from duebook.hosts.addin import lite_code, lite_wheel
from duebook.hosts.addin.lite_parts import SEEN_IN_WORKBOOKS, Extension
from duebook.hosts.cli import DONE
from duebook.hosts.sharing import copies
from duebook.hosts.sharing.formulas import Dialect
from duebook.hosts.sharing.places import part_text, sheet_places


@dataclass(frozen=True)
class Embedded:
    """What was put into a copy. `unbound`: its cells that call Duebook in a way that Lite does not know.

    `tells_caller`: whether its xlwings is new enough for `WHY`; `again`: whether Duebook was in it before;
    `signed`: whether the workbook carried a signature, which the copy does not fulfill.
    """

    file: Path
    functions: int
    size: int
    unbound: int
    tells_caller: bool
    again: bool
    signed: bool


def run_lite(chosen: argparse.Namespace) -> int:
    """Makes the copy and says what to do with it."""
    made = embedded(chosen.workbook, copies.copy_path(chosen.workbook, chosen.out, "lite"), chosen.language)
    if chosen.json:
        found = {"file": str(made.file), "functions": made.functions, "bytes": made.size}
        found |= {"unbound_formulas": made.unbound, "tells_caller": made.tells_caller}
        print(json.dumps(found, ensure_ascii=False, indent=1))
    elif not chosen.quiet:
        for line in _told(made, chosen.language):
            print(line)
    return DONE


def _told(made: Embedded, language: str) -> list[str]:
    key = "lite.renewed" if made.again else "lite.embedded"
    said = [text(key, language, file=str(made.file), functions=made.functions, size=f"{made.size / 1024:,.0f}")]
    if made.unbound:
        said.append(text("lite.unbound", language, count=f"{made.unbound:,}", file=str(made.file)))
    if not made.tells_caller:
        newest = next(need for need in lite_code.requirements_with("").splitlines() if need.startswith("xlwings"))
        said.append(text("lite.older_xlwings", language, newest=newest))
    if made.signed:
        said.append(text("sharing.signature", language))
    return [*said, text("lite.next_step", language, file=made.file.name)]


def embedded(workbook: Path, target: Path, language: str) -> Embedded:
    """Writes a copy of `workbook` to `target`, with Duebook in it."""
    functions = catalogue.functions()
    with copies.opened(workbook) as parts:
        extension = Extension(parts, hashlib.sha256(workbook.read_bytes()).hexdigest())
        files = extension.files()
        for module in (lite_code.CODE, f"{lite_wheel.PLUGIN}.py"):
            if module in files and not lite_code.is_ours(files[module]):
                raise DuebookError("lite.module_taken", path=workbook.name, module=module)
        ours = lite_code.block(language, parts.date1904, len(functions))
        texts = {
            lite_code.MAIN: lite_code.main_with(files.get(lite_code.MAIN, ""), ours),
            lite_code.CODE: lite_code.code(),
            lite_code.REQUIREMENTS: lite_code.requirements_with(files.get(lite_code.REQUIREMENTS, "")),
        }
        extension.put(texts if extension.found else {**texts, **SEEN_IN_WORKBOOKS})
        copies.written(parts, target)
        return Embedded(
            target,
            len(functions),
            len(texts[lite_code.CODE]),
            _unbound(parts),
            lite_code.tells_caller(texts[lite_code.REQUIREMENTS]),
            lite_code.CODE in files,
            copies.signed(parts),
        )


def _unbound(parts: Parts) -> int:
    """How many cells call Duebook in a way that Lite does not know."""
    finder = copies.finder(parts)
    count = 0
    for sheet in parts.worksheets():
        if finder.maybe(part_text(parts, sheet.part)):
            for place in sheet_places(parts, sheet):
                count += any(use.dialect is not Dialect.LITE for use in finder.uses(place.text, sheet.name))
    return count
