"""The review of a cycle: frozen numbers where it is closed, today's where it goes on, and the course of each result."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable

import msgspec

from okrsync.errors import ConfigError
from okrsync.method.checkins import DAY, midnight
from okrsync.method.review import Review, Reviewed, ReviewedObjective
from okrsync.model.attribution import Attribution
from okrsync.model.closing import ClosedKeyResult, ClosedObjective, Closing, Remark
from okrsync.model.figures import TeamFigures
from okrsync.model.okr import Placed
from okrsync.practice.burnup import INSTANT, burn_up
from okrsync.practice.closing import Ending, ending, find_cycle, remarks
from okrsync.practice.desk import Desk
from okrsync.practice.figures import figures
from okrsync.practice.hidden import mentions
from okrsync.practice.why import why

EVERYBODY = "all"


def review(
    desk: Desk, id: str, *, confidential: bool = False, sees: Callable[[ClosedObjective], bool] | None = None
) -> Review:
    """Everything for the review of a cycle. Raises ConfigError for one that does not exist or has not begun.

    Objectives that only their team sees are left out unless ``confidential``, or ``sees`` says that the reader may;
    with them goes whatever names them.
    """
    cycle = find_cycle(desk, id)
    with desk.store.reading():
        closings = desk.store.closings.of(cycle.id)
    closed = closings[-1] if closings else None
    found = closed.objectives if closed else _as_they_stand(ending(desk, cycle.id))
    told = _Told(one for one in found if not (confidential or (sees or _is_for_everybody)(one)))
    shown = [one for one in found if one.id not in told.hidden]
    return Review(
        cycle=cycle.id,
        start=cycle.start,
        end=cycle.end,
        at=desk.now,
        objectives=_objectives(desk, shown),
        figures=told.figures(closed.figures if closed else figures(desk, period=cycle.id)),
        remarks=told.remarks(closed.remarks if closed else remarks(desk, cycle)),
        closed=closed if closed is None else told.closing(closed),
        earlier=tuple(told.closing(one) for one in closings[:-1]),
        hidden=len(told.hidden),
    )


def _is_for_everybody(objective: ClosedObjective) -> bool:
    return objective.visibility == EVERYBODY


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


class _Told:
    """What is left when some objectives are not told of."""

    def __init__(self, hidden: Iterable[ClosedObjective]) -> None:
        objectives = list(hidden)
        self.hidden = {one.id for one in objectives}
        self.key_results = {one.id for objective in objectives for one in objective.key_results}
        titles = (one.title for one in objectives)
        self.mentions = mentions((*self.hidden, *self.key_results, *titles))

    def remarks(self, found: Iterable[Remark]) -> tuple[Remark, ...]:
        return tuple(
            one
            for one in found
            if not self.hidden.intersection(one.objectives) and not self.mentions(f"{one.reason} {one.fix}")
        )

    def figures(self, found: Iterable[TeamFigures]) -> tuple[TeamFigures, ...]:
        return tuple(without(one, self.key_results) for one in found)

    def closing(self, closing: Closing) -> Closing:
        return msgspec.structs.replace(
            closing,
            objectives=tuple(one for one in closing.objectives if one.id not in self.hidden),
            figures=self.figures(closing.figures),
            remarks=self.remarks(closing.remarks),
        )


def without(team: TeamFigures, hidden: Container[str]) -> TeamFigures:
    """A team's figures without the names of some key results; the numbers stay those of the whole team."""
    kept = tuple(name for name in team.performance.without_value if name not in hidden)
    return msgspec.structs.replace(team, performance=msgspec.structs.replace(team.performance, without_value=kept))
