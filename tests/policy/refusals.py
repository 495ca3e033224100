"""How a wrong policy is refused: Duebook's own tables of a section with one text changed."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from tests.policy.chinese import check_chinese

from duebook.core.errors import DuebookError
from duebook.policy import load


def shipped(section: str) -> str:
    """Duebook's own TOML of a section."""
    return load.default_path().with_name(f"{section}.toml").read_text("utf-8")


def changed(section: str, old: str, new: str) -> str:
    """That TOML with the first `old` replaced; `old` must be there."""
    text = shipped(section)
    assert old in text, old
    return text.replace(old, new, 1)


def loaded(folder: Path, text: str) -> load.Policy:
    path = folder / "mine.toml"
    path.write_text(text, "utf-8")
    return load.load(path)


def refused(folder: Path, text: str, where: str, says: str) -> DuebookError:
    """The policy is refused at `where`, in both languages with the file's name, and the English sentence `says` how."""
    with pytest.raises(DuebookError) as refusal:
        loaded(folder, text)
    assert refusal.value.facts["where"] == where
    assert says in refusal.value.text("en")
    check_chinese(refusal.value, tomllib.loads(text))
    return refusal.value
