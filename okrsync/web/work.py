"""Work that somebody begins from a page: one run at a time, done in the background, its end kept for whoever looks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from okrsync.app import App, RunRequest
from okrsync.errors import OkrsyncError
from okrsync.events import Event
from okrsync.model.run import RunReport

Kind = Literal["plan", "sync"]

BROKEN: dict[str, Any] = {"error": "It broke off.", "hint": "The log tells more; run it again."}

LEAVE = 5.0
"""Seconds that a run gets to end at a write's end when the dashboard closes; killed later, the next one repairs it."""


@dataclass(frozen=True)
class Underway:
    """A run that goes on, who began it, and since when."""

    kind: Kind
    who: str
    since: datetime


@dataclass(frozen=True)
class Ended:
    """How the last run from a page ended: with a report, or with an error and what to do about it."""

    kind: Kind
    who: str
    at: datetime
    report: RunReport | None = None
    error: str = ""
    hint: str = ""


@dataclass
class Work:
    """The store's lock keeps other processes out; this keeps one page from beginning a second run here."""

    underway: Underway | None = None
    ended: Ended | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None
    _leaving: bool = False

    def begin(self, kind: Kind, who: str, open_app: Callable[[], App], now: Callable[[], datetime]) -> bool:
        """Begin a run; False when one goes on already."""
        with self._lock:
            if self.underway is not None or self._leaving:
                return False
            self.underway = Underway(kind, who, now())
            self._thread = threading.Thread(
                target=self._go, args=(self.underway, open_app, now), name=f"{kind} for {who}", daemon=True
            )
            self._thread.start()
        return True

    def wait(self, seconds: float | None = None) -> None:
        """Until the run that goes on has ended."""
        if self._thread is not None:
            self._thread.join(seconds)

    def leave(self) -> None:
        """Begin nothing more, and end the run that goes on after the write in hand."""
        self._leaving = True
        self.wait(LEAVE)

    def _go(self, task: Underway, open_app: Callable[[], App], now: Callable[[], datetime]) -> None:
        ended = BROKEN
        try:
            with open_app() as app:
                app.stopping = lambda: self._leaving
                ended = _done(task, app)
        except OkrsyncError as error:
            ended = {"error": error.message, "hint": error.hint}
        finally:
            with self._lock:
                self.underway, self.ended = None, Ended(task.kind, task.who, now(), **ended)


def _done(task: Underway, app: App) -> dict[str, Any]:
    """How it ended. What nobody foresaw is told in the log, where secrets are masked."""
    act = app.plan if task.kind == "plan" else app.sync
    try:
        return {"report": act(RunRequest())}
    except OkrsyncError:
        raise
    except Exception:
        app.log.exception(Event.RUN_CRASHED)
        return BROKEN
