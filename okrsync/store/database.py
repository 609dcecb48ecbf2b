"""Opening the store: pragmas, migrations, transactions, and clear errors for files that cannot be used."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
from filelock import FileLock, Timeout
from sqlalchemy import Connection, ExceptionContext, RootTransaction, create_engine, event, make_url, text

from okrsync.errors import Busy, ConfigError, StoreError
from okrsync.store.archive import Archive
from okrsync.store.backlog import Backlog
from okrsync.store.budgets import Budgets
from okrsync.store.checkins import CheckIns
from okrsync.store.closings import Closings
from okrsync.store.dirt import Dirt
from okrsync.store.flow import Flow
from okrsync.store.history import History
from okrsync.store.items import Items
from okrsync.store.journal import Journal
from okrsync.store.links import Links
from okrsync.store.lives import Lives
from okrsync.store.reminders import Reminders
from okrsync.store.scopes import Scopes
from okrsync.store.survey import Survey
from okrsync.store.tables import metadata
from okrsync.store.terms import Terms
from okrsync.store.totals import Totals

HEAD = "0004"
"""The newest migration; a test compares it with the migrations folder."""

BEGIN = "okrsync begin"
"""Where a connection keeps how its next transaction begins."""

POLL = 0.5
"""Seconds between two looks at a store that somebody else has."""

_DELETABLE = "Without one it can be deleted: trackers are read again, only history and check-ins are lost."
_MENDING = f"`okrsync store check` tells more, and `okrsync store restore FILE` brings back a backup. {_DELETABLE}"
_ADVICE = {
    "SQLITE_FULL": "Make room on the disk and run again; what was kept before is safe.",
    "SQLITE_IOERR": "Check that the disk has room and works, and run again; what was kept before is safe.",
    "SQLITE_CORRUPT": _MENDING,
    "SQLITE_NOTADB": _MENDING,
}
_ACCESS = "Check that the folder exists, and that it and the file are writable; `okrsync store check` tells more."
_VERSION = """
SELECT (SELECT finished_at FROM runs WHERE finished_at IS NOT NULL ORDER BY id DESC LIMIT 1),
    (SELECT max(id) FROM samples), (SELECT max(id) FROM checkins),
    (SELECT max(at) FROM closings), (SELECT max(at) FROM scores)
"""
_UNREADABLE = (msgspec.DecodeError, json.JSONDecodeError, UnicodeDecodeError)
"""What reading raises where bytes are not what was written; SQLite may even quote them in its message."""


CACHE = 8_000
"""kB of the file that a store keeps in memory while it is open."""

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "busy_timeout=10000",
    "wal_autocheckpoint=4000",
    "temp_store=MEMORY",
)
"""The last one, 16 MB of pages, lets a first sync copy what it wrote into the file once, and not after every 4 MB."""


class Store:
    """One open connection to the store, used by one thread.

    Raises StoreError when the file cannot be opened, is no store, or is from a newer okrsync.
    """

    def __init__(self, url: str, *, cache: int = CACHE) -> None:
        self.url = url
        self._open = False
        self._engine = _engine(url, cache)
        try:
            with _readable(url):
                self._connection = self._engine.connect()
                _migrate(self._connection)
        except BaseException:
            self._engine.dispose()
            raise
        self.items = Items(self._connection)
        self.dirt = Dirt(self._connection)
        self.links = Links(self._connection)
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

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep everything inside, or nothing of it. Raises Busy when another process writes for too long."""
        with self._begun("BEGIN IMMEDIATE"):
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One consistent view of the store; nothing inside may write."""
        with self._begun("BEGIN") as view:
            yield
            view.rollback()

    @contextmanager
    def _begun(self, statement: str) -> Iterator[RootTransaction]:
        """A single read outside leaves a view open, which ends here; transactions do not nest."""
        assert not self._open, "a transaction is open already"
        if self._connection.in_transaction():
            self._connection.rollback()
        self._open = True
        try:
            with _readable(self.url), _begin(self._connection, statement) as begun:
                yield begun
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
    ) -> Iterator[None]:
        """Have the store for one run. The operating system lets go of the lock when a holder dies.

        Where another run has it, ``waiting`` is told the holder, and ``pause`` sleeps until it ends, ``wait`` seconds
        at most. Raises Busy, naming the holder.
        """
        with locked(self.url, self.journal.holder, wait=wait, pause=pause, waiting=waiting):
            with self.transaction():
                self.journal.hold(doing, now)
            with _readable(self.url):
                yield
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
        self._connection.close()
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def place(url: str) -> Path:
    """The file of a store."""
    return Path(make_url(url).database or "")


@contextmanager
def _readable(url: str) -> Iterator[None]:
    try:
        yield
    except _UNREADABLE as error:
        raise StoreError(f"The store {place(url)} holds a damaged row: {error}.", hint=_MENDING) from error


@contextmanager
def locked(
    url: str,
    holder: Callable[[], str],
    *,
    wait: float = 0.0,
    pause: Callable[[float], None] = time.sleep,
    waiting: Callable[[str], None] = lambda holder: None,
) -> Iterator[None]:
    """Nobody else has the store in here. Raises Busy after ``wait`` seconds, StoreError where no lock can be made."""
    lock = FileLock(f"{place(url)}.lock", timeout=0, thread_local=False)
    waited = 0.0
    while not _acquired(lock):
        if waited >= wait:
            raise Busy(f"The store is in use by {holder()}.", hint="Wait for it to end, as --wait does, or stop it.")
        if not waited:
            waiting(holder())
        nap = min(POLL, wait - waited)
        pause(nap)
        waited += nap
    try:
        yield
    finally:
        lock.release()


def _acquired(lock: FileLock) -> bool:
    try:
        lock.acquire()
    except Timeout:
        return False
    except OSError as error:
        raise StoreError(f"The store cannot be locked: {error}.", hint=_ACCESS) from error
    return True


def _engine(url: str, cache: int) -> Any:
    if not url.startswith("sqlite:"):
        raise ConfigError(
            f"store: {make_url(url).get_backend_name()} is not supported.", hint="Use sqlite:///okrsync.db."
        )
    engine = create_engine(url)

    @event.listens_for(engine, "connect")
    def _prepare(raw: Any, _record: Any) -> None:
        raw.isolation_level = None
        for pragma in (*_PRAGMAS, f"cache_size=-{cache}"):
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "handle_error")
    def _explain(context: ExceptionContext) -> None:
        if isinstance(context.original_exception, sqlite3.DatabaseError):
            raise unusable(url, context.original_exception) from context.original_exception

    @event.listens_for(engine, "begin")
    def _say(connection: Connection) -> None:
        connection.exec_driver_sql(connection.info.pop(BEGIN, "BEGIN"))

    return engine


def _begin(connection: Connection, statement: str) -> RootTransaction:
    """``BEGIN IMMEDIATE`` waits for other writers; a plain one that reads first and then writes may fail at once."""
    connection.info[BEGIN] = statement
    return connection.begin()


def _migrate(connection: Connection) -> None:
    with connection.begin():
        tables = connection.execute(text("SELECT name FROM sqlite_master WHERE name = 'alembic_version'")).all()
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if tables else None
    if version == HEAD:
        return
    if version is None:
        _create(connection)
        return
    if str(version) > HEAD:
        raise newer(str(version))
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    try:
        with _begin(connection, "BEGIN IMMEDIATE"):
            command.upgrade(config, "head")
    except CommandError as error:
        raise StoreError(f"The store is at version {version}, which nobody knows: {error}", hint=_MENDING) from error


def _create(connection: Connection) -> None:
    """A new store needs no history of migrations: the tables as they are today, marked as the newest version."""
    with _begin(connection, "BEGIN IMMEDIATE"):
        metadata.create_all(connection)
        connection.exec_driver_sql(
            "CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"
        )
        connection.exec_driver_sql("INSERT OR IGNORE INTO alembic_version VALUES (?)", (HEAD,))


def newer(version: str) -> StoreError:
    return StoreError(
        f"The store is at version {version}; this okrsync knows versions up to {HEAD}.",
        hint="Upgrade okrsync, or point `store:` at another file. `okrsync store restore FILE` brings back a backup.",
    )


def unusable(url: str, error: sqlite3.Error) -> StoreError | Busy:
    """What an error of SQLite means, and what to do about it."""
    kind = getattr(error, "sqlite_errorname", "") or ""
    if kind.startswith("SQLITE_BUSY"):
        return Busy(f"The store {place(url)} is being written by another process.", hint="Try again in a moment.")
    advice = next((text for prefix, text in _ADVICE.items() if kind.startswith(prefix)), _ACCESS)
    return StoreError(f"The store {place(url)} cannot be used: {error}.", hint=advice)
