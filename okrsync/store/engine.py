"""The connection to SQLite: how it is set up, and how a transaction begins."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, make_url

from okrsync.errors import ConfigError
from okrsync.interrupt import unbroken
from okrsync.store.file import address, place, unusable, writable

BEGIN = "okrsync begin"
"""Where a connection keeps how its next transaction begins."""

CACHE = 8_000
"""kB of the file that a store keeps in memory while it is open."""

_PRAGMAS = (
    "page_size=8192",
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "busy_timeout=10000",
    "wal_autocheckpoint=2000",
    "temp_store=MEMORY",
)
"""Pages of 8 KB, which only a new file takes, cost a first sync a fifth less than the usual 4 KB. 2,000 of them, 16 MB,
let it copy what it wrote into the file once, and not after every 4 MB."""
_READING = ("query_only=ON", "busy_timeout=10000", "temp_store=MEMORY")


def engine(url: str, cache: int) -> Engine:
    """SQLite as okrsync wants it; ``cache`` is in kB. Raises ConfigError for any other database.

    Where file or folder may not be written, it only reads. Whatever SQLite refuses later is a StoreError, or Busy.
    """
    if not url.startswith("sqlite:"):
        raise ConfigError(
            f"store: {make_url(url).get_backend_name()} is not supported.", hint="Use sqlite:///okrsync.db."
        )
    file = place(url)
    pragmas = _PRAGMAS if writable(file) else _READING
    made = create_engine(url, creator=lambda: sqlite3.connect(address(file), uri=True, check_same_thread=False))

    @event.listens_for(made, "connect")
    def _prepare(raw: Any, _record: Any) -> None:
        raw.isolation_level = None
        for pragma in (*pragmas, f"cache_size=-{cache}"):
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(made, "handle_error")
    def _explain(context: ExceptionContext) -> None:
        if isinstance(context.original_exception, sqlite3.DatabaseError):
            raise unusable(url, context.original_exception) from context.original_exception

    @event.listens_for(made, "begin")
    def _say(connection: Connection) -> None:
        connection.exec_driver_sql(connection.info.pop(BEGIN, "BEGIN"))

    return made


@contextmanager
def begun(connection: Connection, statement: str, *, keep: bool) -> Iterator[None]:
    """A transaction that ends with what was done in it kept, or given back where ``keep`` is not wanted or it failed.

    ``BEGIN IMMEDIATE`` waits for other writers; a plain one that reads first and then writes may fail at once. A view
    that a single read left open ends here.
    """
    with unbroken:
        if connection.in_transaction():
            connection.rollback()
        connection.info[BEGIN] = statement
        transaction = connection.begin()
    try:
        yield
        if keep:
            with unbroken:
                transaction.commit()
    finally:
        with unbroken:
            transaction.close()
