"""Templates, policy and messages are found in a wheel, in an editable install and in a checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
LEDGER = "Customer No,Invoice No,Invoice date,Due date,Amount,Currency\nC1,I1,2026-10-01,2026-10-31,10.50,EUR\n"


def close(python_path: str, folder: Path) -> None:
    """Runs a whole close in a folder of its own, with Duebook from `python_path` only."""
    folder.mkdir()
    (folder / "ledger.csv").write_text(LEDGER)
    words = [sys.executable, "-m", "duebook.hosts.cli", "close", "ledger.csv", "--as-of", "2026-10-31", "--out", "out"]
    environment = {**os.environ, "PYTHONPATH": python_path, "PYTHONSAFEPATH": "1"}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    where = [sys.executable, "-c", "import duebook; print(duebook.__file__)"]
    found = subprocess.run(where, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.startswith(python_path)
    assert (folder / "out" / "exposure.xlsx").is_file()


def test_in_a_checkout(tmp_path: Path) -> None:
    close(str(CHECKOUT / "src"), tmp_path / "run")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy: setuptools leaves its build folder beside the sources."""
    copy, folder = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("wheel")
    for name in ("src", "xlsx_templates", "addin", "pyproject.toml", "setup.py", "README.md", "LICENSE"):
        subprocess.run(["cp", "-r", str(CHECKOUT / name), str(copy)], check=True)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", str(folder), str(copy)], check=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_carries_what_the_program_needs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for path in (CHECKOUT / "src" / "duebook").rglob("*"):
        if path.suffix in (".py", ".toml", ".sql", ".txt"):
            assert path.relative_to(CHECKOUT / "src").as_posix() in names
    for path in (CHECKOUT / "xlsx_templates").glob("*.xlsx"):
        assert f"duebook/xlsx_templates/{path.name}" in names
    for path in (CHECKOUT / "addin").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            assert f"duebook/addin/{path.relative_to(CHECKOUT / 'addin').as_posix()}" in names


def test_in_a_wheel(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    close(str(site), tmp_path / "run")


def test_a_wheel_builds_the_add_in_from_what_it_carries(wheel: Path, tmp_path: Path) -> None:
    """The same bytes as in the checkout, into a folder that must be named."""
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    words = [sys.executable, "-m", "duebook.hosts.cli", "addin", "build"]
    environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONSAFEPATH": "1"}
    refused = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert refused.returncode == 2 and "--out" in refused.stderr
    subprocess.run([*words, "--out", "made"], cwd=tmp_path, env=environment, capture_output=True, check=True)
    assert (tmp_path / "made" / "duebook.xlam").read_bytes() == (CHECKOUT / "addin" / "duebook.xlam").read_bytes()


def test_the_versions_handed_to_pip_are_those_of_the_lock_file() -> None:
    """And all of them: what Duebook needs on Windows and macOS, too."""
    from tools import constraints

    from duebook.core import resources

    made = constraints.constraints()
    assert resources.constraints().read_text("utf-8") == made
    pinned = {line.split("==")[0].lower() for line in made.splitlines()[1:]}
    assert constraints.needed("duebook") == pinned
    assert {"pywin32", "tzdata", "appscript", "duckdb", "xlwings"} <= pinned


def test_in_this_installation() -> None:
    """Editable, as `tools/setup.py` installs it: the checkout's own files."""
    from duebook.core import resources

    assert resources.templates().samefile(CHECKOUT / "xlsx_templates")
