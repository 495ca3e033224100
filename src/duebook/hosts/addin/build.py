"""`duebook addin build`: writes everything a user installs, from text.

In a checkout it is written in place, with the Python module that answers Excel's calls; from an installed Duebook only
into a folder that `--out` names, with the wheel for xlwings Lite and the extension for LibreOffice: these hold copies
of the sources, so they are not kept in the repository. A file that would stay the same is left alone.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from duebook.books.package import replaced
from duebook.core import resources
from duebook.core.errors import DuebookError
from duebook.core.messages import text
from duebook.core.version import VERSION
from duebook.hosts import catalogue
from duebook.hosts.addin import bridge, intellisense, lite_wheel, modules, oxt, ribbon, texts, udfs_file, vba_project
from duebook.hosts.addin.xlam import Content, xlam
from duebook.hosts.cli import DONE
from duebook.hosts.excel.buttons import buttons

ADDIN = "duebook.xlam"
PROJECT = "Duebook"
_NOTICE = ("title", "about", "empty", "install", "uninstall")


def run_build(chosen: argparse.Namespace) -> int:
    """Builds into `chosen.out` or in place, and says what was written."""
    in_place = chosen.out is None
    if in_place and not _is_checkout():
        raise DuebookError("addin_build.no_checkout")
    folder = resources.addin() if in_place else chosen.out
    written = {path: put(path, data) for path, data in products(folder, in_place).items()}
    if chosen.json:
        print(json.dumps({str(path): changed for path, changed in written.items()}, ensure_ascii=False, indent=1))
    elif not chosen.quiet:
        for path, changed in written.items():
            key = "addin_build.written" if changed else "addin_build.unchanged"
            print(text(key, chosen.language, path=_shown(path), size=f"{path.stat().st_size:,}"))
    return DONE


def products(folder: Path, in_place: bool = False) -> dict[Path, bytes]:
    """Every file that is built → its bytes."""
    found = {folder / ADDIN: addin(), folder / intellisense.FILE: intellisense.intellisense(catalogue.functions())}
    if in_place:
        found[udfs_file.FILE] = udfs_file.udfs_text().encode()
    else:
        found |= {folder / lite_wheel.name(): lite_wheel.wheel(), folder / oxt.FILE: oxt.oxt()}
    return found


def addin() -> bytes:
    """The bytes of the Excel add-in."""
    version = bridge.pinned_version()
    rows = _rows({"xlwings": version, **bridge.libraries(version)})
    found = modules.modules()
    modules.check(found, rows)
    pictures = ribbon.icons()
    described = ribbon.ribbon_xml()
    _check_ribbon(described, pictures, modules.callbacks(found))
    return xlam(
        Content(
            project=_project(found),
            texts=rows,
            notice=notice(),
            summary=_both("summary"),
            ribbon=described,
            icons=pictures,
            intellisense=intellisense.intellisense(catalogue.functions()),
        )
    )


def _rows(facts: Mapping[str, str]) -> tuple[texts.Row, ...]:
    try:
        return texts.rows(catalogue.functions(), buttons(), facts)
    except ValueError as error:
        raise DuebookError("addin_build.text_refused", detail=str(error)) from error


def _project(found: tuple[vba_project.Module, ...]) -> bytes:
    try:
        return vba_project.vba_project(PROJECT, found)
    except ValueError as error:
        raise DuebookError("addin_build.module_refused", detail=str(error)) from error


def _check_ribbon(described: str, pictures: Mapping[str, bytes], procedures: frozenset[str]) -> None:
    """What the ribbon calls and shows must be there: Excel leaves the whole tab out otherwise, without a word."""
    for name in re.findall(r'\b(?:on[A-Z]\w*|get[A-Z]\w*|loadImage)="(\w+)"', described):
        if name not in procedures:
            raise DuebookError("addin_build.callback_missing", name=name)
    for name in re.findall(r'\bimage="([^"]+)"', described):
        if name not in pictures:
            raise DuebookError("addin_build.picture_missing", name=name)


def notice() -> list[str]:
    """The lines of the visible sheet, the title first: what the file is, in both languages, and xlwings' license."""
    english, chinese = ([_line(key, language) for key in _NOTICE] for language in ("en", "zh"))
    bridging = [_line("bridge", "en"), _line("bridge", "zh")]
    return [english[0], "", *english[1:], "", *chinese, "", *bridging, "", *bridge.license_notice().split("\n")]


def _both(key: str) -> str:
    return f"{_line(key, 'en')} {_line(key, 'zh')}"


def _line(key: str, language: str) -> str:
    return text(f"addin_sheet.{key}", language, version=VERSION, xlwings=bridge.pinned_version())


def put(path: Path, data: bytes) -> bool:
    """Writes a file whole unless it is so already; whether it was written."""
    if path.is_file() and path.read_bytes() == data:
        return False

    def write(file: BinaryIO) -> None:
        file.write(data)

    replaced(path, write)
    return True


def _is_checkout() -> bool:
    return (resources.root().parent.parent / "pyproject.toml").is_file()


def _shown(path: Path) -> str:
    """As seen from the current folder, where it lies within."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
