"""Flow: which tickets were in progress at a moment, linked or not, in whole repositories and projects."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Connection

from okrsync.method.timeline import past
from okrsync.model.life import Life, Moment
from okrsync.model.sample import Linked
from okrsync.model.work import Item, Kind, State
from okrsync.store.items import as_json, decode_item
from okrsync.store.lives import ItemKey, moment_of

_LEAVES = """
SELECT i.body FROM items i
WHERE i.unreachable IS NULL AND NOT i.subtask AND i.connection = ? AND i.scope IN (SELECT value FROM json_each(?))
AND NOT EXISTS (
    SELECT 1 FROM items c WHERE c.connection = i.connection AND c.parent IN (i.id, i.key) AND NOT c.subtask
    AND c.unreachable IS NULL
) ORDER BY i.rowid
"""
_CHANGED_SINCE = "SELECT DISTINCT item FROM transitions WHERE connection = ? AND at > ?"
_MOMENTS = """
SELECT item, at, state, word, outcome, points, numbers, unreachable, rebuilt, labels, type, closed FROM transitions
WHERE connection = ? AND item IN (SELECT value FROM json_each(?)) ORDER BY item, at, id
"""

LeftAlone = Callable[[str, Sequence[str]], bool]
"""Whether to pass over a ticket, by its connection and labels."""


class Flow:
    """The cabinet of work in progress."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def active(
        self, at: datetime, scopes: Collection[tuple[str, str]], left_alone: LeftAlone
    ) -> list[tuple[ItemKey, str]]:
        """(connection, id) and scope of every ticket in progress at a time, in these (connection, scope).

        A ticket is a reachable leaf that is neither a sub-task nor a pull request; what is a leaf is as of today.
        """
        return [
            ((connection, item.id), item.scope)
            for connection in sorted({one for one, _ in scopes})
            for item in self._active(connection, sorted(scope for one, scope in scopes if one == connection), at)
            if not left_alone(connection, item.labels)
        ]

    def _active(self, connection: str, scopes: list[str], at: datetime) -> Iterator[Item]:
        stamp = at.astimezone(UTC).isoformat(timespec="microseconds")
        changed = {row[0] for row in self._db.exec_driver_sql(_CHANGED_SINCE, (connection, stamp))}
        leaves = map(decode_item, self._db.exec_driver_sql(_LEAVES, (connection, as_json(scopes))).scalars().all())
        found = [item for item in leaves if item.kind is Kind.ISSUE and _may_have_been(item, at, changed)]
        told = self._moments(connection, [item.id for item in found])
        return (item for item in found if _was_active(item, told.get(item.id, ()), at))

    def _moments(self, connection: str, ids: Sequence[str]) -> dict[str, tuple[Moment, ...]]:
        """All that was noted of these items, by item and in order of time."""
        rows = self._db.exec_driver_sql(_MOMENTS, (connection, as_json(ids)))
        return {name: tuple(moment_of(*row[1:]) for row in some) for name, some in groupby(rows, key=itemgetter(0))}


def _was_active(item: Item, moments: tuple[Moment, ...], at: datetime) -> bool:
    found = past(Life(item, Linked("", item.connection, item.id, 1.0, False, ()), moments), at)
    return found is not None and found[0].state is State.DOING and not found[2]


def _may_have_been(item: Item, at: datetime, changed: Collection[str]) -> bool:
    """Saves the look into the past of what has rested since: it was then what it is today."""
    if item.created > at:
        return False
    return item.state is State.DOING or item.id in changed or (item.closed is not None and item.closed > at)
