"""Pace: how many writes a tracker takes in a while, and when the next one fits. Pure.

GitHub documents 80 content-creating requests a minute and 500 an hour; whoever exceeds them is locked out.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from okrsync.connector import WriteLimit


class Pace:
    """The writes of the recent past against the limits; runs that went before are part of it."""

    def __init__(self, limits: Sequence[WriteLimit], recent: Iterable[datetime] = ()) -> None:
        self._limits = limits
        self._times = sorted(recent)

    def wait(self, now: datetime) -> float:
        """Seconds until one more write fits all limits; 0 when it does now."""
        return max((self._until(limit, now) for limit in self._limits), default=0.0)

    def wrote(self, now: datetime) -> None:
        """Note a write that was sent at ``now``, whatever became of it."""
        self._times.append(now)

    def _until(self, limit: WriteLimit, now: datetime) -> float:
        window = timedelta(seconds=limit.seconds)
        within = len(self._times) - bisect_right(self._times, now - window)
        if within < limit.count:
            return 0.0
        return (self._times[-limit.count] + window - now).total_seconds()


def memory(limits: Sequence[WriteLimit]) -> timedelta:
    """How far back writes matter."""
    return timedelta(seconds=max((limit.seconds for limit in limits), default=0.0))
