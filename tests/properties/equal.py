"""What "the same" means for two stores that know the same trackers, one with a history and one that read all at once.

Left out, because it is history and not state: when a sample was taken, those before the latest, and what of its
definition changed; since when a link counts; when work began
(trackers do not tell); items that are unreachable, which one that never met them cannot know, and that they were
counted among those left out; the key of a parent that is not read, which may have moved; what is not read of an
archived repository; fingerprints, cursors, the journal; and what
of tickets is remembered only to save requests.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from installation import Installation

from okrsync.store.dirt import WAITS

Knowledge = Mapping[str, Any]

_REACHABLE = "SELECT connection, id FROM items WHERE unreachable IS NULL"
_OPEN = "SELECT connection, id FROM scopes WHERE NOT archived"
_LATEST = "SELECT max(id) FROM samples GROUP BY key_result"
_OF_HISTORY = ("id", "at", "key_result", "excluded", "changed", "before", "rebuilt")
_QUERIES = {
    "scopes": "SELECT connection, id, name, archived FROM scopes",
    "milestones": "SELECT connection, id, body FROM milestones",
    "labels": f"SELECT connection, scope, name, description, color FROM labels WHERE (connection, scope) IN ({_OPEN})",
    "links": "SELECT connection, item, key_result, weight, supports, reasons FROM links"
    f" WHERE (connection, item) IN ({_REACHABLE})",
    "dangling": f"SELECT connection, item, names, body FROM dangling WHERE (connection, item) IN ({_REACHABLE})",
    "unsettled": f"""
        SELECT connection, item FROM shown JOIN items USING (connection) WHERE items.id = item AND under_way
        AND (connection, scope) IN ({_OPEN}) AND unreachable IS NULL AND json_extract(body, '$.writable') IS NOT 0
    """,
    "dirty": f"SELECT connection, id FROM items WHERE {WAITS}",
}


def knowledge(acme: Installation, key_results: set[str], queries: set[str]) -> Knowledge:
    """Everything a store holds about the trackers and about these key results, by name."""
    with closing(sqlite3.connect(acme.store)) as store:
        found: dict[str, Any] = {name: sorted(map(repr, store.execute(query))) for name, query in _QUERIES.items()}
        found |= _items(store) | _shown(store)
        found |= _samples(store, key_results)
        for query, ids in store.execute("SELECT query, ids FROM memberships"):
            if query in queries:
                found[f"membership {query}"] = ids
    return found


def learned(known: Knowledge, fresh: Knowledge) -> Knowledge:
    """What is known, without notes where nobody who is new would look: on closed, locked and archived tickets."""
    return {name: value for name, value in known.items() if name in fresh or not name.startswith("shown on ")}


def difference(one: Knowledge, other: Knowledge) -> dict[str, tuple[Any, Any]]:
    """Name -> what differs; where both are lists, only the entries that one of them has alone."""
    return {
        name: _apart(one.get(name), other.get(name))
        for name in one.keys() | other.keys()
        if one.get(name) != other.get(name)
    }


def _apart(one: Any, other: Any) -> tuple[Any, Any]:
    if isinstance(one, list) and isinstance(other, list):
        return [x for x in one if x not in other], [x for x in other if x not in one]
    if isinstance(one, dict) and isinstance(other, dict):
        names = {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}
        return {name: one.get(name) for name in names}, {name: other.get(name) for name in names}
    return one, other


def _shown(store: sqlite3.Connection) -> dict[str, Any]:
    rows = store.execute(
        "SELECT connection, item, note_id, digest, tenths, surplus FROM shown WHERE note_id IS NOT NULL"
    )
    return {f"shown on {connection} {item}": note for connection, item, *note in rows}


def _items(store: sqlite3.Connection) -> dict[str, Any]:
    rows = store.execute("SELECT connection, id, scope, key, parent, subtask, labelled, body, unreachable FROM items")
    found = {}
    reachable = store.execute("SELECT connection, id, key FROM items WHERE unreachable IS NULL").fetchall()
    known = {(connection, name) for connection, *names in reachable for name in names}
    for connection, name, scope, key, parent, *columns, body, unreachable in rows:
        if unreachable is None:
            read = json.loads(body)
            if (connection, parent) not in known:
                parent = read.pop("parent", None) and "not read"
            columns = [scope, key, parent, *columns]
            read.pop("started", None)
            read["labels"] = sorted(read.get("labels", ()))
            found[f"item {connection} {name}"] = {"columns": columns, **read}
    return found


def _samples(store: sqlite3.Connection, key_results: set[str]) -> dict[str, Any]:
    found = {}
    store.row_factory = sqlite3.Row
    for row in store.execute(f"SELECT * FROM samples WHERE id IN ({_LATEST})"):
        if row["key_result"] in key_results:
            lost = store.execute(
                "SELECT count(*) FROM links l JOIN items i ON i.connection = l.connection AND i.id = l.item"
                " WHERE l.key_result = ? AND i.unreachable IS NOT NULL AND NOT l.supports",
                (row["key_result"],),
            ).fetchone()[0]
            reading = {name: row[name] for name in row.keys() if name not in _OF_HISTORY}  # noqa: SIM118
            found[f"reading {row['key_result']}"] = {**reading, "excluded": row["excluded"] - lost}
    store.row_factory = None
    return found
