"""The daemon: every connection on its own clock, one run at a time, and an end that leaves nothing half-written.

Missed ticks are not made up. A failing run is logged and the loop goes on. SIGTERM and SIGINT let the write in
hand finish; a request that hangs is cut off, which the next run repairs like any kill.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

import schedule
import structlog

from okrsync.app import App
from okrsync.errors import Interrupted, OkrsyncError
from okrsync.model.run import RunReport
from okrsync.sync import RunRequest

GRACE = 9.0
"""Seconds between the signal and the hard end of a process that waits for a tracker."""

LONGEST_NAP = 1.0


class Daemon:
    """The loop. ``open_app`` makes a fresh App for each run, so that changed files are read at the next one."""

    def __init__(self, open_app: Callable[..., App], log: Any) -> None:
        self._open_app = open_app
        self._log = log
        self._stop = threading.Event()
        self._clock = schedule.Scheduler()

    def run(self) -> int:
        """Run until stopped; 0. Raises ConfigError when the very first reading of the files fails."""
        with self._open_app() as app:
            every = app.settings.schedule.every
            names = list(app.settings.connections)
        self._log.info("daemon started", connections=names, every_s=every.total_seconds(), pid=os.getpid())
        for name in names:
            self._clock.every(int(every.total_seconds())).seconds.do(self.tick, name)
        self._clock.run_all()
        while not self._stop.wait(min(LONGEST_NAP, max(0.0, self._clock.idle_seconds or 0.0))):
            self._clock.run_pending()
        self._log.info("daemon stopped")
        return 0

    def tick(self, connection: str) -> None:
        """One run of one connection; whatever goes wrong is logged."""
        if self._stop.is_set():
            return
        try:
            with self._open_app(sleep=self._sleep, stopping=self._stop.is_set) as app:
                self._tell(connection, app.sync(RunRequest(connections=(connection,))))
        except Interrupted as error:
            self._log.info("run interrupted", connection=connection, reason=str(error))
        except OkrsyncError as error:
            self._log.error("run failed", connection=connection, error=str(error), exit_code=error.exit_code)
        except Exception:
            self._log.exception("run crashed", connection=connection)

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        self._stop.set()
        cut = threading.Timer(GRACE, os._exit, (0,))
        cut.daemon = True
        cut.start()

    def _sleep(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise Interrupted("Stopped while waiting for the tracker.")

    def _tell(self, connection: str, report: RunReport) -> None:
        scopes = [scope for one in report.connections for scope in one.scopes]
        failed = [one for one in report.connections if one.error]
        tell = self._log.warning if report.exit_code else self._log.info
        tell(
            "run finished",
            run=report.id,
            connection=connection,
            exit_code=report.exit_code,
            seconds=round((report.finished - report.started).total_seconds(), 1),
            requests=sum(one.requests for one in report.connections),
            items=sum(scope.seen for scope in scopes),
            changed=sum(scope.changed for scope in scopes),
            writes=sum(write.receipt is not None for write in report.writes),
            moved=[movement.key_result for movement in report.movements],
            **({"error": f"{failed[0].error} {failed[0].hint}".strip()} if failed else {}),
        )


def run_daemon(config: Path, *, environ: Mapping[str, str], log_json: bool) -> int:
    """Run until SIGTERM or SIGINT; returns the exit code. Raises ConfigError when it cannot start."""
    render = structlog.processors.JSONRenderer() if log_json else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info if log_json else structlog.processors.StackInfoRenderer(),
            render,
        ],
        logger_factory=structlog.PrintLoggerFactory(),
    )

    def open_app(**given: Any) -> App:
        return App.open(config, environ=environ, **given)

    daemon = Daemon(open_app, structlog.get_logger())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, daemon.stop)
    return daemon.run()
