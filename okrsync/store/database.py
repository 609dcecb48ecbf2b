"""Opening the store: pragmas, migrations, transactions, and clear errors for files that cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from filelock import FileLock, Timeout
from sqlalchemy import Connection, RootTransaction, create_engine, event, make_url, text
from sqlalchemy.exc import DatabaseError

from okrsync.errors import Busy, ConfigError, StoreError
from okrsync.store.history import History
from okrsync.store.items import Items
from okrsync.store.journal import Journal
from okrsync.store.links import Links
from okrsync.store.scopes import Scopes

HEAD = "0001"
"""The newest migration; a test compares it with the migrations folder."""

BEGIN = "okrsync begin"
"""Where a connection keeps how its next transaction begins."""


class Store:
    """One open connection to the store, used by one thread.

    Raises StoreError when the file cannot be opened, is no store, or is from a newer okrsync.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._open = False
        self._engine = _engine(url)
        try:
            self._connection = self._engine.connect()
            _migrate(self._connection)
        except DatabaseError as error:
            self._engine.dispose()
            raise _unusable(url, error) from error
        self.items = Items(self._connection)
        self.links = Links(self._connection)
        self.scopes = Scopes(self._connection)
        self.history = History(self._connection)
        self.journal = Journal(self._connection)

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
            with _begin(self._connection, statement) as begun:
                yield begun
        except DatabaseError as error:
            raise _unusable(self.url, error) from error
        finally:
            self._open = False

    @contextmanager
    def held(self, doing: str, now: datetime) -> Iterator[None]:
        """Have the store for one run. The operating system lets go of the lock when a holder dies.

        Raises Busy, naming the holder, when another run has it.
        """
        lock = FileLock(f"{make_url(self.url).database}.lock", timeout=0, thread_local=False)
        try:
            lock.acquire()
        except Timeout as error:
            raise Busy(
                f"The store is in use by {self.journal.holder()}.", hint="Wait for it to end, or stop it."
            ) from error
        try:
            with self.transaction():
                self.journal.hold(doing, now)
            yield
            with self.transaction():
                self.journal.release()
        finally:
            lock.release()

    def close(self) -> None:
        self._connection.close()
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _engine(url: str) -> Any:
    if not url.startswith("sqlite:"):
        raise ConfigError(
            f"store: {make_url(url).get_backend_name()} is not supported.", hint="Use sqlite:///okrsync.db."
        )
    engine = create_engine(url)

    @event.listens_for(engine, "connect")
    def _prepare(raw: Any, _record: Any) -> None:
        raw.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "cache_size=-8000"):
            raw.execute(f"PRAGMA {pragma}")

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
    if version is not None and str(version) > HEAD:
        raise StoreError(
            f"The store is at version {version}; this okrsync knows versions up to {HEAD}.",
            hint="Upgrade okrsync, or point `store:` at another file.",
        )
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    with _begin(connection, "BEGIN IMMEDIATE"):
        command.upgrade(config, "head")


def _unusable(url: str, error: DatabaseError) -> StoreError | Busy:
    place = make_url(url).database
    if getattr(error.orig, "sqlite_errorname", "").startswith("SQLITE_BUSY"):
        return Busy(f"The store {place} is being written by another process.", hint="Try again in a moment.")
    return StoreError(
        f"The store {place} cannot be used: {error.orig}.",
        hint="Check that the folder exists, is writable and has space. A store can be deleted: "
        "trackers are read again, only history and check-ins are lost.",
    )
