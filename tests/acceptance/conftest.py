"""One LibreOffice profile for all acceptance tests of a session."""

from __future__ import annotations

import pytest
from office import Office


@pytest.fixture(scope="session")
def office(soffice: str, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A LibreOffice that recalculates whatever it opens."""
    return Office(soffice, tmp_path_factory.mktemp("office") / "run")
