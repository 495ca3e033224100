"""Duebook: trade credit management inside Excel.

This package loads nothing heavy: the rooms below it (ledger, receivables, portfolio, books, close, hosts) are
imported where they are used, so that a worksheet function answers at once.
"""

from typing import Any

from duebook.core.version import VERSION as __version__

__all__ = ["__version__"]


def __getattr__(name: str) -> Any:
    """Every worksheet function by its Python name: `duebook.dso(…)` is the same code as `=DSO(…)` in a cell."""
    if not name.startswith("_"):
        from duebook.hosts.catalogue import python_api

        found = python_api().get(name)
        if found is not None:
            return found
    raise AttributeError(f"module 'duebook' has no attribute '{name}'")


def __dir__() -> list[str]:
    from duebook.hosts.catalogue import python_api

    return sorted({*globals(), *python_api()})
