"""Tables of customers as the score cards see them."""

from __future__ import annotations

import pytest
from tests.hosts.excel.macros.score_inputs import card, score_rows

from duebook.core.cells import CellError
from duebook.core.errors import DuebookError
from duebook.credit.assessment import Assessment
from duebook.hosts.excel import score_table
from duebook.hosts.excel.live.tables import LiveTable
from duebook.policy import score_card
from duebook.policy.load import load

CARDS = load().section(score_card.read)


def read(rows: list[list[object]]) -> score_table.ScoreTable:
    header, *body = rows
    live = LiveTable("t", "S", 1, 1, tuple(map(str, header)), tuple(map(tuple, body)))  # type: ignore[arg-type]
    return score_table.score_table(live, CARDS, None)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_dimension_is_found_by_its_name(language: str) -> None:
    found = read(score_rows(2, language))
    assert set(found.dimensions["existing"]) == {dimension.key for dimension in card().dimensions}
    assert found.scores and not found.ignored()
    first, last = score_table.scored(found)
    assert isinstance(first.found, Assessment) and isinstance(last.found, Assessment)
    assert first.found.score == 100 > last.found.score
    assert first.customer.id == "0000"


def test_the_card_of_a_row() -> None:
    found = read([["Customer", "Card", "cash ratio"], ["Ann", None, 0.2], ["Bo", "新客户", 0.2], ["Cy", "gold", 0.2]])
    cards = [row.card for row in score_table.scored(found)]
    assert [each.label if each else None for each in cards] == ["existing", "new", None]
    error = CellError("#REF!", "cell.error_passed", argument="x", value="#REF!")
    broken = next(score_table.scored(read([["Customer", "Card", "cash ratio"], ["Ann", error, 0.2]])))
    assert broken.found is error


def test_blank_rows_are_no_customers_and_errors_keep_their_row() -> None:
    error = CellError("#DIV/0!", "cell.error_passed", argument="x", value="#DIV/0!")
    rows = score_rows(2)
    rows[1][-1] = error
    rows.insert(2, [None] * len(rows[0]))
    first, last = score_table.scored(read(rows))
    assert isinstance(first.found, CellError) and first.found.code == "#DIV/0!"
    assert isinstance(last.found, Assessment)


def test_a_dimension_twice() -> None:
    with pytest.raises(DuebookError) as refused:
        read([["Customer", "cash_ratio", "Cash ratio (x)"], ["Ann", 1.0, 2.0]])
    assert refused.value.key == "score.dimension_twice"


def test_the_sheet_to_fill_in_has_every_dimension_once_and_says_what_to_write() -> None:
    asked = score_table.asked(CARDS.on(None))
    keys = [one.field.key for one in asked]
    wanted = {d.key for name in ("existing", "new") for d in card(name).dimensions}
    assert len(keys) == len(set(keys)) and set(keys[4:]) == wanted
    said = {one.field.key: one.help for one in asked}
    assert all(help and help.zh for help in said.values())
    assert said["reputation"] == "excellent / good / fair / poor" and said["reputation"].zh.startswith("优秀 / ")
    assert "card new" in said["trade_references"] and "0 to 1" in said["share_paid_late"]
    headers = [[one.field.en for one in asked], [one.field.zh for one in asked]]
    for header in headers:
        found = read([header])
        assert {key for places in found.dimensions.values() for key in places} == wanted
        assert len(found.columns.places) == 4
