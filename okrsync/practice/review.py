"""The review of a cycle: frozen numbers where it is closed, today's where it goes on, and the course of each result."""

from __future__ import annotations

import msgspec

from okrsync.errors import ConfigError
from okrsync.method.checkins import DAY, midnight
from okrsync.method.review import Review, Reviewed, ReviewedObjective
from okrsync.model.attribution import Attribution
from okrsync.model.closing import ClosedKeyResult, ClosedObjective, Closing, Remark
from okrsync.model.okr import Placed
from okrsync.practice.burnup import INSTANT, burn_up
from okrsync.practice.closing import Ending, ending, find_cycle, remarks
from okrsync.practice.desk import Desk
from okrsync.practice.figures import figures
from okrsync.practice.why import why

EVERYBODY = "all"


def review(desk: Desk, id: str, *, confidential: bool = False) -> Review:
    """Everything for the review of a cycle. Raises ConfigError for one that does not exist or has not begun.

    Objectives that only their team sees are left out unless ``confidential``, with what the coach says about them.
    """
    cycle = find_cycle(desk, id)
    with desk.store.reading():
        closings = desk.store.closings.of(cycle.id)
    closed = closings[-1] if closings else None
    found = closed.objectives if closed else _as_they_stand(ending(desk, cycle.id))
    shown = [one for one in found if confidential or one.visibility == EVERYBODY]
    names = {one.id for one in found} - {one.id for one in shown}
    return Review(
        cycle=cycle.id,
        start=cycle.start,
        end=cycle.end,
        at=desk.now,
        objectives=_objectives(desk, shown),
        figures=closed.figures if closed else figures(desk, period=cycle.id),
        remarks=_about(closed.remarks if closed else remarks(desk, cycle), names),
        closed=closed if closed is None else _without(closed, names),
        earlier=tuple(_without(one, names) for one in closings[:-1]),
        hidden=len(names),
    )


def _as_they_stand(found: Ending) -> tuple[ClosedObjective, ...]:
    """While a cycle goes on, progress stands in the place of a score."""
    return tuple(msgspec.structs.replace(one, score=one.progress) for one in found.objectives)


def _objectives(desk: Desk, shown: list[ClosedObjective]) -> tuple[ReviewedObjective, ...]:
    by_id = desk.okrs.by_id()
    return tuple(
        ReviewedObjective(one, tuple(_reviewed(desk, ended, by_id.get(ended.id)) for ended in one.key_results))
        for one in shown
    )


def _reviewed(desk: Desk, ended: ClosedKeyResult, placed: Placed | None) -> Reviewed:
    """With its course, unless it is no longer in the files."""
    if placed is None:
        return Reviewed(ended)
    with desk.store.reading():
        chart, outlook = burn_up(desk, placed)
        said = desk.store.checkins.of(ended.id)
    return Reviewed(ended, chart, outlook, _moved(desk, placed, ended), said[-1] if said else None)


def _moved(desk: Desk, placed: Placed, ended: ClosedKeyResult) -> Attribution | None:
    """From the first moment of the cycle to its last, or to now; None where nothing was measured."""
    begin, end = (midnight(day, placed.cycle.zone) for day in (placed.cycle.start, placed.cycle.end + DAY))
    if ended.sample is None or ended.sample.value is None:
        return None
    try:
        return why(desk, placed, begin, min(desk.now, end - INSTANT))
    except ConfigError:
        return None


def _about(found: tuple[Remark, ...], hidden: set[str]) -> tuple[Remark, ...]:
    return tuple(one for one in found if not hidden.intersection(one.objectives))


def _without(closing: Closing, hidden: set[str]) -> Closing:
    left = tuple(one for one in closing.objectives if one.id not in hidden)
    return msgspec.structs.replace(closing, objectives=left, remarks=_about(closing.remarks, hidden))
