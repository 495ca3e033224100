"""Amounts of one call are of one currency, as far as their marks say."""

from __future__ import annotations

from datetime import date

import pytest

from duebook.core.cells import CellError
from duebook.hosts.call import Door

DAY = date(2026, 1, 1)
AS_OF = date(2026, 3, 1)


def _refused(name: str, *arguments: object) -> bool:
    found = Door().call(name, list(arguments))
    return isinstance(found, CellError) and found.key == "cell.mixed_currencies"


@pytest.mark.parametrize(
    ("amounts", "refused"),
    [
        (["USD 100", "CNY 100"], True),
        (["USD 100", "usd 5", 7.0], False),
        (["$100", "US$100", "5"], False),
        (["$100", "€100"], True),  # whatever dollar it is
        (["¥100", "￥１００", "100元", "RMB 5"], False),
        (["¥100", "RMB 5", "JPY 7"], True),
        (["100万元", "HK$ 100"], False),  # 元 is what Hong Kong's dollar is called in Chinese
        (["$100", "HK$ 100", "US$5"], True),
        (["(EUR 100)", "-", "5 EUR CR"], False),
    ],
)
def test_marks_of_a_range_fit_one_currency(amounts: list[object], refused: bool) -> None:
    assert _refused("TOP_SHARE", amounts) is refused
    assert _refused("TOP_SHARE", amounts[::-1]) is refused


def test_single_cells_and_the_currency_argument_agree() -> None:
    assert _refused("EXPOSURE", "USD 100", "CNY 50")
    assert _refused("CASH_RATIO", "100 CNY", "50 USD")
    assert _refused("INSURED_AMOUNT", ["USD 100"], [DAY], "EUR 50", 0.9)
    assert _refused("SPLIT_CENTS", "USD 100", 3, "JPY")
    assert not _refused("SPLIT_CENTS", "JPY 100", 3, "jpy")
    assert not _refused("SPLIT_CENTS", 100, 3, "JPY")


def test_a_foreign_amount_is_not_in_the_functional_currency() -> None:
    assert Door().call("REVALUATION", ["USD 1000", 7.1, 7.25, "CNY"]) == 150


def test_each_cell_of_an_elementwise_range_stands_for_itself() -> None:
    mine = [[100.0], ["USD 100"], ["CNY 100"]]
    found = Door().call("HEADROOM", [mine, [["USD 40"], ["USD 40"], ["USD 40"]]])
    assert [row[0] for row in found[:2]] == [60, 60]
    assert found[2][0].key == "cell.mixed_currencies"
    assert _refused("CREDIT_CHECK", "USD 100", "CNY 1", [[1.0], [2.0]])  # no row can be right


def test_a_column_of_currencies_speaks_for_its_rows() -> None:
    customers, days, amounts = ["A", "B"], [DAY, DAY], ["USD 10", "CNY 5"]
    assert _refused("AGING", customers, days, amounts, AS_OF)
    assert _refused("AGING", customers, days, amounts, AS_OF, None, ["USD", "USD"])
    assert not _refused("AGING", customers, days, amounts, AS_OF, None, ["USD", "CNY"])


def test_the_sentence_names_both_cells() -> None:
    error = Door().call("HHI", [[[1.0], ["$5"], ["EUR 5"]]])
    assert str(error.text()).startswith(
        'amounts, row 3 ("EUR 5") and amounts, row 2 ("$5") are in different currencies'
    )
    assert str(error.text("zh")).startswith("amounts 第 3 行（“EUR 5”）与 amounts 第 2 行（“$5”）不是同一币种")
