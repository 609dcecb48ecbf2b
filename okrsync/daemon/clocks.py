"""When each connection is due: by its own clock, and less often while it fails."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from datetime import timedelta

import schedule

TOGETHER = 0.05
"""Seconds that a due connection waits for others, whose clocks were set in the same moment."""

LONGEST = 3600.0
"""Seconds between two tries of a connection that keeps failing, unless its own interval is longer."""

SPREAD = 0.25
"""Share of a longer wait that chance changes, so that many installations do not come back at the same moment."""

SOONEST = 5.0
"""Seconds after which a tracker that asked to be left alone for less is tried again."""


class Clocks:
    """One clock for each connection. Missed ticks are not made up. ``chance`` draws from 0 up to 1."""

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        self.every: dict[str, timedelta] = {}
        self._chance = chance
        self._clock = schedule.Scheduler()
        self._due: set[str] = set()
        self._waits: dict[str, float] = {}
        self._failures: dict[str, int] = {}

    def heed(self, wanted: Mapping[str, timedelta]) -> None:
        """Set the clocks as the files say now; a connection that is new is due at once."""
        before, self.every = self.every, dict(wanted)
        for name in {**before, **wanted}:
            if name not in wanted:
                self._forget(name)
            elif before.get(name) != wanted[name]:
                self._wind(name, wanted[name].total_seconds())
        self._due.update(wanted.keys() - before.keys())

    def due(self) -> tuple[str, ...]:
        """Who is due, told once."""
        due = self.waiting()
        self._due.clear()
        return due

    def waiting(self) -> tuple[str, ...]:
        """Who is due. `schedule` goes by local time: when that was set back, all are, lest all wait."""
        idle = self._clock.idle_seconds
        if idle is not None and idle > min(self._waits.values()) + 1:
            self._clock.run_all()
        elif idle is not None and idle <= -TOGETHER:
            self._clock.run_pending()
        return tuple(name for name in self.every if name in self._due)

    def idle(self) -> float:
        """Seconds until somebody is due."""
        return 0.0 if self._due else max(0.0, (self._clock.idle_seconds or 0.0) + TOGETHER)

    def all_due(self) -> None:
        """Everybody at once: somebody changed something, and what failed may work now."""
        for name in list(self._failures):
            self.succeeded(name)
        self._due.update(self.every)

    def succeeded(self, name: str) -> None:
        """Back to its own rhythm, if it failed before."""
        if self._failures.pop(name, 0) and name in self.every:
            self._wind(name, self.every[name].total_seconds())

    def failed(self, name: str, retry_after: float = 0.0) -> float:
        """Wait twice as long as the last time, an hour at most; the seconds until the next try.

        Where it is known when a try may help, that is the first wait, and each is that long at least.
        """
        if name not in self.every:
            return 0.0
        every = self.every[name].total_seconds()
        count = self._failures[name] = min(self._failures.get(name, 0) + 1, 32)
        longest = max(every, LONGEST)
        if retry_after > 0:
            wait = min(max(retry_after, SOONEST) * 2.0 ** (count - 1), longest)
            self._wind(name, max(retry_after, wait) * (1 + SPREAD * self._chance()))
        else:
            self._wind(name, max(every, min(every * 2.0**count, longest) * (1 - SPREAD * self._chance())))
        return self._waits[name]

    def again(self, name: str, seconds: float) -> None:
        """Once after so many seconds, beside its ordinary ticks."""

        def once() -> type[schedule.CancelJob]:
            self._due.add(name)
            return schedule.CancelJob

        if name in self.every:
            self._clock.every(math.ceil(seconds)).seconds.do(once).tag(name)

    def fails(self, name: str) -> bool:
        """Whether its last try failed."""
        return name in self._failures

    def _wind(self, name: str, seconds: float) -> None:
        self._clock.clear(name)
        self._waits[name] = float(math.ceil(seconds))
        self._clock.every(math.ceil(seconds)).seconds.do(self._due.add, name).tag(name)

    def _forget(self, name: str) -> None:
        self._clock.clear(name)
        self._due.discard(name)
        for held in (self._waits, self._failures):
            held.pop(name, None)
