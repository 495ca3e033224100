"""What the door answers to every example, in the form in which `lite_run` shows what a Lite cell does."""

from __future__ import annotations

import importlib.util
import math
from datetime import date
from pathlib import Path
from typing import Any

from duebook.core.cells import CellError
from duebook.hosts import catalogue
from duebook.hosts.addin.lite_code import CODE, MAIN, block, code
from duebook.hosts.call import Door

HERE = Path(__file__).parent
STAND_IN = HERE / "lite_stand_in"
PACKAGES = ("holidays", "stdnum", "dateutil", "six")


def laid_out(folder: Path, language: str = "en") -> Path:
    """A workbook's files as Lite lays them out, and beside them what it would have installed."""
    files = folder / "workbook"
    files.mkdir(parents=True)
    (files / MAIN).write_text(block(language, False, len(catalogue.functions())), "utf-8")
    (files / CODE).write_text(code(), "utf-8")
    installed = folder / "installed"
    installed.mkdir()
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        assert spec and spec.origin, name
        origin = Path(spec.origin)
        source = origin.parent if origin.name == "__init__.py" else origin
        (installed / source.name).symlink_to(source)
    (installed / "xlwings.py").symlink_to(STAND_IN / "xlwings.py")
    (installed / "lite_run.py").symlink_to(HERE / "lite_run.py")
    return files


def expected() -> dict[tuple[str, int], Any]:
    """Function, number of the example → what its cell must show."""
    door = Door("en")
    found = {}
    for name, declaration in catalogue.functions().items():
        for number, example in enumerate(declaration.examples):
            given = [[[c] if not isinstance(c, (list, tuple)) else c for c in a] if isinstance(a, list) else a
                     for a in example.arguments]  # fmt: skip
            found[name, number] = _shown(door.call(name, given, f"Sheet1!C{number + 1}"))
    return found


def _shown(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [[_shown(one) for one in row] for row in value]
    if isinstance(value, CellError):
        return {"error": value.code}
    return {"date": value.toordinal()} if isinstance(value, date) else value


def same(found: Any, wanted: Any) -> bool:
    """Numbers to the noise of another mathematical library, everything else exactly."""
    if isinstance(wanted, list):
        return isinstance(found, list) and len(found) == len(wanted) and all(map(same, found, wanted))
    if isinstance(wanted, (int, float)) and not isinstance(wanted, bool):
        number = isinstance(found, (int, float)) and not isinstance(found, bool)
        return number and math.isclose(found, wanted, rel_tol=1e-12, abs_tol=1e-12)
    return type(found) is type(wanted) and bool(found == wanted)
