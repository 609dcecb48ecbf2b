"""Items: what the trackers hold, as last read, and which of it still has to be mapped.

Rows by the thousand go through the driver as plain SQL; building statements for them would cost more than they do.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, func, select, text, update
from sqlalchemy.dialects.sqlite import insert

from okrsync.model.work import Item, State
from okrsync.store import tables

CHUNK = 500
"""Rows handled at a time, below SQLite's limit of variables."""

_HELD = """
SELECT id, body, unreachable FROM items WHERE connection = ? AND id IN (SELECT value FROM json_each(?))
"""
_KEEP = """
INSERT INTO items (connection, id, scope, key, parent, subtask, labelled, dirty, unreachable, body)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)
ON CONFLICT (connection, id) DO UPDATE SET scope = excluded.scope, key = excluded.key, parent = excluded.parent,
    subtask = excluded.subtask, labelled = excluded.labelled, dirty = excluded.dirty, unreachable = NULL,
    body = excluded.body
"""
_MARK = (
    "UPDATE items SET dirty = 1 WHERE connection = ? AND id IN (SELECT value FROM json_each(?))",
    "UPDATE items SET dirty = 1 WHERE connection = ? AND key IN (SELECT value FROM json_each(?))",
)
_MARK_LINKED = """
UPDATE items SET dirty = 1 WHERE (connection, id) IN (SELECT connection, item FROM links WHERE key_result = ?)
"""
_TO_MAP = """
SELECT rowid, body FROM items WHERE connection = ? AND dirty = 1 AND rowid > ? ORDER BY rowid LIMIT ?
"""
_ABOVE = """
WITH refs AS (
    SELECT connection, parent, min(subtask) AS fine FROM items
    WHERE parent IS NOT NULL AND unreachable IS NULL GROUP BY connection, parent
), named AS (
    SELECT i.rowid AS one, r.fine FROM refs r CROSS JOIN items i ON i.connection = r.connection AND i.id = r.parent
    UNION ALL
    SELECT i.rowid AS one, r.fine FROM refs r CROSS JOIN items i ON i.connection = r.connection AND i.key = r.parent
)
SELECT i.connection, i.id, i.body FROM named n CROSS JOIN items i ON i.rowid = n.one
GROUP BY i.rowid HAVING min(n.fine) = ?
"""
"""CROSS JOIN fixes SQLite's order: from the few parents to their rows by index."""

_encode = msgspec.json.Encoder().encode
decode_item = msgspec.json.Decoder(Item).decode


class News(msgspec.Struct, frozen=True):
    """An item that is new (``before`` None) or differs from what the store held."""

    before: Item | None
    after: Item


def as_json(names: Sequence[str]) -> str:
    """A list as one parameter, for ``IN (SELECT value FROM json_each(?))``."""
    return msgspec.json.encode(names).decode()


class Items:
    """The cabinet of work."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def keep(self, found: Sequence[Item], owns: Callable[[str], bool]) -> list[News]:
        """Store what is new or different, mark it dirty, and return it. ``owns`` tells our own labels."""
        if not found:
            return []
        connection = found[0].connection
        held = self._held(connection, [item.id for item in found])
        news: dict[str, News] = {}
        for item in found:
            before, lost = held.get(item.id, (None, None))
            after = _with_history(item, before)
            if before is None or lost is not None or (after != before and after.updated >= before.updated):
                news[item.id] = News(news[item.id].before if item.id in news else before, after)
                held[item.id] = after, None
        self._write([one.after for one in news.values()], owns)
        self._note_transitions(news.values())
        self.mark_dirty(
            connection, [one.before.parent for one in news.values() if one.before and _left_its_parent(one)]
        )
        return list(news.values())

    def _held(self, connection: str, ids: Sequence[str]) -> dict[str, tuple[Item, str | None]]:
        rows = self._db.exec_driver_sql(_HELD, (connection, as_json(ids)))
        return {name: (decode_item(body), unreachable) for name, body, unreachable in rows}

    def _write(self, found: Sequence[Item], owns: Callable[[str], bool], *, dirty: bool = True) -> None:
        if not found:
            return
        rows = [
            (
                item.connection,
                item.id,
                item.scope,
                item.key,
                item.parent,
                item.subtask,
                any(map(owns, item.labels)),
                dirty,
                _encode(item),
            )
            for item in found
        ]
        self._db.exec_driver_sql(_KEEP, rows)

    def _note_transitions(self, news: Collection[News]) -> None:
        rows = [
            {
                "connection": one.after.connection,
                "item": one.after.id,
                "at": one.after.updated,
                "state": one.after.state.value,
                "word": one.after.word,
                "outcome": one.after.outcome.value if one.after.outcome else None,
            }
            for one in news
            if one.before is not None and (one.before.state, one.before.outcome) != (one.after.state, one.after.outcome)
        ]
        if rows:
            self._db.execute(insert(tables.transitions), rows)

    def rewrite(self, item: Item, owns: Callable[[str], bool]) -> None:
        """Note what our own write changed on a ticket; nothing has to be mapped again for it."""
        table = tables.items
        dirty = self._db.execute(
            select(table.c.dirty).where(table.c.connection == item.connection, table.c.id == item.id)
        ).scalar()
        self._write([item], owns, dirty=bool(dirty))

    def get(self, connection: str, item: str) -> Item | None:
        table = tables.items
        body = self._db.execute(
            select(table.c.body).where(table.c.connection == connection, table.c.id == item)
        ).scalar()
        return decode_item(body) if body else None

    def mark_dirty(self, connection: str, ids_or_keys: Sequence[str | None]) -> None:
        names = [one for one in ids_or_keys if one]
        if names:
            for statement in _MARK:
                self._db.exec_driver_sql(statement, (connection, as_json(names)))

    def mark_linked_dirty(self, key_result: str) -> None:
        self._db.exec_driver_sql(_MARK_LINKED, (key_result,))

    def rename_labels(
        self, connection: str, scope: str, renamed: Mapping[str, str | None], owns: Callable[[str], bool]
    ) -> None:
        """Carry a scope's label renames and deletions over to its items, which trackers do not touch for it."""
        changed, lost = [], {}
        for item, unreachable in self._in_scope(connection, scope):
            if renamed.keys() & set(item.labels):
                now = tuple(name for label in item.labels if (name := renamed.get(label, label)) is not None)
                changed.append(msgspec.structs.replace(item, labels=now))
                if unreachable is not None:
                    lost[item.id] = unreachable
        self._write(changed, owns)
        self.mark_unreachable(connection, lost)

    def _in_scope(self, connection: str, scope: str) -> Iterator[tuple[Item, str | None]]:
        table = tables.items
        condition = (table.c.connection == connection) & (table.c.scope == scope)
        last = ""
        columns = select(table.c.id, table.c.body, table.c.unreachable)
        while chunk := self._db.execute(
            columns.where(condition, table.c.id > last).order_by(table.c.id).limit(CHUNK)
        ).all():
            yield from ((decode_item(row.body), row.unreachable) for row in chunk)
            last = chunk[-1].id

    def ids(self, connection: str, scope: str) -> set[str]:
        """Ids of the reachable items of a scope."""
        table = tables.items
        rows = self._db.execute(
            select(table.c.id).where(
                table.c.connection == connection, table.c.scope == scope, table.c.unreachable.is_(None)
            )
        )
        return {row.id for row in rows}

    def lost(self, connection: str, scope: str) -> set[str]:
        """Ids of the unreachable items of a scope."""
        table = tables.items
        rows = self._db.execute(
            select(table.c.id).where(
                table.c.connection == connection, table.c.scope == scope, table.c.unreachable.is_not(None)
            )
        )
        return {row.id for row in rows}

    def some(self, connection: str, ids: Sequence[str]) -> list[Item]:
        return [item for item, _ in self._held(connection, ids).values()]

    def mark_unreachable(self, connection: str, reasons: Mapping[str, str]) -> None:
        """Take items out of the numbers, with a reason each."""
        table = tables.items
        for item, reason in reasons.items():
            self._db.execute(
                update(table)
                .where(table.c.connection == connection, table.c.id == item)
                .values(unreachable=reason, dirty=True)
            )

    def unreachable(self, key_result: str) -> dict[tuple[str, str], str]:
        """(connection, id) -> reason, of the unreachable items linked to a key result."""
        table, links = tables.items, tables.links
        rows = self._db.execute(
            select(table.c.connection, table.c.id, table.c.unreachable)
            .join(links, (links.c.connection == table.c.connection) & (links.c.item == table.c.id))
            .where(links.c.key_result == key_result, table.c.unreachable.is_not(None))
        )
        return {(row.connection, row.id): row.unreachable for row in rows}

    def count(self, connection: str | None = None) -> int:
        query = select(func.count()).select_from(tables.items)
        if connection is not None:
            query = query.where(tables.items.c.connection == connection)
        return self._db.execute(query).scalar_one()

    def parents(self) -> dict[tuple[str, str], Item]:
        """Every item with a reachable child that is no sub-task, by (connection, id)."""
        return self._above(only_subtasks=False)

    def split(self) -> dict[tuple[str, str], Item]:
        """Every item whose reachable children are all sub-tasks, by (connection, id)."""
        return self._above(only_subtasks=True)

    def _above(self, *, only_subtasks: bool) -> dict[tuple[str, str], Item]:
        rows = self._db.exec_driver_sql(_ABOVE, (only_subtasks,))
        return {(connection, name): decode_item(body) for connection, name, body in rows}

    def spread_dirt(self, connection: str) -> None:
        """A changed item changes what the items below it count for, and whether its parent is a leaf."""
        above = self._db.execute(
            text("SELECT DISTINCT parent FROM items WHERE connection = :c AND dirty = 1 AND parent IS NOT NULL"),
            {"c": connection},
        )
        parents = [row.parent for row in above]
        self._db.execute(
            text("""
            WITH RECURSIVE below(id, key) AS (
                SELECT id, key FROM items WHERE connection = :c AND dirty = 1
                UNION
                SELECT i.id, i.key FROM below b JOIN items i
                ON i.connection = :c AND (i.parent = b.id OR i.parent = b.key)
            )
            UPDATE items SET dirty = 1 WHERE connection = :c AND NOT dirty AND id IN (SELECT id FROM below)
            """),
            {"c": connection},
        )
        self.mark_dirty(connection, parents)

    def mark_all_dirty(self, connection: str) -> None:
        self._db.exec_driver_sql("UPDATE items SET dirty = 1 WHERE connection = ? AND NOT dirty", (connection,))

    def to_map(self, connection: str) -> Iterator[list[Item]]:
        """The dirty items of a connection, in chunks."""
        last = 0
        while chunk := self._db.exec_driver_sql(_TO_MAP, (connection, last, CHUNK)).all():
            yield [decode_item(body) for _, body in chunk]
            last = chunk[-1][0]

    def clean_dirt(self, connection: str) -> None:
        self._db.execute(
            update(tables.items)
            .where(tables.items.c.connection == connection, tables.items.c.dirty)
            .values(dirty=False)
        )


def _with_history(item: Item, before: Item | None) -> Item:
    """Carry over when work first began, which trackers tell only at that moment, if at all, or for the last time."""
    if before is not None and before.started is not None:
        began = min(before.started, item.started or before.started)
        return msgspec.structs.replace(item, started=began)
    if item.started is not None:
        return item
    if item.state is State.DOING and before is not None and before.state is not State.DOING:
        return msgspec.structs.replace(item, started=item.updated)
    return item


def _left_its_parent(news: News) -> bool:
    return news.before is not None and news.before.parent not in (None, news.after.parent)
