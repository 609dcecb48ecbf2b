"""The daemon: every connection on its own clock, one run at a time, and an end that leaves nothing half-written.

Connections that are due together share a run, so that a key result which several of them feed is measured once and
its tickets are written once. Where such a run fails as a whole, each gets one of its own: nobody holds up the others.
Missed ticks are not made up. The files are read again before each run; what cannot be read now is tried again then.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import schedule

from okrsync.app import App
from okrsync.errors import Busy, ConfigError, Interrupted, OkrsyncError, StoreError
from okrsync.events import Event, Level, finished, logger
from okrsync.house import RunRequest
from okrsync.settings import Settings

GRACE = 9
"""Seconds between the signal and the hard end of a process that still waits for a tracker."""

NAP = 0.2
"""Longest sleep in seconds, and so the time that a signal waits for an idle daemon."""

TOGETHER = 0.05
"""Seconds that a due connection waits for others, whose clocks were set in the same moment."""

_SHARED_TROUBLE = (ConfigError, StoreError, Busy)


class Daemon:
    """The loop. ``open_app`` makes a fresh App for each run, given what ``App.open`` takes; ``sleep`` takes seconds."""

    def __init__(self, open_app: Callable[..., App], log: Any, sleep: Callable[[float], None] = time.sleep) -> None:
        self._open_app = open_app
        self._log = log
        self._sleep = sleep
        self._clock = schedule.Scheduler()
        self._every: dict[str, timedelta] = {}
        self._due: set[str] = set()
        self._stopping = False

    def run(self) -> int:
        """Run until stopped; 0. Raises ConfigError when the very first reading of the files fails."""
        with self._open_app() as app:
            self._heed(app.settings)
        every = {name: int(interval.total_seconds()) for name, interval in self._every.items()}
        self._log.info(Event.DAEMON_STARTED, every_s=every, pid=os.getpid())
        while not self._stopping:
            self._look_at_the_clock()
            self._run_due()
            self._nap(self._idle())
        self._log.info(Event.DAEMON_STOPPED)
        return 0

    def stop(self) -> None:
        """End after the write in hand. Only an assignment, since a signal may call it between any two instructions."""
        self._stopping = True

    def _heed(self, settings: Settings) -> None:
        """Set the clocks as the files say now; a connection that is new is due at once."""
        wanted = {name: settings.every(name) for name in settings.connections}
        for name in {**self._every, **wanted}:
            if self._every.get(name) == wanted.get(name):
                continue
            self._clock.clear(name)
            if name in wanted:
                seconds = int(wanted[name].total_seconds())
                self._clock.every(seconds).seconds.do(self._due.add, name).tag(name)
        self._due |= wanted.keys() - self._every.keys()
        self._every = wanted

    def _look_at_the_clock(self) -> None:
        """Note who is due. `schedule` goes by local time: when that was set back, all are due, lest all wait."""
        shortest = min(self._every.values(), default=timedelta())
        if (self._clock.idle_seconds or 0.0) > shortest.total_seconds() + 1:
            self._clock.run_all()
        self._clock.run_pending()

    def _idle(self) -> float:
        return 0.0 if self._due else max(0.0, self._clock.idle_seconds or 0.0) + TOGETHER

    def _run_due(self) -> None:
        due = tuple(name for name in self._every if name in self._due)
        self._due.clear()
        if due and not self._run(due) and len(due) > 1:
            for name in due:
                self._run((name,))

    def _run(self, connections: tuple[str, ...]) -> bool:
        """One run, told in one line; False when it failed as a whole, which may be the doing of one connection."""
        if self._stopping:
            return True
        log = self._log.bind(connections=list(connections))
        try:
            with self._open_app(sleep=self._wait, stopping=lambda: self._stopping) as app:
                self._heed(app.settings)
                known = tuple(name for name in connections if name in self._every)
                if known:
                    finished(log, app.sync(RunRequest(connections=known)))
        except Interrupted as error:
            log.info(Event.RUN_INTERRUPTED, reason=str(error))
        except OkrsyncError as error:
            log.error(Event.RUN_FAILED, exit_code=error.exit_code, **_explained(error))
            return isinstance(error, _SHARED_TROUBLE)
        except Exception:
            log.exception(Event.RUN_CRASHED)
            return False
        return True

    def _nap(self, seconds: float) -> None:
        while seconds > 0 and not self._stopping:
            self._sleep(min(seconds, NAP))
            seconds -= NAP

    def _wait(self, seconds: float) -> None:
        """Sleep for a connector, but not through a signal."""
        self._nap(seconds)
        if self._stopping:
            raise Interrupted("Stopped while waiting for the tracker.")


def _explained(error: OkrsyncError) -> dict[str, object]:
    problems = [str(problem) for problem in error.problems] if isinstance(error, ConfigError) else []
    return {"error": error.message, "hint": error.hint} | ({"problems": problems} if problems else {})


def run_daemon(config: Path, *, environ: Mapping[str, str], log_json: bool, level: Level = "info") -> int:
    """Run until SIGTERM or SIGINT; returns the exit code. Raises ConfigError when it cannot start."""
    log = logger(log_json=log_json, level=level)

    def open_app(**given: Any) -> App:
        return App.open(config, environ=environ, log=log, **given)

    daemon = Daemon(open_app, log)
    with _stopped_by_signals(daemon):
        return daemon.run()


@contextmanager
def _stopped_by_signals(daemon: Daemon) -> Iterator[None]:
    """SIGTERM and SIGINT stop the daemon. A request that hangs is cut off; the next run repairs, as after a kill."""

    def leave(*_: object) -> None:
        daemon.stop()
        if hasattr(signal, "alarm"):
            signal.alarm(signal.alarm(0) or GRACE)

    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGINT)}
    if hasattr(signal, "SIGALRM"):
        before[signal.SIGALRM] = signal.signal(signal.SIGALRM, lambda *_: os._exit(0))
    try:
        yield
    finally:
        if hasattr(signal, "alarm"):
            signal.alarm(0)
        for number, handler in before.items():
            signal.signal(number, handler)
