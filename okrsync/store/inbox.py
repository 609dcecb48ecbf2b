"""The inbox: hints that webhooks brought, one for each thing to look at again, until a run has looked.

It is a file of its own beside the store, since a delivery must be answered within milliseconds, also while a run
has a transaction open. Deliveries are remembered, so that one that comes twice is heard once.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from filelock import FileLock
from sqlalchemy import (
    Column,
    Engine,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    create_engine,
    delete,
    event,
    func,
    select,
)
from sqlalchemy.dialects.sqlite import insert

from okrsync.model.hint import Hint
from okrsync.store.tables import UtcTime

REMEMBERED = timedelta(days=7)
"""How long a delivery is known again; trackers let people repeat those of the last few days."""

metadata = MetaData()

hints = Table(
    "hints",
    metadata,
    Column("seq", Integer, nullable=False),
    Column("connection", String, nullable=False),
    Column("scope", String, nullable=False),
    Column("item", String, nullable=False),
    Column("key", String, nullable=False),
    PrimaryKeyConstraint("connection", "scope", "item"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("connection", String, nullable=False),
    Column("id", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index("deliveries_by_id", "connection", "id", unique=True),
    Index("deliveries_by_time", "at"),
    sqlite_autoincrement=True,
)


def inbox_beside(store: Path) -> Path:
    """The file of the inbox of a store."""
    return store.with_name(f"{store.name}-inbox")


class Inbox:
    """One open inbox, used by any number of threads, one at a time. A killed process loses nothing of it."""

    def __init__(self, file: Path) -> None:
        self._engine = _engine(file)
        with FileLock(f"{file}.lock"):
            metadata.create_all(self._engine)
        self._lock = threading.Lock()

    def put(self, connection: str, delivery: str, found: Iterable[Hint], now: datetime) -> bool:
        """Keep what a delivery hints at; False when it came before."""
        with self._lock, self._engine.begin() as db:
            fresh = insert(deliveries).values(connection=connection, id=delivery or uuid4().hex, at=now)
            kept = db.execute(fresh.on_conflict_do_nothing())
            if not kept.rowcount:
                return False
            for hint in found:
                values = {"seq": kept.lastrowid, "key": hint.key}
                db.execute(
                    insert(hints)
                    .values(connection=connection, scope=hint.scope, item=hint.item, **values)
                    .on_conflict_do_update(index_elements=["connection", "scope", "item"], set_=values)
                )
            db.execute(delete(deliveries).where(deliveries.c.at < now - REMEMBERED))
        return True

    def newest(self) -> int:
        """Grows with every delivery; cheap, however many hints wait."""
        with self._lock, self._engine.begin() as db:
            return db.execute(select(func.max(deliveries.c.seq))).scalar() or 0

    def waiting(self) -> dict[str, tuple[Hint, ...]]:
        """What is to be looked at, by connection, the oldest first."""
        with self._lock, self._engine.begin() as db:
            rows = db.execute(select(hints).order_by(hints.c.seq, hints.c.scope, hints.c.item)).all()
        found: dict[str, list[Hint]] = {}
        for row in rows:
            found.setdefault(row.connection, []).append(Hint(row.scope, row.item, row.key, row.seq))
        return {connection: tuple(some) for connection, some in found.items()}

    def seen(self, connection: str, looked_at: Sequence[Hint]) -> None:
        """These were looked at; a newer hint about the same thing stays."""
        with self._lock, self._engine.begin() as db:
            for hint in looked_at:
                db.execute(
                    delete(hints).where(
                        hints.c.connection == connection,
                        hints.c.scope == hint.scope,
                        hints.c.item == hint.item,
                        hints.c.seq <= hint.seq,
                    )
                )

    def forget(self, connections: Iterable[str]) -> None:
        """Drop the hints for connections that nobody has any more."""
        with self._lock, self._engine.begin() as db:
            db.execute(delete(hints).where(hints.c.connection.in_(list(connections))))

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()


def _engine(file: Path) -> Engine:
    engine = create_engine(f"sqlite:///{file}")

    @event.listens_for(engine, "connect")
    def _prepare(raw: Any, _record: Any) -> None:
        for pragma in ("busy_timeout=10000", "journal_mode=WAL", "synchronous=NORMAL"):
            raw.execute(f"PRAGMA {pragma}")

    return engine
