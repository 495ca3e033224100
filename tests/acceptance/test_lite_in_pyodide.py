"""The xlwings Lite edition in the browser's Python (Pyodide) under node: loaded as `main.py` loads it in a workbook.

`tools/setup.py --office` installs node's package; xlwings itself is stood in for, as in `tests/hosts/addin`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import CHECKOUT, absent
from tests.hosts.addin.lite_answers import expected, laid_out, same

from duebook.hosts import catalogue

PYODIDE = CHECKOUT / ".venv" / "pyodide" / "node_modules" / "pyodide"
HERE = Path(__file__).parent
PATIENCE = 60.0
"""Seconds to the first answer that a test machine may take; about 3 on a free one."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What `main.py` and every example gave there, and how long it took."""
    node = shutil.which("node")
    if not node or not (PYODIDE / "pyodide.mjs").is_file():
        absent("node with the package pyodide (python tools/setup.py --office)")
    assert node
    folder = tmp_path_factory.mktemp("lite")
    laid_out(folder)
    result = tmp_path_factory.mktemp("result") / "result.json"
    command = [node, str(HERE / "lite_in_pyodide.mjs"), str(PYODIDE), str(folder), str(result)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(result.read_text("utf-8"))


def test_it_is_the_python_that_is_pinned(found: Any) -> None:
    pinned = json.loads((CHECKOUT / "tools" / "pyodide" / "package.json").read_text("utf-8"))
    assert found["pyodide"] == pinned["dependencies"]["pyodide"]


def test_every_function_is_registered(found: Any) -> None:
    assert list(found["functions"]) == list(catalogue.functions())


def test_every_example_is_answered_as_here(found: Any) -> None:
    wanted = expected()
    answered = {(name, number): value for name, number, value in found["examples"]}
    assert answered.keys() == wanted.keys()
    assert not {call: (answered[call], wanted[call]) for call in wanted if not same(answered[call], wanted[call])}


def test_the_first_answer_comes_soon(found: Any) -> None:
    """Starting the browser's Python, unpacking and importing Duebook, and the first call."""
    assert found["first"] == 45
    assert found["boot"] + found["load"] + found["answer"] < PATIENCE
    assert found["answer"] < 1


def test_the_lock_names_no_registry() -> None:
    """npm takes the packages from whatever registry a machine uses; their check sums are in the lock."""
    lock = json.loads((CHECKOUT / "tools" / "pyodide" / "package-lock.json").read_text("utf-8"))
    for name, package in lock["packages"].items():
        assert "resolved" not in package, name
        assert not name or package["integrity"].startswith("sha512-"), name
    assert "://" not in json.dumps(lock)
