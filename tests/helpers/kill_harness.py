"""Runs of okrsync in processes of their own that die by SIGKILL, and everything that must be as if they had not."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random
from typing import Any

from installation import Installation
from small_team import LATENCY, without_waiting_for_the_disk
from sqlalchemy import Engine, event

from okrsync.app import App, RunRequest
from okrsync.model.run import RunReport
from okrsync.practice import backfill as practice
from okrsync.sandbox.faults import Fault, FaultBook, Kind
from okrsync.sandbox.log import Entry
from okrsync.sandbox.server import Sandbox
from okrsync.sandbox.tickets import github_tickets, jira_tickets
from okrsync.store.dirt import WAITS

LONGEST_RUN = 60.0

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        "pytest",
        "alembic.command",
        "okrsync.app",
        "okrsync.sandbox.server",
        "okrsync_github.connector",
        "okrsync_github.note",
        "okrsync_jira.connector",
        "okrsync_jira.tickets",
        "sqlalchemy.dialects.sqlite",
    ]
)


class Trap(FaultBook):
    """Kills its victim when the n-th write arrives, which then is carried out unheard, or is ``lost`` on its way."""

    def __init__(self, *, lost: bool) -> None:
        super().__init__()
        self._lost = lost
        self._left = 0
        self._victim: BaseProcess | None = None

    def arm(self, nth: int, victim: BaseProcess) -> None:
        self._left, self._victim = nth, victim

    def take(self, method: str, target: str) -> Fault | None:
        if self._victim is None or not is_write(method, target):
            return super().take(method, target)
        self._left -= 1
        if self._left:
            return None
        self._victim.kill()
        self._victim = None
        return Fault(Kind.RESET) if self._lost else None


class Weather(FaultBook):
    """Carries out every write, and loses the answer to some: to each address at most once, as luck has it."""

    def __init__(self, luck: Random, share: float = 0.4) -> None:
        super().__init__()
        self._luck = luck
        self._share = share
        self._met: set[tuple[str, str]] = set()

    def take(self, method: str, target: str) -> Fault | None:
        if not is_write(method, target) or (method, target) in self._met:
            return super().take(method, target)
        self._met.add((method, target))
        return Fault(Kind.COMMITTED_THEN_RESET) if self._luck.random() < self._share else None


def is_write(method: str, target: str) -> bool:
    return Entry("", method, target.partition("?")[0], "", 0).write


@dataclass(frozen=True)
class Order:
    """What a process is told to run; everything in it can be pickled. ``commits``: die instead of the n-th commit."""

    config: Path
    environ: Mapping[str, str]
    now: datetime
    kind: str = "sync"
    commits: int | None = None


def order(acme: Installation, kind: str = "sync", commits: int | None = None) -> Order:
    return Order(acme.config, acme.environ, acme.sandbox.clock.now(), kind, commits)


def start(ordered: Order, trap: Trap | None = None, nth: int = 0) -> BaseProcess:
    """A process that begins its run now; ``trap`` kills it at its n-th write."""
    here, there = _FORKS.Pipe()
    process = _FORKS.Process(target=_run, args=(ordered, there))
    process.start()
    there.close()
    with here:
        here.recv_bytes()
        if trap is not None:
            trap.arm(nth, process)
        here.send_bytes(b"go")
    return process


def _run(ordered: Order, parent: Connection) -> None:
    if ordered.commits is not None:
        _die_at_commit(ordered.commits)
    parent.send_bytes(b"ready")
    parent.recv_bytes()
    given: dict[str, Any] = {"environ": ordered.environ, "now": lambda: ordered.now, "sleep": lambda _: None}
    with without_waiting_for_the_disk(), App.open(ordered.config, **given) as app:
        if ordered.kind == "backfill":
            practice.BATCH = 20
            practice.backfill(app.house())
            return
        act: Callable[[RunRequest], RunReport] = getattr(app, ordered.kind)
        act(RunRequest())


def _die_at_commit(number: int) -> None:
    left = number

    @event.listens_for(Engine, "commit")
    def _count(_connection: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def ended(process: BaseProcess) -> bool:
    """Wait for a process; whether it ended by itself rather than by SIGKILL."""
    process.join(LONGEST_RUN)
    assert process.exitcode in (0, -signal.SIGKILL), process.exitcode
    return process.exitcode == 0


def kill_after(process: BaseProcess, seconds: float) -> bool:
    """Kill it in so many seconds, unless it is done by then; whether it was."""
    process.join(seconds)
    process.kill()
    return ended(process)


def settle(sandbox: Sandbox) -> None:
    """Wait until requests that were on their way when their sender died have arrived."""
    seen = -1
    while seen != len(sandbox.log):
        seen = len(sandbox.log)
        time.sleep(5 * LATENCY)


Remains = Mapping[str, object]
"""What a run leaves behind, by name, without what two equal runs may differ in: the ids of comments, the tries."""

_KEPT = {
    "readings": "SELECT key_result, at, value, numerator, denominator, scope, flags FROM samples ORDER BY id",
    "cursors": "SELECT connection, name, cursor, fingerprint, pulled_at FROM scopes ORDER BY connection",
    "connections": "SELECT * FROM connections ORDER BY connection",
    "items": f"SELECT connection, key, labelled, {WAITS} AS dirty, unreachable FROM items ORDER BY connection, id",
    "links": "SELECT * FROM links ORDER BY connection, item, key_result",
    "shown": "SELECT connection, item, note_id IS NULL, known, under_way, digest, tenths, surplus, links, blocked "
    "FROM shown ORDER BY connection, item",
    "holder": "SELECT * FROM holder",
}


def remains(acme: Installation) -> Remains:
    found = {**github_tickets(acme.sandbox.github), **jira_tickets(acme.sandbox.jira)}
    shop = acme.sandbox.github.repository("acme/shop")
    return {
        **{key: _visible(ticket) for key, ticket in found.items()},
        **{one.name: (one.color, one.description) for one in shop.labels.values()},
        **{name: ask(acme, query) for name, query in _KEPT.items()},
    }


def difference(found: Remains, wanted: Remains) -> dict[str, tuple[object, object]]:
    """Name -> what was found and what was wanted instead; empty when all is as it should be."""
    names = [*wanted, *(name for name in found if name not in wanted)]
    return {name: (found.get(name), wanted.get(name)) for name in names if found.get(name) != wanted.get(name)}


def ask(acme: Installation, query: str) -> list[tuple[Any, ...]]:
    """Rows of the installation's store, read without okrsync."""
    with closing(sqlite3.connect(acme.store)) as store:
        return store.execute(query).fetchall()


def _visible(ticket: Mapping[str, Any]) -> dict[str, Any]:
    comments = [{name: value for name, value in one.items() if name != "id"} for one in ticket["comments"]]
    return {"state": ticket["state"], "labels": sorted(ticket["labels"]), "comments": deepcopy(comments)}


def unanswered(acme: Installation) -> int:
    """Writes that were begun and whose end was never kept."""
    return len(ask(acme, "SELECT id FROM writes WHERE ended_at IS NULL"))


def notes_created(acme: Installation) -> int:
    """Comments that anybody has ever posted over HTTP since the log was cleared."""
    posted = acme.sandbox.log.select(method="POST", path=r"/comments?(\?|$)")
    return sum(entry.handled == 201 for entry in posted)


def deletions(acme: Installation) -> list[Entry]:
    return [entry for entry in acme.sandbox.log.select(method="DELETE") if re.search("/comments?/", entry.path)]
