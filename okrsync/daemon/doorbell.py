"""The doorbell: whether webhooks brought hints, and whether their burst is over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from okrsync.model.hint import Hint
from okrsync.settings import Settings
from okrsync.store.file import place
from okrsync.store.inbox import Inbox, inbox_beside

QUIET = 0.3
"""Seconds without a new delivery after which a burst counts as over."""

LONGEST = 1.0
"""Seconds that the first of a burst waits for the others at most."""

Hints = dict[str, tuple[Hint, ...]]


class Doorbell:
    """Looks into the inbox beside the store; while nobody rings that costs next to nothing. ``clock`` is in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._file: Path | None = None
        self._inbox: Inbox | None = None
        self._newest = 0
        self._changed = self._first = 0.0
        self._rings = True

    def heed(self, settings: Settings) -> None:
        """Look beside this store from now on, and forget the hints for connections that are no more."""
        file = inbox_beside(place(settings.store))
        if file != self._file:
            self.close()
            self._file = file
        if inbox := self._open():
            inbox.forget(inbox.waiting().keys() - settings.connections.keys())

    def rung(self) -> Hints:
        """What to look at now, told once for each delivery; empty while more keeps coming."""
        if (inbox := self._open()) is None:
            return {}
        now, newest = self._clock(), inbox.newest()
        if newest != self._newest:
            self._first = self._first if self._rings else now
            self._newest, self._changed, self._rings = newest, now, True
        if not self._rings or (now - self._changed < QUIET and now - self._first < LONGEST):
            return {}
        self._rings = False
        return inbox.waiting()

    def again(self) -> None:
        """Tell what still waits another time, as after a failure that is over."""
        self._first = self._first if self._rings else self._clock()
        self._rings = True

    def answered(self, connection: str, hints: Sequence[Hint]) -> None:
        """A run has looked at these."""
        if self._inbox is not None:
            self._inbox.seen(connection, hints)

    def close(self) -> None:
        """Let go of the inbox; it is opened again when it is asked."""
        if self._inbox is not None:
            self._inbox.close()
        self._inbox = None

    def _open(self) -> Inbox | None:
        if self._inbox is None and self._file is not None and self._file.exists():
            self._inbox = Inbox(self._file)
        return self._inbox
