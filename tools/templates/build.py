"""Builds the standard workbooks in `xlsx_templates/`: `python tools/templates/build.py` (or `make templates`).

The same code gives the same bytes; `tests/templates` compares the committed files with a fresh build part by part.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # run as a script, the folder of the script is on the path and the checkout is not

from tools.templates import aging, audit, compare, exposure, functions, movements, statement  # noqa: E402  # after the path is known

from duebook.core.messages import EDITIONS  # noqa: E402  # after the path is known

BOOKS: dict[str, Callable[[Path, str], None]] = {
    "aging": aging.build,
    "exposure": exposure.build,
    "movements": movements.build,
    "audit": audit.build,
    "compare": compare.build,
    "statement": statement.build,
}


def build_all(folder: Path) -> list[Path]:
    """Writes every template into `folder` and returns the paths."""
    written = []
    for name, build in BOOKS.items():
        for language in EDITIONS:
            path = folder / f"{name}.{language}.xlsx"
            build(path, language)
            written.append(path)
    gallery = folder / "functions.xlsx"
    functions.build(gallery)
    return [*written, gallery]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "xlsx_templates", help="folder to write to")
    for made in build_all(parser.parse_args().out):
        print(made.name)
