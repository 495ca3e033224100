"""Steps of a change that come with a workbook: only what can be one of ours is taken for one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.hosts.excel.live.journal import _BACK
from duebook.hosts.excel.live.strokes import _SHAPES, Stroke, well_formed
from duebook.hosts.excel.live.undo import _later

CELLS = {"area": [2, 1, 2, 2], "before": [[1, None], ["x", ["=A1"]]], "formats": [[0, 0, 2, 2, "General"]]}
DELETED = {
    "row": 5,
    "count": 1,
    "before": [[None]],
    "formats": [],
    "formulas": [["S", 1, 1, "=A1"]],
    "names": {"total": "=S!$A$1"},
    "tables": [["t", [1, 1, 2, 2]]],
}


def test_each_kind_of_step_can_be_checked() -> None:
    assert {*_BACK, "sheet_added"} - {"table_removed"} == set(_SHAPES)  # that one is made by undoing only


LOOKS = {"at": [1, 1, 1, 2], "looks": [["bold", 0, 0, 1, 2, True], ["fill", 0, 0, 1, 1, [255, 251, 224]]]}


@pytest.mark.parametrize(
    ("kind", "data"),
    [("cells", CELLS), ("deleted", DELETED), ("looks", LOOKS), ("name", {"name": "n", "before": None})],
)
def test_steps_of_ours_pass(kind: str, data: dict[str, Any]) -> None:
    assert well_formed(Stroke(kind, "S", json.loads(json.dumps(data))))


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("unknown", {}),
        ("cells", {}),
        ("cells", CELLS | {"area": [2, 1, 2, 3]}),
        ("cells", CELLS | {"area": [0, 1, 2, 2]}),
        ("cells", CELLS | {"area": [1_048_576, 1, 2, 2]}),
        ("cells", CELLS | {"area": [True, 1, 2, 2]}),
        ("cells", CELLS | {"before": [[1, 2], [3]]}),
        ("cells", CELLS | {"before": [[1, {}], [3, 4]]}),
        ("cells", CELLS | {"formats": [[0, 0, 0, 1, "0"]]}),
        ("deleted", DELETED | {"formulas": [["S", 1, 1, "no formula"]]}),
        ("deleted", DELETED | {"count": 2}),
        ("deleted", DELETED | {"names": {"total": 3}}),
        ("inserted", {"row": 1, "count": 10_000_000}),
        ("looks", LOOKS | {"looks": [["formula", 0, 0, 1, 2, True]]}),
        ("hidden", {"column": 1, "before": 1}),
        ("width", {"column": 1, "before": 1e9}),
        ("name", {"name": 1, "before": None}),
        ("table_resized", {"name": "t", "before": [1, 1, 1]}),
    ],
)
def test_others_do_not(kind: str, data: dict[str, Any]) -> None:
    assert not well_formed(Stroke(kind, "S", data))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(sorted(_SHAPES)), st.data())
def test_any_data_is_judged_without_an_error(kind: str, data: st.DataObject) -> None:
    found = {key: data.draw(JSON) for key in _SHAPES[kind]}
    assert well_formed(Stroke(kind, "S", found)) in (True, False)


@pytest.mark.parametrize(
    ("stroke", "after"),
    [
        (("inserted", 3, 2), (7, 1, 3, 2)),
        (("inserted", 5, 2), (7, 1, 3, 2)),
        (("inserted", 6, 2), (5, 1, 5, 2)),
        (("inserted", 8, 2), (5, 1, 3, 2)),
        (("deleted", 1, 2), (3, 1, 3, 2)),
        (("deleted", 4, 2), (4, 1, 2, 2)),
        (("deleted", 6, 1), (5, 1, 2, 2)),
        (("deleted", 7, 9), (5, 1, 2, 2)),
        (("deleted", 4, 9), (4, 1, 0, 2)),
        (("deleted", 8, 1), (5, 1, 3, 2)),
    ],
)
def test_areas_follow_later_rows(stroke: tuple[str, int, int], after: tuple[int, ...]) -> None:
    kind, row, count = stroke
    later = [Stroke(kind, "S", {"row": row, "count": count}), Stroke(kind, "other", {"row": 1, "count": 99})]
    assert _later((5, 1, 3, 2), "S", later) == after
