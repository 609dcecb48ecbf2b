"""Rows by the thousand go to the driver as plain SQL; building statements for them would cost more than they do."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import chain

import msgspec
from sqlalchemy import Connection

from okrsync.model.work import Item

CHUNK = 500
"""Rows handled at a time."""

encode = msgspec.json.Encoder().encode
decode_item = msgspec.json.Decoder(Item).decode


def as_json(names: Sequence[str]) -> str:
    """A list as one parameter, for ``IN (SELECT value FROM json_each(?))``."""
    return msgspec.json.encode(names).decode()


def write_rows(db: Connection, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Fill ``{rows}`` of a statement and run it, with as many rows in one step as this SQLite takes."""
    if not rows:
        return
    raw = db.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    together = min(CHUNK, raw.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) // len(rows[0]))
    for start in range(0, len(rows), together):
        part = rows[start : start + together]
        marks = f"({', '.join('?' * len(part[0]))})"
        db.exec_driver_sql(statement.format(rows=", ".join([marks] * len(part))), tuple(chain.from_iterable(part)))
