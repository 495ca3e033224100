"""One LibreOffice profile for all acceptance tests of a session, and one live office whose cells call Duebook."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from calc import Calc, bridge
from live_engine import Live
from office import Office
from tests.conftest import absent


@pytest.fixture(scope="session")
def office(soffice: str, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A LibreOffice that recalculates whatever it opens."""
    return Office(soffice, tmp_path_factory.mktemp("office") / "run")


@pytest.fixture(scope="session")
def calc(soffice: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Calc]:
    """A live office whose cells call the functions under test."""
    uno = bridge(soffice, tmp_path_factory.mktemp("uno"))
    if uno is None:
        absent("LibreOffice's Python bridge (python3-uno, for this version of Python)")
    assert uno
    running = Calc(uno, soffice, tmp_path_factory.mktemp("calc"))
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def live_office(calc: Calc) -> Iterator[Live]:
    """xlwings over the live office, for all tests of a session."""
    running = Live(calc)
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture
def live(live_office: Live) -> Iterator[Live]:
    """xlwings over the live office: `live.open(path)` and `live.new()` give an `xw.Book`; tests leave none open."""
    try:
        yield live_office
    finally:
        live_office.close()
