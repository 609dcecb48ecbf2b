"""The journal: runs, every write with its intent and receipt, and who holds the store.

An intent is kept before a change is sent, its receipt after; an intent without an end marks a ticket whose
state nobody knows until it is observed again.
"""

from __future__ import annotations

import os
import socket
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, CursorResult, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from okrsync.model.change import Change, Receipt, connection_of, ref_of
from okrsync.model.run import RunReport
from okrsync.store import tables


class Journal:
    """The cabinet of what we did."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def begin_run(self, kind: str, at: datetime) -> int:
        result = self._db.execute(insert(tables.runs).values(kind=kind, started_at=at))
        return _new_id(result)

    def end_run(self, report: RunReport) -> None:
        self._db.execute(
            update(tables.runs)
            .where(tables.runs.c.id == report.id)
            .values(finished_at=report.finished, exit_code=report.exit_code, report=msgspec.json.encode(report))
        )

    def fail_run(self, run: int, at: datetime, exit_code: int, error: str) -> None:
        """A run that ended with an error instead of a report."""
        self._db.execute(
            update(tables.runs)
            .where(tables.runs.c.id == run)
            .values(finished_at=at, exit_code=exit_code, report=msgspec.json.encode({"error": error}))
        )

    def intend(self, run: int, change: Change, at: datetime) -> int:
        ref = ref_of(change)
        result = self._db.execute(
            insert(tables.writes).values(
                run=run,
                connection=connection_of(change),
                item=ref.id if ref else None,
                change=msgspec.json.encode(change),
                intended_at=at,
            )
        )
        return _new_id(result)

    def end(self, write: int, at: datetime, *, receipt: Receipt | None = None, error: str = "") -> None:
        self._db.execute(
            update(tables.writes)
            .where(tables.writes.c.id == write)
            .values(ended_at=at, receipt=msgspec.json.encode(receipt) if receipt else None, error=error)
        )

    def hold(self, doing: str, now: datetime) -> None:
        """Note who has the store; the lock beside the file is what keeps others out."""
        self.release()
        self._db.execute(
            insert(tables.holder).values(id=1, host=socket.gethostname(), pid=os.getpid(), since=now, doing=doing)
        )

    def holder(self) -> str:
        """Who has the store, since when, in words."""
        row = self._db.execute(select(tables.holder)).first()
        if row is None:
            return "another run"
        return f"`{row.doing}` (process {row.pid} on {row.host}) since {row.since:%Y-%m-%d %H:%M:%S} UTC"

    def release(self) -> None:
        self._db.execute(delete(tables.holder))


def _new_id(result: CursorResult[Any]) -> int:
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])
