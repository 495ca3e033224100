"""WHY: the sentence behind the last result of a cell."""

from __future__ import annotations

from typing import Annotated

from duebook.core.arguments import Text
from duebook.core.declare import Example, Result, worksheet


@worksheet(
    "WHY",
    group="portfolio",
    help="Why a cell shows what it shows: the reason of its error, or the rule and the remarks behind its figure.",
    zh="说明单元格为何显示该结果：错误的原因，或数值背后的规则与备注。",
    result=Result("text"),
    source="Duebook: promises 2 and 5 of its design; every error and figure carries its reason.",
    examples=[Example(("B7",), "#N/A")],
    errors={"cell.no_reason": "#N/A", "cell.not_a_cell": "#VALUE!"},
    of_door=True,
)
def why(
    cell: Annotated[
        str, Text("The cell to explain: a reference, or its address as text.", "要说明的单元格：引用，或文本地址。")
    ],
) -> str:
    """The sentence behind the last result in `cell`, an address such as "B7" or "Sheet1!B7".

    Hosts answer it themselves, since only they know which call filled which cell; in plain Python there is no cell.
    """
    from duebook.hosts.call import DOOR

    return DOOR.why(cell)
