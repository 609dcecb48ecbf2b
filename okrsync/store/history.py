"""Our own history: samples and check-ins. Nothing here is ever changed or deleted."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection, Row, func, select
from sqlalchemy.dialects.sqlite import insert

from okrsync.model.checkin import CheckIn
from okrsync.model.sample import Sample
from okrsync.store import tables

MEASURE_OF = "measure of "
"""How the subject of a key result's fingerprint begins."""


class History:
    """The cabinet of what was true when."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add_sample(self, sample: Sample) -> bool:
        """Keep a sample unless it reads the same as the latest one; returns whether it was news."""
        if sample.same_reading(self.sample(sample.key_result)):
            return False
        self._db.execute(
            insert(tables.samples),
            [{**msgspec.structs.asdict(sample), "flags": list(sample.flags), "changed": list(sample.changed)}],
        )
        return True

    def sample(self, key_result: str, at: datetime | None = None) -> Sample | None:
        """The reading that was true at a time (None: the latest)."""
        table = tables.samples
        query = select(table).where(table.c.key_result == key_result)
        if at is not None:
            query = query.where(table.c.at <= at)
        row = self._db.execute(query.order_by(table.c.id.desc()).limit(1)).first()
        return _sample(row) if row else None

    def first_sample(self, key_result: str) -> Sample | None:
        table = tables.samples
        query = select(table).where(table.c.key_result == key_result).order_by(table.c.at, table.c.id)
        row = self._db.execute(query.limit(1)).first()
        return _sample(row) if row else None

    def samples(self, key_result: str) -> tuple[Sample, ...]:
        """All readings, oldest first."""
        table = tables.samples
        rows = self._db.execute(select(table).where(table.c.key_result == key_result).order_by(table.c.at, table.c.id))
        return tuple(_sample(row) for row in rows)

    def latest_samples(self) -> dict[str, Sample]:
        """The latest reading of every key result."""
        table = tables.samples
        latest = select(func.max(table.c.id)).group_by(table.c.key_result)
        rows = self._db.execute(select(table).where(table.c.id.in_(latest)))
        return {row.key_result: _sample(row) for row in rows}

    def add_checkin(self, checkin: CheckIn) -> None:
        self._db.execute(insert(tables.checkins).values(**msgspec.structs.asdict(checkin)))

    def checkin_value(self, key_result: str) -> float | None:
        """The value of the latest check-in that gave one."""
        table = tables.checkins
        found: float | None = self._db.execute(
            select(table.c.value)
            .where(table.c.key_result == key_result, table.c.value.is_not(None))
            .order_by(table.c.at.desc(), table.c.id.desc())
            .limit(1)
        ).scalar()
        return found

    def fingerprints(self) -> dict[str, str]:
        """What each definition looked like when it was last applied; a difference means to apply it anew."""
        table = tables.fingerprints
        return {row.subject: row.value for row in self._db.execute(select(table.c.subject, table.c.value))}

    def key_results(self) -> set[str]:
        """Every key result that anything was ever linked to or measured for."""
        return {subject.removeprefix(MEASURE_OF) for subject in self.fingerprints() if subject.startswith(MEASURE_OF)}

    def set_fingerprint(self, subject: str, value: str) -> None:
        self._db.execute(
            insert(tables.fingerprints)
            .values(subject=subject, value=value)
            .on_conflict_do_update(index_elements=["subject"], set_={"value": value})
        )


def _sample(row: Row[tuple[object, ...]]) -> Sample:
    values = {**row._mapping}
    values.pop("id")
    values["flags"], values["changed"] = tuple(values["flags"]), tuple(values["changed"])
    return Sample(**values)
