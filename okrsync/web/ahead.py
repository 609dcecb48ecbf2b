"""Ahead of visitors: what everybody asks is answered after each run, in one thread that ends with the server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from okrsync.errors import OkrsyncError
from okrsync.events import Event, Log, explained
from okrsync.web.answers import Basis, Question
from okrsync.web.room import Room, Seat

PAUSE = 1.0
"""Seconds between two looks, or as long as the last one took: at most half of the time is spent on answers."""

LEAVE = 4.0
"""Seconds that an answer gets to be finished when the server ends."""


def _nothing(room: Room, desk: Seat) -> None:
    """What there is to do where nobody makes anything of the answers."""


@dataclass
class Ahead:
    """While ``working``, the room lends visitors the answers of before the last run. ``leaving`` ends it.

    ``then`` makes of the answers what visitors would wait for.
    """

    room: Room
    questions: Sequence[Question[Any]]
    log: Log
    then: Callable[[Room, Seat], None] = _nothing
    _tried: dict[str, Basis] = field(default_factory=dict)
    _said: str = ""
    leaving: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def working(self) -> Iterator[None]:
        """In here a thread answers what everybody asks as soon as a run has changed something."""
        thread = threading.Thread(target=self._go, name="answers ahead", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self.leaving.set()
            thread.join(LEAVE)

    def look(self) -> None:
        """Answer what has changed since the last look. What goes wrong is told to the log."""
        try:
            with self.room.desk() as desk:
                renewed = [self._answer(one, desk) for one in self.questions if not self.leaving.is_set()]
                if any(renewed) and not self.leaving.is_set():
                    self.then(self.room, desk)
        except Exception as error:
            self._failed("", error)

    def _go(self) -> None:
        self.room.ahead = True
        try:
            while not self.leaving.is_set():
                began = time.monotonic()
                self.look()
                self.room.caught_up.set()
                self.leaving.wait(max(PAUSE, time.monotonic() - began))
        finally:
            self.room.ahead = False

    def _answer(self, question: Question[Any], desk: Seat) -> bool:
        """Once for each change, also where it fails: then there is nothing to lend, and visitors are told why.

        Returns whether there was a change.
        """
        basis = self.room.basis(desk)
        if self._tried.get(question.name) == basis:
            return False
        self._tried[question.name] = basis
        try:
            self.room.renew(question, desk)
        except Exception as error:
            self.room.forget(question)
            self._failed(question.name, error)
        return True

    def _failed(self, question: str, error: Exception) -> None:
        """The same is told once."""
        said = f"{question}: {type(error).__name__}: {error}"
        if said != self._said:
            self._said = said
            told = explained(error) if isinstance(error, OkrsyncError) else {"error": str(error), "exc_info": error}
            self.log.error(Event.ANSWER_FAILED, question=question, **told)
