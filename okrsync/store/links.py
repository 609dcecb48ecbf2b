"""Links between items and key results, what tickets show of ours, and the tickets that concern a plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

import msgspec
from sqlalchemy import Connection, RowMapping, and_, delete, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from okrsync.model.change import Shown, ShownNote
from okrsync.model.run import Dangling
from okrsync.model.sample import Linked
from okrsync.model.ticket import Showing, Ticket
from okrsync.model.work import Item
from okrsync.store import tables
from okrsync.store.items import chunks, decode_item


class Links:
    """The cabinet of who counts for what."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def replace(self, connection: str, ids: Sequence[str], found: Iterable[Linked]) -> None:
        """Make ``found`` the links of these items."""
        before = {(one.item, one.key_result): one for one in self._of(connection, ids)}
        after = {(one.item, one.key_result): one for one in found}
        table = tables.links
        for item, key_result in before.keys() - after.keys():
            self._db.execute(
                delete(table).where(
                    table.c.connection == connection, table.c.item == item, table.c.key_result == key_result
                )
            )
        new = [one for key, one in after.items() if before.get(key) != one]
        if new:
            statement = insert(table)
            self._db.execute(
                statement.on_conflict_do_update(
                    index_elements=["connection", "item", "key_result"],
                    set_={name: statement.excluded[name] for name in ("weight", "supports", "reasons")},
                ),
                [{**msgspec.structs.asdict(one), "reasons": list(one.reasons)} for one in new],
            )

    def _of(self, connection: str, ids: Sequence[str]) -> Iterator[Linked]:
        table = tables.links
        for some in chunks(ids):
            rows = self._db.execute(select(table).where(table.c.connection == connection, table.c.item.in_(some)))
            yield from (_linked(row) for row in rows.mappings())

    def key_results_of(self, connection: str, ids: Sequence[str]) -> set[str]:
        return {one.key_result for one in self._of(connection, ids)}

    def parts(self, key_result: str) -> Iterator[tuple[Item, Linked]]:
        """Every item linked to a key result with its link, streamed in a stable order."""
        links, items = tables.links, tables.items
        rows = self._db.execute(
            select(links, items.c.body)
            .join(items, and_(items.c.connection == links.c.connection, items.c.id == links.c.item))
            .where(links.c.key_result == key_result)
            .order_by(links.c.connection, links.c.item)
            .execution_options(yield_per=500)
        )
        for row in rows.mappings():
            yield decode_item(row[items.c.body]), _linked(row)

    def count(self, key_result: str) -> int:
        table = tables.links
        return self._db.execute(
            select(func.count()).select_from(table).where(table.c.key_result == key_result)
        ).scalar_one()

    def connections_by_key_result(self) -> dict[str, set[str]]:
        """Which connections' items feed each key result."""
        table = tables.links
        fed: dict[str, set[str]] = {}
        for row in self._db.execute(select(table.c.key_result, table.c.connection).distinct()):
            fed.setdefault(row.key_result, set()).add(row.connection)
        return fed

    def keep_dangling(self, connection: str, items: Sequence[Item], found: Iterable[tuple[str, Dangling]]) -> None:
        """Make ``found`` (item id, finding) the dangling references of these items."""
        table = tables.dangling
        for some in chunks([item.id for item in items]):
            self._db.execute(delete(table).where(table.c.connection == connection, table.c.item.in_(some)))
        rows = [
            {"connection": connection, "item": item, "names": one.names, "body": msgspec.json.encode(one)}
            for item, one in found
        ]
        if rows:
            self._db.execute(insert(table), rows)

    def dangling(self) -> tuple[Dangling, ...]:
        table, items = tables.dangling, tables.items
        rows = self._db.execute(
            select(table.c.body)
            .join(items, and_(items.c.connection == table.c.connection, items.c.id == table.c.item))
            .where(items.c.unreachable.is_(None))
            .order_by(table.c.connection, table.c.item, table.c.names)
        )
        return tuple(msgspec.json.decode(row.body, type=Dangling) for row in rows)

    def tickets(self, *, everything: bool = False) -> Iterator[Ticket]:
        """Every ticket a plan may concern: linked, labelled by us, or with a note of ours (or simply every one)."""
        items, links, shown = tables.items, tables.links, tables.shown
        query = (
            select(items.c.body, items.c.unreachable, links, shown)
            .outerjoin(links, and_(links.c.connection == items.c.connection, links.c.item == items.c.id))
            .outerjoin(shown, and_(shown.c.connection == items.c.connection, shown.c.item == items.c.id))
            .order_by(items.c.connection, items.c.id, links.c.key_result)
            .execution_options(yield_per=500)
        )
        if not everything:
            query = query.where(
                or_(links.c.key_result.is_not(None), items.c.labelled, shown.c.note_id.is_not(None), shown.c.under_way)
            )
        rows = self._db.execute(query).mappings()
        for body, group in groupby(rows, key=lambda row: row[items.c.body]):
            members = list(group)
            linked = tuple(_linked(row) for row in members if row[links.c.key_result] is not None)
            yield Ticket(decode_item(body), linked, _showing(members[0]), members[0][items.c.unreachable] or "")

    def begin_note(self, connection: str, item: str) -> None:
        """A note is about to be written; until its receipt is kept, nobody knows what the ticket shows."""
        self._put(connection, item, known=False, under_way=True)

    def set_note(
        self, connection: str, item: str, note: ShownNote | None, surplus: Sequence[str] | None = None
    ) -> None:
        """Remember the note that a ticket surely shows now, or that it shows none; ``surplus`` None keeps those."""
        more = {} if surplus is None else {"surplus": list(surplus)}
        self._put(
            connection,
            item,
            known=True,
            under_way=False,
            note_id=note.id if note else None,
            digest=note.digest if note else "",
            tenths=note.tenths if note else {},
            **more,
        )

    def forget_note(self, connection: str, item: str, note_id: str) -> None:
        """A note of ours was deleted: the note itself, or one of those too many."""
        showing = self._showing(connection, item)
        note = None if showing.note and showing.note.id == note_id else showing.note
        self.set_note(connection, item, note, [one for one in showing.surplus if one != note_id])

    def remote_links(self, connection: str, item: str) -> dict[str, str]:
        return dict(self._showing(connection, item).links)

    def _showing(self, connection: str, item: str) -> Showing:
        table = tables.shown
        query = select(table).where(table.c.connection == connection, table.c.item == item)
        row = self._db.execute(query).mappings().first()
        return _showing(row) if row else Showing()

    def set_links(self, connection: str, item: str, links: Mapping[str, str]) -> None:
        """Remember the remote links a ticket shows: key result -> fingerprint."""
        self._put(connection, item, links=dict(links))

    def keep_shown(self, found: Shown) -> None:
        """Remember what an observation found."""
        self.set_note(found.ref.connection, found.ref.id, found.note, found.surplus)

    def block(self, connection: str, item: str, reason: str) -> None:
        """Do not try to write to this ticket again before it changes or is read in full."""
        self._put(connection, item, blocked=reason)

    def unblock(self, connection: str, ids: Sequence[str]) -> None:
        table = tables.shown
        for some in chunks(ids):
            self._db.execute(
                update(table)
                .where(table.c.connection == connection, table.c.item.in_(some), table.c.blocked != "")
                .values(blocked="")
            )

    def _put(self, connection: str, item: str, **values: object) -> None:
        fresh: dict[str, object] = {"digest": "", "tenths": {}, "surplus": [], "links": {}, "blocked": ""}
        fresh |= {"known": False, "under_way": False}
        self._db.execute(
            insert(tables.shown)
            .values(connection=connection, item=item, **{**fresh, **values})
            .on_conflict_do_update(index_elements=["connection", "item"], set_=values)
        )


def _linked(row: RowMapping) -> Linked:
    table = tables.links
    return Linked(
        key_result=row[table.c.key_result],
        connection=row[table.c.connection],
        item=row[table.c.item],
        weight=row[table.c.weight],
        supports=row[table.c.supports],
        reasons=tuple(row[table.c.reasons]),
    )


def _showing(row: RowMapping) -> Showing:
    table = tables.shown
    if row[table.c.item] is None:
        return Showing()
    note_id = row[table.c.note_id]
    return Showing(
        known=row[table.c.known],
        under_way=row[table.c.under_way],
        note=ShownNote(note_id, row[table.c.digest], row[table.c.tenths]) if note_id else None,
        surplus=tuple(row[table.c.surplus]),
        links=row[table.c.links],
        blocked=row[table.c.blocked],
    )
