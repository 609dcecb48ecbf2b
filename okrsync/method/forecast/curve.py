"""The probability of being done, week by week, and what people read off it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from math import floor
from typing import NamedTuple

from okrsync.model.outlook import SHARES

HORIZON = 52
"""Weeks; what is not done by then is beyond the horizon."""


class Curve(NamedTuple):
    """``done[k - 1]`` is the probability of being done after k weeks; within a week it grows evenly."""

    done: tuple[float, ...]

    def within(self, weeks: float) -> float:
        """The probability of being done after so many weeks; a part of a week counts in proportion."""
        whole = floor(weeks)
        begin, end = self._after(whole), self._after(whole + 1)
        return min(1.0, max(0.0, begin + (weeks - whole) * (end - begin)))

    def first_week(self, share: float) -> int | None:
        """The first week after which it is done with this probability; None beyond the horizon."""
        return next((number for number, done in enumerate(self.done, 1) if done >= share - 1e-12), None)

    def _after(self, week: int) -> float:
        return self.done[min(week, len(self.done)) - 1] if week >= 1 and self.done else 0.0


Enough = Callable[[Iterable[float]], Curve]
"""How much of an endless curve is wanted."""


def until_sure(weeks_left: float) -> Enough:
    """As far as the due date and the last of the dates that are told, or to the horizon."""

    def upto(done: Iterable[float]) -> Curve:
        found: list[float] = []
        for one in done:
            found.append(one)
            if len(found) >= HORIZON or (len(found) >= weeks_left and one >= SHARES[-1]):
                break
        return Curve(tuple(found))

    return upto


def for_weeks(count: int) -> Enough:
    """The first weeks and no more."""
    return lambda done: Curve(tuple(islice(done, count)))
