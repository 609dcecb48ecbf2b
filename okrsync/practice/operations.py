"""Operations: how each connection is, what the last runs did, and what waits for the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from okrsync.model.change import connection_of
from okrsync.model.hint import Hint
from okrsync.model.run import ConnectionRun, RunRecord, RunReport, RunRow, Write
from okrsync.practice.desk import Desk
from okrsync.pull.reading import NOT_FINISHED
from okrsync.store.scopes import ConnectionState

RUNS = 20
"""The last runs that are told of, and looked at for what they said about their connections."""


class Connection(msgspec.Struct, frozen=True):
    """A configured connection. ``age`` is in seconds since its last complete reading, None before the first.

    ``error`` is "" after a complete reading, ``hint`` is how to mend it. ``remaining`` of ``limit`` requests were left
    when the run that began ``told`` ended, where the tracker says so. ``hints`` counts what webhooks have announced
    and no run has looked at.
    """

    name: str
    type: str
    succeeded: datetime | None
    age: float | None
    error: str
    hint: str
    requests: int
    remaining: int | None
    limit: int | None
    told: datetime | None
    hints: int


class Told(msgspec.Struct, frozen=True):
    """What the last runs said: of each connection the newest word and when that run began, and what they deferred."""

    connections: Mapping[str, tuple[datetime, ConnectionRun]]
    deferred: tuple[Write, ...]


class Operations(msgspec.Struct, frozen=True):
    """``deferred`` are the changes that the last run of their connection left for the next."""

    connections: tuple[Connection, ...]
    runs: tuple[RunRow, ...]
    deferred: tuple[Write, ...]


def told(desk: Desk) -> Told:
    """From the reports of the last runs, which may be large: the same until another run has ended."""
    with desk.store.reading():
        records = _records(desk, desk.store.journal.runs(RUNS))
    reports = [one.report for one in records if one.report is not None]
    return Told(_told(reports), _deferred(reports))


def operations(desk: Desk, waiting: Mapping[str, Sequence[Hint]], said: Told | None = None) -> Operations:
    """How things stand for whoever runs them. ``waiting`` are the hints by connection."""
    said = said or told(desk)
    with desk.store.reading():
        rows, reading = desk.store.journal.runs(RUNS), desk.store.journal.reading()
        states = {name: desk.store.scopes.state(name) for name in desk.settings.connections}
    return Operations(
        connections=tuple(
            _connection(desk, name, said.connections.get(name), _settled(state, reading=reading), waiting)
            for name, state in states.items()
        ),
        runs=rows,
        deferred=said.deferred,
    )


def _records(desk: Desk, rows: Sequence[RunRow]) -> list[RunRecord]:
    return [one for row in rows if (one := desk.store.journal.run(row.id)) is not None]


def _told(reports: Sequence[RunReport]) -> dict[str, tuple[datetime, ConnectionRun]]:
    """What the newest run that asked each connection said about it."""
    found: dict[str, tuple[datetime, ConnectionRun]] = {}
    for report in reports:
        for one in report.connections:
            found.setdefault(one.connection, (report.started, one))
    return found


def _settled(state: ConnectionState, *, reading: bool) -> ConnectionState:
    """While a run reads, what was known before it holds: that it has not finished is no news."""
    return ConnectionState(state.succeeded_at) if reading and state.error == NOT_FINISHED else state


def _connection(
    desk: Desk,
    name: str,
    told: tuple[datetime, ConnectionRun] | None,
    state: ConnectionState,
    waiting: Mapping[str, Sequence[Hint]],
) -> Connection:
    at, last = told or (None, ConnectionRun(name))
    succeeded, error = state.succeeded_at, state.error
    told_now = bool(last.error) and error.startswith(last.error)
    return Connection(
        name=name,
        type=desk.settings.connections[name].type,
        succeeded=succeeded,
        age=max(timedelta(), desk.now - succeeded).total_seconds() if succeeded else None,
        error=last.error if told_now or not error else error,
        hint=last.hint if told_now or not error else "",
        requests=last.requests,
        remaining=last.remaining,
        limit=last.limit,
        told=at,
        hints=len(waiting.get(name, ())),
    )


def _deferred(reports: Sequence[RunReport]) -> tuple[Write, ...]:
    covered: set[str] = set()
    found: list[Write] = []
    for report in reports:
        if report.kind != "sync":
            continue
        found += (
            write
            for write in report.writes
            if write.receipt is None and not write.error and connection_of(write.change) not in covered
        )
        covered.update(one.connection for one in report.connections)
    return tuple(found)
