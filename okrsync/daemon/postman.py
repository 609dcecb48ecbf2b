"""Postman: tells people what they owe, in a thread of its own, so that a messenger that hangs holds up no run."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from okrsync.errors import OkrsyncError
from okrsync.events import Event, explained, reminded
from okrsync.practice.desk import Desk
from okrsync.practice.post import send
from okrsync.practice.reminders import reachable, remind
from okrsync.store import Store

PROMPT = 1.0
"""Seconds within which messages are usually out; a round that takes longer goes on beside the runs."""


class Postman:
    """At most one round at a time. ``writing`` lets only one thread of the process write to the store."""

    def __init__(self, log: Any, writing: Callable[[], AbstractContextManager[None]]) -> None:
        self._log = log
        self._writing = writing
        self._round: threading.Thread | None = None
        self._leaving = False

    def go(self, desk: Desk) -> None:
        """Send what is to be sent now, unless a round is on its way."""
        if reachable(desk) and not self._out():
            self._round = threading.Thread(target=self._go_round, args=(desk,), name="okrsync reminds", daemon=True)
            self._round.start()
            self._round.join(PROMPT)

    def leave(self) -> None:
        """Begin no message any more; one that hangs ends with the process, and is not sent twice."""
        self._leaving = True
        if self._round is not None:
            self._round.join(PROMPT)

    def _out(self) -> bool:
        return self._round is not None and self._round.is_alive()

    def _go_round(self, desk: Desk) -> None:
        try:
            with Store(desk.store.url, turn=self._writing) as store:
                for sent in remind(replace(desk, store=store), send):
                    reminded(self._log, sent)
                    if self._leaving:
                        break
        except OkrsyncError as error:
            self._log.error(Event.REMINDER_FAILED, **explained(error))
        except Exception:
            self._log.exception(Event.REMINDER_FAILED)
