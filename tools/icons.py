"""Draws the pictures of the ribbon's buttons: `python tools/icons.py` writes addin/ribbon/icons/NAME.png.

Each is a few shapes on a field of 32 × 32, in the accent of the workbooks, its tint and white. Edges lie on even
coordinates, so that a picture stays crisp where Excel shows it at half the size. No drawing program is needed.
"""

from __future__ import annotations

import itertools
import math
import struct
import sys
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # run as a script, the folder of the script is on the path and the checkout is not

from tools.templates.style import ACCENT, TINT  # noqa: E402  # after the path is known

FOLDER = ROOT / "addin" / "ribbon" / "icons"
FIELD = 32
WHITE = "#FFFFFF"
Shape = Callable[[float, float], float]
"""The distance of a point to a shape's edge, below zero inside: from it comes how much of a pixel is covered."""
Point = tuple[float, float]


# --- shapes -----------------------------------------------------------------------------------------------------------


def box(left: float, top: float, right: float, bottom: float, round_: float = 0) -> Shape:
    """A rectangle, its corners rounded by `round_`."""
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    half_x, half_y = (right - left) / 2 - round_, (bottom - top) / 2 - round_

    def distance(x: float, y: float) -> float:
        over_x, over_y = abs(x - middle_x) - half_x, abs(y - middle_y) - half_y
        return math.hypot(max(over_x, 0), max(over_y, 0)) + min(max(over_x, over_y), 0) - round_

    return distance


def disc(x: float, y: float, radius: float) -> Shape:
    return lambda at_x, at_y: math.hypot(at_x - x, at_y - y) - radius


def path(width: float, *points: Point) -> Shape:
    """A line of `width` through points, with round ends and corners."""

    def distance(x: float, y: float) -> float:
        return min(_from_leg(x, y, start, end) for start, end in itertools.pairwise(points)) - width / 2

    return distance


def _from_leg(x: float, y: float, start: Point, end: Point) -> float:
    along_x, along_y = end[0] - start[0], end[1] - start[1]
    share = ((x - start[0]) * along_x + (y - start[1]) * along_y) / (along_x**2 + along_y**2)
    share = min(max(share, 0), 1)
    return math.hypot(x - start[0] - share * along_x, y - start[1] - share * along_y)


def arc(width: float, x: float, y: float, radius: float, start: float, end: float) -> Shape:
    """A part of a circle, from one angle to another in degrees (0 at the right, 90 at the bottom)."""
    steps = max(2, round(abs(end - start) / 6))
    angles = [math.radians(start + (end - start) * step / steps) for step in range(steps + 1)]
    return path(width, *((x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in angles))


def polygon(*points: Point) -> Shape:
    def distance(x: float, y: float) -> float:
        inside = False
        nearest = math.inf
        for start, end in zip(points, (*points[1:], points[0]), strict=True):
            nearest = min(nearest, _from_leg(x, y, start, end))
            if (start[1] > y) != (end[1] > y):
                inside ^= x < start[0] + (y - start[1]) * (end[0] - start[0]) / (end[1] - start[1])
        return -nearest if inside else nearest

    return distance


def inside(shape: Shape, other: Shape) -> Shape:
    """What both cover."""
    return lambda x, y: max(shape(x, y), other(x, y))


def ring(shape: Shape, width: float) -> Shape:
    """The edge of a shape, inwards."""
    return lambda x, y: abs(shape(x, y) + width / 2) - width / 2


# --- the pictures -----------------------------------------------------------------------------------------------------

Layer = tuple[str, Shape]


def _page(left: float, top: float, right: float, bottom: float) -> list[Layer]:
    """A white sheet with an edge in the accent."""
    sheet = box(left, top, right, bottom, 2)
    return [(WHITE, sheet), (ACCENT, ring(sheet, 2))]


def _memo() -> list[Layer]:
    sheet = polygon((6, 2), (20, 2), (28, 10), (28, 30), (6, 30))
    lines = [(ACCENT, box(10, top, right, top + 2)) for top, right in ((14, 24), (18, 24), (22, 18))]
    return [(WHITE, sheet), (ACCENT, ring(sheet, 2)), (TINT, polygon((20, 3), (20, 10), (27, 10))),
            (ACCENT, path(2, (20, 3), (20, 10), (27, 10))), *lines]  # fmt: skip


def _plan() -> list[Layer]:
    hooks = [(ACCENT, box(left, 2, left + 2, 6)) for left in (8, 22)]
    days = [(TINT, box(left, top, left + 4, top + 4)) for top in (14, 20) for left in (8, 14)]
    month = [*_page(4, 4, 28, 28), (ACCENT, box(4, 4, 28, 12, 2)), *hooks, *days]
    gap = inside(disc(22, 22, 10), box(4, 4, 28, 28, 2))
    arms = (path(2, (19, 17.5), (22, 21.5)), path(2, (25, 17.5), (22, 21.5)))
    sign = (*arms, box(21, 21, 23, 27), box(18.6, 22.4, 25.4, 24))
    return [*month, (WHITE, gap), (ACCENT, disc(22, 22, 8)), *((WHITE, part) for part in sign)]


def _score() -> list[Layer]:
    dial = ring(disc(16, 24, 14), 6)
    low = polygon((16, 24), (0, 24), (0, 0), (18, 0))
    high = polygon((16, 24), (32, 6), (32, 24))
    return [
        (TINT, inside(dial, low)),
        (ACCENT, inside(dial, high)),
        (ACCENT, path(3, (16, 24), (23.5, 10))),
        (ACCENT, disc(16, 24, 4)),
    ]


def _signals() -> list[Layer]:
    lights = ((8, WHITE), (16, TINT), (24, TINT))
    return [(ACCENT, box(8, 2, 24, 30, 4)), *((color, disc(16, y, 3.4)) for y, color in lights)]


def _reviews() -> list[Layer]:
    rows: list[Layer] = []
    for top in (4, 14, 24):
        rows += [(ACCENT, path(2.6, (3, top + 2), (5.5, top + 4.5), (10, top - 1))), (TINT, box(14, top, 30, top + 4))]
    return rows


def _aging() -> list[Layer]:
    bars = ((4, 6, TINT), (10, 12, TINT), (16, 18, ACCENT), (22, 22, ACCENT))
    return [*((color, box(left, top, left + 4, 28)) for left, top, color in bars), (ACCENT, box(2, 28, 30, 30))]


def _exposure() -> list[Layer]:
    bars = ((4, 18), (12, 28), (20, 14))
    return [
        (ACCENT, box(2, 2, 4, 30)),
        *((TINT, box(4, top, right, top + 6)) for top, right in bars),
        (ACCENT, box(22, 12, 28, 18)),
        (ACCENT, box(20, 2, 22, 30)),
    ]


def _close() -> list[Layer]:
    return [
        (ACCENT, box(4, 2, 28, 30, 3)),
        (WHITE, box(8, 24, 28, 28)),
        (TINT, box(8, 26, 28, 27)),
        (TINT, box(8, 2, 10, 24)),
        (WHITE, path(3.4, (13, 13), (17, 17), (24, 8))),
    ]


def _explain() -> list[Layer]:
    lens = disc(13, 13, 10)
    grid = [(TINT, inside(lens, box(*bar))) for bar in ((4, 8, 22, 10), (4, 16, 22, 18), (12, 4, 14, 22))]
    return [(ACCENT, path(5, (21, 21), (28, 28))), (WHITE, lens), *grid, (ACCENT, ring(disc(13, 13, 11), 3))]


def _shield() -> list[Point]:
    """A shield: straight shoulders, sides that run together in a point."""
    curve = [(28 - 12 * (1 - math.cos(a)), 14 + 16 * math.sin(a)) for a in (math.pi / 2 * n / 8 for n in range(9))]
    right = [(16.0, 2.0), (28.0, 6.0), *curve]
    return [*right, *((32 - x, y) for x, y in reversed(right[1:-1]))]


def _policy() -> list[Layer]:
    return [(ACCENT, polygon(*_shield())), (WHITE, path(3.6, (10, 15), (14.5, 19.5), (22, 10)))]


def _undo() -> list[Layer]:
    return [
        (ACCENT, disc(16, 16, 14)),
        (WHITE, arc(3, 16, 17, 6.5, -90, 90)),
        (WHITE, path(3, (11, 10.5), (16, 10.5))),
        (WHITE, path(3, (11, 23.5), (16, 23.5))),
        (WHITE, polygon((5.5, 10.5), (12.5, 4.5), (12.5, 16.5))),
    ]


def _language() -> list[Layer]:
    globe = disc(16, 16, 14)
    oval = ring(lambda x, y: (math.hypot((x - 16) * 2.3, y - 16) - 14) / 1.7, 2)
    lines = (box(15, 2, 17, 30), box(2, 15, 30, 17), box(2, 8, 30, 9.6), box(2, 22.4, 30, 24), oval)
    return [(ACCENT, globe), *((WHITE, inside(disc(16, 16, 12.5), line)) for line in lines)]


def _help() -> list[Layer]:
    return [
        (ACCENT, disc(16, 16, 14)),
        (WHITE, arc(3.4, 16, 12, 4.6, 180, 395)),
        (WHITE, path(3.4, (19.7, 14.7), (16, 18))),
        (WHITE, path(3.4, (16, 18), (16, 19.4))),
        (WHITE, disc(16, 24, 2.2)),
    ]


ICONS: Mapping[str, Callable[[], list[Layer]]] = {
    "score": _score, "memo": _memo, "plan": _plan, "signals": _signals, "reviews": _reviews, "aging": _aging,
    "exposure": _exposure, "close": _close, "explain": _explain, "policy": _policy, "undo": _undo,
    "language": _language, "help": _help,
}  # fmt: skip


# --- pixels -----------------------------------------------------------------------------------------------------------


def pixels(layers: Sequence[Layer], size: int) -> bytes:
    """The picture at `size` × `size`: red, green, blue and opacity of each pixel, row by row."""
    unit = FIELD / size
    colors = [(tuple(bytes.fromhex(color[1:])), shape) for color, shape in layers]
    found = bytearray()
    for row in range(size):
        for column in range(size):
            found += _pixel(colors, (column + 0.5) * unit, (row + 0.5) * unit, unit)
    return bytes(found)


def _pixel(colors: Sequence[tuple[tuple[int, ...], Shape]], x: float, y: float, unit: float) -> bytes:
    mixed, opacity = (0.0, 0.0, 0.0), 0.0
    for color, shape in colors:
        cover = min(max(0.5 - shape(x, y) / unit, 0), 1)
        if cover:
            whole = cover + opacity * (1 - cover)
            kept = opacity * (1 - cover)
            mixed = tuple((new * cover + old * kept) / whole for new, old in zip(color, mixed, strict=True))  # type: ignore[assignment]
            opacity = whole
    return bytes((*(round(part) for part in mixed), round(opacity * 255)))


def png(data: bytes, size: int) -> bytes:
    """A PNG with opacity."""
    lines = b"".join(b"\0" + data[row * size * 4 : (row + 1) * size * 4] for row in range(size))
    head = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in parts
    )


def picture(name: str, size: int = FIELD) -> bytes:
    """The picture of that name as a PNG."""
    return png(pixels(ICONS[name](), size), size)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for icon in ICONS:
        (FOLDER / f"{icon}.png").write_bytes(picture(icon))
