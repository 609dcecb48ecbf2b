"""What of the past is still to be read from the trackers, and the past once it was.

What a real reading was measured from is never touched: an item's past is rebuilt up to the first reading of any key
result that it is or was linked to, and the moments noted from then on stay as they were seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from okrsync.model.backfill import Due, Told
from okrsync.model.life import Moment
from okrsync.model.work import Item, State
from okrsync.store.dirt import WAITS
from okrsync.store.moments import as_text
from okrsync.store.rows import as_json, decode_item, encode

_LINKED = """
SELECT i.body, b.upto, l.key_results FROM (
    SELECT connection, item, group_concat(key_result, ',') AS key_results FROM (
        SELECT connection, item, key_result FROM links UNION SELECT connection, item, key_result FROM past_links
    ) GROUP BY connection, item
) l CROSS JOIN items i ON i.connection = l.connection AND i.id = l.item
LEFT JOIN backfilled b ON b.connection = l.connection AND b.item = l.item
WHERE i.unreachable IS NULL ORDER BY i.connection, i.scope, l.key_results, i.id
"""
_FORGET = """
DELETE FROM transitions
WHERE connection = ? AND item IN (SELECT value FROM json_each(?)) AND (rebuilt OR at < ?)
"""
_NOTE = """
INSERT INTO transitions (connection, item, at, state, word, outcome, points, numbers, unreachable, rebuilt)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', 1)
"""
_READ = """
INSERT INTO backfilled (connection, item, upto) VALUES (?, ?, ?)
ON CONFLICT (connection, item) DO UPDATE SET upto = excluded.upto
"""
_BEGUN = f"UPDATE items SET body = ?, {WAITS} WHERE connection = ? AND id = ?"


class Backlog:
    """The cabinet of the past that is still to be read."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def due(self, measured: Mapping[str, datetime]) -> list[Due]:
        """Reachable items whose past is to be read: by connection and scope, those of a key result side by side.

        ``measured`` is when each key result (case-folded id) was first measured; items of key results that never were
        are left for later. An item that changed since its past was read is due again, unless all that is asked of its
        past was over by then.
        """
        found: list[Due] = []
        for body, upto, linked in self._db.exec_driver_sql(_LINKED).all():
            key_results = tuple(linked.casefold().split(","))
            known = [measured[one] for one in key_results if one in measured]
            until = min(known, default=None)
            if until is None or (upto is not None and until <= datetime.fromisoformat(upto)):
                continue
            item = decode_item(body)
            if item.created < until and not (upto is not None and item.updated <= datetime.fromisoformat(upto)):
                found.append(Due(item, until, key_results))
        return found

    def keep(self, told: Iterable[Told]) -> None:
        """Make what was told the past of these items, and note that it was read."""
        known = list(told)
        items = [one.due.item for one in known]
        for (connection, until), some in _alike(one.due for one in known if one.moments):
            self._db.exec_driver_sql(_FORGET, (connection, as_json(some), as_text(until)))
        if rows := [row for one in known for row in _rows(one)]:
            self._db.exec_driver_sql(_NOTE, rows)
        if known:
            self._db.exec_driver_sql(_READ, [(item.connection, item.id, as_text(item.updated)) for item in items])
        if begun := [one for one in map(_begun, known) if one is not None]:
            self._db.exec_driver_sql(_BEGUN, [(encode(item), item.connection, item.id) for item in begun])


def _alike(due: Iterable[Due]) -> Iterable[tuple[tuple[str, datetime], list[str]]]:
    """Ids of items by their connection and the moment until which their past is told."""
    found: dict[tuple[str, datetime], list[str]] = {}
    for one in due:
        found.setdefault((one.item.connection, one.until), []).append(one.item.id)
    return found.items()


def _rows(told: Told) -> Iterable[tuple[Any, ...]]:
    item, until = told.due.item, told.due.until
    return (_row(item, moment) for moment in told.moments if moment.at < until)


def _row(item: Item, moment: Moment) -> tuple[Any, ...]:
    return (
        item.connection,
        item.id,
        as_text(moment.at),
        moment.state.value,
        moment.word,
        moment.outcome.value if moment.outcome else None,
        moment.points,
        encode(moment.numbers).decode(),
    )


def _begun(told: Told) -> Item | None:
    """The item with the moment at which work on it first began, where nobody knew that; its cycle time follows."""
    item = told.due.item
    first = next((one.at for one in told.moments[1:] if one.state is State.DOING), None)
    if first is None or (item.started is not None and item.started <= first):
        return None
    return msgspec.structs.replace(item, started=first)
