"""The documented backtest: Z″ and the finance part of the default card on real failures, as docs/backtest.md says."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from tools import backtest

from duebook.policy import score_card
from duebook.policy.load import load

PAGE = Path(__file__).resolve().parents[2] / "docs" / "backtest.md"


@pytest.fixture(scope="module")
def companies(shared: Path) -> list[backtest.Company]:
    return backtest.read(shared / "data" / "statements" / "polish_5year.arff")


@pytest.fixture(scope="module")
def card(companies: list[backtest.Company]) -> backtest.Card:
    return backtest.on_card(companies)


@pytest.mark.shared
def test_the_file_is_the_one_the_page_describes(companies: list[backtest.Company]) -> None:
    """The figures of the data set's own description."""
    assert len(companies) == 5910
    assert sum(company.failed for company in companies) == 410
    assert backtest.duplicates(companies) == 60


@pytest.mark.shared
def test_z_double_prime_tells_failures_a_year_ahead(companies: list[backtest.Company]) -> None:
    """One-year AUC 0.766 where Z″ is defined, and failure rates by zone: figures given to us, not taken from here."""
    z = backtest.scored(companies, backtest.Z_ITEMS, backtest.z_double_prime)
    assert z.auc == pytest.approx(0.766, abs=0.005)
    rates = {band.name: band.rate for band in backtest.zones(z)}
    assert rates == pytest.approx({"distress": 0.186, "gray": 0.042, "safe": 0.029}, abs=0.0005)


@pytest.mark.shared
def test_no_model_is_a_coin_and_none_is_a_prophet(companies: list[backtest.Company]) -> None:
    for attributes, model in backtest.MODELS.values():
        assert 0.65 < backtest.scored(companies, attributes, model).auc < 0.85


@pytest.mark.shared
def test_the_finance_part_of_the_card_beats_chance_and_its_grades_are_in_order(card: backtest.Card) -> None:
    assert card.complete.auc > 0.7 and card.all.auc > 0.7
    rates = [band.rate for band in card.grades]
    assert all(better < worse for better, worse in pairwise(rates)), rates
    assert rates[-1] > 5 * rates[0], "the last grade fails many times as often as the first"
    assert len(card.all.failed) + len(card.refused.failed) == 5910, "every company is scored or said not to be"


@pytest.mark.shared
def test_counting_what_is_missing_as_worst_does_not_blur_the_card(card: backtest.Card) -> None:
    assert card.all.auc >= card.complete.auc
    assert len(card.all.failed) > len(card.complete.failed)


@pytest.mark.shared
def test_the_page_shows_what_the_tool_prints(companies: list[backtest.Company]) -> None:
    """A regression test on purpose: the page must not drift from the code."""
    page = PAGE.read_text("utf-8")
    shown = page.split("<!-- made by tools/backtest.py -->\n")[1].split("<!-- end -->")[0]
    assert shown.strip() == "\n".join(backtest.tables(companies)).strip()


def test_the_finance_card_is_the_default_cards_finance_part() -> None:
    default = load()
    whole = default.section(score_card.read).card("existing", None)
    part = backtest.finance_card(default).section(score_card.read).card("existing", None)
    assert {each.key for each in part.dimensions} == set(backtest.DIMENSIONS)
    assert sum(each.weight for each in part.dimensions) == 1
    for each in part.dimensions:
        assert each.bands == whole.by_key[each.key].bands, "points are the policy's"
        assert float(each.weight / part.dimensions[1].weight) == pytest.approx(
            float(whole.by_key[each.key].weight / whole.by_key[part.dimensions[1].key].weight), abs=0.01
        )


def test_a_line_that_is_no_company_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.arff"
    good = ",".join(["0.5", "?", *["1"] * 62, "0"])
    path.write_text(f"@relation x\n@data\n% a remark\n{good}\n1,2,3\n", "utf-8")
    with pytest.raises(ValueError, match="line 5: 64 values"):
        backtest.read(path)
    path.write_text(f"@data\n{good}\n{good}\n", "utf-8")
    found = backtest.read(path)
    assert found[0].items((1, 3)) == [0.5, 1] and found[0].items((2,)) is None and backtest.duplicates(found) == 1
