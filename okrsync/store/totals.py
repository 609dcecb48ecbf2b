"""Totals of all runs ever, kept beside the journal: they survive what it forgets, and cost the same every day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects.sqlite import insert

from okrsync.model.run import ConnectionRun
from okrsync.store import tables


class RunTotal(msgspec.Struct, frozen=True):
    """The runs of a kind that ended with an exit code: how many, and how many seconds they took together."""

    kind: str
    exit_code: int
    runs: int
    seconds: float


class ConnectionTotal(msgspec.Struct, frozen=True):
    """What a connection cost in all: runs it took part in and those among them that failed, requests, writes, waits."""

    connection: str
    runs: int
    failed: int
    requests: int
    writes: int
    waited: float


class Totals:
    """The cabinet of what all runs came to."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def count(self, kind: str, exit_code: int, seconds: float, connections: tuple[ConnectionRun, ...] = ()) -> None:
        """One more run has ended."""
        self._add(tables.run_totals, {"kind": kind, "exit_code": exit_code}, {"runs": 1, "seconds": seconds})
        for one in connections:
            cost = {"requests": one.requests, "writes": one.writes, "waited": one.waited}
            counted = {"runs": 1, "failed": int(bool(one.error)), **cost}
            self._add(tables.connection_totals, {"connection": one.connection}, counted)

    def runs(self) -> tuple[RunTotal, ...]:
        """How many runs ended how, and how long they took, since the store was made."""
        table = tables.run_totals
        rows = self._db.execute(select(table).order_by(table.c.kind, table.c.exit_code))
        return tuple(RunTotal(*row) for row in rows)

    def connections(self) -> tuple[ConnectionTotal, ...]:
        """What each connection cost since the store was made."""
        table = tables.connection_totals
        return tuple(ConnectionTotal(*row) for row in self._db.execute(select(table).order_by(table.c.connection)))

    def _add(self, table: Table, key: Mapping[str, Any], amounts: Mapping[str, float]) -> None:
        more = {name: table.c[name] + amount for name, amount in amounts.items()}
        fresh = insert(table).values(**key, **amounts)
        self._db.execute(fresh.on_conflict_do_update(index_elements=list(key), set_=more))
