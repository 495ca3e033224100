"""Sets up what is missing: the project's environment, and (with --office) the programs that the tests drive.

These are LibreOffice, PostgreSQL, and node with the browser's Python (Pyodide), in which the xlwings Lite edition is
tested.

Plain Python 3.11 and pip, nothing else: `python tools/setup.py`. Does nothing where all is in place.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
ENVIRONMENT = HERE / ".venv"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCK = HERE / "requirements.lock"
PEERS = HERE / "benchmarks" / "peers.lock"
MARK = ENVIRONMENT / "duebook-setup.txt"
DEBIAN_PACKAGES = ("libreoffice-calc", "python3-uno", "poppler-utils", "fonts-noto-cjk", "fonts-liberation")
OFFICE_PROGRAMS = ("soffice", "pdftoppm")
DATABASE_PACKAGES = ("postgresql",)
NODE_PACKAGES = ("nodejs", "npm")
PYODIDE = HERE / "tools" / "pyodide"
PYODIDE_INSTALLED = ENVIRONMENT / "pyodide"
FONTS = ("Liberation Sans", "Noto Sans CJK SC")


def run(*command: str | Path) -> None:
    subprocess.run([str(part) for part in command], check=True)


def environment() -> None:
    """`.venv` with exactly what the lock file pins (hashes checked), and Duebook itself, editable."""
    wanted = hashlib.sha256(LOCK.read_bytes() + (HERE / "pyproject.toml").read_bytes()).hexdigest()
    if PYTHON.exists() and MARK.exists() and MARK.read_text() == wanted:
        return
    print("Setting up the environment in .venv (once) …", flush=True)
    if not PYTHON.exists():
        try:
            venv.create(ENVIRONMENT, with_pip=True)
        except subprocess.CalledProcessError:
            shutil.rmtree(ENVIRONMENT, ignore_errors=True)
            if not debian("python3-venv"):
                sys.exit("This Python has no venv. On Debian: apt-get install python3-venv; then run this again.")
            venv.create(ENVIRONMENT, with_pip=True)
    pip = (PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "-qq")
    run(*pip, "--require-hashes", "-r", LOCK)
    run(*pip, "--no-deps", "--no-build-isolation", "-e", HERE)
    MARK.write_text(wanted)


def peers() -> None:
    """What the benchmarks of the worksheet functions compare with; into the same environment, hashes checked."""
    mark = ENVIRONMENT / "duebook-peers.txt"
    wanted = hashlib.sha256(PEERS.read_bytes()).hexdigest()
    if mark.exists() and mark.read_text() == wanted:
        return
    print("Installing what the benchmarks compare with (once) …", flush=True)
    run(PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "-qq", "--require-hashes", "-r", PEERS)
    mark.write_text(wanted)


def office() -> None:
    """LibreOffice and friends, for the tests; needs apt and the right to use it, else says what to install."""
    if all(shutil.which(program) for program in OFFICE_PROGRAMS) and not missing_fonts() and has_bridge():
        return
    print("Installing LibreOffice for the tests (once) …", flush=True)
    if not debian(*DEBIAN_PACKAGES):
        print(
            "Could not install "
            + ", ".join(DEBIAN_PACKAGES)
            + " here. Install them (on Debian: sudo apt-get install "
            + " ".join(DEBIAN_PACKAGES)
            + "), or the tests that open LibreOffice are skipped.",
            file=sys.stderr,
        )


def database() -> None:
    """PostgreSQL, of which the tests start a server of their own; the one that Debian sets up is not touched."""
    if shutil.which("initdb") or any(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        return
    print("Installing PostgreSQL for the tests (once) …", flush=True)
    if not debian(*DATABASE_PACKAGES):
        print(
            "Could not install it here. Install it (on Debian: sudo apt-get install "
            + " ".join(DATABASE_PACKAGES)
            + "), or the tests that query a PostgreSQL database are skipped.",
            file=sys.stderr,
        )


def pyodide() -> None:
    """The browser's Python under node, exactly as `tools/pyodide` pins it (hashes checked), into the environment."""
    pins = [PYODIDE / name for name in ("package.json", "package-lock.json")]
    mark = PYODIDE_INSTALLED / "duebook-pyodide.txt"
    wanted = hashlib.sha256(b"".join(pin.read_bytes() for pin in pins)).hexdigest()
    if shutil.which("node") and mark.exists() and mark.read_text() == wanted:
        return
    print("Installing the browser's Python for the tests of the xlwings Lite edition (once) …", flush=True)
    try:
        if not (shutil.which("node") and shutil.which("npm")) and not debian(*NODE_PACKAGES):
            raise FileNotFoundError("node, npm")
        PYODIDE_INSTALLED.mkdir(parents=True, exist_ok=True)
        for pin in pins:
            shutil.copyfile(pin, PYODIDE_INSTALLED / pin.name)
        npm = shutil.which("npm") or "npm"
        run(npm, "ci", "--prefix", PYODIDE_INSTALLED, "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
        mark.write_text(wanted)
    except (OSError, subprocess.CalledProcessError):
        print(
            "Could not install it here. Install node 18 or newer with npm (on Debian: sudo apt-get install "
            + " ".join(NODE_PACKAGES)
            + "), or the tests in the browser's Python are skipped.",
            file=sys.stderr,
        )


def has_bridge() -> bool:
    """Whether LibreOffice's Python bridge is there: the tests put our functions into its cells through it."""
    program = shutil.which("soffice")
    places = [Path("/usr/lib/python3/dist-packages"), *([Path(program).resolve().parent] if program else [])]
    return any((place / "uno.py").is_file() for place in places)


def missing_fonts() -> list[str]:
    """Font families that the workbooks are drawn with here; LibreOffice 7.4 can crash on the wider stand-ins."""
    if not shutil.which("fc-list"):
        return []
    listed = subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True, check=False).stdout
    return [family for family in FONTS if family not in listed]


def debian(*packages: str) -> bool:
    if not shutil.which("apt-get") or os.name == "nt":
        return False
    root = () if os.geteuid() == 0 else ("sudo", "-n")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run([*root, "apt-get", "update", "-qq"], check=True, env=quiet)
        install = [*root, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
        subprocess.run(install, check=True, env=quiet, stdout=subprocess.DEVNULL)
    except (subprocess.CalledProcessError, FileNotFoundError):
        return False
    return True


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--office", action="store_true", help="also install LibreOffice, PostgreSQL and node for the tests (Debian)"
    )
    parser.add_argument("--peers", action="store_true", help="also install what the benchmarks compare with")
    chosen = parser.parse_args()
    environment()
    if chosen.peers:
        peers()
    if chosen.office:
        office()
        database()
        pyodide()
