"""A daemon in a process of its own that never rests: ``python soak_daemon.py CONFIG RUNS`` prints run and RSS in kB.

Every run follows at once on the one before. The dashboard is served beside it and asked now and then, and every third
run is one that a hint asked for.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from okrsync.app import App
from okrsync.clock import utc_now
from okrsync.daemon import Daemon
from okrsync.events import Event, Silence
from okrsync.model.hint import Hint
from okrsync.store.inbox import Inbox, inbox_beside
from okrsync.web.room import Room
from okrsync.web.serving import serving


class Counting(Silence):
    """Counts the runs that ended well, and does something after each."""

    runs = 0
    after: Any = None

    def debug(self, event: str, **values: Any) -> None:
        if event == Event.RUN_FINISHED:
            self.runs += 1
            self.after()
        elif event in (Event.RUN_FAILED, "run crashed"):
            raise SystemExit(str(values))

    info = warning = error = exception = debug


def resident() -> int:
    """In kB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1024


def main(config: Path, wanted: int) -> None:
    log, every = Counting(), max(1, wanted // 20)

    def open_app(**given: Any) -> App:
        return App.open(config, environ=os.environ, log=log, **given)

    with open_app() as app:
        links = app.store.links.tickets(everything=True)
        items = [one.item for one in links if one.item.connection == "github"]
    inbox = Inbox(inbox_beside(config.parent / "okrsync.db"))

    def after() -> None:
        if log.runs % every == 0:
            for page in ("", "metrics", "readyz"):
                urlopen(f"{server.url}/{page}").read()
            print(log.runs, resident(), flush=True)
        if log.runs >= wanted:
            daemon.stop()
        elif log.runs % 3 == 0:
            item = items[log.runs % len(items)]
            inbox.put("github", str(log.runs), [Hint(item.scope, item.id, item.key)], utc_now())
        else:
            daemon.clocks.all_due()

    log.after = after
    daemon = Daemon(open_app, log, lambda seconds: None, config=config, clock=lambda: log.runs + next(ticks))
    with serving(Room(open_app, config, utc_now), environ={}, port=0) as server:
        daemon.run()


def _ticks() -> Any:
    """Time that passes whenever somebody looks."""
    passed = 0.0
    while True:
        passed += 0.2
        yield passed


ticks = _ticks()

if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
