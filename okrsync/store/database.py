"""The store while it is open: its cabinets, its transactions, and who has it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from types import TracebackType
from typing import Self

from filelock import BaseFileLock

from okrsync.interrupt import unbroken
from okrsync.store.archive import Archive
from okrsync.store.backlog import Backlog
from okrsync.store.budgets import Budgets
from okrsync.store.checkins import CheckIns
from okrsync.store.closings import Closings
from okrsync.store.dirt import Dirt
from okrsync.store.engine import CACHE, begun, engine
from okrsync.store.file import readable
from okrsync.store.flow import Flow
from okrsync.store.history import History
from okrsync.store.items import Items
from okrsync.store.journal import Journal
from okrsync.store.links import Links
from okrsync.store.lives import Lives
from okrsync.store.lock import lock_of, locked
from okrsync.store.reminders import Reminders
from okrsync.store.scopes import Scopes
from okrsync.store.showings import Showings
from okrsync.store.survey import Survey
from okrsync.store.terms import Terms
from okrsync.store.totals import Totals
from okrsync.store.upgrade import migrate
from okrsync.store.vocabulary import Vocabulary

_VERSION = """
SELECT (SELECT finished_at FROM runs WHERE finished_at IS NOT NULL ORDER BY id DESC LIMIT 1),
    (SELECT max(id) FROM samples), (SELECT max(id) FROM checkins),
    (SELECT max(id) FROM closings), (SELECT max(id) FROM scores)
"""


class Store:
    """One open connection to the store, used by one thread. ``turn`` is what each of its transactions takes place in.

    Where file or folder may not be written, it is opened for reading alone. Raises StoreError when the file cannot be
    opened, is no store, or is from a newer okrsync.
    """

    def __init__(
        self, url: str, *, cache: int = CACHE, turn: Callable[[], AbstractContextManager[object]] = nullcontext
    ) -> None:
        self.url = url
        self._turn = turn
        self._open = False
        self._engine = engine(url, cache)
        try:
            with readable(url):
                self._connection = self._engine.connect()
                migrate(self._connection, url)
        except BaseException:
            self._engine.dispose()
            raise
        self.items = Items(self._connection)
        self.dirt = Dirt(self._connection)
        self.links = Links(self._connection)
        self.showings = Showings(self._connection)
        self.lives = Lives(self._connection)
        self.backlog = Backlog(self._connection)
        self.scopes = Scopes(self._connection)
        self.history = History(self._connection)
        self.journal = Journal(self._connection)
        self.survey = Survey(self._connection)
        self.archive = Archive(self._connection)
        self.budgets = Budgets(self._connection)
        self.checkins = CheckIns(self._connection)
        self.closings = Closings(self._connection)
        self.flow = Flow(self._connection)
        self.terms = Terms(self._connection)
        self.totals = Totals(self._connection)
        self.reminders = Reminders(self._connection)
        self.vocabulary = Vocabulary(self._connection)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep everything inside, or nothing of it. Raises Busy when another process writes for too long."""
        with self._turn(), unbroken, self._begun("BEGIN IMMEDIATE", keep=True):
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One consistent view of the store; nothing inside may write."""
        with self._begun("BEGIN", keep=False):
            yield

    @contextmanager
    def _begun(self, statement: str, *, keep: bool) -> Iterator[None]:
        assert not self._open, "a transaction is open already"
        try:
            self._open = True
            with readable(self.url), begun(self._connection, statement, keep=keep):
                yield
        finally:
            self._open = False

    @contextmanager
    def held(
        self,
        doing: str,
        now: datetime,
        *,
        wait: float = 0.0,
        pause: Callable[[float], None] = time.sleep,
        waiting: Callable[[str], None] = lambda holder: None,
        lock: BaseFileLock | None = None,
    ) -> Iterator[None]:
        """Have the store for one run. The operating system lets go of the lock when a holder dies.

        Where another run has it, ``waiting`` is told the holder, and ``pause`` sleeps until it ends, ``wait`` seconds
        at most. ``lock`` is one of ``lock_of`` that may be taken already; while others go on keeping it, its holder
        stays named. Raises Busy, naming the holder.
        """
        lock = lock or lock_of(self.url)
        with locked(lock, self.journal.holder, wait=wait, pause=pause, waiting=waiting):
            with self.transaction():
                self.journal.hold(doing, now)
            with readable(self.url):
                yield
            if lock.lock_counter == 1:
                with self.transaction():
                    self.journal.release()

    def version(self) -> tuple[object, ...]:
        """Differs after every finished run, check-in and closing: what was read before may be out of date then."""
        return tuple(self._connection.exec_driver_sql(_VERSION).one())

    def survive_power_cuts(self) -> None:
        """From now on every commit reaches the disk before it returns: what tickets are sent must not be forgotten.

        What was pulled before may be lost in a power cut, and is read again.
        """
        if self._connection.in_transaction():
            self._connection.rollback()
        raw = self._connection.connection.driver_connection
        assert raw is not None
        raw.execute("PRAGMA synchronous=FULL")

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
