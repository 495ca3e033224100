"""The drawn ribbon: every button once, large ones alone, small ones in columns of three, nothing over anything else."""

from __future__ import annotations

import itertools

import pytest
from tools.ribbon_picture import FOLDER, NAMES, Mark, label_lines, layout, made_of, noted, sheet, width

from duebook.core.cells import Label
from duebook.hosts.addin.ribbon import ribbon_xml
from duebook.hosts.excel.buttons import Button, buttons


def made(number: int, group: str, large: bool) -> Button:
    label = Label(f"Button {number}", f"第 {number} 个按钮")
    return Button(f"b{number}", group, label, label, "help", f"B{number}", large, False, lambda book: None)


BUTTONS = {
    f"b{number}": made(number, group, large)
    for number, (group, large) in enumerate(
        [("credit", True), *[("credit", False)] * 4, ("credit", True), ("explain", False)], start=1
    )
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_large_buttons_stand_alone_and_small_ones_in_columns_of_three(language: str) -> None:
    marks, wide, high = layout(ribbon_xml(BUTTONS), BUTTONS, language)
    pictures = [mark for mark in marks if mark.icon]
    assert [mark.width for mark in pictures] == [32, 16, 16, 16, 16, 32, 16]
    places = [mark.x for mark in pictures]
    assert places[1] == places[2] == places[3] < places[4] < places[5] < places[6]
    assert pictures[1].y < pictures[2].y < pictures[3].y and pictures[1].y == pictures[4].y
    assert all(mark.x >= 0 and mark.x + mark.width <= wide and mark.y + mark.height <= high for mark in pictures)
    said = "".join(mark.text.replace(" ", "") for mark in marks if mark.text)
    for button in BUTTONS.values():
        assert said.count(button.label.text(language).replace(" ", "")) == 1
    assert ("Credit", "信用")[language == "zh"] in said and ("Explain", "说明")[language == "zh"] in said


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_drawn_over_anything_else(language: str) -> None:
    def seen(mark: Mark) -> tuple[float, float, float, float]:
        wide = width(mark.text) if mark.text else mark.width
        left = mark.x + (mark.width - wide) / 2 if mark.middle else mark.x
        return left, mark.y, left + wide, mark.y + mark.height

    marks, _, _ = layout(ribbon_xml(BUTTONS), BUTTONS, language)
    for one, other in itertools.combinations([seen(mark) for mark in marks if mark.text or mark.icon], 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (one, other)


def test_a_large_label_takes_two_lines_at_most() -> None:
    assert label_lines("Score customers") == ("Score", "customers")
    assert label_lines("Fill the aging book") == ("Fill the", "aging book")
    assert label_lines("Help") == ("Help",)
    assert label_lines("月结") == ("月结",) and label_lines("客户评分") == ("客户评分",)
    assert label_lines("更新预警信号") == ("更新预", "警信号")


def test_the_same_ribbon_is_the_same_drawing() -> None:
    marks, wide, high = layout(ribbon_xml(BUTTONS), BUTTONS, "zh")
    assert sheet(marks, wide, high, "Arial") == sheet(marks, wide, high, "Arial")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_picture_in_the_docs_shows_the_ribbon_as_it_is(language: str) -> None:
    marks, _, _ = layout(ribbon_xml(), buttons(), language)
    picture = (FOLDER / f"{NAMES[language]}.png").read_bytes()
    assert noted(picture) == made_of(marks), "run: python tools/ribbon_picture.py"
