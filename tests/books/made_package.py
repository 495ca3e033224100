"""Workbooks with parts that XlsxWriter does not write, put into a package that it made."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from lxml import etree

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
XM = "http://schemas.microsoft.com/office/excel/2006/main"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"


@dataclass
class Made:
    """The parts of a package, in order, as text or bytes."""

    parts: dict[str, bytes]
    _ids: int = field(default=900)

    @classmethod
    def read(cls, path: Path) -> Made:
        with zipfile.ZipFile(path) as package:
            return cls({name: package.read(name) for name in package.namelist()})

    def put(self, part: str, mark: str, text: str, after: bool = False) -> None:
        """Writes `text` before (or after) the first `mark`."""
        old = self.parts[part].decode()
        assert mark in old, (part, mark)
        self.parts[part] = old.replace(mark, mark + text if after else text + mark, 1).encode()

    def replace(self, part: str, old: str, new: str) -> None:
        assert old in self.parts[part].decode(), (part, old)
        self.parts[part] = self.parts[part].decode().replace(old, new).encode()

    def add(self, part: str, xml: str | bytes, content: str, owner: str, kind: str) -> str:
        """A new part that `owner` relates to; gives the relation's id."""
        self.parts[part] = xml if isinstance(xml, bytes) else (_HEAD + xml).encode()
        override = f'<Override PartName="/{part}" ContentType="{content}"/>'
        self.put("[Content_Types].xml", "</Types>", override)
        return self.relate(owner, kind, "/" + part)

    def relate(self, owner: str, kind: str, target: str) -> str:
        place = PurePosixPath(owner)
        rels = str(place.parent / "_rels" / (place.name + ".rels"))
        self.parts.setdefault(rels, f'{_HEAD}<Relationships xmlns="{_RELS}"></Relationships>'.encode())
        self._ids += 1
        kind = kind if kind.startswith("http") else f"{OFFICE}/{kind}"
        entry = f'<Relationship Id="rId{self._ids}" Type="{kind}" Target="{target}"/>'
        self.put(rels, "</Relationships>", entry)
        return f"rId{self._ids}"

    def write(self, path: Path) -> Path:
        for name, data in self.parts.items():
            if name.endswith((".xml", ".rels", ".vml")):
                etree.fromstring(data)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
            for name, data in self.parts.items():
                package.writestr(name, data)
        return path


def texts(path: Path, part: str, element: str, attribute: str | None = None) -> list[str]:
    """What all elements of this name say, in their order: their text, or one attribute."""
    with zipfile.ZipFile(path) as package:
        root = etree.fromstring(package.read(part))
    found = [e for e in root.iter() if isinstance(e.tag, str) and etree.QName(e).localname == element]
    if attribute is None:
        return [(e.text or "").strip() for e in found]
    return [str(e.get(attribute)) for e in found if e.get(attribute) is not None]
