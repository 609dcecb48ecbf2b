"""The names that trackers use, so that a link which names something else can be told to have a typo."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, delete

from okrsync.mapping.known import Known, Words
from okrsync.store import tables
from okrsync.store.rows import as_json, write_rows

_KEEP = "INSERT OR IGNORE INTO words (connection, kind, word) VALUES {rows}"
_WORDS = """
SELECT kind, word FROM words WHERE connection = ?1 UNION SELECT 'labels', name FROM labels WHERE connection = ?1
"""
_ITEMS = """
SELECT a.value FROM json_each(?2) a CROSS JOIN items i ON i.connection = ?1 AND i.id = a.value
UNION SELECT a.value FROM json_each(?2) a CROSS JOIN items i ON i.connection = ?1 AND i.key = a.value
"""
"""CROSS JOIN fixes SQLite's order: from the few names to items by index."""
_ITEMS_IN_ANY_CASE = "SELECT key FROM items WHERE connection = ? AND lower(key) IN (SELECT value FROM json_each(?))"
_PARENTS = """
SELECT DISTINCT i.parent FROM json_each(?2) a
CROSS JOIN items i ON i.connection = ?1 AND i.parent IN (a.value, upper(a.value))
"""


class Vocabulary:
    """The cabinet of names. A word stays while only changes are mapped, and goes when everything is mapped anew."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def keep(self, connection: str, heard: Words, *, anew: bool) -> None:
        """Remember what items say; ``anew`` tells that all items of the connection were heard."""
        if anew:
            self._db.execute(delete(tables.words).where(tables.words.c.connection == connection))
        kinds = ("types", heard.types), ("labels", heard.labels), ("assignees", heard.assignees)
        write_rows(self._db, _KEEP, [(connection, kind, word) for kind, words in kinds for word in sorted(words)])

    def known(self, connections: Collection[str], asked: Mapping[str, Collection[str]]) -> Known:
        """What is known of these connections, which were read completely, and of the tickets asked for."""
        names = {connection: sorted(asked.get(connection, ())) for connection in connections}
        return Known(
            words={connection: self._words(connection) for connection in connections},
            items={connection: self._items(connection, some) for connection, some in names.items() if some},
            parents={connection: self._parents(connection, some) for connection, some in names.items() if some},
        )

    def _words(self, connection: str) -> Words:
        """Labels that are defined count as known, also while no ticket wears them."""
        found = Words()
        for kind, word in self._db.exec_driver_sql(_WORDS, (connection,)):
            getattr(found, kind).add(word)
        return found

    def _items(self, connection: str, names: list[str]) -> frozenset[str]:
        """Only what is not found as it was written is looked for in any case, which takes a look at every key."""
        found = {name.casefold() for name in self._db.exec_driver_sql(_ITEMS, (connection, as_json(names))).scalars()}
        rest = [name.casefold() for name in names if name.casefold() not in found]
        if rest:
            rows = self._db.exec_driver_sql(_ITEMS_IN_ANY_CASE, (connection, as_json(rest)))
            found |= {key.casefold() for key in rows.scalars()}
        return frozenset(found)

    def _parents(self, connection: str, names: list[str]) -> frozenset[str]:
        rows = self._db.exec_driver_sql(_PARENTS, (connection, as_json(names)))
        return frozenset(name.casefold() for name in rows.scalars())
