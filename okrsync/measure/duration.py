"""Duration: a percentile, by nearest rank, of how many days delivered work took."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from math import ceil

from okrsync.measure.tally import Reading, Share, Tally
from okrsync.model.okr import Duration
from okrsync.model.work import Item
from okrsync.words import plural

ENOUGH = 10
"""Fewer items say nothing about a percentile."""

DAY = timedelta(days=1)


class DurationTally(Tally):
    """Cycle time runs from the first doing to done, lead time from creation to done. Weights do not stretch time."""

    def __init__(self, metric: Duration) -> None:
        super().__init__()
        self.rule = f"{metric.of} time, percentile {metric.percentile:g} by nearest rank v1"
        self._of_cycle = metric.of == "cycle"
        self._percentile = metric.percentile

    def share(self, item: Item, weight: float) -> Share:
        if not item.delivered:
            return Share(left_out="is not done yet")
        begin = item.started if self._of_cycle else item.created
        if begin is None:
            return Share(left_out="nobody saw it begin")
        if item.closed is None:
            return Share(left_out="nobody knows when it was done")
        if item.closed < begin:
            return Share(left_out="was done before it began")
        return Share((item.closed - begin) / DAY, 1.0)

    def reading(self) -> Reading:
        _, scope, done = self.sums()
        count = len(self._adds)
        if count < ENOUGH:
            flag = f"{plural(count, 'finished item')}, and a percentile needs {ENOUGH}"
            return Reading(None, scope=scope, done=done, flags=(flag,))
        return Reading(nearest_rank(sorted(self._adds), self._percentile), scope=scope, done=done)


def nearest_rank(ordered: list[float], percentile: float) -> float:
    """The smallest value that at least ``percentile`` per cent of the values do not exceed.

    >>> nearest_rank([15, 20, 35, 40, 50], 30), nearest_rank([15, 20, 35, 40, 50], 100)
    (20, 50)
    """
    rank = ceil(Fraction(str(percentile)) * len(ordered) / 100)
    return ordered[max(1, rank) - 1]
