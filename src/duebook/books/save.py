"""Writes a workbook with the changes made to its parts; what was not changed is copied byte for byte."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from duebook.books.package import Writer, replaced
from duebook.books.parts import Parts


def save(parts: Parts, target: Path) -> None:
    """`target`, whole or not at all; the order of the parts stays, new ones come last."""
    replaced(target, lambda file: _write(parts, file))


def _write(parts: Parts, file: BinaryIO) -> None:
    writer = Writer(file)
    for info in parts.package.infos():
        name = info.filename
        if name in parts.dropped:
            continue
        if name in parts.changed:
            writer.write(name, parts.written(name))
        else:
            writer.copy(parts.package, info)
    for name in parts.added:
        if name not in parts.dropped:
            writer.write(name, parts.written(name))
    writer.finish()
