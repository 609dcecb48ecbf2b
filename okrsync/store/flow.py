"""Flow: from when to when tickets were in progress or delivered, linked or not, and what each of them counted for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Connection

from okrsync.method.begun import Link, Work, stretches
from okrsync.model.life import Life, Moment
from okrsync.model.sample import Linked
from okrsync.model.work import Item, Kind
from okrsync.store.lives import moment_of
from okrsync.store.rows import CHUNK, as_json, decode_item

_ASKED = "(SELECT value FROM json_each(?))"
_SCOPES = f"""
SELECT DISTINCT i.connection, i.scope FROM (
    SELECT connection, item FROM links WHERE key_result IN {_ASKED}
    UNION ALL SELECT connection, item FROM past_links WHERE key_result IN {_ASKED}
) l CROSS JOIN items i ON i.connection = l.connection AND i.id = l.item ORDER BY i.connection, i.scope
"""
_PARENTS = """
SELECT DISTINCT parent FROM items WHERE connection = ? AND parent IS NOT NULL AND NOT subtask AND unreachable IS NULL
"""
_ITEMS = f"SELECT id, unreachable, body FROM items WHERE connection = ? AND scope IN {_ASKED} ORDER BY rowid"
_MOMENTS = f"""
SELECT item, at, state, word, outcome, points, numbers, unreachable, rebuilt, labels, type, closed FROM transitions
WHERE connection = ? AND item IN {_ASKED} ORDER BY item, at, id
"""
_PAST = f"""
SELECT key_result, connection, item, since, until FROM past_links WHERE key_result IN {_ASKED}
ORDER BY key_result, connection, item, until
"""
_LINKS = f"SELECT key_result, connection, item, since FROM links WHERE key_result IN {_ASKED}"

LeftAlone = Callable[[str, Sequence[str]], bool]
"""Whether to pass over a ticket, by its connection and labels."""


class Flow:
    """The cabinet of what was worked on."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def work(self, key_results: Sequence[str], left_alone: LeftAlone) -> Iterator[Work]:
        """Every item of the repositories and projects in which any was ever linked to one of these.

        A leaf is reachable, and neither a sub-task nor a pull request nor ``left_alone``; what is one is as of today.
        """
        names = as_json(key_results)
        scopes = self._db.exec_driver_sql(_SCOPES, (names, names)).all()
        for connection, some in groupby(scopes, key=itemgetter(0)):
            parents = set(self._db.exec_driver_sql(_PARENTS, (connection,)).scalars())

            def is_leaf(item: Item, parents: set[str] = parents) -> bool:
                alone = item.subtask or item.kind is not Kind.ISSUE or left_alone(item.connection, item.labels)
                return not alone and parents.isdisjoint((item.id, item.key))

            for item, gone, moments in self._items(connection, [scope for _, scope in some]):
                told = tuple(stretches(Life(item, _NOT_LINKED, moments, unreachable=gone or "")))
                leaf = gone is None and is_leaf(item)
                yield Work((connection, item.id), (connection, item.scope), item.created, leaf, told)

    def links(self, key_results: Sequence[str]) -> Iterator[Link]:
        """What counted for these key results, and when; what counted before does not count since its creation anew."""
        names = as_json(key_results)
        left: dict[tuple[str, str, str], datetime] = {}
        for key_result, connection, item, since, until in self._db.exec_driver_sql(_PAST, (names,)):
            key = (key_result, connection, item)
            begin = _time(since) or left.get(key)
            left[key] = datetime.fromisoformat(until)
            yield Link(key_result, (connection, item), begin, left[key])
        for key_result, connection, item, since in self._db.exec_driver_sql(_LINKS, (names,)).yield_per(CHUNK):
            begin = _time(since) or left.get((key_result, connection, item))
            yield Link(key_result, (connection, item), begin, None)

    def _items(self, connection: str, scopes: Sequence[str]) -> Iterator[tuple[Item, str | None, tuple[Moment, ...]]]:
        """Each with why it is unreachable, and all that was noted of it."""
        rows = self._db.exec_driver_sql(_ITEMS, (connection, as_json(scopes))).yield_per(CHUNK)
        for part in rows.partitions(CHUNK):
            told = self._moments(connection, [id for id, _, _ in part])
            for id, gone, body in part:
                yield decode_item(body), gone, told.get(id, ())

    def _moments(self, connection: str, ids: Sequence[str]) -> dict[str, tuple[Moment, ...]]:
        """All that was noted of these items, by item and in order of time."""
        rows = self._db.exec_driver_sql(_MOMENTS, (connection, as_json(ids)))
        return {name: tuple(moment_of(*row[1:]) for row in some) for name, some in groupby(rows, key=itemgetter(0))}


_NOT_LINKED = Linked("", "", "", 1.0, False, ())
"""A life needs a link; here none is asked for."""


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
