"""What tests may need from outside: the shared data beside the checkout and a real LibreOffice.

Absent, such tests are skipped; under CI=true they fail, so that a green run has really run them.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

# the first call of a function loads policies and libraries, and the machine may be busy: time is measured elsewhere
settings.register_profile("without_deadline", settings(), deadline=None)
settings.load_profile("without_deadline")

CHECKOUT = Path(__file__).resolve().parent.parent
SHARED = CHECKOUT.parent / "shared"


def absent(what: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing, and CI must run this test")
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared folder with third-party data; never committed."""
    if not (SHARED / "data").is_dir():
        absent("../shared")
    return SHARED


@pytest.fixture(scope="session")
def soffice() -> str:
    """The path of a real LibreOffice."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if not found:
        absent("LibreOffice (soffice)")
    assert found
    return found
