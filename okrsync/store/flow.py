"""Flow: which tickets were in progress at a moment, linked or not, in whole repositories and projects."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter

import msgspec
from sqlalchemy import Connection

from okrsync.method.begun import begun
from okrsync.model.life import Life, Moment
from okrsync.model.sample import Linked
from okrsync.model.work import Item, Kind, State
from okrsync.store.lives import ItemKey, moment_of
from okrsync.store.moments import as_text
from okrsync.store.rows import as_json, decode_item

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

Pair = tuple[str, str]
"""(connection, scope)."""

LeftAlone = Callable[[str, Sequence[str]], bool]
"""Whether to pass over a ticket, by its connection and labels."""


class _Glanced(msgspec.Struct, gc=False):
    """The few fields of an item's body that tell whether it is worth reading whole."""

    id: str
    created: datetime
    state: State = State.TODO
    kind: Kind = Kind.ISSUE
    closed: datetime | None = None


_glance = msgspec.json.Decoder(_Glanced).decode


class Flow:
    """The cabinet of work in progress."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def active(
        self, times: Collection[datetime], scopes: Collection[Pair], left_alone: LeftAlone
    ) -> dict[datetime, list[tuple[ItemKey, Pair]]]:
        """At each of some times: (connection, id) and (connection, scope) of every ticket in progress in these scopes.

        A ticket is a reachable leaf that is neither a sub-task nor a pull request; what is a leaf is as of today.
        """
        found: dict[datetime, list[tuple[ItemKey, Pair]]] = {at: [] for at in times}
        for connection in sorted({one for one, _ in scopes}) if times else ():
            chosen = sorted(scope for one, scope in scopes if one == connection)
            for life in self._lives(connection, chosen, times):
                if left_alone(connection, life.item.labels):
                    continue
                for at, some in found.items():
                    if (then := begun(life, at)) and then.doing:
                        some.append(_keys(life.item))
        return found

    def _lives(self, connection: str, scopes: list[str], times: Collection[datetime]) -> list[Life]:
        """What may have been in progress at any of these times."""
        first, last = min(times), max(times)
        changed = {row[0] for row in self._db.exec_driver_sql(_CHANGED_SINCE, (connection, as_text(first)))}
        leaves = self._db.exec_driver_sql(_LEAVES, (connection, as_json(scopes))).scalars().all()
        found = [decode_item(body) for body in leaves if _may_have_been(_glance(body), first, last, changed)]
        told = self._moments(connection, [item.id for item in found])
        return [Life(item, _linked(item), told.get(item.id, ())) for item in found]

    def _moments(self, connection: str, ids: Sequence[str]) -> dict[str, tuple[Moment, ...]]:
        """All that was noted of these items, by item and in order of time."""
        rows = self._db.exec_driver_sql(_MOMENTS, (connection, as_json(ids)))
        return {name: tuple(moment_of(*row[1:]) for row in some) for name, some in groupby(rows, key=itemgetter(0))}


def _keys(item: Item) -> tuple[ItemKey, Pair]:
    return (item.connection, item.id), (item.connection, item.scope)


def _linked(item: Item) -> Linked:
    """A life needs a link; here none is asked for."""
    return Linked("", item.connection, item.id, 1.0, False, ())


def _may_have_been(item: _Glanced, first: datetime, last: datetime, changed: Collection[str]) -> bool:
    """Saves the look into the past of what has rested since the first time: it was then what it is today."""
    if item.kind is not Kind.ISSUE or item.created > last:
        return False
    return item.state is State.DOING or item.id in changed or (item.closed is not None and item.closed > first)
