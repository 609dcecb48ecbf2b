"""Links between items and key results, and the tickets that concern a plan."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import chain, groupby

import msgspec
from sqlalchemy import Connection, and_, func, select
from sqlalchemy.dialects.sqlite import insert

from okrsync.model.run import Dangling
from okrsync.model.sample import Linked
from okrsync.model.ticket import Ticket
from okrsync.model.work import Item
from okrsync.store import tables
from okrsync.store.moments import as_text
from okrsync.store.rows import CHUNK, as_json, decode_item, write_rows
from okrsync.store.showings import SHOWN_COLUMNS, showing_of

_LINK_COLUMNS = "l.key_result, l.connection, l.item, l.weight, l.supports, l.reasons"
_PER_TICKET = len(("body", "unreachable", *SHOWN_COLUMNS.split(",")))
"""Columns of a ticket row before those of its link."""

_LINKS_OF = f"""
SELECT {_LINK_COLUMNS} FROM links l WHERE l.connection = ? AND l.item IN (SELECT value FROM json_each(?))
"""
_LINK = """
INSERT INTO links (connection, item, key_result, weight, supports, reasons, since) VALUES {rows}
ON CONFLICT (connection, item, key_result)
DO UPDATE SET weight = excluded.weight, supports = excluded.supports, reasons = excluded.reasons,
    since = CASE WHEN weight = excluded.weight AND supports = excluded.supports THEN since ELSE excluded.since END
"""
_PAST = """
INSERT INTO past_links (connection, item, key_result, weight, supports, since, until)
SELECT connection, item, key_result, weight, supports, since, ? FROM links
WHERE connection = ? AND item = ? AND key_result = ?
"""
_UNLINK = "DELETE FROM links WHERE connection = ? AND item = ? AND key_result = ?"
_NO_MORE_DANGLING = "DELETE FROM dangling WHERE connection = ? AND item IN (SELECT value FROM json_each(?))"
_PARTS = f"""
SELECT i.body, {_LINK_COLUMNS} FROM links l JOIN items i ON i.connection = l.connection AND i.id = l.item
WHERE l.key_result = ? ORDER BY l.connection, l.item
"""
_EVERY_TICKET = f"""
SELECT i.body, i.unreachable, {SHOWN_COLUMNS}, {_LINK_COLUMNS} FROM items i
LEFT JOIN links l ON l.connection = i.connection AND l.item = i.id
LEFT JOIN shown s ON s.connection = i.connection AND s.item = i.id
ORDER BY i.connection, i.id, l.key_result
"""
_TICKETS = _EVERY_TICKET.replace(
    "ORDER BY",
    """WHERE l.key_result IS NOT NULL OR i.labelled OR s.note_id IS NOT NULL OR s.under_way
    OR s.surplus <> '[]' OR s.links <> '{}'
    ORDER BY""",
)

_decode_words = lru_cache(maxsize=4096)(msgspec.json.Decoder(tuple[str, ...]).decode)
_encode_words = lru_cache(maxsize=4096)(as_json)
"""Most reasons are those of a link before."""


class Links:
    """The cabinet of who counts for what."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def replace(
        self,
        connection: str,
        ids: Sequence[str],
        found: Iterable[Linked],
        held: Collection[str] = (),
        *,
        now: datetime | None = None,
        begins: Callable[[Linked], datetime | None] = lambda _: None,
    ) -> set[str]:
        """Make ``found`` the links of these items; returns the key results they were or are linked to.

        ``held`` are key results of which nobody knows what they link to now: they lose no link. ``begins`` tells since
        when a new link counts (None: since the item's creation). A link that goes, or weighs or means something else,
        was true until ``now``; without that its past is not kept.
        """
        before = {(one.item, one.key_result): one for one in self._of(connection, ids)}
        after = {(one.item, one.key_result): one for one in found}
        gone = [(connection, *key) for key in before.keys() - after.keys() if key[1] not in held]
        both = before.keys() & after.keys()
        turned = [(connection, *key) for key in both if _counts_otherwise(before[key], after[key])]
        if now is not None and (gone or turned):
            self._db.exec_driver_sql(_PAST, [(as_text(now), *key) for key in (*gone, *turned)])
        if gone:
            self._db.exec_driver_sql(_UNLINK, gone)
        new = []
        for key, one in after.items():
            if (held_before := before.get(key)) != one:
                since = now if held_before else begins(one)
                row = (connection, one.item, one.key_result, one.weight, one.supports, _encode_words(one.reasons))
                new.append((*row, None if since is None else as_text(since)))
        write_rows(self._db, _LINK, new)
        return {key_result for _, key_result in before.keys() | after.keys()}

    def _of(self, connection: str, ids: Sequence[str]) -> Iterator[Linked]:
        for row in self._db.exec_driver_sql(_LINKS_OF, (connection, as_json(ids))):
            yield _linked(*row)

    def key_results_of(self, connection: str, ids: Sequence[str]) -> set[str]:
        """Ids of the key results that any of these items counts for."""
        return {one.key_result for one in self._of(connection, ids)}

    def parts(self, key_result: str) -> Iterator[tuple[Item, Linked]]:
        """Every item linked to a key result with its link, streamed in a stable order."""
        rows = self._db.exec_driver_sql(_PARTS, (key_result,)).yield_per(CHUNK).partitions()
        for body, name, connection, item, weight, supports, reasons in chain.from_iterable(rows):
            yield decode_item(body), _linked(name, connection, item, weight, supports, reasons)

    def count(self, key_result: str) -> int:
        """Items linked to a key result, unreachable ones included."""
        table = tables.links
        return self._db.execute(
            select(func.count()).select_from(table).where(table.c.key_result == key_result)
        ).scalar_one()

    def counts(self) -> dict[str, int]:
        """How many items are linked to each key result."""
        table = tables.links
        rows = self._db.execute(select(table.c.key_result, func.count().label("items")).group_by(table.c.key_result))
        return {row.key_result: row.items for row in rows}

    def connections_by_key_result(self) -> dict[str, set[str]]:
        """Which connections' items feed each key result."""
        table = tables.links
        fed: dict[str, set[str]] = {}
        for row in self._db.execute(select(table.c.key_result, table.c.connection).distinct()):
            fed.setdefault(row.key_result, set()).add(row.connection)
        return fed

    def keep_dangling(self, connection: str, items: Sequence[Item], found: Iterable[tuple[str, Dangling]]) -> None:
        """Make ``found`` (item id, finding) the dangling references of these items."""
        self._db.exec_driver_sql(_NO_MORE_DANGLING, (connection, as_json([item.id for item in items])))
        rows = [
            {"connection": connection, "item": item, "names": one.names, "body": msgspec.json.encode(one)}
            for item, one in found
        ]
        if rows:
            self._db.execute(insert(tables.dangling), rows)

    def dangling(self) -> tuple[Dangling, ...]:
        """What reachable tickets name that there is no key result for."""
        table, items = tables.dangling, tables.items
        rows = self._db.execute(
            select(table.c.body)
            .join(items, and_(items.c.connection == table.c.connection, items.c.id == table.c.item))
            .where(items.c.unreachable.is_(None))
            .order_by(table.c.connection, table.c.item, table.c.names)
        )
        return tuple(msgspec.json.decode(row.body, type=Dangling) for row in rows)

    def tickets(self, *, everything: bool = False) -> Iterator[Ticket]:
        """Every ticket a plan may concern: linked, or showing something of ours (or simply every one)."""
        query = _EVERY_TICKET if everything else _TICKETS
        rows = self._db.exec_driver_sql(query).yield_per(CHUNK)
        for (body, unreachable, *shown), group in groupby(rows, key=lambda row: row[:_PER_TICKET]):
            linked = tuple(_linked(*row[_PER_TICKET:]) for row in group if row[_PER_TICKET] is not None)
            yield Ticket(decode_item(body), linked, showing_of(*shown), unreachable or "")


def _counts_otherwise(before: Linked, after: Linked) -> bool:
    return (before.weight, before.supports) != (after.weight, after.supports)


def _linked(key_result: str, connection: str, item: str, weight: float, supports: int, reasons: str) -> Linked:
    return Linked(key_result, connection, item, weight, bool(supports), _decode_words(reasons))
