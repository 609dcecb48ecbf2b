"""Our own history: samples and what definitions looked like. No sample that was taken is ever changed or deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from okrsync.model.sample import Sample
from okrsync.store import tables
from okrsync.store.moments import as_text
from okrsync.store.tables.columns import time_of

MEASURE_OF = "measure of "
"""How the subject of a key result's fingerprint begins."""

MEASURED_WITH = "measured with "

_NEWEST_FIRST = "ORDER BY rebuilt, CASE WHEN rebuilt THEN at END DESC, id DESC LIMIT 1"
"""Readings in the order in which they were taken, then those rebuilt for earlier days, in the order of those."""

_TRUE_AT = """
SELECT coalesce(
    (SELECT s.id FROM samples s WHERE s.key_result = k.key_result AND s.at <= ? AND NOT s.rebuilt
     ORDER BY s.at DESC, s.id DESC LIMIT 1),
    (SELECT s.id FROM samples s WHERE s.key_result = k.key_result AND s.at <= ? AND s.rebuilt
     ORDER BY s.at DESC, s.id DESC LIMIT 1)
) AS id FROM (SELECT DISTINCT key_result FROM samples) k
"""
"""What was seen counts before what was rebuilt; each look-up is one step in the index of key results and times."""

_REMEMBER = """
INSERT INTO fingerprints (subject, value) VALUES (?, ?) ON CONFLICT (subject) DO UPDATE SET value = excluded.value
"""
_FIELDS = Sample.__struct_fields__
_READ = f"SELECT {', '.join(_FIELDS)} FROM samples"
_LAST_OF = f"{_READ} WHERE key_result = ? {_NEWEST_FIRST}"
_TRUE_OF = f"{_READ} WHERE key_result = ? AND at <= ? {_NEWEST_FIRST}"
_SAMPLES_OF = f"{_READ} WHERE key_result = ? ORDER BY at, id"
_FIRST_OF = f"{_SAMPLES_OF} LIMIT 1"
_TAKEN_OF = f"{_READ} WHERE key_result = ? AND NOT rebuilt ORDER BY at, id LIMIT 1"
_REBUILT_OF = f"{_READ} WHERE key_result = ? AND rebuilt ORDER BY at, id"
_READ_AT = f"{_READ} WHERE id IN ({_TRUE_AT})"
_LATEST = f"{_READ} WHERE id IN (SELECT max(id) FROM samples GROUP BY key_result, rebuilt) ORDER BY rebuilt DESC"
_AT, _FLAGS, _CHANGED, _REBUILT = map(_FIELDS.index, ("at", "flags", "changed", "rebuilt"))
_decode_words = lru_cache(maxsize=1_000)(msgspec.json.Decoder(tuple[str, ...]).decode)
_RAW_AT = f"SELECT key_result, raw FROM samples WHERE id IN ({_TRUE_AT})"


class History:
    """The cabinet of what was true when."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add_sample(self, sample: Sample) -> bool:
        """Keep a sample unless it reads the same as the latest one; returns whether it was news.

        Start, target, weight and definition are part of how it reads.
        """
        if sample.same_reading(self.sample(sample.key_result)):
            return False
        self.add([sample])
        return True

    def add(self, samples: Sequence[Sample]) -> None:
        """Keep readings, one for each key result."""
        if samples:
            self._db.execute(insert(tables.samples), [_values(sample) for sample in samples])

    def sample(self, key_result: str, at: datetime | None = None) -> Sample | None:
        """The reading that was true at a time (None: the latest); a rebuilt one where nobody had measured yet."""
        if at is None:
            return self._one(_LAST_OF, key_result)
        return self._one(_TRUE_OF, key_result, as_text(at))

    def first_sample(self, key_result: str) -> Sample | None:
        """The oldest reading, real or rebuilt."""
        return self._one(_FIRST_OF, key_result)

    def first_taken(self, key_result: str) -> Sample | None:
        """The first reading that was taken and not rebuilt."""
        return self._one(_TAKEN_OF, key_result)

    def _one(self, query: str, *given: str) -> Sample | None:
        row = self._db.exec_driver_sql(query, given).first()
        return _read(row) if row else None

    def _all(self, query: str, *given: str) -> tuple[Sample, ...]:
        return tuple(map(_read, self._db.exec_driver_sql(query, given)))

    def rebuild(self, key_result: str, samples: Sequence[Sample]) -> bool:
        """Make these, in order of time, its rebuilt readings; returns whether they differ from those it had."""
        if self._all(_REBUILT_OF, key_result) == tuple(samples):
            return False
        table = tables.samples
        self._db.execute(delete(table).where((table.c.key_result == key_result) & table.c.rebuilt))
        if samples:
            self._db.execute(insert(table), [_values(sample) for sample in samples])
        return True

    def samples(self, key_result: str) -> tuple[Sample, ...]:
        """All readings, oldest first."""
        return self._all(_SAMPLES_OF, key_result)

    def latest_samples(self, at: datetime | None = None) -> dict[str, Sample]:
        """The reading of every key result that was true at a time (None: the latest that was taken)."""
        found = self._all(_LATEST) if at is None else self._all(_READ_AT, as_text(at), as_text(at))
        return {one.key_result: one for one in found}

    def course(self, times: Sequence[datetime]) -> dict[str, tuple[float | None, ...]]:
        """Case-folded id of each key result -> its raw progress at each of these times, None before the first."""
        found: dict[str, list[float | None]] = {}
        for place, at in enumerate(times):
            stamp = as_text(at)
            for key_result, raw in self._db.exec_driver_sql(_RAW_AT, (stamp, stamp)):
                found.setdefault(key_result.casefold(), [None] * len(times))[place] = raw
        return {name: tuple(values) for name, values in found.items()}

    def measured_at(self) -> dict[str, datetime]:
        """When each key result was measured for the last time, as far as the reading was news."""
        table = tables.samples
        rows = self._db.execute(
            select(table.c.key_result, func.max(table.c.at).label("at")).group_by(table.c.key_result)
        )
        return {row.key_result: row.at for row in rows}

    def known_since(self) -> dict[str, datetime]:
        """Case-folded id of each key result -> when it was first measured; rebuilt readings do not count."""
        table = tables.samples
        first = select(table.c.key_result, func.min(table.c.at).label("at")).where(table.c.rebuilt.is_(False))
        return {row.key_result.casefold(): row.at for row in self._db.execute(first.group_by(table.c.key_result))}

    def fingerprints(self, about: str = "") -> dict[str, str]:
        """What each definition looked like when it was last applied; a difference means to apply it anew.

        Only of subjects that begin with ``about``.
        """
        table = tables.fingerprints
        query = select(table.c.subject, table.c.value).where(table.c.subject.startswith(about, autoescape=True))
        return {row.subject: row.value for row in self._db.execute(query)}

    def key_results(self) -> set[str]:
        """Every key result that anything was ever linked to or measured for."""
        return {subject.removeprefix(MEASURE_OF) for subject in self.fingerprints() if subject.startswith(MEASURE_OF)}

    def measured_with(self, connection: str) -> datetime | None:
        """When anything was measured for the last time with what was read of a connection."""
        table = tables.fingerprints
        found = self._db.execute(
            select(table.c.value).where(table.c.subject == f"{MEASURED_WITH}{connection}")
        ).scalar()
        return datetime.fromisoformat(found) if found else None

    def set_measured_with(self, connection: str, at: datetime) -> None:
        """Note when something was measured with what was read of a connection."""
        self.set_fingerprint(f"{MEASURED_WITH}{connection}", at.isoformat())

    def set_fingerprint(self, subject: str, value: str) -> None:
        """Remember what something was made from, so that a change of it is noticed."""
        self.set_fingerprints({subject: value})

    def set_fingerprints(self, values: Mapping[str, str]) -> None:
        """The same for many subjects at once."""
        if values:
            self._db.exec_driver_sql(_REMEMBER, list(values.items()))


def _values(sample: Sample) -> dict[str, object]:
    return {**msgspec.structs.asdict(sample), "flags": list(sample.flags), "changed": list(sample.changed)}


def _read(row: Sequence[Any]) -> Sample:
    """A row of ``_READ``: there are readings by the ten thousand, which go through the driver as plain SQL."""
    values = list(row)
    values[_AT], values[_REBUILT] = time_of(values[_AT]), bool(values[_REBUILT])
    values[_FLAGS], values[_CHANGED] = _decode_words(values[_FLAGS]), _decode_words(values[_CHANGED])
    return Sample(*values)
