"""Moments: what was true of an item from when on, noted whenever something changes that a measure could see.

Of an item that never changed nothing is noted: its creation, begin and end tell its past. At its first change, what
held before is noted, too. Times are the tracker's where it tells one, but never before what was noted already, and
later than the last time that anybody measured without it: what was measured must stay what is replayed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection

from okrsync.method.timeline import came_to_its_state
from okrsync.model.work import Item

_LAST = """
SELECT item, max(at) FROM transitions WHERE connection = ? AND item IN (SELECT value FROM json_each(?)) GROUP BY item
"""
_NOTE = """
INSERT INTO transitions
    (connection, item, at, state, word, outcome, points, numbers, unreachable, rebuilt, labels, type, closed)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)
"""

INSTANT = timedelta(microseconds=1)
"""The smallest step of a kept time."""

Owns = Callable[[str], bool]


class Change(msgspec.Struct, frozen=True):
    """An item before and after; ``lost`` and ``gone`` are why it was unreachable before, and is after."""

    before: Item
    after: Item
    lost: str | None = None
    gone: str | None = None


class Moments:
    """Notes what was true of items when, into the transitions."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def note(
        self, changes: Iterable[Change], owns: Owns, now: datetime | None = None, measured: datetime | None = None
    ) -> None:
        """Note those of the changes that a measure could see.

        ``now`` is when they were seen, if anybody knows, ``measured`` when the last time was that nobody saw them.
        """
        seen = [one for one in changes if _looks(one.before, one.lost, owns) != _looks(one.after, one.gone, owns)]
        if not seen:
            return
        last = self._last(seen[0].after.connection, [one.after.id for one in seen])
        self._db.exec_driver_sql(_NOTE, [row for one in seen for row in _rows(one, last, owns, now, measured)])

    def _last(self, connection: str, items: Sequence[str]) -> dict[str, datetime]:
        rows = self._db.exec_driver_sql(_LAST, (connection, msgspec.json.encode(items).decode()))
        return {item: datetime.fromisoformat(at) for item, at in rows}


def _looks(item: Item, lost: str | None, owns: Owns) -> tuple[object, ...]:
    """What a measure could see of an item."""
    labels = tuple(label for label in item.labels if not owns(label))
    return item.state, item.outcome, item.points, item.numbers, labels, item.type, item.closed, lost


def _rows(
    one: Change, last: Mapping[str, datetime], owns: Owns, now: datetime | None, measured: datetime | None
) -> Iterator[tuple[Any, ...]]:
    floor = last.get(one.after.id)
    if floor is None:
        floor = came_to_its_state(one.before)
        yield _row(one.before, floor, one.lost, owns)
    unseen = floor if measured is None else measured + INSTANT
    yield _row(one.after, max(floor, unseen, _when(one, now)), one.gone, owns)


def _when(one: Change, now: datetime | None) -> datetime:
    """When a change happened: in the tracker's time where that moved, else when it was seen."""
    before, after = one.before, one.after
    seen_only = one.lost != one.gone or after.updated <= before.updated
    if seen_only:
        return now or after.updated
    told = after.updated
    came = came_to_its_state(after)
    if before.updated < came < told and (before.state, before.closed) != (after.state, after.closed):
        told = came
    return told if now is None else min(told, now)


def _row(item: Item, at: datetime, lost: str | None, owns: Owns) -> tuple[Any, ...]:
    return (
        item.connection,
        item.id,
        as_text(at),
        item.state.value,
        item.word,
        item.outcome.value if item.outcome else None,
        item.points,
        msgspec.json.encode(item.numbers).decode(),
        "" if lost is None else lost or "unreachable",
        msgspec.json.encode([label for label in item.labels if not owns(label)]).decode(),
        item.type,
        None if item.closed is None else as_text(item.closed),
    )


def as_text(at: datetime) -> str:
    """A time as the tables keep it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
