"""The cabinet of closed cycles and their scores. Nothing here is ever changed or deleted: who closes again adds.

A score is kept in a row of its own beside its closing, so that it can be asked for without the frozen numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import msgspec
from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.sqlite import insert

from okrsync.model.closing import ClosedKeyResult, Closing, Score
from okrsync.store import tables

_encode = msgspec.json.Encoder().encode
_decode_closing = msgspec.json.Decoder(Closing).decode
_decode_score = msgspec.json.Decoder(Score).decode


class Closings:
    """What was decided at the end of cycles; cycle ids are found in any case."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, closing: Closing) -> Closing:
        """Keep a closing; returned with its number among those of its cycle."""
        numbered = msgspec.structs.replace(closing, number=len(self.of(closing.cycle)) + 1)
        bare = _with_scores(numbered, lambda _: None)
        row = self._db.execute(
            insert(tables.closings).values(cycle=closing.cycle, at=closing.at, body=_encode(bare))
        ).lastrowid
        scores = [
            {"closing": row, "cycle": closing.cycle, "key_result": name, "at": closing.at, "body": _encode(score)}
            for name, score in closing.scores().items()
        ]
        if scores:
            self._db.execute(insert(tables.scores), scores)
        return numbered

    def of(self, cycle: str) -> tuple[Closing, ...]:
        """Every closing of a cycle, oldest first."""
        table = tables.closings
        rows = self._db.execute(select(table.c.id, table.c.body).where(table.c.cycle == cycle).order_by(table.c.id))
        return tuple(self._whole(row.id, row.body) for row in rows.all())

    def latest(self, cycle: str) -> Closing | None:
        """The closing that holds."""
        found = self.of(cycle)
        return found[-1] if found else None

    def all(self) -> tuple[Closing, ...]:
        """The closing that holds of every closed cycle, in the order of their ends."""
        table = tables.closings
        last = select(func.max(table.c.id)).group_by(table.c.cycle)
        rows = self._db.execute(select(table.c.id, table.c.body).where(table.c.id.in_(last))).all()
        closings = [self._whole(row.id, row.body) for row in rows]
        return tuple(sorted(closings, key=lambda one: (one.end, one.cycle)))

    def over(self, at: datetime) -> frozenset[str]:
        """Case-folded ids of the cycles that were closed by an aware time."""
        table = tables.closings
        return frozenset(
            one.casefold() for one in self._db.execute(select(table.c.cycle).where(table.c.at <= at)).scalars()
        )

    def history(self) -> Iterator[Closing]:
        """Every closing ever made, in the order in which they were."""
        table = tables.closings
        for row in self._db.execute(select(table.c.id, table.c.body).order_by(table.c.id)).all():
            yield self._whole(row.id, row.body)

    def scores(self, cycle: str) -> dict[str, Score]:
        """The final scores that hold, by key result; empty for a cycle that is not closed."""
        found = self.latest(cycle)
        return found.scores() if found else {}

    def _whole(self, id: int, body: bytes) -> Closing:
        table = tables.scores
        rows = self._db.execute(select(table.c.key_result, table.c.body).where(table.c.closing == id))
        scores = {row.key_result: _decode_score(row.body) for row in rows}
        return _with_scores(_decode_closing(body), lambda one: scores.get(one.id))


def _with_scores(closing: Closing, score_of: Callable[[ClosedKeyResult], Score | None]) -> Closing:
    def scored(one: ClosedKeyResult) -> ClosedKeyResult:
        return msgspec.structs.replace(one, score=score_of(one))

    objectives = tuple(
        msgspec.structs.replace(objective, key_results=tuple(map(scored, objective.key_results)))
        for objective in closing.objectives
    )
    return msgspec.structs.replace(closing, objectives=objectives)
