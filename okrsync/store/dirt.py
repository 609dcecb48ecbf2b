"""Dirt: which items still have to be mapped. It stays until a round of mapping is kept, also over a kill."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, text

from okrsync.model.work import Item
from okrsync.store.rows import CHUNK, as_json, decode_item

_NEXT_ROUND = "SELECT coalesce(max(rounds), 0) + 1 FROM mapped WHERE mapped.connection = {connection}"
WAITS = f"waits_for = ({_NEXT_ROUND.format(connection='items.connection')})"
"""Of an item that still has to be mapped; as an assignment it marks one."""
_MARK = (
    f"UPDATE items SET {WAITS} WHERE connection = ? AND id IN (SELECT value FROM json_each(?))",
    f"UPDATE items SET {WAITS} WHERE connection = ? AND key IN (SELECT value FROM json_each(?))",
)
_MARK_LINKED = f"""
UPDATE items SET {WAITS} WHERE (connection, id) IN (SELECT connection, item FROM links WHERE key_result = ?)
"""
_MARK_ALL = "UPDATE items SET waits_for = ? WHERE connection = ? AND waits_for <> ?"
_PARENTS = "SELECT DISTINCT parent FROM items WHERE connection = ? AND waits_for = ? AND parent IS NOT NULL"
_SPREAD = text("""
WITH RECURSIVE below(id, key) AS (
    SELECT id, key FROM items WHERE connection = :connection AND waits_for = :round
    UNION
    SELECT i.id, i.key FROM below b JOIN items i
    ON i.connection = :connection AND (i.parent = b.id OR i.parent = b.key)
)
UPDATE items SET waits_for = :round
WHERE connection = :connection AND waits_for <> :round AND id IN (SELECT id FROM below)
""")
_TO_MAP = """
SELECT rowid, body FROM items WHERE connection = ? AND waits_for = ? AND rowid > ? ORDER BY rowid LIMIT ?
"""
_MAPPED = """
INSERT INTO mapped (connection, rounds) VALUES (?, 1) ON CONFLICT (connection) DO UPDATE SET rounds = rounds + 1
"""


class Dirt:
    """The cabinet of what waits to be mapped: a dirty item carries the number of its connection's next round."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def next_round(self, connection: str) -> int:
        """Dirty items wait for this round of mapping."""
        return int(self._db.exec_driver_sql(_NEXT_ROUND.format(connection="?"), (connection,)).scalar_one())

    def mark(self, connection: str, ids_or_keys: Sequence[str | None]) -> None:
        """Mark items by what others call them: a parent may be named by its id or by its key, or be None."""
        names = [one for one in ids_or_keys if one]
        if names:
            for statement in _MARK:
                self._db.exec_driver_sql(statement, (connection, as_json(names)))

    def mark_linked(self, key_result: str) -> None:
        """Mark everything that is linked to a key result."""
        self._db.exec_driver_sql(_MARK_LINKED, (key_result,))

    def mark_all(self, connection: str) -> None:
        """Mark everything of a connection."""
        waits_for = self.next_round(connection)
        self._db.exec_driver_sql(_MARK_ALL, (waits_for, connection, waits_for))

    def spread(self, connection: str) -> None:
        """A changed item changes what the items below it count for, and whether its parent is a leaf."""
        this_round = self.next_round(connection)
        parents = self._db.exec_driver_sql(_PARENTS, (connection, this_round)).scalars().all()
        self._db.execute(_SPREAD, {"connection": connection, "round": this_round})
        self.mark(connection, parents)

    def to_map(self, connection: str) -> Iterator[list[Item]]:
        """The dirty items of a connection, in chunks."""
        last, waits_for = 0, self.next_round(connection)
        while chunk := self._db.exec_driver_sql(_TO_MAP, (connection, waits_for, last, CHUNK)).all():
            yield [decode_item(body) for _, body in chunk]
            last = chunk[-1][0]

    def clean(self, connection: str) -> None:
        """The round of mapping is over: what was dirty is not any more."""
        self._db.exec_driver_sql(_MAPPED, (connection,))
