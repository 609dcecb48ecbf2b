"""The journal: runs, every write with its intent and receipt, and who holds the store.

An intent is kept before a change is sent, its receipt after; an intent without an end marks a ticket whose
state nobody knows until it is observed again.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, CursorResult, Row, delete, select, text, update
from sqlalchemy.dialects.sqlite import insert

from okrsync.model.change import Change, Done, Receipt, connection_of, ref_of
from okrsync.model.run import AuditedWrite, ConnectionRun, RunRecord, RunReport, RunRow
from okrsync.store import tables
from okrsync.store.totals import Totals

BACKFILL = "backfill"
"""The kind of run that reads what was, and not what is new."""

QUIET = 500
"""So many runs that changed nothing are kept, the newest of them; all others are kept for ever."""

KILLED = "It was killed, or the machine went down."
"""What became of a run whose end nobody wrote down. When it ended, and with which exit code, nobody knows."""

STREAMED = 500
"""Rows of the audit log held in memory at a time."""


class _Ended(msgspec.Struct):
    receipt: Receipt | None = None
    error: str = ""


class _Told(msgspec.Struct, omit_defaults=True):
    """What a row needs of a report, or the error in its place."""

    connections: tuple[ConnectionRun, ...] = ()
    writes: tuple[_Ended, ...] = ()
    error: str = ""


class Journal:
    """The cabinet of what we did."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._totals = Totals(connection)

    def begin_run(self, kind: str, at: datetime) -> int:
        """Note that a run began; the number it goes by. Until it ends, whoever looks sees it as unfinished."""
        result = self._db.execute(insert(tables.runs).values(kind=kind, started_at=at))
        return _new_id(result)

    def end_run(self, report: RunReport) -> None:
        """Keep its report, count it, and forget the oldest of the runs that changed nothing."""
        ended = {"finished_at": report.finished, "exit_code": report.exit_code, "quiet": report.quiet}
        self._db.execute(
            update(tables.runs).where(tables.runs.c.id == report.id).values(**ended, report=msgspec.json.encode(report))
        )
        seconds = (report.finished - report.started).total_seconds()
        self._totals.count(report.kind, report.exit_code, seconds, report.connections)
        if report.quiet:
            self._forget_quiet_runs()

    def _forget_quiet_runs(self) -> None:
        table = tables.runs
        kept = select(table.c.id).where(text("quiet")).order_by(table.c.id.desc()).offset(QUIET).limit(1)
        self._db.execute(delete(table).where(text("quiet"), table.c.id <= kept.scalar_subquery()))

    def fail_run(
        self, run: int, at: datetime, exit_code: int, error: str, connections: tuple[ConnectionRun, ...] = ()
    ) -> None:
        """A run that ended with an error instead of a report; ``connections`` tell what it cost."""
        table = tables.runs
        ended = (
            update(table)
            .where(table.c.id == run)
            .values(finished_at=at, exit_code=exit_code, report=_failed(error, connections))
            .returning(table.c.kind, table.c.started_at)
        )
        for kind, started in self._db.execute(ended).all():
            self._totals.count(kind, exit_code, (at - started).total_seconds(), connections)

    def close_killed_runs(self) -> None:
        """Say of every run without an end that it was killed; only who has the store knows that none goes on."""
        table = tables.runs
        self._db.execute(update(table).where(table.c.report.is_(None)).values(report=_failed(KILLED)))

    def intend(self, run: int, change: Change, at: datetime) -> int:
        """Note a change before it is sent; the number that ``end`` takes."""
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

    def written_since(self, connection: str, since: datetime) -> list[datetime]:
        """When writes were sent to a connection, oldest first; those whose end nobody saw count too."""
        table = tables.writes
        rows = self._db.execute(
            select(table.c.intended_at)
            .where(table.c.connection == connection, table.c.intended_at > since)
            .order_by(table.c.intended_at)
        )
        return list(rows.scalars())

    def end(self, write: int, at: datetime, *, receipt: Receipt | None = None, error: str = "") -> None:
        """Note how a change ended: with a ``receipt``, or refused with an ``error``."""
        self._db.execute(
            update(tables.writes)
            .where(tables.writes.c.id == write)
            .values(ended_at=at, receipt=msgspec.json.encode(receipt) if receipt else None, error=error)
        )

    def withdraw(self, write: int) -> None:
        """A change that was meant and surely not made."""
        self._db.execute(delete(tables.writes).where(tables.writes.c.id == write))

    def runs(self, limit: int | None = None) -> tuple[RunRow, ...]:
        """The last runs, the newest first."""
        table = tables.runs
        rows = self._db.execute(select(table).order_by(table.c.id.desc()).limit(limit)).all()
        return tuple(_row(row, self._written) for row in rows)

    def _written(self, run: int) -> int:
        """How many changes of a run a tracker took, by the audit log."""
        table = tables.writes
        receipts = self._db.execute(select(table.c.receipt).where(table.c.run == run, table.c.receipt.is_not(None)))
        return sum(msgspec.json.decode(one, type=Receipt).done is Done.APPLIED for one in receipts.scalars())

    def run(self, run: int) -> RunRecord | None:
        """A run by its number; None where there is none, or not any more."""
        row = self._db.execute(select(tables.runs).where(tables.runs.c.id == run)).first()
        return _record(row) if row else None

    def writes(self, *, run: int | None = None, since: datetime | None = None) -> Iterator[AuditedWrite]:
        """Every change ever begun, streamed in the order in which they were; of one run, or since a time."""
        table = tables.writes
        query = select(table).order_by(table.c.id)
        if run is not None:
            query = query.where(table.c.run == run)
        if since is not None:
            query = query.where(table.c.intended_at >= since)
        for row in self._db.execute(query, execution_options={"yield_per": STREAMED}):
            yield _audited(row)

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
        return words_for_holder(row.doing, row.pid, row.host, row.since)

    def reading(self) -> bool:
        """Whether a run has the store at this moment; one that was killed has it no more."""
        row = self._db.execute(select(tables.holder)).first()
        return row is not None and (row.host != socket.gethostname() or _lives(row.pid))

    def release(self) -> None:
        """Nobody has the store now."""
        self._db.execute(delete(tables.holder))


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


def _new_id(result: CursorResult[Any]) -> int:
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])


def words_for_holder(doing: str, pid: int, host: str, since: datetime | str) -> str:
    """Who has a store and since when; ``since`` may come as the text that the store keeps."""
    began = datetime.fromisoformat(since) if isinstance(since, str) else since
    return f"`{doing}` (process {pid} on {host}) since {began:%Y-%m-%d %H:%M:%S} UTC"


def _record(row: Row[tuple[Any, ...]]) -> RunRecord:
    """A run as the journal has it: with its report, with the error that ended it, or with neither while it lasts."""
    error = msgspec.json.decode(row.report, type=_Told).error if row.report else ""
    return RunRecord(
        id=row.id,
        kind=row.kind,
        started=row.started_at,
        finished=row.finished_at,
        exit_code=row.exit_code,
        error=error,
        report=msgspec.json.decode(row.report, type=RunReport) if row.report and not error else None,
    )


def _failed(error: str, connections: tuple[ConnectionRun, ...] = ()) -> bytes:
    """What is kept in the place of a report."""
    return msgspec.json.encode(_Told(connections, error=error))


def _row(row: Row[tuple[Any, ...]], written: Callable[[int], int]) -> RunRow:
    """``written`` counts the changes of a run that left no report."""
    told = msgspec.json.decode(row.report, type=_Told) if row.report else _Told()
    applied = sum(one.receipt is not None and one.receipt.done is Done.APPLIED for one in told.writes)
    failed = [told.error, *(one.error for one in told.connections), *(one.error for one in told.writes)]
    return RunRow(
        id=row.id,
        kind=row.kind,
        started=row.started_at,
        seconds=(row.finished_at - row.started_at).total_seconds() if row.finished_at else None,
        requests=sum(one.requests for one in told.connections),
        written=written(row.id) if told.error or not row.report else applied,
        deferred=sum(one.receipt is None and not one.error for one in told.writes),
        errors=tuple(error for error in failed if error),
        exit_code=row.exit_code,
    )


def _audited(row: Row[tuple[Any, ...]]) -> AuditedWrite:
    return AuditedWrite(
        id=row.id,
        run=row.run,
        connection=row.connection,
        change=msgspec.json.decode(row.change, type=Change),
        intended=row.intended_at,
        ended=row.ended_at,
        receipt=msgspec.json.decode(row.receipt, type=Receipt) if row.receipt else None,
        error=row.error,
    )
