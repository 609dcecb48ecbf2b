"""Surveys: what the whole store holds, counted in a few queries, for the coach's questions.

Bodies are decoded into the few fields that matter, since there are items by the hundred thousand.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from okrsync.method.coach.finding import Orphans, Overlap, TargetMove, Work
from okrsync.method.coach.tally import Tallies
from okrsync.model.work import Kind, Outcome, State
from okrsync.store.rows import CHUNK, as_json

_WORK = """
SELECT l.key_result, l.connection, i.unreachable IS NULL, i.body FROM links l
LEFT JOIN items i ON i.connection = l.connection AND i.id = l.item
"""
_PARENTS = (
    "SELECT DISTINCT connection, parent FROM items WHERE parent IS NOT NULL AND unreachable IS NULL AND NOT subtask"
)
_LINKED = "SELECT connection, item FROM links WHERE key_result IN (SELECT value FROM json_each(?))"
_REACHABLE = "SELECT connection, scope, id, body FROM items WHERE unreachable IS NULL AND NOT subtask ORDER BY rowid"
_SHARED = """
SELECT together, i.key FROM (
    SELECT l.connection, l.item, json_group_array(l.key_result) AS together FROM links l
    WHERE NOT l.supports AND l.key_result IN (SELECT value FROM json_each(?))
    GROUP BY l.connection, l.item HAVING count(*) > 1
) s JOIN items i ON i.connection = s.connection AND i.id = s.item WHERE i.unreachable IS NULL ORDER BY i.rowid
"""
_MOVES = """
SELECT key_result, at, start, before, target FROM (
    SELECT key_result, at, start, target, lag(target) OVER (PARTITION BY key_result ORDER BY at, id) AS before
    FROM samples WHERE target IS NOT NULL
) WHERE before <> target ORDER BY key_result, at
"""


class _Seen(msgspec.Struct):
    """The few fields of an item's body that surveys look at."""

    key: str
    state: State = State.TODO
    kind: Kind = Kind.ISSUE
    outcome: Outcome | None = None
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    started: datetime | None = None
    closed: datetime | None = None

    @property
    def dropped(self) -> bool:
        return self.outcome in (Outcome.CANCELLED, Outcome.DUPLICATE)


_decode = msgspec.json.Decoder(_Seen).decode
_decode_names = msgspec.json.Decoder(tuple[str, ...]).decode


LeftAlone = Callable[[str, Sequence[str]], bool]
"""Whether to pass over a ticket, by its connection and labels."""


class Survey:
    """The cabinet of counts."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def work(self) -> dict[str, Work]:
        """Of each key result with links, where its reachable items stand; dropped ones are counted as linked only."""
        tallies = Tallies()
        for key_result, connection, reachable, body in self._db.exec_driver_sql(_WORK).yield_per(CHUNK):
            tallies.add(key_result, connection, _decode(body) if body and reachable else None)
        return tallies.work()

    def orphans(
        self,
        live: Collection[str],
        names: Mapping[tuple[str, str], str],
        left_alone: Callable[[str, Sequence[str]], bool],
    ) -> tuple[Orphans, ...]:
        """Of each scope, how many tickets are in progress, and the keys of those that no key result is linked to.

        A ticket is a reachable leaf that is neither a sub-task nor a pull request (that is how a ticket is worked on,
        not a ticket). ``names`` are those of the scopes.
        """
        above = self._pairs(_PARENTS)
        linked = self._pairs(_LINKED, (as_json(sorted(live)),))
        found: dict[tuple[str, str], list[tuple[str, bool]]] = {}
        for connection, scope, name, body in self._db.exec_driver_sql(_REACHABLE).yield_per(CHUNK):
            item = _decode(body)
            if item.state is not State.DOING or item.kind is not Kind.ISSUE or left_alone(connection, item.labels):
                continue
            if (connection, name) not in above and (connection, item.key) not in above:
                found.setdefault((connection, scope), []).append((item.key, (connection, name) in linked))
        return tuple(
            Orphans(
                connection,
                names.get((connection, scope), scope),
                len(items),
                tuple(key for key, linked in items if not linked),
            )
            for (connection, scope), items in sorted(found.items())
        )

    def _pairs(self, statement: str, given: tuple[str, ...] = ()) -> set[tuple[str, str]]:
        return {(connection, name) for connection, name in self._db.exec_driver_sql(statement, given).yield_per(CHUNK)}

    def overlaps(self, live: Collection[str]) -> tuple[Overlap, ...]:
        """Sets of key results with the items that count for all of them; what only supports is no overlap."""
        found: dict[tuple[str, ...], list[str]] = {}
        for together, key in self._db.exec_driver_sql(_SHARED, (as_json(sorted(live)),)):
            found.setdefault(tuple(sorted(_decode_names(together))), []).append(key)
        return tuple(Overlap(key_results, tuple(keys)) for key_results, keys in found.items())

    def target_moves(self) -> tuple[TargetMove, ...]:
        """Every reading that was taken under another target than the one before, oldest first in each key result."""
        return tuple(
            TargetMove(key_result, datetime.fromisoformat(at), start or 0.0, before, after)
            for key_result, at, start, before, after in self._db.exec_driver_sql(_MOVES)
        )
