"""The exact forecast of one stream: the distribution of what is left, week by week. No dice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from okrsync.method.forecast.curve import Curve, Enough
from okrsync.method.forecast.stream import Grid

Floats = NDArray[np.float64]


class Week(NamedTuple):
    """After a week: the probability of being done by then, and of every amount left (index in units; 0 is empty)."""

    done: float
    left: Floats


def weeks(grid: Grid) -> Iterator[Week]:
    """One week after the other, for ever: every amount left meets every week of the past with equal probability.

    What falls to 0 or below is done and stays so; what grows beyond the cap is held there.
    """
    left = np.zeros(grid.remaining + 1)
    left[grid.remaining] = 1.0
    least, most = grid.changes[0][0], grid.changes[-1][0]
    shares = np.zeros(most - least + 1)
    for change, count in grid.changes:
        shares[change - least] = count / grid.weeks
    done = 0.0
    while True:
        left = _after_a_week(left, shares, least, grid.cap)
        done = min(1.0, max(done, 1.0 - float(left.sum())))
        yield Week(done, left)


def _after_a_week(left: Floats, shares: Floats, least: int, cap: int) -> Floats:
    """``shares[i]`` is how likely the amount left changes by ``least + i``; the result's index 0 stays empty."""
    spread = np.convolve(left, shares)
    after = np.concatenate([np.zeros(least), spread]) if least > 0 else spread[-least:]
    if len(after) > cap + 1:
        after[cap] = after[cap:].sum()
        after = after[: cap + 1]
    if not len(after):
        return np.zeros(1)
    after[0] = 0.0
    return after


def curve(grid: Grid, upto: Enough) -> Curve:
    """The probability of being done after 1, 2, 3 ... weeks, until that is enough."""
    return upto(week.done for week in weeks(grid))


def fan(grid: Grid, count: int, shares: Sequence[float]) -> list[tuple[float, ...]]:
    """After each of ``count`` weeks: the amount that at most is left, with each of the probabilities."""
    found = []
    for _, week in zip(range(count), weeks(grid), strict=False):
        cumulative = week.left.cumsum() + week.done
        left = (0 if week.done >= share else int(cumulative.searchsorted(share - 1e-12)) for share in shares)
        found.append(tuple(min(one, grid.cap) * grid.unit for one in left))
    return found
