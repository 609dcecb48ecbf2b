"""Signals: SIGTERM and SIGINT end the daemon, SIGHUP makes it read its files."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

GRACE = 9
"""Seconds between the signal and the hard end of a process that still waits for a tracker."""


@contextmanager
def heeded(stop: Callable[[], None], reload: Callable[[], None]) -> Iterator[None]:
    """Call these for signals. A request that hangs is cut off; the next run repairs, as after a kill."""

    def leave(*_: object) -> None:
        stop()
        if hasattr(signal, "alarm"):
            signal.alarm(signal.alarm(0) or GRACE)

    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGINT)}
    if hasattr(signal, "SIGALRM"):
        before[signal.SIGALRM] = signal.signal(signal.SIGALRM, lambda *_: os._exit(0))
    if hasattr(signal, "SIGHUP"):
        before[signal.SIGHUP] = signal.signal(signal.SIGHUP, lambda *_: reload())
    try:
        yield
    finally:
        if hasattr(signal, "alarm"):
            signal.alarm(0)
        for number, handler in before.items():
            signal.signal(number, handler)
