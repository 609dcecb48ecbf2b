"""When each connection is due: by its own clock, and less often while it fails."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import timedelta

import schedule

TOGETHER = 0.05
"""Seconds that a due connection waits for others, whose clocks were set in the same moment."""

LONGEST = 3600.0
"""Seconds between two tries of a connection that keeps failing, unless its own interval is longer."""

SPREAD = 0.25
"""Share of a longer wait that chance may take off, so that many installations do not come back at the same moment."""


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
        """Who is due, told once. `schedule` goes by local time: when that was set back, all are, lest all wait."""
        idle = self._clock.idle_seconds
        if idle is not None and idle > min(self._waits.values()) + 1:
            self._clock.run_all()
        elif idle is not None and idle <= -TOGETHER:
            self._clock.run_pending()
        due = tuple(name for name in self.every if name in self._due)
        self._due.clear()
        return due

    def idle(self) -> float:
        """Seconds until somebody is due."""
        return 0.0 if self._due else max(0.0, (self._clock.idle_seconds or 0.0) + TOGETHER)

    def all_due(self) -> None:
        """Everybody at once: somebody changed something, and what failed may work now."""
        for name in list(self._failures):
            self.succeeded(name)
        self._due.update(self.every)

    def succeeded(self, name: str) -> None:
        if self._failures.pop(name, 0) and name in self.every:
            self._wind(name, self.every[name].total_seconds())

    def failed(self, name: str) -> float:
        """Wait twice as long as the last time, an hour at most; the seconds until the next try."""
        if name not in self.every:
            return 0.0
        every = self.every[name].total_seconds()
        count = self._failures[name] = self._failures.get(name, 0) + 1
        wait = min(every * 2.0 ** min(count, 32), max(every, LONGEST)) * (1 - SPREAD * self._chance())
        self._wind(name, max(every, wait))
        return self._waits[name]

    def fails(self, name: str) -> bool:
        return name in self._failures

    def _wind(self, name: str, seconds: float) -> None:
        self._clock.clear(name)
        self._waits[name] = float(int(seconds))
        self._clock.every(int(seconds)).seconds.do(self._due.add, name).tag(name)

    def _forget(self, name: str) -> None:
        self._clock.clear(name)
        self._due.discard(name)
        for held in (self._waits, self._failures):
            held.pop(name, None)
