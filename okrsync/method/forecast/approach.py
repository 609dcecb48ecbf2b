"""Which way of forecasting fits a measure: a stream of work that runs out, a line through readings, or none.

Delivered work, open work and sums of either come in amounts a week, so what remains is a stream that runs out. A ratio,
a duration, the state of milestones and a number that people give do not add up from weekly amounts: they are metrics,
read week by week. ``maintain`` and a bounded ``boolean`` ask where a metric will be on the day they are due.
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from okrsync.model.okr import Boolean, Completion, Count, KeyResult, Maintain, Manual, Metric, Sum


class Stream(NamedTuple):
    """What remains of ``metric`` runs out week by week."""

    metric: Completion | Count | Sum


class Trend(NamedTuple):
    """A value that must be from ``low`` to ``high``. Without ``start`` it is a bound, and there is no way to go."""

    metric: Metric
    low: float
    high: float
    start: float | None

    def holds(self, value: float) -> bool:
        """Whether a value is within it, bounds included."""
        return self.low <= value <= self.high

    @property
    def falling(self) -> bool:
        """Whether the way to it leads down."""
        return self.low == -inf


class Nothing(NamedTuple):
    """Cannot be forecast, and ``why``."""

    why: str


Approach = Stream | Trend | Nothing


def approach(key_result: KeyResult) -> Approach:
    """How a key result is forecast."""
    measure, metric = key_result.measure, key_result.metric
    if metric is None:
        return Nothing("people say yes or no at check-ins, and that leaves no trend")
    if isinstance(measure, Boolean | Maintain) and (bounds := _bounds(measure)):
        return Trend(metric, *bounds, None)
    if isinstance(metric, Completion | Count | Sum):
        return Stream(metric)
    rising = metric.target > metric.start
    low, high = (metric.target, inf) if rising else (-inf, metric.target)
    return Trend(metric, low, high, metric.start)


def unit_of(key_result: KeyResult, *, weighted: bool = False) -> str:
    """What its amounts are counted in, as in "3 items a week"; "" for a share."""
    metric = key_result.metric
    if isinstance(metric, Completion | Count):
        points = isinstance(metric, Completion) and metric.by == "points"
        return f"{'weighted ' if weighted else ''}{'points' if points else 'items'}"
    if isinstance(metric, Sum):
        return key_result.unit or metric.field
    return key_result.unit or (metric.unit if isinstance(metric, Manual) else "")


def _bounds(measure: Boolean | Maintain) -> tuple[float, float] | None:
    if measure.within is not None:
        return measure.within
    low = -inf if measure.above is None else measure.above
    high = inf if measure.below is None else measure.below
    return None if (low, high) == (-inf, inf) else (low, high)
