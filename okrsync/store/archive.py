"""The archive: every row that is worth keeping, as plain values, out of one store and into another.

What belongs to it is our own history (readings, check-ins, closings with their scores), the links with their past, the
items behind them, and what was ever true of items. What is left out is what the next run finds again (cursors,
milestones, what tickets show) or what is of no use elsewhere (reminders, runs, locks).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import JSON, Boolean, Connection, Float, Integer, LargeBinary, Table

from okrsync.model.closing import Closing, Score
from okrsync.model.verdict import Status
from okrsync.model.work import Item, Outcome, State
from okrsync.store import tables
from okrsync.store.tables import UtcTime

TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        tables.items,
        tables.links,
        tables.past_links,
        tables.transitions,
        tables.backfilled,
        tables.samples,
        tables.checkins,
        tables.closings,
        tables.scores,
        tables.terms,
    )
}
"""By name, in the order in which they are written."""

_FORMS: Mapping[str, Any] = {
    "items.body": Item,
    "closings.body": Closing,
    "scores.body": Score,
    "transitions.state": State,
    "transitions.outcome": Outcome | None,
    "transitions.numbers": dict[str, float],
    "transitions.labels": list[str] | None,
    "checkins.status": Status | None,
    "links.reasons": list[str],
    "samples.flags": list[str],
    "samples.changed": list[str],
}
"""What must be in a column so that it can be read again; of bodies it is what they are known to hold today."""

_CONCERNED = """ WHERE (connection, id) IN (
    SELECT connection, item FROM links UNION SELECT connection, item FROM past_links
)"""
"""Of the items only those that were ever linked; the trackers hold the others."""

Row = Mapping[str, Any]


class Unfit(Exception):
    """A value that its column cannot hold; ``message`` completes "must be …"."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(f"{column}: {message}")
        self.column = column
        self.message = message


class Archive:
    """The cabinet's own copying machine."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """Every row of a table in the order of its key: times as ISO 8601 text, bodies decoded."""
        shapes, where = _shapes(name), _CONCERNED if name == tables.items.name else ""
        keys = ", ".join(shape.quoted for shape in shapes if shape.key)
        for values in self._db.exec_driver_sql(f"SELECT {_chosen(name)} FROM {name}{where} ORDER BY {keys}"):
            yield {shape.name: _shown(shape.kind, value) for shape, value in zip(shapes, values, strict=True)}

    def counts(self) -> dict[str, int]:
        """How many rows there are of everything that is archived; of items every one counts, linked or not."""
        return {name: self._db.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one() for name in TABLES}

    def add(self, name: str, rows: Iterable[Sequence[Any]]) -> None:
        """Write rows as :func:`stored` made them. They keep their numbers, which others refer to."""
        if given := [tuple(row) for row in rows]:
            marks = ", ".join("?" for _ in _shapes(name))
            self._db.exec_driver_sql(f"INSERT INTO {name} ({_chosen(name)}) VALUES ({marks})", given)


class _Shape(msgspec.Struct, frozen=True):
    """What a column holds: text, time, int, float, bool, json, or a body; ``form`` is what must be in it, or None."""

    name: str
    kind: str
    nullable: bool
    key: bool
    form: Any

    @property
    def quoted(self) -> str:
        return f'"{self.name}"'


@cache
def _shapes(name: str) -> tuple[_Shape, ...]:
    return tuple(
        _Shape(
            name=column.name,
            kind=_kind(column.type),
            nullable=bool(column.nullable) or (column.primary_key and isinstance(column.type, Integer)),
            key=column.primary_key,
            form=_FORMS.get(f"{name}.{column.name}"),
        )
        for column in TABLES[name].columns
    )


def _kind(type: Any) -> str:
    kinds = (
        (LargeBinary, "body"),
        (JSON, "json"),
        (UtcTime, "time"),
        (Boolean, "bool"),
        (Integer, "int"),
        (Float, "float"),
    )
    return next((kind for one, kind in kinds if isinstance(type, one)), "text")


def _chosen(name: str) -> str:
    return ", ".join(shape.quoted for shape in _shapes(name))


def key_of(name: str, row: Row) -> tuple[Any, ...]:
    """What makes a row of a table one of its kind."""
    return tuple(row.get(shape.name) for shape in _shapes(name) if shape.key)


def kinds(name: str) -> dict[str, str]:
    """Of each column of a table: text, time, int, float, bool or json."""
    return {shape.name: "json" if shape.kind == "body" else shape.kind for shape in _shapes(name)}


def stored(name: str, row: Row) -> tuple[Any, ...]:
    """A row of an archive as its table keeps it. Raises Unfit for a value that the column cannot hold."""
    shapes = _shapes(name)
    for unknown in row.keys() - {shape.name for shape in shapes}:
        raise Unfit(unknown, f"a column of {name}; a newer okrsync may know it")
    return tuple(_kept(shape, row.get(shape.name)) for shape in shapes)


def _shown(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind in ("json", "body"):
        return json.loads(value)
    return bool(value) if kind == "bool" else value


def _kept(shape: _Shape, value: Any) -> Any:
    """Exact inverse of ``_shown``: JSON as it is always written, times in UTC."""
    if value is None and not shape.nullable:
        raise Unfit(shape.name, "given")
    if shape.form is not None:
        _check(shape, value)
    if value is None:
        return None
    if shape.kind == "body":
        return msgspec.json.encode(value)
    if shape.kind == "json":
        return json.dumps(value)
    return _time(shape.name, value) if shape.kind == "time" else _plain(shape, value)


def _check(shape: _Shape, value: Any) -> None:
    try:
        msgspec.convert(value, shape.form)
    except msgspec.ValidationError as error:
        raise Unfit(shape.name, f"as it was exported ({error})") from None


def _plain(shape: _Shape, value: Any) -> Any:
    expected, words = _EXPECTED[shape.kind]
    if not isinstance(value, expected) or isinstance(value, bool) != (expected is bool):
        raise Unfit(shape.name, words)
    if shape.kind == "int" and abs(value) >= _TOO_LARGE:
        raise Unfit(shape.name, "a number that fits into 64 bits")
    try:
        return float(value) if shape.kind == "float" else value
    except OverflowError:
        raise Unfit(shape.name, words) from None


def _time(name: str, value: Any) -> str:
    try:
        at = datetime.fromisoformat(value)
        if at.tzinfo is not None:
            return at.astimezone(UTC).isoformat(timespec="microseconds")
    except (TypeError, ValueError, OverflowError):
        pass
    raise Unfit(name, "a time with its zone, such as 2026-10-01T09:00:00+00:00")


_TOO_LARGE = 2**63

_EXPECTED: Mapping[str, tuple[Any, str]] = {
    "bool": (bool, "true or false"),
    "int": (int, "a whole number"),
    "float": (int | float, "a number"),
    "text": (str, "text"),
}
