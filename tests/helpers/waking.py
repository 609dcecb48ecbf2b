"""A daemon in a thread of this process, and both trackers' webhooks sent to a dashboard beside it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from installation import Installation

from okrsync.daemon import Daemon
from okrsync.events import Event, Silence
from okrsync.web.room import Room
from okrsync.web.serving import serving

SECRET = "It's a Secret to Everybody"


class Told(Silence):
    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, Any]]] = []

    def debug(self, event: str, **values: Any) -> None:
        self.lines.append((event, values))

    info = warning = error = exception = debug

    def of(self, event: str) -> list[dict[str, Any]]:
        return [values for told, values in self.lines if told == event]


@contextmanager
def hooked(acme: Installation) -> Iterator[str]:
    """A dashboard that both trackers send their webhooks to."""
    with serving(Room(acme.open, acme.config, acme.sandbox.clock.now), environ={}, port=0) as server:
        for tracker in ("github", "jira"):
            acme.sandbox.hook(tracker, f"{server.url}/hooks/{tracker}", SECRET)
        yield server.url


@contextmanager
def daemon(acme: Installation, *, rested: bool = True) -> Iterator[Told]:
    """A daemon that has done its first run, unless it is not ``rested`` yet."""
    log = Told()

    def open_app(**given: Any) -> Any:
        return acme.open(**{**given, "log": log})

    made = Daemon(open_app, log)
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    try:
        wait_for(lambda: not rested or bool(log.of(Event.RUN_FINISHED)))
        yield log
    finally:
        made.stop()
        thread.join(20)


def wait_for(condition: Callable[[], bool], seconds: float = 45.0) -> float:
    """The seconds it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "it never happened"
        time.sleep(0.01)
    return time.monotonic() - began
