"""Items: what the trackers hold, as last read, and which of it still has to be mapped."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, func, or_, select, text, update
from sqlalchemy.dialects.sqlite import insert

from okrsync.model.work import Item, State
from okrsync.store import tables

CHUNK = 500
"""Rows handled at a time, below SQLite's limit of variables."""

_encode = msgspec.json.Encoder().encode
decode_item = msgspec.json.Decoder(Item).decode


class News(msgspec.Struct, frozen=True):
    """An item that is new (``before`` None) or differs from what the store held."""

    before: Item | None
    after: Item


def chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


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
                news[item.id] = News(before, after)
        self._write([one.after for one in news.values()], owns)
        self._note_transitions(news.values())
        self.mark_dirty(
            connection, [one.before.parent for one in news.values() if one.before and _left_its_parent(one)]
        )
        return list(news.values())

    def _held(self, connection: str, ids: Sequence[str]) -> dict[str, tuple[Item, str | None]]:
        table = tables.items
        held: dict[str, tuple[Item, str | None]] = {}
        for some in chunks(ids):
            rows = self._db.execute(
                select(table.c.id, table.c.body, table.c.unreachable).where(
                    table.c.connection == connection, table.c.id.in_(some)
                )
            )
            held.update({row.id: (decode_item(row.body), row.unreachable) for row in rows})
        return held

    def _write(self, found: Sequence[Item], owns: Callable[[str], bool], *, dirty: bool = True) -> None:
        if not found:
            return
        statement = insert(tables.items)
        excluded = statement.excluded
        names = ("scope", "key", "parent", "subtask", "labelled", "dirty", "unreachable", "body")
        rows = [
            {
                "connection": item.connection,
                "id": item.id,
                "scope": item.scope,
                "key": item.key,
                "parent": item.parent,
                "subtask": item.subtask,
                "labelled": any(owns(label) for label in item.labels),
                "dirty": dirty,
                "unreachable": None,
                "body": _encode(item),
            }
            for item in found
        ]
        self._db.execute(
            statement.on_conflict_do_update(
                index_elements=["connection", "id"], set_={name: excluded[name] for name in names}
            ),
            rows,
        )

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
        table = tables.items
        for some in chunks([one for one in ids_or_keys if one]):
            self._db.execute(
                update(table)
                .where(table.c.connection == connection, or_(table.c.id.in_(some), table.c.key.in_(some)))
                .values(dirty=True)
            )

    def rename_labels(
        self, connection: str, scope: str, renamed: Mapping[str, str | None], owns: Callable[[str], bool]
    ) -> None:
        """Carry a scope's label renames and deletions over to its items, which trackers do not touch for it."""
        changed = []
        for chunk in self._in_scope(connection, scope):
            for item in chunk:
                if renamed.keys() & set(item.labels):
                    now = tuple(name for label in item.labels if (name := renamed.get(label, label)) is not None)
                    changed.append(msgspec.structs.replace(item, labels=now))
        self._write(changed, owns)

    def _in_scope(self, connection: str, scope: str) -> Iterator[list[Item]]:
        table = tables.items
        condition = (table.c.connection == connection) & (table.c.scope == scope)
        last = ""
        while chunk := self._db.execute(
            select(table.c.id, table.c.body).where(condition, table.c.id > last).order_by(table.c.id).limit(CHUNK)
        ).all():
            yield [decode_item(row.body) for row in chunk]
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
        rows = self._db.execute(
            text("""
            WITH refs AS (
                SELECT DISTINCT connection, parent FROM items
                WHERE parent IS NOT NULL AND NOT subtask AND unreachable IS NULL
            )
            SELECT i.connection, i.id, i.body FROM refs r
            JOIN items i ON i.connection = r.connection AND (i.id = r.parent OR i.key = r.parent)
            """)
        )
        return {(row.connection, row.id): decode_item(row.body) for row in rows}

    def spread_dirt(self, connection: str) -> None:
        """A changed item changes what the items below it count for, and whether its parent is a leaf."""
        above = self._db.execute(
            text("SELECT DISTINCT parent FROM items WHERE connection = :c AND dirty AND parent IS NOT NULL"),
            {"c": connection},
        )
        parents = [row.parent for row in above]
        self._db.execute(
            text("""
            WITH RECURSIVE below(id, key) AS (
                SELECT id, key FROM items WHERE connection = :c AND dirty
                UNION
                SELECT i.id, i.key FROM below b JOIN items i
                ON i.connection = :c AND (i.parent = b.id OR i.parent = b.key)
            )
            UPDATE items SET dirty = 1 WHERE connection = :c AND NOT dirty AND id IN (SELECT id FROM below)
            """),
            {"c": connection},
        )
        self.mark_dirty(connection, parents)

    def to_map(self, connection: str, *, everything: bool) -> Iterator[list[Item]]:
        """The items that have to be mapped, in chunks: all of a connection, or only the dirty ones."""
        table = tables.items
        condition = table.c.connection == connection
        if not everything:
            condition &= table.c.dirty
        last = ""
        while chunk := self._db.execute(
            select(table.c.id, table.c.body).where(condition, table.c.id > last).order_by(table.c.id).limit(CHUNK)
        ).all():
            yield [decode_item(row.body) for row in chunk]
            last = chunk[-1].id

    def clean_dirt(self, connection: str) -> None:
        self._db.execute(
            update(tables.items)
            .where(tables.items.c.connection == connection, tables.items.c.dirty)
            .values(dirty=False)
        )


def _with_history(item: Item, before: Item | None) -> Item:
    """Carry over when work began, which trackers tell only at that moment, if at all."""
    if item.started is not None:
        return item
    if before is not None and before.started is not None:
        return msgspec.structs.replace(item, started=before.started)
    if item.state is State.DOING and before is not None and before.state is not State.DOING:
        return msgspec.structs.replace(item, started=item.updated)
    return item


def _left_its_parent(news: News) -> bool:
    return news.before is not None and news.before.parent not in (None, news.after.parent)
