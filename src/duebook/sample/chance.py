"""Chance that is the same everywhere: only `random.random`, which Python promises to keep stable for a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """Draws from one seed. `choice`, `shuffle` and `gauss` of the standard library may change between versions, and
    `exp` or `log` between machines; these do not."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random  # noqa: S311 - a made-up ledger needs repeatable draws, not secret ones

    def below(self, count: int) -> int:
        """A whole number from 0 to `count` − 1."""
        return int(self._random() * count)

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def happens(self, percent: int) -> bool:
        return self.below(100) < percent

    def pick(self, options: Sequence[T]) -> T:
        return options[self.below(len(options))]

    def weighted(self, options: Sequence[tuple[T, int]]) -> T:
        """An option by its weight."""
        place = self.below(sum(weight for _, weight in options))
        for option, weight in options:
            if place < weight:
                return option
            place -= weight
        raise AssertionError("weights are positive")

    def mixed(self, options: Sequence[T]) -> list[T]:
        """The options in a drawn order."""
        left = list(options)
        return [left.pop(self.below(len(left))) for _ in range(len(left))]

    def skewed(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, small ones far more often, as invoice amounts are."""
        share = self._random() * self._random() * self._random()
        return low + int(share * (high - low))

    def weekday(self, first: date, last: date) -> date:
        """A working day (Monday to Friday) from `first` to `last`; the Friday before when a weekend is drawn."""
        day = first + timedelta(self.between(0, (last - first).days))
        back = max(0, day.weekday() - 4)
        return day - timedelta(back) if day - timedelta(back) >= first else day + timedelta(7 - day.weekday())
