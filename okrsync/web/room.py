"""The room behind the pages: the files as they are now, and stores to read from, one for each request at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from functools import cached_property
from pathlib import Path
from queue import Empty, LifoQueue
from typing import Any, TypeVar

from okrsync.app import App
from okrsync.errors import ConfigError, OkrsyncError
from okrsync.practice.desk import Desk
from okrsync.settings.watch import Stamps, stamps
from okrsync.store import Store
from okrsync.web.answers import Answers, Basis, Question
from okrsync.web.work import Work

T = TypeVar("T")

CACHE = 2_000
"""kB of the file that each of the stores for requests keeps in memory: there may be dozens."""


@dataclass(frozen=True)
class Seat(Desk):
    """A desk that knows the state of the files it was set with, which others may read anew meanwhile."""

    files: Stamps

    @cached_property
    def days(self) -> tuple[tuple[str, date], ...]:
        """Which day it is here, and by the clocks of each place where a cycle lives."""
        zones: set[tzinfo] = {UTC, *(cycle.zone for _, cycle in self.okrs.objectives)}
        return tuple(sorted((str(zone), self.now.astimezone(zone).date()) for zone in zones))


@dataclass
class Room:
    """``open_app`` makes an App from the files. A broken file keeps what was read before; ``trouble`` says so.

    ``ahead`` is set while somebody answers questions anew after each run (``okrsync/web/ahead.py``), ``caught_up`` once
    they did so for the first time.
    """

    open_app: Callable[[], App]
    config: Path
    now: Callable[[], datetime]
    trouble: str = ""
    work: Work = field(default_factory=Work)
    ahead: bool = False
    caught_up: threading.Event = field(default_factory=threading.Event)
    _app: App | None = None
    _seen: Stamps = ()
    _stores: LifoQueue[Store] = field(default_factory=LifoQueue)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _asked: Answers = field(default_factory=Answers)
    _kept: Answers = field(default_factory=Answers)

    @property
    def app(self) -> App:
        """The files as they are now. Raises ConfigError when they never could be read."""
        return self._current()[0]

    @contextmanager
    def desk(self) -> Iterator[Seat]:
        """A desk for one request; its store goes back to the others afterwards."""
        app, files = self._current()
        store = self._store(app.settings.store)
        try:
            yield Seat(store, app.okrs, app.settings, self.now(), files)
        finally:
            self._give_back(store)

    def ask(self, question: Question[T], desk: Seat) -> T:
        """The answer to what everybody asks; while somebody answers ahead, at worst as of before the last run.

        What people said, the files and the day are never behind: nobody misses their own words, and nobody is shown
        what the files keep from them today.
        """
        return self.ask_whence(question, desk)[0]

    def ask_whence(self, question: Question[T], desk: Seat) -> tuple[T, Basis]:
        """The same with what the answer was made from."""
        found = self._asked.kept(question.name, self.basis(desk), lambda: question.answer(desk), lend=self.ahead)
        return found.answer, found.basis

    def renew(self, question: Question[T], desk: Seat) -> T:
        """The answer as of now."""
        return self._asked.get(question.name, self.basis(desk), lambda: question.answer(desk))

    def knows(self, question: Question[Any], desk: Seat) -> bool:
        """Whether the answer is there and as of now."""
        return self._asked.knows(question.name, self.basis(desk))

    def forget(self, question: Question[Any]) -> None:
        """The next one to ask gets a new answer."""
        self._asked.forget(question.name)

    def once(self, what: str, desk: Seat, make: Callable[[], T], *, of: tuple[object, ...] | None = None) -> T:
        """The same answer as last time while neither the store, nor the files, nor the day have changed.

        Of the store that is what it is made ``of``, where that is named.
        """
        return self._kept.get(what, self.basis(desk, of), make)

    def basis(self, desk: Seat, of: tuple[object, ...] | None = None) -> Basis:
        """What answers are made from here. Whoever began a run from a page is not kept waiting for what it changed."""
        with desk.store.reading():
            runs, samples, *said = desk.store.version()
        ended = self.work.ended
        return Basis(of or (runs, samples), (desk.files, desk.days, *said, ended and ended.at))

    def close(self) -> None:
        """End the run that goes on here after the write in hand, and let go of every store."""
        self.work.leave()
        while True:
            try:
                self._stores.get_nowait().close()
            except Empty:
                break
        if self._app is not None:
            self._app.close()

    def _current(self) -> tuple[App, Stamps]:
        """The files as they are now, and by what they were known to be so. One that changes meanwhile is read again."""
        with self._lock:
            before = self._look()
            if self._app is None or before != self._seen:
                self._read()
                after = self._look()
                self._seen = after if set(before) <= set(after) else before
            assert self._app is not None
            return self._app, self._seen

    def _give_back(self, store: Store) -> None:
        """A single read leaves a view open, which would show the next visitor the past."""
        try:
            with store.reading():
                pass
        except OkrsyncError:
            store.close()
        else:
            self._stores.put(store)

    def _store(self, url: str) -> Store:
        while True:
            try:
                store = self._stores.get_nowait()
            except Empty:
                return Store(url, cache=CACHE)
            if store.url == url:
                return store
            store.close()

    def _read(self) -> None:
        try:
            self._app = self.open_app()
            self.trouble = ""
        except ConfigError as error:
            self.trouble = str(error)
            if self._app is None:
                raise

    def _look(self) -> Stamps:
        return stamps(self.config, self._app.settings if self._app is not None else None)
