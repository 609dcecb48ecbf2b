"""What a connector is given: one frozen context, and the meter that all clients of a connection share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from okrsync.errors import RateLimited
from okrsync.marker import Namespace
from okrsync.model.budget import Budget
from okrsync.retry import Retry


@dataclass(slots=True)
class Meter:
    """Counts what a connection cost, and keeps a reserve of the tracker's hourly limit for others.

    All clients of a connection share one, whatever their threads. ``waited`` is in seconds. The rest is a
    :class:`~okrsync.model.budget.Budget`, of which ``reserve`` is the share of the limit that stays untouched.
    """

    requests: int = 0
    writes: int = 0
    waited: float = 0.0
    remaining: int | None = None
    limit: int | None = None
    resets_at: datetime | None = None
    reserve: float = 0.0
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    @property
    def budget(self) -> Budget:
        """What is left of the limit, as the tracker told it last."""
        return Budget(self.remaining, self.limit, self.resets_at)

    @property
    def kept(self) -> int:
        """So many requests of the limit are for others; 0 while no limit is known."""
        return 0 if self.limit is None or self.remaining is None else round(self.reserve * self.limit)

    def count(self, now: datetime, *, write: bool = False, apart: bool = False) -> None:
        """Note a request that is about to be sent. Raises RateLimited where it would eat into the reserve.

        ``apart`` is one that the tracker counts against another limit.
        """
        with self._lock:
            if self.remaining is not None and self.limit is not None and self.resets_at is not None:
                kept = self.reserve * self.limit
                if now < self.resets_at and self.remaining - 1 < kept:
                    left = f"{self.remaining} of {self.limit} requests are left"
                    raise RateLimited(
                        f"{left}, and {kept:.0f} of them are kept for others.",
                        retry_after=(self.resets_at - now).total_seconds(),
                        hint=f"The next run goes on; the limit resets at {self.resets_at:%H:%M} UTC.",
                    )
                self.remaining -= not apart
            self.requests += 1
            self.writes += write

    def hear(self, told: Budget, now: datetime, clock: datetime | None = None) -> None:
        """Take the tracker at its word, whose ``clock`` may differ from ours.

        Within one period an answer never gives back what was sent since: it may be older than the others' requests.
        """
        resets_at = told.resets_at
        if resets_at is not None and clock is not None:
            resets_at += now - clock
        with self._lock:
            remaining = told.remaining
            if remaining is not None and self.remaining is not None and _same(resets_at, self.resets_at):
                remaining = min(remaining, self.remaining)
            self.remaining = self.remaining if remaining is None else remaining
            self.limit = self.limit if told.limit is None else told.limit
            self.resets_at = resets_at

    def wait(self, seconds: float) -> None:
        """Note that a client waited."""
        with self._lock:
            self.waited += seconds


def _same(one: datetime | None, other: datetime | None) -> bool:
    """Whether two ends of a period are the same one: clocks tell seconds, and answers take some to arrive."""
    return one is not None and other is not None and abs(one - other) < timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a connector is given, once, and may not change.

    ``now`` returns an aware UTC time. ``dashboard_url`` is "" or the base of key result pages. ``conceal`` takes a
    secret that only the connector knows (a token it was issued, a key it read), so that no log or error shows it.
    ``points`` tells whether any key result is made of story points, so that doubts about them matter.
    """

    connection: str
    installation: str
    namespace: Namespace
    retry: Retry
    now: Callable[[], datetime]
    meter: Meter = field(default_factory=Meter)
    dashboard_url: str = ""
    conceal: Callable[[str], None] = lambda secret: None
    points: bool = True
