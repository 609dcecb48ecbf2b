"""What people said about their key results. Nothing here is ever changed or deleted.

Ids are looked up in any case, as everywhere in the history.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.sqlite import insert

from okrsync.model.checkin import CheckIn
from okrsync.model.verdict import Status
from okrsync.store import tables
from okrsync.store.moments import as_text

Found = TypeVar("Found")

EVER = "9999"
"""Sorts after all times."""
_VALUE = """
SELECT value FROM checkins WHERE key_result = ? AND value IS NOT NULL AND at <= ? ORDER BY at DESC, id DESC LIMIT 1
"""


class ByKeyResult(Mapping[str, Found], Generic[Found]):
    """Something for each key result, found by its id whatever the case."""

    def __init__(self, found: Mapping[str, Found]) -> None:
        self._names = {name.casefold(): name for name in found}
        self._found = {name.casefold(): one for name, one in found.items()}

    def __getitem__(self, key_result: str) -> Found:
        return self._found[key_result.casefold()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names.values())

    def __len__(self) -> int:
        return len(self._found)


class CheckIns:
    """The cabinet of check-ins, in order of time; of two at the same time the one given second counts as later."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, checkin: CheckIn) -> None:
        """Keep one; nothing that was said is ever changed."""
        self._db.execute(insert(tables.checkins).values(**msgspec.structs.asdict(checkin)))

    def of(self, key_result: str) -> tuple[CheckIn, ...]:
        """All check-ins of a key result, oldest first."""
        table = tables.checkins
        rows = self._db.execute(select(table).where(table.c.key_result == key_result).order_by(table.c.at, table.c.id))
        return tuple(_checkin(row) for row in rows)

    def all(self) -> Mapping[str, tuple[CheckIn, ...]]:
        """The check-ins of every key result that ever had one, oldest first, in one query."""
        table, found = tables.checkins, dict[str, list[CheckIn]]()
        for row in self._db.execute(select(table).order_by(table.c.at, table.c.id)):
            found.setdefault(row.key_result.casefold(), []).append(_checkin(row))
        return ByKeyResult({said[-1].key_result: tuple(said) for said in found.values()})

    def latest(self) -> Mapping[str, CheckIn]:
        """The last check-in of every key result that has one."""
        return ByKeyResult({name: said[-1] for name, said in self.all().items()})

    def value(self, key_result: str, at: datetime | None = None) -> float | None:
        """The value of the latest check-in that gave one, at a time (None: ever)."""
        upto = EVER if at is None else as_text(at)
        found: float | None = self._db.exec_driver_sql(_VALUE, (key_result, upto)).scalar()
        return found


def _checkin(row: Row[tuple[Any, ...]]) -> CheckIn:
    values = {**row._mapping}
    values.pop("id")
    values["status"] = Status(values["status"]) if values["status"] else None
    return CheckIn(**values)
