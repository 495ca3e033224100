"""Review intervals: worse grades and larger customers are never reviewed less often."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from tests.policy.refusals import changed, refused

from duebook.policy import load, reviews


@pytest.mark.parametrize(
    ("old", "new", "where", "says"),
    [
        ("months = 12", "months = 0", "review_grade 1, months", "from 1 to 120"),
        ("months = 12", "months = 121", "review_grade 1, months", "1 to 120"),
        ("months = 6", "months = 24", "review_grade 3, months", "the better grade B has 12"),
        ('grade = "E"', 'grade = "D"', "review_grade 5, grade", "no other row"),
        ('name_en = "key customers"', 'name = "key"', "review_size 3, name", "left out"),
        ("at_least = 200000", "at_least = 2000000", "review_size 2, months", "3 or less"),
        ("at_least = 200000", "at_least = 0", "review_size 2, at_least", "no other row"),
    ],
)
def test_a_wrong_value_is_refused_by_place(tmp_path: Path, old: str, new: str, where: str, says: str) -> None:
    refused(tmp_path, changed("reviews", old, new), where, says)


def test_the_size_class_begins_at_its_amount() -> None:
    found = load.load().section(reviews.read)
    sizes = [found.of_size(Decimal(text), None) for text in ("-1", "0", "199999.99", "200000", "999999.99", "1000000")]
    assert [size and size.months for size in sizes] == [None, 12, 12, 6, 6, 3]
