"""Items: what the trackers hold, as last read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain

import msgspec
from sqlalchemy import Connection, func, select, update

from okrsync.model.change import UndefineLabel
from okrsync.model.work import Item, State
from okrsync.store import tables
from okrsync.store.dirt import Dirt
from okrsync.store.moments import Change, Moments
from okrsync.store.rows import CHUNK, as_json, decode_item, encode, write_rows

_HELD = """
SELECT id, body, unreachable FROM items WHERE connection = ? AND id IN (SELECT value FROM json_each(?))
"""
_BY_KEY = "SELECT body FROM items WHERE connection = ? AND key IN (SELECT value FROM json_each(?))"
_KEEP = """
INSERT INTO items (connection, id, scope, key, parent, subtask, labelled, waits_for, body) VALUES {rows}
ON CONFLICT (connection, id) DO UPDATE SET scope = excluded.scope, key = excluded.key, parent = excluded.parent,
    subtask = excluded.subtask, labelled = excluded.labelled, waits_for = excluded.waits_for,
    unreachable = NULL, body = excluded.body
"""
_BELOW = """
SELECT i.body FROM items p CROSS JOIN items i ON i.connection = p.connection AND i.parent IN (p.id, p.key)
WHERE p.connection = ? AND p.id IN (SELECT value FROM json_each(?)) AND i.unreachable IS NULL
"""
_NAMING = """
SELECT body FROM items WHERE connection = ? AND parent IN (SELECT value FROM json_each(?)) AND unreachable IS NULL
"""
_IDS = "SELECT id FROM items WHERE connection = ? AND scope = ? AND unreachable IS NULL"
_LABELLED = "SELECT body FROM items WHERE connection = ? AND scope = ? AND labelled AND unreachable IS NULL"
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

NEVER_SEEN = (None, None)


class News(msgspec.Struct, frozen=True, gc=False):
    """An item that is new (``before`` None) or differs from what the store held."""

    before: Item | None
    after: Item


class Items:
    """The cabinet of work."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._dirt = Dirt(connection)

    def keep(
        self,
        found: Sequence[Item],
        owns: Callable[[str], bool],
        now: datetime | None = None,
        measured: datetime | None = None,
    ) -> list[News]:
        """Store what is new or different, mark it dirty, and return it. ``owns`` tells our own labels.

        ``now`` is when it was seen, and ``measured`` when the last time was that anybody measured without it.
        """
        if not found:
            return []
        connection = found[0].connection
        held = self._held(connection, [item.id for item in found])
        news: dict[str, News] = {}
        lost_before: dict[str, str] = {}
        for item in found:
            before, lost = held.get(item.id, NEVER_SEEN)
            after = item if before is None else _with_history(item, before)
            if before is None or lost is not None or (after != before and after.updated >= before.updated):
                news[item.id] = News(news[item.id].before if item.id in news else before, after)
                if lost is not None:
                    lost_before[item.id] = lost
                held[item.id] = after, None
        self._write([one.after for one in news.values()], owns, self._dirt.next_round(connection))
        self._follow_keys([one for one in news.values() if one.before], owns)
        changes = [Change(one.before, one.after, lost_before.get(one.after.id)) for one in news.values() if one.before]
        Moments(self._db).note(changes, owns, now, measured)
        self._dirt.mark(connection, [one.before.parent for one in changes if one.before.parent != one.after.parent])
        return list(news.values())

    def _follow_keys(self, news: Sequence[News], owns: Callable[[str], bool]) -> None:
        """What names its parent by a key that is another now names the new one; no tracker tells that of children."""
        moved = {one.before.key: one.after for one in news if one.before and one.before.key != one.after.key}
        if moved:
            connection = news[0].after.connection
            rows = self._db.exec_driver_sql(_NAMING, (connection, as_json(list(moved))))
            children = [decode_item(body) for body in rows.scalars()]
            follow = [msgspec.structs.replace(one, parent=moved[one.parent].key) for one in children if one.parent]
            self._write(follow, owns, self._dirt.next_round(connection))

    def _held(self, connection: str, ids: Sequence[str]) -> dict[str, tuple[Item, str | None]]:
        rows = self._db.exec_driver_sql(_HELD, (connection, as_json(ids)))
        return {name: (decode_item(body), unreachable) for name, body, unreachable in rows}

    def _write(self, found: Sequence[Item], owns: Callable[[str], bool], waits_for: int) -> None:
        ours = set(filter(owns, set(chain.from_iterable(item.labels for item in found))))
        rows = [
            (
                item.connection,
                item.id,
                item.scope,
                item.key,
                item.parent,
                item.subtask,
                not ours.isdisjoint(item.labels),
                waits_for,
                encode(item),
            )
            for item in found
        ]
        write_rows(self._db, _KEEP, rows)

    def rewrite(self, item: Item, owns: Callable[[str], bool]) -> None:
        """Note what our own write changed on a ticket; nothing has to be mapped again for it."""
        table = tables.items
        waits_for = self._db.execute(
            select(table.c.waits_for).where(table.c.connection == item.connection, table.c.id == item.id)
        ).scalar()
        self._write([item], owns, waits_for or 0)

    def get(self, connection: str, item: str) -> Item | None:
        """By its immutable id, reachable or not; None where it was never read."""
        table = tables.items
        body = self._db.execute(
            select(table.c.body).where(table.c.connection == connection, table.c.id == item)
        ).scalar()
        return decode_item(body) if body else None

    def by_key(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Item]:
        """Items by connection and key."""
        keys: dict[str, list[str]] = {}
        for connection, key in wanted:
            keys.setdefault(connection, []).append(key)
        return {
            (connection, item.key): item
            for connection, some in keys.items()
            for body in self._db.exec_driver_sql(_BY_KEY, (connection, as_json(some))).scalars()
            for item in (decode_item(body),)
        }

    def rename_labels(
        self,
        connection: str,
        scope: str,
        renamed: Mapping[str, str | None],
        owns: Callable[[str], bool],
        now: datetime | None = None,
    ) -> None:
        """Carry a scope's label renames and deletions over to its items, which trackers do not touch for it."""
        changed, changes, lost = [], [], {}
        for item, unreachable in self._in_scope(connection, scope):
            if renamed.keys() & set(item.labels):
                worn = tuple(name for label in item.labels if (name := renamed.get(label, label)) is not None)
                changed.append(msgspec.structs.replace(item, labels=worn))
                changes.append(Change(item, changed[-1], unreachable, unreachable))
                if unreachable is not None:
                    lost[item.id] = unreachable
        self._write(changed, owns, self._dirt.next_round(connection))
        Moments(self._db).note(changes, owns, now)
        self.mark_unreachable(connection, lost)

    def forget_label(self, change: UndefineLabel, owns: Callable[[str], bool]) -> None:
        """With its definition a label left every ticket that still wore it."""
        for body in self._db.exec_driver_sql(_LABELLED, (change.connection, change.scope)).scalars().all():
            item = decode_item(body)
            kept = tuple(label for label in item.labels if label.casefold() != change.label.casefold())
            if kept != item.labels:
                self.rewrite(msgspec.structs.replace(item, labels=kept), owns)

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

    def ids(self, connection: str, scope: str) -> Iterator[Sequence[str]]:
        """Ids of the reachable items of a scope, in chunks."""
        return self._db.exec_driver_sql(_IDS, (connection, scope)).yield_per(CHUNK).scalars().partitions()

    def lost(self, connection: str, scope: str) -> set[str]:
        """Ids of the unreachable items of a scope."""
        table = tables.items
        rows = self._db.execute(
            select(table.c.id).where(
                table.c.connection == connection, table.c.scope == scope, table.c.unreachable.is_not(None)
            )
        )
        return set(rows.scalars())

    def some(self, connection: str, ids: Sequence[str]) -> list[Item]:
        """Those of these ids that are held, reachable or not, in any order."""
        return [item for item, _ in self._held(connection, ids).values()]

    def below(self, connection: str, parents: Sequence[str]) -> list[Item]:
        """The reachable items whose parent (id) is one of these."""
        rows = self._db.exec_driver_sql(_BELOW, (connection, as_json(parents)))
        return [decode_item(body) for body in rows.scalars()]

    def mark_unreachable(self, connection: str, reasons: Mapping[str, str], now: datetime | None = None) -> None:
        """Take items out of the numbers, with a reason each; ``now`` is since when, where their past is to tell it."""
        table = tables.items
        if now is not None:
            held = self._held(connection, list(reasons))
            Moments(self._db).note(
                (Change(item, item, lost, reasons[name]) for name, (item, lost) in held.items()), _nobodys, now
            )
        waits_for = self._dirt.next_round(connection)
        for item, reason in reasons.items():
            self._db.execute(
                update(table)
                .where(table.c.connection == connection, table.c.id == item)
                .values(unreachable=reason, waits_for=waits_for)
            )

    def leave(self, connection: str, scope: str, reason: str, now: datetime | None = None) -> None:
        """Take everything of a scope out of the numbers."""
        here = (tables.items.c.connection == connection) & (tables.items.c.scope == scope)
        if now is not None:
            changes = (Change(item, item, lost, reason) for item, lost in self._in_scope(connection, scope))
            Moments(self._db).note(changes, _nobodys, now)
        self._db.execute(
            update(tables.items).where(here).values(unreachable=reason, waits_for=self._dirt.next_round(connection))
        )

    def unreachable(self, key_result: str | None = None) -> dict[tuple[str, str], str]:
        """(connection, id) -> reason, of all unreachable items or of those linked to a key result."""
        table, links = tables.items, tables.links
        lost = select(table.c.connection, table.c.id, table.c.unreachable).where(table.c.unreachable.is_not(None))
        if key_result is not None:
            linked = (links.c.connection == table.c.connection) & (links.c.item == table.c.id)
            lost = lost.join(links, linked).where(links.c.key_result == key_result)
        return {(row.connection, row.id): row.unreachable for row in self._db.execute(lost)}

    def count(self, connection: str | None = None) -> int:
        """Items held, unreachable ones included, of one connection or of all."""
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


def _nobodys(label: str) -> bool:
    return False


def _with_history(item: Item, before: Item) -> Item:
    """Carry over when work first began, which trackers tell only at that moment, if at all, or for the last time."""
    if before.started is not None:
        began = min(before.started, item.started or before.started)
        return msgspec.structs.replace(item, started=began)
    if item.started is not None:
        return item
    if item.state is State.DOING and before.state is not State.DOING:
        return msgspec.structs.replace(item, started=item.updated)
    return item
