"""Pins every package with hashes: requirements.lock and benchmarks/peers.lock. Needs pip-tools in its Python.

pip-compile sees only the machine it runs on. What Windows and macOS need besides is listed here, downloaded for these
systems and pinned under its marker, so that the same lock file serves all three.

Then `make setup`, and .venv/bin/python tools/constraints.py, which takes from it what an installation for Excel needs.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
COMPILE = (
    *("--generate-hashes", "--allow-unsafe", "--strip-extras", "--no-annotate", "--no-header"),
    *("--no-emit-index-url", "--no-emit-find-links", "--quiet"),
)
ELSEWHERE = {
    "pywin32": ("sys_platform == 'win32'", ("win_amd64",)),
    "colorama": ("sys_platform == 'win32'", ("win_amd64",)),
    "tzdata": ("sys_platform == 'win32'", ("win_amd64",)),
    "appscript": ("sys_platform == 'darwin'", ("macosx_10_9_universal2", "macosx_11_0_arm64")),
    "psutil": ("sys_platform == 'darwin'", ("macosx_10_9_x86_64", "macosx_11_0_arm64")),
}


def compile_lock(target: Path, about: str, *extras: str) -> None:
    chosen = [word for extra in extras for word in ("--extra", extra)]
    command = [sys.executable, "-m", "piptools", "compile", *COMPILE, *chosen]
    subprocess.run([*command, "--output-file", str(target), str(HERE / "pyproject.toml")], check=True)
    lines = [line for line in target.read_text().splitlines() if not line.startswith("--find-links")]
    target.write_text(f"# {about}\n" + "\n".join(lines).strip() + "\n")


def elsewhere() -> str:
    """The lines for packages that only other systems need, of the newest version there."""
    return "".join(_pinned(name, *where) for name, where in sorted(ELSEWHERE.items()))


def _pinned(name: str, marker: str, platforms: tuple[str, ...]) -> str:
    versions, hashes = set(), set()
    for platform in platforms:
        with tempfile.TemporaryDirectory() as folder:
            fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
            subprocess.run(
                [*fetch, "--platform", platform, "--python-version", "3.11", name, "--dest", folder], check=True
            )
            (file,) = Path(folder).iterdir()
            versions.add(re.split("-", file.name)[1])
            hashes.add(hashlib.sha256(file.read_bytes()).hexdigest())
    (version,) = versions
    lines = [f"{name}=={version} ; {marker}", *(f"    --hash=sha256:{found}" for found in sorted(hashes))]
    return " \\\n".join(lines) + "\n"


if __name__ == "__main__":
    lock = HERE / "requirements.lock"
    compile_lock(
        lock, "What Duebook is tested with, hashes and all. Made by tools/lock.py.", "database", "dev", "bench"
    )
    lock.write_text(lock.read_text() + "# Needed on Windows or macOS only.\n" + elsewhere())
    peers = HERE / "benchmarks" / "peers.lock"
    compile_lock(peers, "What the benchmark of the worksheet functions compares with. Made by tools/lock.py.", "peers")
