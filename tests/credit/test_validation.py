"""Checks of a score: what must hold on any history, against counting every pair by hand. Figures: tests/cases."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.cells import CellError
from duebook.core.notes import listening
from duebook.credit.validation import score_auc, score_ks, score_stability, weight_of_evidence

CUSTOMER = st.tuples(st.one_of(st.integers(-5, 5).map(float), st.floats(-1e6, 1e6)), st.booleans())
HISTORY = st.lists(CUSTOMER, min_size=2, max_size=60).filter(lambda h: len({bad for _, bad in h}) == 2)
CUTS = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=6, unique=True).map(sorted)


def split(history: list[tuple[float, bool]]) -> tuple[list[float], list[bool]]:
    return [value for value, _ in history], [bad for _, bad in history]


@given(HISTORY)
def test_auc_counts_every_pair(history: list[tuple[float, bool]]) -> None:
    goods = [score for score, bad in history if not bad]
    bads = [score for score, bad in history if bad]
    pairs = [(good > bad) + (good == bad) / 2 for good in goods for bad in bads]
    assert score_auc(*split(history)) == pytest.approx(sum(pairs) / len(pairs))


@given(HISTORY)
def test_auc_of_a_score_and_of_its_negative_are_one(history: list[tuple[float, bool]]) -> None:
    score, bad = split(history)
    assert score_auc(score, bad) + score_auc([-each for each in score], bad) == pytest.approx(1)
    assert score_auc(score, bad) + score_auc(score, [not each for each in bad]) == pytest.approx(1)


@given(HISTORY, st.floats(0.1, 10), st.integers(-100, 100))
def test_auc_knows_only_the_order(history: list[tuple[float, bool]], steep: float, shift: int) -> None:
    score, bad = split(history)
    ranks = {each: place for place, each in enumerate(sorted(set(score)))}
    assert score_auc([ranks[each] * steep + shift for each in score], bad) == pytest.approx(score_auc(score, bad))


@given(HISTORY)
def test_ks_is_a_share_and_bounds_auc(history: list[tuple[float, bool]]) -> None:
    score, bad = split(history)
    ks, auc = score_ks(score, bad), score_auc(score, bad)
    assert 0 <= ks <= 1
    assert abs(2 * auc - 1) <= 1 - (1 - ks) ** 2 + 1e-9, "no curve with this widest gap has more area"


@given(HISTORY, CUTS, st.lists(st.booleans(), max_size=5))
def test_bins_add_up_to_everybody(history: list[tuple[float, bool]], cuts: list[float], blanks: list[bool]) -> None:
    score, bad = split(history)
    table = weight_of_evidence([*score, *[None] * len(blanks)], [*bad, *blanks], cuts)
    *rows, total = table.rows
    everyone = [*bad, *blanks]
    assert len(rows) == len(cuts) + 1 + bool(blanks)
    assert total[3:5] == [len(everyone) - sum(everyone), sum(everyone)]
    for column in (3, 4):
        assert sum(row[column] for row in rows) == total[column]
    for column in (5, 6):
        assert math.fsum(row[column] for row in rows) == pytest.approx(1)
    informed = [row[9] for row in rows if row[9] is not None]
    assert all(each >= 0 for each in informed) and math.fsum(informed) == pytest.approx(total[9])
    for row in rows:
        if row[3] and row[4]:
            assert row[8] == pytest.approx(math.log(row[5] / row[6]), abs=1e-9)


def test_a_value_on_a_cut_belongs_to_the_upper_bin() -> None:
    rows = weight_of_evidence([10.0, 9.9, 20.0, 19.9], [True, False, True, False], [10.0, 20.0]).rows
    assert [(str(row[0]), row[3], row[4]) for row in rows[:3]] == [
        ("below 10", 1, 0),
        ("10 to below 20", 1, 1),
        ("20 and over", 0, 1),
    ]


def test_what_was_adjusted_is_said() -> None:
    with listening() as said:
        weight_of_evidence([1.0, 1.0, 5.0, 5.0, None], [True, False, False, False, True], [2.0, 3.0])
    text = " ".join(note.text() for note in said)
    assert 'Bin "2 to below 3" holds nobody' in text
    assert 'Bin "3 and over" lacks' in text and 'Bin "no value" lacks' in text
    assert "fewer than 30" in text


@pytest.mark.parametrize("cuts", [[2.0, 1.0], [1.0, 1.0]])
def test_cuts_must_rise(cuts: list[float]) -> None:
    with pytest.raises(CellError, match="cuts must rise"):
        weight_of_evidence([1.0, 2.0], [True, False], cuts)


@pytest.mark.parametrize("bad", [[True, True], [False, False]])
def test_customers_of_one_kind_tell_nothing(bad: list[bool]) -> None:
    for check in (score_auc, score_ks):
        with pytest.raises(CellError, match="Both kinds are needed"):
            check([1.0, 2.0], bad)


def test_a_score_that_points_the_wrong_way_is_said() -> None:
    with listening() as said:
        assert score_auc([1.0, 2.0], [False, True]) == 0
    assert any("Check the direction" in note.text() for note in said)


BANDS = st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=1, max_size=10).filter(
    lambda bands: (
        all(map(sum, zip(*bands, strict=True)))
        and not any(2 * column[-1] == sum(column) for column in zip(*bands, strict=True))
    )  # a total row
)


@given(BANDS, st.integers(1, 50))
def test_stability_is_never_negative_zero_for_the_same_and_knows_no_size(
    bands: list[tuple[int, int]], times: int
) -> None:
    expected, actual = map(list, zip(*bands, strict=True))
    found = score_stability(expected, actual)
    assert found >= 0
    assert score_stability(expected, [each * times for each in actual]) == pytest.approx(found, abs=1e-9)
    assert score_stability(actual, expected) == pytest.approx(found, abs=1e-9)
    assert score_stability(expected, expected) == 0


def test_an_empty_band_is_said_and_nobody_at_all_refused() -> None:
    with listening() as said:
        found = score_stability([50, 50], [100, 0])
    assert found == pytest.approx(0.5 * math.log(2) + (0.0001 - 0.5) * math.log(0.0002))
    assert said[0].facts == {"count": 1}
    with pytest.raises(CellError, match="actual is zero in every band"):
        score_stability([1, 1], [0, 0])


@pytest.mark.parametrize("total", [[100.0, 90.0], [1.0, 1.0], [100.0, 100.0]])
def test_a_total_row_would_halve_the_stability_index_and_is_refused(total: list[float]) -> None:
    expected, actual = [[share * whole for share in shares] for shares, whole in zip(SHARES, total, strict=True)]
    found = score_stability(expected, actual)
    with pytest.raises(CellError) as refused:
        score_stability([*expected, total[0]], [*actual, total[1]])
    assert refused.value.key == "validation.total_band"
    assert score_stability([*expected, 2 * total[0]], [*actual, total[1]]) != found


def test_half_of_all_in_the_last_band_is_no_total() -> None:
    assert score_stability([0.2, 0.3, 0.5], [0.3, 0.2, 0.5]) > 0
    assert score_stability([20, 30, 50], [30, 20, 50]) > 0


SHARES = ([0.1, 0.2, 0.3, 0.4], [0.2, 0.2, 0.2, 0.4])
