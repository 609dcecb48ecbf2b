"""Expected progress: where a key result should be on a day, so that what it shows can be judged.

Days are those of the cycle's time zone. Nothing is expected of ``maintain`` and ``boolean``: they hold or not.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from itertools import pairwise

from okrsync.model.okr import Cycle, KeyResult, Placed


def day_of(cycle: Cycle, at: datetime) -> date:
    """The day it is in the cycle's time zone at an aware time."""
    return at.astimezone(cycle.zone).date()


def due(placed: Placed) -> date:
    """The last day a key result has, its cycle's unless it names its own."""
    return placed.key_result.due or placed.cycle.end


def elapsed(start: date, end: date, day: date) -> float:
    """``clamp((day - start) / (end - start), 0, 1)``: 0 on the first day, 1 from the last one on."""
    if day >= end:
        return 1.0
    return 0.0 if day <= start else (day - start).days / (end - start).days


def expected(placed: Placed, day: date) -> float | None:
    """The share of its way, 0 to 1, that a key result should have made by a day; None where that makes no sense.

    It grows evenly from the cycle's start to the due day, or from point to point of the plan. What a plan leaves open
    at its ends is filled by the measure's own start and target.
    """
    if placed.key_result.way is None:
        return None
    points = list(_points(placed))
    for (before, low), (after, high) in pairwise(points):
        if day < after:
            return _clamp(low + (high - low) * elapsed(before, after, day))
    return _clamp(points[-1][1])


def _points(placed: Placed) -> Iterator[tuple[date, float]]:
    """Day and share of the way, in order of days: at least two."""
    first, last, planned = placed.cycle.start, due(placed), placed.key_result.plan
    if not planned or planned[0].date > first:
        yield first, 0.0
    yield from ((point.date, _share(placed.key_result, point.value)) for point in planned)
    if not planned or planned[-1].date < last:
        yield last, 1.0


def _share(key_result: KeyResult, value: float) -> float:
    """A value in the key result's unit as a share of its way."""
    assert key_result.way is not None
    start, target = key_result.way
    return (value - start) / (target - start)


def _clamp(share: float) -> float:
    return min(1.0, max(0.0, share))
