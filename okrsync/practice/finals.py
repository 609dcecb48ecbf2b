"""What closings decided, told beside the numbers of today: the store knows it also where the files do not say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from okrsync.method.expected import day_of
from okrsync.model.closing import Closing
from okrsync.model.okr import Cycle, Phase
from okrsync.model.status import Explanation, Final, KeyResultStatus, ObjectiveStatus
from okrsync.practice.desk import Desk
from okrsync.practice.readings import last_moment


def closed_by(desk: Desk, at: datetime) -> dict[str, Closing]:
    """The closing that holds of each cycle that was closed by an aware time, by the case-folded id."""
    return {one.cycle.casefold(): one for one in desk.store.closings.all() if one.at <= at}


def with_finals(desk: Desk, found: Sequence[ObjectiveStatus], at: datetime) -> tuple[ObjectiveStatus, ...]:
    """Objectives and key results with what was decided about them by an aware time."""
    closings = closed_by(desk, at)
    if not closings:
        return tuple(found)
    cycles = {objective.id: cycle for objective, cycle in desk.okrs.objectives}
    return tuple(_told(one, cycles[one.objective], closings.get(one.cycle.casefold())) for one in found)


def explained_with_final(desk: Desk, found: Explanation, at: datetime) -> Explanation:
    """A key result's explanation with what was decided about it by an aware time.

    Numbers of a past day do not go on.
    """
    closing = closed_by(desk, at).get(found.cycle.casefold())
    if closing is None:
        return found
    cycle = desk.okrs.by_id()[found.status.key_result].cycle
    row = _scored(found.status, cycle, closing, _scores(closing))
    if found.at is not None and row.final is not None:
        row = msgspec.structs.replace(row, final=msgspec.structs.replace(row.final, silent=False))
    return msgspec.structs.replace(found, status=row)


def _told(found: ObjectiveStatus, cycle: Cycle, closing: Closing | None) -> ObjectiveStatus:
    if closing is None:
        return found
    rolled = {one.id.casefold(): one.score for one in closing.objectives}
    scores = _scores(closing)
    return msgspec.structs.replace(
        found,
        final=_final(cycle, closing, rolled.get(found.objective.casefold())),
        key_results=tuple(_scored(one, cycle, closing, scores) for one in found.key_results),
    )


def _scored(row: KeyResultStatus, cycle: Cycle, closing: Closing, scores: Mapping[str, float]) -> KeyResultStatus:
    final = _final(cycle, closing, scores.get(row.key_result.casefold()))
    return msgspec.structs.replace(row, final=final)


def _scores(closing: Closing) -> dict[str, float]:
    return {name.casefold(): score.final for name, score in closing.scores().items()}


def _final(cycle: Cycle, closing: Closing, score: float | None) -> Final:
    last = day_of(cycle, last_moment(cycle, closing.at))
    return Final(closing.at, closing.who, last, score, silent=cycle.state is not Phase.CLOSED)
