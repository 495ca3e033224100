"""Draws the ribbon as Excel would lay it out, for the docs: `python tools/ribbon_picture.py`.

From the ribbon's XML and the buttons' texts: large buttons with the picture over the label, small ones in columns of
three, the groups' names below. LibreOffice sets the drawing (a sheet with nothing but shapes) and poppler takes it.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import struct
import subprocess
import sys
import tempfile
import unicodedata
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # run as a script, the folder of the script is on the path and the checkout is not

from tools import icons  # noqa: E402  # after the path is known
from tools.pictures import FOLDER, cut, png, printed, read_ppm  # noqa: E402  # after the path is known
from tools.templates.style import ACCENT, FONTS, HAIRLINE, INK, MUTED  # noqa: E402  # after the path is known

from duebook.core.cells import Label  # noqa: E402  # after the path is known
from duebook.hosts.addin.ribbon import OURS, ribbon_xml  # noqa: E402  # after the path is known
from duebook.hosts.excel.buttons import GROUPS, Button, buttons  # noqa: E402  # after the path is known

DPI = 192
"""Twice what a plain screen has."""
TABS = Label("File Home Insert Formulas Data Review View", "文件 开始 插入 公式 数据 审阅 视图")
"""Excel's own tabs, as far as they are drawn beside ours."""
NAMES = {"en": "ribbon", "zh": "ribbon-zh"}
GROUND, STRIP = "#F5F5F5", "#E8E8E8"
_STRIP_HEIGHT, _BODY_HEIGHT, _NAME_HEIGHT = 30, 94, 18
_ROW, _EDGE, _GAP = 22, 8, 6
_TEXT = 12
"""Pixels of a text's size, as Excel's 9 points are on a plain screen."""
_NARROW, _WIDE = frozenset("ijlt.,:;'!|fIr ()/-"), frozenset("mwMWAGOQ@%")


# --- measuring --------------------------------------------------------------------------------------------------------


def width(text: str) -> float:
    """About how many pixels a text takes."""
    return sum(_character(character) for character in text)


def _character(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return _TEXT
    return _TEXT * (0.3 if character in _NARROW else 0.85 if character in _WIDE else 0.56)


def label_lines(label: str) -> tuple[str, ...]:
    """A large button's label in at most two lines, as evenly as it can be; Chinese breaks anywhere."""
    spaces = [at for at, character in enumerate(label) if character == " "]
    if spaces:
        at = min(spaces, key=lambda place: max(width(label[:place]), width(label[place + 1 :])))
        return label[:at], label[at + 1 :]
    if len(label) > 4 and not label.isascii():
        half = (len(label) + 1) // 2
        return label[:half], label[half:]
    return (label,)


# --- laying out -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mark:
    """Something drawn: a `text` in a frame, else the picture `icon`, else a filled box. Pixels."""

    x: float
    y: float
    width: float
    height: float
    color: str = INK
    text: str = ""
    icon: str = ""
    middle: bool = False
    bold: bool = False


def _large(button: Button, language: str, x: float) -> tuple[list[Mark], float]:
    lines = label_lines(button.label.text(language))
    wide = max(46, max(map(width, lines)) + 14)
    top = _STRIP_HEIGHT + 6
    found = [Mark(x + (wide - 32) / 2, top, 32, 32, icon=button.icon)]
    found += [
        Mark(x - 10, top + 36 + 15 * number, wide + 20, 15, text=line, middle=True) for number, line in enumerate(lines)
    ]
    return found, wide


def _column(column: Sequence[Button], language: str, x: float) -> tuple[list[Mark], float]:
    found = []
    wide = 0.0
    for row, button in enumerate(column):
        top = _STRIP_HEIGHT + 5 + _ROW * row
        label = button.label.text(language)
        wide = max(wide, 24 + width(label) + 10)
        found.append(Mark(x + 3, top + 3, 16, 16, icon=button.icon))
        found.append(Mark(x + 23, top + 3, width(label) + 40, 16, text=label))
    return found, wide


def _columns(group: Sequence[tuple[Button, bool]]) -> Iterator[list[tuple[Button, bool]]]:
    """A large button is a column of its own; small ones that follow each other stand three in a column."""
    column: list[tuple[Button, bool]] = []
    for button, large in group:
        if column and (large or column[0][1] or len(column) == 3):
            yield column
            column = []
        column.append((button, large))
    if column:
        yield column


def _group(group: Sequence[tuple[Button, bool]], name: str, language: str, x: float) -> tuple[list[Mark], float]:
    found: list[Mark] = []
    at = x + _GAP
    for column in _columns(group):
        members = [button for button, _ in column]
        marks, wide = _large(members[0], language, at) if column[0][1] else _column(members, language, at)
        found += marks
        at += wide
    wide = max(at + _GAP - x, width(name) + 20)
    bottom = _STRIP_HEIGHT + _BODY_HEIGHT
    found.append(Mark(x - 20, bottom - _NAME_HEIGHT, wide + 40, 14, MUTED, name, middle=True))
    found.append(Mark(x + wide, _STRIP_HEIGHT + 6, 1, _BODY_HEIGHT - 12, HAIRLINE))
    return found, wide


def layout(xml: str, declared: Mapping[str, Button], language: str) -> tuple[list[Mark], float, float]:
    """What is drawn, from the back to the front, and the width and height of it all."""
    marks: list[Mark] = []
    at = float(_EDGE)
    for element in etree.fromstring(xml.encode()).iter("{*}group"):
        group = [(declared[str(b.get("id")).removeprefix(OURS)], b.get("size") == "large") for b in element]
        name = GROUPS[str(element.get("id")).removeprefix(OURS)].text(language)
        found, wide = _group(group, name, language, at)
        marks += found
        at += wide
    tabs, end = _tabs(language)
    wide, high = max(at, end) + _EDGE, _STRIP_HEIGHT + _BODY_HEIGHT
    ground = [Mark(0, 0, wide, high, GROUND), Mark(0, 0, wide, _STRIP_HEIGHT, STRIP)]
    return [*ground, *tabs, *marks, Mark(0, high - 1, wide, 1, HAIRLINE)], wide, high


def _tabs(language: str) -> tuple[list[Mark], float]:
    found = []
    at = float(_EDGE)
    for name in TABS.text(language).split():
        found.append(Mark(at, 8, width(name) + 30, 16, MUTED, name))
        at += width(name) + 22
    wide = width("Duebook") + 24
    found += [
        Mark(at, 2, wide, _STRIP_HEIGHT - 2, GROUND),
        Mark(at, 8, wide, 16, ACCENT, "Duebook", middle=True, bold=True),
        Mark(at + 10, _STRIP_HEIGHT - 4, wide - 20, 2, ACCENT),
    ]
    return found, at + wide


# --- drawing ----------------------------------------------------------------------------------------------------------

_SPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
}


def _element(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    """A child of `parent`; `draw_name="x"` is the attribute draw:name."""
    return etree.SubElement(parent, _named(tag), {_named(key.replace("_", ":", 1)): v for key, v in attributes.items()})


def _named(name: str) -> str:
    space, _, local = name.partition(":")
    return f"{{{_SPACES[space]}}}{local.replace('_', '-')}"


def _inches(pixels: float) -> str:
    return f"{pixels / 96:.4f}in"


def sheet(marks: Sequence[Mark], wide: float, high: float, font: str) -> bytes:
    """A flat OpenDocument sheet that holds the drawing and nothing else."""
    root = etree.Element(_named("office:document"), nsmap=_SPACES)
    root.set(_named("office:mimetype"), "application/vnd.oasis.opendocument.spreadsheet")
    root.set(_named("office:version"), "1.2")
    styles = _element(root, "office:automatic-styles")
    page = _element(styles, "style:page-layout", style_name="page")
    margins = {f"fo_margin_{side}": "0in" for side in ("top", "bottom", "left", "right")}
    size = {"fo_page_width": _inches(wide + 2), "fo_page_height": _inches(high + 2)}
    _element(page, "style:page-layout-properties", **size, **margins)
    table_style = _element(styles, "style:style", style_name="sheet", style_family="table", style_master_page_name="m")
    _element(table_style, "style:table-properties", table_display="true")
    master = _element(_element(root, "office:master-styles"), "style:master-page", style_name="m")
    master.set(_named("style:page-layout-name"), "page")
    for part in ("header", "footer"):
        _element(master, f"style:{part}", style_display="false")
    table = _element(_element(_element(root, "office:body"), "office:spreadsheet"), "table:table", table_name="ribbon")
    table.set(_named("table:style-name"), "sheet")
    shapes = _element(table, "table:shapes")
    for number, mark in enumerate(marks):
        _draw(shapes, styles, mark, number, font)
    # one cell as large as the drawing: Calc breaks pages between cells only
    for part, length, amount in (("column", "width", wide), ("row", "height", high)):
        cell = _element(styles, "style:style", style_name=part, style_family=f"table-{part}")
        _element(cell, f"style:table-{part}-properties", **{f"style_{part}_{length}": _inches(amount)})
        _element(table, f"table:table-{part}", table_style_name=part)
    _element(table[-1], "table:table-cell")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _draw(shapes: etree._Element, styles: etree._Element, mark: Mark, number: int, font: str) -> None:
    name = f"s{number}"
    style = _element(styles, "style:style", style_name=name, style_family="graphic")
    plain = {"draw_stroke": "none", "fo_padding": "0in"}
    at = {"svg_x": _inches(mark.x), "svg_y": _inches(mark.y), "svg_width": _inches(mark.width)}
    at["svg_height"] = _inches(mark.height)
    if not mark.text and not mark.icon:
        _element(style, "style:graphic-properties", draw_fill="solid", draw_fill_color=mark.color, **plain)
        _element(shapes, "draw:rect", draw_style_name=name, **at)
        return
    middle = {"draw_textarea_vertical_align": "middle", "draw_auto_grow_height": "false"}
    _element(style, "style:graphic-properties", draw_fill="none", **plain, **middle)
    frame = _element(shapes, "draw:frame", draw_style_name=name, **at)
    if mark.icon:
        image = _element(_element(frame, "draw:image"), "office:binary-data")
        image.text = base64.b64encode(icons.picture(mark.icon, round(mark.width * DPI / 96))).decode()
        return
    paragraph = _element(styles, "style:style", style_name=f"p{number}", style_family="paragraph")
    _element(paragraph, "style:paragraph-properties", fo_text_align="center" if mark.middle else "start")
    look = {"style_font_name": font, "fo_font_family": font, "fo_font_size": "9pt", "fo_color": mark.color}
    asian = {"style_font_family_asian": font, "style_font_size_asian": "9pt"}
    weight = "bold" if mark.bold else "normal"
    _element(paragraph, "style:text-properties", fo_font_weight=weight, style_font_weight_asian=weight, **look, **asian)
    _element(_element(frame, "draw:text-box"), "text:p", text_style_name=f"p{number}").text = mark.text


def made_of(marks: Sequence[Mark]) -> str:
    """What a picture was drawn from, in short: kept in its file, so that a test can tell when it is stale."""
    pictures = sorted({mark.icon for mark in marks if mark.icon})
    drawn = [icons.pixels(icons.ICONS[name](), icons.FIELD).hex() for name in pictures]
    return hashlib.sha256(repr((marks, drawn)).encode()).hexdigest()


def noted(picture: bytes) -> str:
    """What a picture of ours says that it was drawn from; empty if it says nothing."""
    at = picture.find(_NOTE)
    return picture[at + len(_NOTE) : at + len(_NOTE) + 64].decode("latin-1") if at > 0 else ""


def _with_note(picture: bytes, note: str) -> bytes:
    """The PNG with a text in it, after its head."""
    content = _NOTE + note.encode()
    chunk = struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))
    return picture[:_HEAD] + chunk + picture[_HEAD:]


_NOTE = b"tEXtSource\0"
_HEAD = 33
"""Bytes of a PNG's signature and first chunk."""


def make(target: Path) -> list[Path]:
    """The ribbon in each language into `target`; returns the paths."""
    target.mkdir(parents=True, exist_ok=True)
    written = []
    declared = buttons()
    with tempfile.TemporaryDirectory() as folder:
        for language, name in NAMES.items():
            marks, wide, high = layout(ribbon_xml(declared), declared, language)
            book = Path(folder) / f"{name}.fods"
            book.write_bytes(sheet(marks, wide, high, FONTS[language]))
            written.append(target / f"{name}.png")
            written[-1].write_bytes(_with_note(_taken(printed(book, Path(folder))), made_of(marks)))
    return written


def _taken(pdf: Path) -> bytes:
    command = ["pdftoppm", "-r", str(DPI), "-f", "1", "-l", "1", str(pdf)]
    return png(cut(read_ppm(subprocess.run(command, check=True, capture_output=True, timeout=120).stdout), 0))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder to write to")
    for made in make(parser.parse_args().out):
        print(f"{made.name}  {made.stat().st_size:,} bytes")
