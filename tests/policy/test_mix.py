"""Target mixes of the policy: targets add up, every rule once, classes belong to a mix; refusals name the line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from duebook.core.errors import DuebookError
from duebook.policy import structure
from duebook.policy.load import load

OWN = """
[[mix]]
from = 2020-01-01
name = "60/30/10"
meant_for = "exposure"
new_months = 6
largest_share = "0.5"

[[mix_class]]
from = 2020-01-01
mix = "60/30/10"
name = "key"
target = "0.6"
rule = "largest"

[[mix_class]]
from = 2020-01-01
mix = "60/30/10"
name = "other"
target = "0.3"
rule = "rest"

[[mix_class]]
from = 2020-01-01
mix = "60/30/10"
name = "young"
target = "0.1"
rule = "new"
"""


def test_the_shipped_mixes() -> None:
    mixes = load().section(structure.read).mixes(None)
    targets = {name: [(own.name, own.target) for own in mix.classes] for name, mix in mixes.items()}
    assert targets == {
        "30/50/20": [("core", Decimal("0.30")), ("growth", Decimal("0.50")), ("new", Decimal("0.20"))],
        "70/20/10": [("mature", Decimal("0.70")), ("near-prime", Decimal("0.20")), ("trial", Decimal("0.10"))],
    }
    assert load().illustrative(structure)


def test_own_mix(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN, "utf-8")
    (mix,) = load(tmp_path / "own.toml").section(structure.read).mixes(date(2026, 1, 1)).values()
    assert (mix.name, mix.new_months, [own.zh for own in mix.classes]) == ("60/30/10", 6, ["key", "other", "young"])


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ('target = "0.1"', 'target = "0.2"', 27, "add up to 1, not 1.1"),
        ('rule = "new"', 'rule = "rest"', 28, "each of largest, rest, new once"),
        ('rule = "new"', 'rule = "newest"', 28, "one of largest, rest, new"),
        ('meant_for = "exposure"', 'meant_for = "profit"', 5, "one of count, revenue, margin, exposure, effort"),
        ("new_months = 6", "new_months = 0", 6, "a whole number, 1 or more"),
        ('largest_share = "0.5"', 'largest_share = "80"', 7, "a number from 0 to 1"),
        ('name = "young"', 'name = "Key"', 26, "a name that no other class"),
        ('name = "60/30/10"', 'name = "6-3-1"', 11, "one of 6-3-1"),
        ('name = "young"', 'label = "young"', 26, "left out"),
    ],
)
def test_a_refusal_names_the_line(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    assert old in OWN
    (tmp_path / "own.toml").write_text(OWN.replace(old, new, 1), "utf-8")
    with pytest.raises(DuebookError, match=says) as refused:
        load(tmp_path / "own.toml")
    assert refused.value.facts["line"] == line


def test_a_mix_that_is_named_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN + OWN[: OWN.index("[[mix_class]]")], "utf-8")
    with pytest.raises(DuebookError, match="mix 2, name"):
        load(tmp_path / "own.toml")


def test_own_classes_of_a_shipped_mix(tmp_path: Path) -> None:
    classes = OWN[OWN.index("[[mix_class]]") :].replace("60/30/10", "30/50/20")
    (tmp_path / "own.toml").write_text(classes, "utf-8")
    mixes = load(tmp_path / "own.toml").section(structure.read).mixes(None)
    assert {name: [own.name for own in mix.classes] for name, mix in mixes.items()} == {
        "30/50/20": ["key", "other", "young"]
    }, "the other shipped mix has no classes here and lies idle"


def test_an_own_mix_needs_classes(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN[: OWN.index("[[mix_class]]")], "utf-8")
    with pytest.raises(DuebookError, match=r"mix 1, name is 60/30/10; it must be a mix with .*mix_class.* entries"):
        load(tmp_path / "own.toml")


def test_own_settings_of_a_shipped_mix_keep_its_classes(tmp_path: Path) -> None:
    head = OWN[: OWN.index("[[mix_class]]")].replace("60/30/10", "30/50/20")
    (tmp_path / "own.toml").write_text(head, "utf-8")
    mixes = load(tmp_path / "own.toml").section(structure.read).mixes(None)
    assert [(name, mix.new_months, len(mix.classes)) for name, mix in mixes.items()] == [("30/50/20", 6, 3)]
