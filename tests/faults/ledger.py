"""What a store's file holds, read without okrsync."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_JOURNAL = frozenset({"budgets", "runs", "writes", "holder"})


@dataclass(frozen=True)
class Ledger:
    file: Path

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.file)) as store:
            return store.execute(query).fetchall()

    def readings(self) -> dict[str, tuple[Any, ...]]:
        """The last reading of each key result."""
        columns = "key_result, value, numerator, denominator, scope, flags"
        return {row[0]: row[1:-1] for row in self.ask(f"SELECT {columns}, MAX(id) FROM samples GROUP BY key_result")}

    def cursors(self) -> dict[str, tuple[Any, ...]]:
        """How far each scope was read, by its id."""
        return {row[0]: row[1:] for row in self.ask("SELECT id, cursor, fingerprint, pulled_at FROM scopes")}

    def read_completely(self) -> bool:
        return self.ask("SELECT error FROM connections") == [("",)]

    def kept(self) -> Mapping[str, object]:
        """All that the store holds and a next run builds upon: everything but the journal of runs."""
        names = {row[0] for row in self.ask("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return {name: sorted(map(repr, self.ask(f"SELECT * FROM {name}"))) for name in names - _JOURNAL}

    def past(self) -> Mapping[str, object]:
        """What the store holds of the past: every moment, what was read, and the readings that were rebuilt."""
        moments = "connection, item, at, state, word, outcome, points, numbers, rebuilt"
        readings = "key_result, at, value, scope, done, flags, rule, rebuilt"
        return {
            "moments": sorted(self.ask(f"SELECT {moments} FROM transitions"), key=repr),
            "read": sorted(self.ask("SELECT * FROM backfilled")),
            "readings": sorted(self.ask(f"SELECT {readings} FROM samples"), key=repr),
        }

    def taken(self) -> list[tuple[Any, ...]]:
        """Readings that were taken and not rebuilt."""
        return self.ask("SELECT * FROM samples WHERE NOT rebuilt ORDER BY id")

    def forget_some_histories(self) -> None:
        """So few are left unread that they are asked for one by one, where a tracker tells many at once."""
        with closing(sqlite3.connect(self.file)) as store, store:
            kept = "SELECT item FROM backfilled ORDER BY item LIMIT 5"
            store.execute(f"DELETE FROM backfilled WHERE item NOT IN ({kept})")
