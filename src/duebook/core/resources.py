"""Finds what ships with the program (templates, policy, messages) in a wheel, an editable install and a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def root() -> Path:
    """The installed package's own folder."""
    return _PACKAGE


def constraints() -> Path:
    """The versions of the packages Duebook needs, as it is tested with them: a constraints file of pip's."""
    return _PACKAGE / "constraints.txt"


def templates() -> Path:
    """The folder of the standard workbooks: in the package when installed from a wheel, else in the checkout."""
    shipped = _PACKAGE / "xlsx_templates"
    return shipped if shipped.is_dir() else _PACKAGE.parent.parent / "xlsx_templates"


def addin() -> Path:
    """The folder of the add-in (sources and what is built): in the package from a wheel, else in the checkout."""
    shipped = _PACKAGE / "addin"
    return shipped if shipped.is_dir() else _PACKAGE.parent.parent / "addin"
