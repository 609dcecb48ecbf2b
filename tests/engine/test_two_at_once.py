"""Two runs on one store: one works, the other waits or says who has it; a dead holder holds nothing."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from installation import Installation

from okrsync.app import RunRequest
from okrsync.daemon import Daemon
from okrsync.errors import Busy
from okrsync.events import Event
from okrsync.progress import NoProgress
from okrsync.store import Store
from okrsync.store.lock import lock_of


@contextmanager
def held(acme: Installation, doing: str = "daemon") -> Iterator[None]:
    with Store(f"sqlite:///{acme.store}") as store, store.held(doing, acme.sandbox.clock.now()):
        yield


class Told:
    """A log that remembers."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, Any]]] = []

    def bind(self, **values: Any) -> Told:
        return self

    def debug(self, event: str, **values: Any) -> None:
        self.lines.append((event, values))

    info = warning = error = exception = debug

    def of(self, event: str) -> list[dict[str, Any]]:
        return [values for name, values in self.lines if name == event]


@pytest.mark.parametrize("kind", ["sync", "plan", "clean"])
def test_the_second_run_says_who_has_the_store_since_when_and_touches_nothing(acme: Installation, kind: str) -> None:
    with held(acme), pytest.raises(Busy) as refused:
        acme.run(kind)
    assert refused.value.exit_code == 4
    assert f"`daemon` (process {os.getpid()} on " in refused.value.message
    assert f"since {acme.sandbox.clock.now():%Y-%m-%d}" in refused.value.message
    assert "--wait" in refused.value.hint
    assert len(acme.sandbox.log) == 0


def test_who_keeps_the_store_beyond_a_run_is_named_until_it_is_free(acme: Installation) -> None:
    url = f"sqlite:///{acme.store}"
    lock = lock_of(url)
    with Store(url) as store:
        with store.held("sync", acme.sandbox.clock.now(), lock=lock):
            lock.acquire()
        with pytest.raises(Busy, match="in use by `sync`"):
            acme.run()
        with store.held("sync", acme.sandbox.clock.now(), lock=lock):
            lock.release()
        assert not store.journal.reading()
    assert acme.run().exit_code == 0


def test_a_run_that_waits_goes_on_when_the_first_one_ends(acme: Installation) -> None:
    log, slept = Told(), []
    first = held(acme)
    first.__enter__()

    def pause(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            first.__exit__(None, None, None)

    with acme.open(sleep=pause, log=log) as app:
        assert app.sync(RunRequest(wait=60)).exit_code == 0
    assert len(slept) == 3
    (awaited,) = log.of(Event.STORE_AWAITED)
    assert "`daemon`" in awaited["holder"]


def test_a_run_waits_no_longer_than_it_was_told(acme: Installation) -> None:
    slept: list[float] = []
    with held(acme), acme.open(sleep=slept.append) as app, pytest.raises(Busy):
        app.sync(RunRequest(wait=2.2))
    assert sum(slept) == pytest.approx(2.2)


def test_a_daemon_meets_a_busy_store_says_so_and_goes_on(acme: Installation) -> None:
    log = Told()

    def sleep(seconds: float) -> None:
        if log.of(Event.RUN_FINISHED):
            daemon.stop()
        elif log.of(Event.RUN_FAILED) and not released:
            released.append(first.__exit__(None, None, None))

    def open_app(**given: Any) -> Any:
        return acme.open(log=log, **given)

    released: list[Any] = []
    first = held(acme, "sync")
    first.__enter__()
    daemon = Daemon(open_app, log, lambda seconds: (daemon.clocks.all_due(), sleep(seconds))[1])
    daemon.run()
    assert "`sync`" in log.of(Event.RUN_FAILED)[0]["error"]
    assert log.of(Event.RUN_FAILED)[0]["exit_code"] == 4


def test_of_two_runs_at_the_same_time_each_ticket_gets_one_note(acme: Installation) -> None:
    ends: list[object] = []

    def sync() -> None:
        with acme.open(sleep=lambda _: threading.Event().wait(0.02)) as app:
            ends.append(app.sync(RunRequest(wait=600)).exit_code)

    both = [threading.Thread(target=sync) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert ends == [0, 0]
    assert set(acme.notes().values()) == {1}


class DiesWhileWriting(NoProgress):
    """Kills its own process at the third change."""

    def __init__(self) -> None:
        self._left = 0

    def stage(self, name: str, total: int | None = None) -> None:
        self._left = 3 if name == "writing" else 0

    def advance(self, count: int = 1) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def sync_and_die(acme: Installation) -> None:
    with acme.open(progress=DiesWhileWriting()) as app:
        app.sync(RunRequest())


def test_the_lock_of_a_killed_process_is_taken_over(acme: Installation) -> None:
    process = multiprocessing.get_context("fork").Process(target=sync_and_die, args=(acme,))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    with closing(sqlite3.connect(acme.store)) as db:
        assert db.execute("SELECT pid, doing FROM holder").fetchall() == [(process.pid, "sync")]
    assert acme.run().exit_code == 0
    assert set(acme.notes().values()) == {1}
    assert acme.run().plan.changes == ()
