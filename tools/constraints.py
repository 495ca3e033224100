"""The versions of what Duebook itself needs, taken from requirements.lock: `duebook addin install` hands them to pip.

Run it with the environment's Python after `tools/lock.py` and `make setup`: .venv/bin/python tools/constraints.py
"""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
LOCK = HERE / "requirements.lock"
TARGET = HERE / "src" / "duebook" / "constraints.txt"
_ABOUT = "# The versions that Duebook is tested with. Made by tools/constraints.py from requirements.lock."


def constraints() -> str:
    """One line a package, `name==version`, with the marker that the lock file gives it; in order of names."""
    wanted = needed("duebook")
    pinned = re.findall(r"^([\w.-]+)(==[^\\\n]*)", LOCK.read_text("utf-8"), re.MULTILINE)
    lines = sorted(f"{name}{rest.rstrip()}" for name, rest in pinned if _key(name) in wanted)
    return "\n".join([_ABOUT, *lines]) + "\n"


def needed(package: str) -> set[str]:
    """What a package needs on any system, and what that needs; a package for another system is not looked into."""
    found: set[str] = set()
    waiting = [package]
    while waiting:
        try:
            requirements = metadata.requires(waiting.pop()) or ()
        except metadata.PackageNotFoundError:
            continue
        for requirement in requirements:
            name = re.match(r"[\w.-]+", requirement)
            if name and "extra ==" not in requirement and _key(name[0]) not in found:
                found.add(_key(name[0]))
                waiting.append(name[0])
    return found


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    TARGET.write_text(constraints(), "utf-8", newline="\n")
