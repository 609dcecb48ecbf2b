"""The sandbox's own time, so that weeks pass in a moment and every run sees the same dates."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta


class SandboxClock:
    """Stands still until somebody advances it; ``ticking`` lets it also follow the machine's clock."""

    def __init__(self, start: datetime, *, ticking: bool = False) -> None:
        self._now = start.astimezone(UTC)
        self._began = time.monotonic()
        self._ticking = ticking
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Aware, in UTC."""
        with self._lock:
            elapsed = time.monotonic() - self._began if self._ticking else 0.0
            return self._now + timedelta(seconds=elapsed)

    def advance(self, by: timedelta) -> datetime:
        """Move forward and return the new time. Raises ValueError for a step backwards."""
        if by < timedelta(0):
            raise ValueError(f"time does not run backwards: {by}")
        with self._lock:
            self._now += by
        return self.now()
