"""Makes the pictures of the standard workbooks for the docs: `python tools/pictures.py`.

Closes the sample month in each edition, prints the workbooks with LibreOffice, takes the pages named in `PICTURES`
and cuts their white margins. The same programs and fonts give the same files; another LibreOffice may differ by a
pixel, so that no test compares bytes.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # run as a script, the folder of the script is on the path and the checkout is not

from tools.templates.texts import text  # noqa: E402  # after the path is known

from duebook.close.options import CloseOptions  # noqa: E402  # after the path is known
from duebook.close.run import close_month  # noqa: E402  # after the path is known
from duebook.ledger.files import Source  # noqa: E402  # after the path is known
from duebook.sample.month import SampleMonth, write_month  # noqa: E402  # after the path is known

FOLDER = ROOT / "docs" / "pictures"
DPI = 110
FOOTER_INCHES = 0.6
"""The bottom margin of every page, where the page number stands; pictures do without."""
MARGIN = 14
"""White pixels left around the cut page."""
EXACT = 128
"""Colors kept to the bit: the fills and inks of the page."""
WHITE = b"\xff\xff\xff"
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<match target="pattern"><test name="family"><string>Arial</string></test>
<edit name="family" mode="assign" binding="strong"><string>Liberation Sans</string></edit></match>
<match target="pattern"><test name="family"><string>Microsoft YaHei</string></test>
<edit name="family" mode="assign" binding="strong"><string>Noto Sans CJK SC</string></edit></match>
</fontconfig>
"""
"""Free fonts in the place of those that Excel brings along."""


@dataclass(frozen=True)
class Picture:
    """One page of a workbook: the first on which the sheet with this text key prints."""

    name: str
    book: str
    sheet: str
    language: str = "en"


PICTURES = (
    Picture("aging-summary", "aging", "summary"),
    Picture("aging-balance", "aging", "aged_balance"),
    Picture("aging-tie-out", "aging", "tie_out"),
    Picture("exposure-summary", "exposure", "summary"),
    Picture("exposure-limits", "exposure", "exposure"),
    Picture("exposure-watch-list", "exposure", "watch_list"),
    Picture("aging-summary-zh", "aging", "summary", "zh"),
    Picture("exposure-summary-zh", "exposure", "summary", "zh"),
    Picture("aging-summary-both", "aging", "summary", "both"),
)
GALLERY = ROOT / "xlsx_templates" / "functions.xlsx"
GALLERY_PICTURES = (("functions-start", "Start"), ("functions-receivables", "Receivables"))
"""Pages of the gallery of functions, as it lies there: the picture's name, and the sheet's."""


@dataclass(frozen=True)
class Image:
    """Rows of red, green and blue bytes."""

    width: int
    height: int
    pixels: bytes

    def row(self, number: int) -> bytes:
        return self.pixels[number * self.width * 3 : (number + 1) * self.width * 3]


def read_ppm(data: bytes) -> Image:
    """A binary PPM as poppler writes it."""
    head = re.match(rb"P6\s(\d+)\s(\d+)\s255\s", data)
    if not head:
        raise ValueError("not a PPM of eight bits")
    return Image(int(head[1]), int(head[2]), data[head.end() :])


def cut(image: Image, margin: int = MARGIN) -> Image:
    """Without the white around it, but for `margin` pixels; a white image stays as it is."""
    blank = WHITE * image.width
    inked = [n for n in range(image.height) if image.row(n) != blank]
    if not inked:
        return image
    top, bottom = max(inked[0] - margin, 0), min(inked[-1] + margin, image.height - 1)
    rows = [image.row(n) for n in range(inked[0], inked[-1] + 1)]
    left = min((len(row) - len(row.lstrip(b"\xff"))) // 3 for row in rows)
    right = max((len(row.rstrip(b"\xff")) + 2) // 3 - 1 for row in rows)
    left, right = max(left - margin, 0), min(right + margin, image.width - 1)
    kept = b"".join(image.row(n)[left * 3 : (right + 1) * 3] for n in range(top, bottom + 1))
    return Image(right - left + 1, bottom - top + 1, kept)


def png(image: Image) -> bytes:
    """A PNG of at most 256 colors: the frequent ones as they are, the rest by the nearest of their coarse shades."""
    pixels = [image.pixels[n : n + 3] for n in range(0, len(image.pixels), 3)]
    counted = Counter(pixels)
    palette = _most(counted, EXACT)
    shades: Counter[bytes] = Counter()
    for color, count in counted.items():
        if color not in palette:
            shades[bytes(round(part / 51) * 51 for part in color)] += count
    palette += [shade for shade in _most(shades, 256) if shade not in palette][: 256 - len(palette)]
    place = {
        color: palette.index(color)
        if color in palette
        else min(range(len(palette)), key=lambda n: _distance(palette[n], color))
        for color in counted
    }
    lines = bytearray()
    for row in range(image.height):
        lines.append(0)  # no filter: palettes do not profit from one
        lines += bytes(place[color] for color in pixels[row * image.width : (row + 1) * image.width])
    head = struct.pack(">IIBBBBB", image.width, image.height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", b"".join(palette)), (b"IDAT", zlib.compress(bytes(lines), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in parts)


def _most(counted: Counter[bytes], number: int) -> list[bytes]:
    return [color for color, _ in sorted(counted.items(), key=lambda found: (-found[1], found[0]))[:number]]


def _distance(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def close_sample(month: SampleMonth, folder: Path, language: str) -> Path:
    """The sample month closed in `language`, compared with the month before."""
    sources = (Source(month.invoices), Source(month.payments, "payments"), Source(month.customers, "customers"))
    before, now = folder / f"before-{language}", folder / f"now-{language}"
    close_month(CloseOptions(sources, month.previous_as_of, before, language=language))
    totals = month.control_totals(month.as_of)
    close_month(CloseOptions(sources, month.as_of, now, previous=before, control_totals=totals, language=language))
    return now


def printed(book: Path, folder: Path) -> Path:
    """The workbook as PDF, with the free fonts named here."""
    fonts = folder / "fonts.conf"
    fonts.write_text(FONTS, "utf-8")
    profile = f"-env:UserInstallation={(folder / 'profile').resolve().as_uri()}"
    command = [
        "soffice",
        profile,
        "--headless",
        "--norestore",
        "--convert-to",
        "pdf",
        "--outdir",
        str(folder),
        str(book),
    ]
    subprocess.run(
        command, check=True, capture_output=True, timeout=240, env={**os.environ, "FONTCONFIG_FILE": str(fonts)}
    )
    return folder / f"{book.stem}.pdf"


def printed_live(book: Path, folder: Path) -> Path:
    """The workbook as PDF, computed by LibreOffice with Duebook's functions in its cells."""
    from tests.acceptance.calc import Calc, bridge

    fonts = folder / "fonts.conf"
    fonts.write_text(FONTS, "utf-8")
    os.environ["FONTCONFIG_FILE"] = str(fonts)
    soffice = shutil.which("soffice")
    uno = bridge(soffice, folder / "links") if soffice else None
    if not soffice or uno is None:
        raise SystemExit("The pictures of the gallery need LibreOffice and python3-uno.")
    calc = Calc(uno, soffice, folder / "office")
    try:
        with calc.open(book) as document:
            document.recalculate(hard=True)
            document.save_as(folder / f"{book.stem}.pdf")
    finally:
        calc.stop()
    return folder / f"{book.stem}.pdf"


def page_of(pdf: Path, title: str) -> int:
    """The first page whose footer names the sheet. ValueError if none does."""
    told = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, timeout=120)
    footer = re.compile(rf"Duebook · {re.escape(title)}(\s|$)", re.MULTILINE)
    for number, page in enumerate(told.stdout.decode().split("\f"), start=1):
        if footer.search(page):
            return number
    raise ValueError(f"{pdf.name} has no page of the sheet {title}")


def take(pdf: Path, page: int) -> Image:
    """A page without its footer."""
    number = str(page)
    command = ["pdftoppm", "-r", str(DPI), "-f", number, "-l", number, str(pdf)]
    page_image = read_ppm(subprocess.run(command, check=True, capture_output=True, timeout=120).stdout)
    height = page_image.height - int(FOOTER_INCHES * DPI)
    return Image(page_image.width, height, page_image.pixels[: height * page_image.width * 3])


def make(target: Path) -> list[Path]:
    """Every picture into `target`; returns the paths."""
    target.mkdir(parents=True, exist_ok=True)
    written, pdfs = [], {}
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        month = write_month(work / "sample")
        for language in sorted({p.language for p in PICTURES}):
            closed = close_sample(month, work, language)
            (work / f"print-{language}").mkdir()
            for book in sorted({p.book for p in PICTURES}):
                pdfs[book, language] = printed(closed / f"{book}.xlsx", work / f"print-{language}")
        for picture in PICTURES:
            pdf = pdfs[picture.book, picture.language]
            image = take(pdf, page_of(pdf, text(picture.sheet, picture.language)))
            written.append(_kept(image, target / f"{picture.name}.png"))
        (work / "print-gallery").mkdir()
        gallery = printed_live(GALLERY, work / "print-gallery")
        for name, sheet in GALLERY_PICTURES:
            written.append(_kept(take(gallery, page_of(gallery, sheet)), target / f"{name}.png"))
    return written


def _kept(image: Image, path: Path) -> Path:
    path.write_bytes(png(cut(image)))
    return path


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder to write to")
    for made in make(parser.parse_args().out):
        print(f"{made.name}  {made.stat().st_size:,} bytes")
