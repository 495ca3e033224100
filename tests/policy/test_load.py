"""A policy is checked before anything is computed with it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from duebook.core.errors import DuebookError
from duebook.policy import load

DEFAULT = load.default_path().read_text("utf-8")


def test_the_default_is_marked_illustrative() -> None:
    assert load.load().adopted is False


def test_the_latest_entry_in_force_counts(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    newer = '[[loss_rates]]\nfrom = 2026-07-01\nscheme = "standard"\nrates = ["0", "0", "0", "0", "0", "1"]\n'
    path.write_text(DEFAULT + newer, "utf-8")
    policy = load.load(path)
    before, after = (policy.loss_rates("standard", date(2026, month, 30)) for month in (6, 7))
    assert before is not None and before[1] == Decimal("0.016")
    assert after is not None and after[1] == 0


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("upper = [30, 60, 90, 120]", "upper = [30, 30, 90]", "aging_scheme 1, upper"),
        ("upper = [30, 60, 90, 120]", "upper = []", "aging_scheme 1, upper"),
        ('basis = "due_date"', 'basis = "shipping"', "aging_scheme 1, basis"),
        ('"0.106", "0.25"]', '"0.106"]', "loss_rates 1, rates"),
        ('["0.003", "0.016"', '["1.2", "0.016"', "loss_rates 1, rates"),
        ('disputed = "separate"', 'disputed = "hide"', "close 1, disputed"),
        ("from = 2000-01-01", 'from = "soon"', "loss_rates 1, from"),
        ("overdue_days = 60", "overdue_days = -1", "watch 1, overdue_days"),
        ("[policy]", "[polciy]", "[polciy]"),
        ("[policy]", "[[policy]]", "policy"),
        ("adopted = false", 'adopted = "yes"', "policy 1, adopted"),
        ("adopted = false", "adoptd = true", "policy 1, adoptd"),
        ('name = "Duebook default"', 'name = ""', "policy 1, name"),
    ],
)
def test_a_wrong_value_is_refused_by_place(tmp_path: Path, old: str, new: str, where: str) -> None:
    assert old in DEFAULT
    path = tmp_path / "mine.toml"
    path.write_text(DEFAULT.replace(old, new, 1), "utf-8")
    with pytest.raises(DuebookError) as refused:
        load.load(path)
    assert refused.value.facts["where"] == where
    for language in ("en", "zh"):
        assert where in refused.value.text(language) and "mine.toml" in refused.value.text(language)


def test_broken_toml_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[policy]\nname = \n", "utf-8")
    with pytest.raises(DuebookError, match="line 2"):
        load.load(path)


def test_an_unknown_scheme_lists_the_known_ones() -> None:
    with pytest.raises(DuebookError, match="cn_annual"):
        load.load().scheme("weekly")


def test_a_table_of_one_line_per_entry_keeps_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    rows = (
        "loss_rates = [  # by bucket\n"
        '  { from = 2026-01-01, scheme = "cn_annual", rates = [0, 0, 0, 0, 0, 1] },\n'
        '  { from = 2026-07-01, scheme = "cn_annual", rates = [0, 0, 0, 0, 0, 2] },\n'
        "]\n[policy]\n"
    )
    path.write_text(rows, "utf-8")
    with pytest.raises(DuebookError, match="line 3: loss_rates 2, rates is 2"):
        load.load(path)


def test_entries_that_are_no_tables_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("loss_rates = [1, 2]\n", "utf-8")
    with pytest.raises(DuebookError, match=r"a list of \[\[loss_rates\]\] entries"):
        load.load(path)


@pytest.mark.parametrize("heading", ["[policy]", '[[loss_rates]]\nfrom = 2026-01-01\nscheme = "cn_annual"\nrates = []'])
def test_a_list_below_a_heading_is_not_swallowed(tmp_path: Path, heading: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(f'{heading}\ngrade = [\n  {{ from = 2026-01-01, grade = "A" }},\n]\n', "utf-8")
    with pytest.raises(DuebookError, match=r"1, grade is \[…\]; it must be written above the first \[heading\]"):
        load.load(path)


def test_a_scheme_is_found_in_whatever_case_it_is_typed() -> None:
    assert load.load().scheme("CN_Annual") is load.load().scheme("cn_annual")
