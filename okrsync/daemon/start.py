"""Starting the daemon: signals, the supervisor, and the dashboard where it is configured."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from okrsync.app import App
from okrsync.clock import utc_now
from okrsync.daemon.loop import Daemon
from okrsync.daemon.responsive import responsive
from okrsync.daemon.signals import heeded
from okrsync.daemon.systemd import Supervisor
from okrsync.events import Event, Level, logger


def run_daemon(config: Path, *, environ: Mapping[str, str], log_json: bool, level: Level = "info") -> int:
    """Run until SIGTERM or SIGINT; returns the exit code. Raises ConfigError when it cannot start."""
    log = logger(log_json=log_json, level=level)
    supervisor = Supervisor(environ, time.monotonic)

    def open_app(**given: Any) -> App:
        return App.open(config, environ=environ, log=log, **given)

    daemon = Daemon(open_app, log, config=config, alive=supervisor.alive)
    with heeded(daemon.stop, daemon.reload), _dashboard(open_app, config, environ, log, supervisor.silence):
        supervisor.ready()
        with responsive():
            code = daemon.run()
        supervisor.stopping()
        return code


@contextmanager
def _dashboard(
    open_app: Callable[[], App], config: Path, environ: Mapping[str, str], log: Any, silence: Callable[[], float]
) -> Iterator[None]:
    """The dashboard beside the loop, where ``serve:`` asks for it."""
    with open_app() as app:
        wanted = app.settings.serve is not None
    if not wanted:
        yield
        return
    from okrsync.web.room import Room
    from okrsync.web.serving import serving

    with serving(Room(open_app, config, utc_now), environ=environ, silence=silence) as server:
        log.info(Event.DASHBOARD_SERVED, url=server.url)
        yield
