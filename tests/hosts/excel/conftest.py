"""A home of the tests' own for settings and log, and a fresh session for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.hosts.excel.com import windows

from duebook.hosts.excel import session


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setenv("DUEBOOK_LANGUAGE", "en")
    monkeypatch.setattr(session, "_session", None)
    return tmp_path


@pytest.fixture(scope="module")
def xlpy() -> Iterator[Any]:
    """xlwings' own COM object, as VBA's `XLPy` is."""
    with windows() as served:
        yield served
