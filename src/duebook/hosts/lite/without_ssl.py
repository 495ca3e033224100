"""Lets python-stdnum load in a Python without `ssl`, as the browser's is.

The package imports it at its top for asking servers over the network, which Duebook never does.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
from types import ModuleType


def load_stdnum() -> None:
    """Imports python-stdnum, where it is installed; an empty `ssl` stands in only while that lasts.

    Other packages ask whether there is an `ssl`, and must not be told that there is.
    """
    try:
        importlib.import_module("ssl")
    except ImportError:
        sys.modules["ssl"] = ModuleType("ssl")
        try:
            with contextlib.suppress(ImportError):
                importlib.import_module("stdnum")
        finally:
            del sys.modules["ssl"]
