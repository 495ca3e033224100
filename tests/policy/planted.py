"""Faults for every place at which a policy is refused: made from `tables.toml`, and by hand where a rule needs it.

A faulty policy is its tables by name, as TOML holds them; each is Duebook's own with something changed.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date
from typing import Any

from duebook.policy import load, tables

Tables = dict[str, Any]
DESCRIBED = tables.described()
HEAD = {"name": "House", "version": "1", "adopted": False}
LATER = date(2020, 1, 1)
NAMES = ("scheme", "grade", "card", "dimension", "currency", "mix", "reference", "regime", "unit")
"""Kinds that name something: "nowhere" is none of them."""
WRONG = {
    "flag": "perhaps", "date": "soon", "text": [], "wholes": "30", "shares": [2], "dates": ["soon"], "weekdays": [8],
}  # fmt: skip
"""A value that no key of the kind may hold."""
UNREAD = {(table, "source") for table in ("late_regime", "late_reference", "late_fee", "late_allocation")}
"""Texts that are there for the reader only."""


def shipped(table: str) -> Any:
    """Duebook's own rows of a table, to be changed."""
    return dict(HEAD) if table == "policy" else copy.deepcopy(load.shipped(table).entries)


def changed(table: str, row: int = 0, **changes: object) -> Tables:
    """The table with values of one row changed, or left out where they are None."""
    rows = shipped(table)
    entry = rows if table == "policy" else rows[row]
    entry.update(changes)
    for key in [key for key, value in changes.items() if value is None]:
        del entry[key]
    return {table: rows}


def again(table: str, row: int = 0, **changes: object) -> Tables:
    """The table with a row once more, changed."""
    rows = shipped(table)
    return {table: [*rows, {**rows[row], **changes}]}


def without(table: str, *left_out: int) -> Tables:
    return {table: [entry for place, entry in enumerate(shipped(table)) if place not in left_out]}


def row_with(table: str, key: str) -> int:
    """The first shipped row that has the key."""
    rows = [] if table == "policy" else shipped(table)
    return next((place for place, entry in enumerate(rows) if key in entry), 0)


def row_of(table: str, **values: object) -> int:
    """The first shipped row with these values."""
    return next(n for n, entry in enumerate(shipped(table)) if values.items() <= entry.items())


def generated() -> Iterator[tuple[str, str, str, Tables]]:
    """(table, key, what is wrong, the faulty policy), from the descriptions."""
    for table, described in DESCRIBED.items():
        yield table, "colour", "unknown", changed(table, colour=1)
        if table not in tables.UNDATED:
            yield table, "from", "left out", changed(table, **{"from": None})
        for key, spec in described["keys"].items():
            if (table, key) not in UNREAD:
                yield from ((table, key, *fault) for fault in _of_key(table, key, spec))


def _of_key(table: str, key: str, spec: Any) -> Iterator[tuple[str, Tables]]:
    row, kind = row_with(table, key), spec.get("holds", "")
    if "blank" not in spec:
        yield "left out", changed(table, row, **{key: None})
    if "one_of" in spec or kind in NAMES:
        yield "no such name", changed(table, row, **{key: "nowhere"})
    if kind in ("dimensions", "events"):
        yield "no such name", changed(table, row, **{key: ["nowhere"]})
    for bound, step in (("least", -1), ("most", 1)):
        if bound in spec:
            beyond = spec[bound] + step
            yield f"beyond {bound}", changed(table, row, **{key: [beyond] if kind in ("wholes", "shares") else beyond})
    if kind in WRONG:
        yield "wrong kind", changed(table, row, **{key: WRONG[kind]})


NEW_GRADES = [{"from": LATER, "grade": "good", "low": 50}, {"from": LATER, "grade": "bad", "high": 50}]
OWN_GRADES = {"grade": NEW_GRADES}
TWO_SCALES = {"grade": [*shipped("grade"), *NEW_GRADES]}
DAYS = row_of("score_band", dimension="days_beyond_terms")
LICENSE, REPUTATION = (row_of("score_band", dimension=name) for name in ("license_valid", "reputation"))
NUMBERS = [n for n, row in enumerate(shipped("score_band")) if row["dimension"] == "days_beyond_terms"]
OTHERS: dict[str, Tables] = {
    "no such table": {"polciy": {}},
    "two heads": {"policy": [HEAD]},
    "a list swallowed": {"policy": {**HEAD, "grade": shipped("grade")}},
    "no entries": {"grade": []},
    "no tables": {"grade": [1, 2]},
    "a scheme twice": again("aging_scheme"),
    "bounds that do not grow": changed("aging_scheme", upper=[30, 30]),
    "day 0 where nothing is not due": changed("aging_scheme", basis="document_date", day_zero="overdue"),
    "a fiscal year in days": changed("aging_scheme", year_starts=4),
    "a pool without a rate": without("account_loss_rates", 2),
    "a pool twice": again("account_loss_rates"),
    "two rules for related parties": again("relations"),
    "a year twice": again("holiday_year"),
    "a day of another year": changed("holiday_year", holidays=["2031-01-01"]),
    "a day off and on": changed("holiday_year", workdays=["2007-01-01"]),
    "no list of days": changed("holiday_year", holidays="2007-01-01"),
    "three ends of a span": changed("holiday_year", holidays=["2007-01-01..2007-01-02..2007-01-03"]),
    "a span that runs backward": changed("holiday_year", holidays=["2007-01-07..2007-01-01"]),
    "an official calendar as an own one": changed("own_calendar", name="CN"),
    "an unknown base": changed("own_calendar", based_on="nowhere"),
    "a week without work": changed(
        "own_calendar", weekend=["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    ),
    "a grade's end below its start": changed("grade", 1, low=85),
    "a gap between grades": changed("grade", 1, high=79),
    "grades that overlap": changed("grade", 1, high=81),
    "a lowest grade above 0": changed("grade", 4, low=1),
    "a highest grade below 100": changed("grade", 0, high=99),
    "a bound of three decimals": changed("grade", 0, low="80.001"),
    "own grades alone": OWN_GRADES,
    "a grade without a rate": without("default_probability", 2),
    "a worse grade with a lower rate": changed("default_probability", 4, rate=0),
    "a band in a row by grade": changed("default_probability", 0, low=1),
    "a card without dimensions": again("score_card", name="third", name_zh="第三"),
    "finance without its cap": changed("score_card", finance_cap_grade=None),
    "a card's grade that is not in force": {**TWO_SCALES, "score_card": shipped("score_card")},
    "weights that are not 1": changed("score_dimension", weight="0.03"),
    "two dimensions of one name": changed("score_dimension", 1, name_en="license valid"),
    "a dimension without bands": again("score_dimension", dimension="x", name_en="x", name_zh="x", weight=0),
    "bounds of a text": changed("score_dimension", 7, least=0),
    "bounds the wrong way": changed("score_dimension", 1, least=10, most=1),
    "numbers for a flag": again("score_band", LICENSE, value="", low=1),
    "names only for a number": {
        "score_band": [
            *without("score_band", *NUMBERS)["score_band"],
            {**shipped("score_band")[DAYS], "high": "", "value": "bad"},
        ]
    },
    "a flag with one value": without("score_band", LICENSE),
    "a flag that is neither": changed("score_band", LICENSE, value="perhaps"),
    "a value twice": again("score_band", REPUTATION),
    "a value and a bound": changed("score_band", REPUTATION, low=1),
    "a band that ends below its start": changed("score_band", DAYS + 1, low=9),
    "a lowest band with a start": changed("score_band", DAYS, low=-5),
    "a highest band with an end": changed("score_band", DAYS + 6, high=90),
    "two open bands": changed("score_band", DAYS + 1, low=None, high=3),
    "a knock-out without condition": changed("score_knockout", 1, low=None),
    "a knock-out of three decimals": changed("score_knockout", 1, score="20.001"),
    "a knock-out by an unknown name": again("score_knockout", 1, dimension="reputation", value="awful", low=""),
    "a knock-out by name of a number": again("score_knockout", 1, value="many", low=""),
    "a knock-out by number of a text": again("score_knockout", 1, dimension="reputation"),
    "a knock-out of another card": again("score_knockout", 1, card="new", dimension="days_beyond_terms"),
    "a cap on both": changed("score_cap", 0, group="finance"),
    "a cap on a group's values": changed("score_cap", 1, missing=False, missing_share=0),
    "a cap without condition": changed("score_cap", 0, low=None),
    "a missing share of a dimension": changed("score_cap", 0, missing_share="0.5"),
    "a worst rule without condition": changed("score_worst", low=None),
    "worst for another card's dimension": changed("score_worst", card="new", worst_for=["days_beyond_terms"]),
    "two rules at a time": again("limit_rule"),
    "a grade left out": without("limit_grade", 2),
    "a grade twice": again("limit_grade"),
    "a grade that is not in force": {**TWO_SCALES, "limit_grade": shipped("limit_grade")},
    "more for a worse grade": changed("limit_grade", 4, multiplier=5),
    "steps of 0": changed("limit_amount", step=0),
    "no row for all other currencies": changed("limit_amount", currency="USD"),
    "a share of a margin": changed("risk_amount", 1, share="0.1"),
    "less for a stronger customer": changed("risk_amount", 3, amount=1),
    "no row for all other sectors": without("credit_terms", 0, 1, 2, 3, 4),
    "two sectors of one name": changed("credit_terms", 5, sector_zh="食品"),
    "red milder than yellow": changed("order_check", yellow="block", red="review"),
    "a block milder than a review": changed("order_check", overdue_days_block=0),
    "a kind left out": without("risk_signal", 0),
    "yellow without events": changed("risk_signal", yellow=0),
    "fewer events for red": changed("risk_signal", red="0.5"),
    "larger customers reviewed less": changed("review_size", 2, months=60),
    "a mix without classes": {**again("mix", name="80/20"), "mix_class": shipped("mix_class")},
    "targets that are not 1": changed("mix_class", target="0.4"),
    "a rule twice": changed("mix_class", rule="rest"),
    "two classes of one name": changed("mix_class", name="growth"),
    "claims that end before they begin": changed("cover_policy", claim_within=6),
    "the name contract": changed("late_regime", name="contract"),
    "a rate and a reference": changed("late_regime", 3, rate="0.1"),
    "a daily reference": changed("late_regime", 3, per="day"),
    "a regime twice": again("late_regime"),
    "a fee twice": again("late_fee"),
    "an order twice": again("late_allocation"),
    "a level left out": without("reminder_step", 0),
    "levels out of order": changed("reminder_step", 1, days=2),
    "a clock twice": again("dispute_clock"),
    "a law twice": again("limitation"),
    "two audit rules of one day": again("audit"),
}
