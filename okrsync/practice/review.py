"""The review of a cycle: frozen numbers where it is closed, today's where it goes on, and the course of each result."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import NamedTuple

import msgspec

from okrsync.errors import ConfigError
from okrsync.method.checkins import midnight
from okrsync.method.review import Review, Reviewed, ReviewedObjective
from okrsync.model.attribution import Attribution
from okrsync.model.closing import ClosedKeyResult, ClosedObjective, Closing, Remark
from okrsync.model.figures import TeamFigures
from okrsync.model.okr import Objective, Okrs, Placed
from okrsync.practice.burnup import burn_up
from okrsync.practice.closing import ending, find_cycle, remarks
from okrsync.practice.desk import Desk
from okrsync.practice.figures import figures, team_of
from okrsync.practice.hidden import mentions
from okrsync.practice.readings import last_moment
from okrsync.practice.record import Record
from okrsync.practice.scoring import Ending
from okrsync.practice.standing import as_they_were
from okrsync.practice.why import why_by

EVERYBODY = "all"

AnyObjective = Objective | ClosedObjective


class Portions(NamedTuple):
    """A cycle of at most ``whole`` key results comes in one, a larger one in pages with at most ``page``."""

    whole: int
    page: int


@dataclass(frozen=True)
class Shared:
    """What is the same on all pages of a review, asked for by the pages that tell of it.

    ``ending``, ``figures`` and ``remarks`` are those of a cycle that goes on.
    """

    closings: Callable[[], Sequence[Closing]]
    ending: Callable[[], Ending]
    figures: Callable[[], tuple[TeamFigures, ...]]
    remarks: Callable[[], tuple[Remark, ...]]


def _shared(desk: Desk, id: str) -> Shared:
    """As the store and the files tell it whenever it is asked for."""
    return Shared(
        lambda: closings_of(desk, id),
        lambda: ending(desk, id),
        lambda: figures(desk, period=find_cycle(desk, id).id),
        lambda: remarks(desk, find_cycle(desk, id)),
    )


def review(
    desk: Desk,
    id: str,
    *,
    confidential: bool = False,
    sees: Callable[[AnyObjective], bool] | None = None,
    page: int = 1,
    most: Portions | None = None,
) -> Review:
    """Everything for the review of a cycle. Raises ConfigError for one that does not exist or has not begun.

    Where ``most`` is given, a large one comes in pages; an objective is never cut in two. A page after the last is the
    last.

    A closed one needs its OKR file for the courses of its key results only.

    Objectives that only their team sees are left out unless ``confidential``, or ``sees`` says that the reader may;
    with them goes whatever names them. What became private after the closing is private in its review, too.
    """
    shared = _shared(desk, id)
    hidden = frozenset[str]() if confidential else kept_back(desk, sees or is_for_everybody, shared.closings())
    return review_without(desk, id, hidden, shared, page=page, most=most)


def closings_of(desk: Desk, id: str) -> tuple[Closing, ...]:
    """Every closing of a cycle, oldest first."""
    with desk.store.reading():
        return desk.store.closings.of(id)


def kept_back(desk: Desk, sees: Callable[[AnyObjective], bool], closings: Iterable[Closing]) -> frozenset[str]:
    """Ids of the objectives that a reader may not know of, by the closings of a cycle or by the OKR files of today.

    Those of other cycles are among them: remarks and figures name what runs at the same time. So is what was closed
    under another name and has a key result that is private today. Readers from whom the same is kept are told the
    same: ``review_without`` depends on nothing else of theirs.
    """
    today = [one for one in _today(desk) if not sees(one)]
    private = {one.id.casefold() for objective in today for one in objective.key_results}
    then = (one for closing in closings for one in closing.objectives)
    kept = (one for one in then if not sees(one) or any(below.id.casefold() in private for below in one.key_results))
    return frozenset(one.id for one in chain[AnyObjective](kept, today))


def review_without(
    desk: Desk,
    id: str,
    hidden: Container[str],
    shared: Shared,
    *,
    page: int = 1,
    most: Portions | None = None,
) -> Review:
    """The review without these objectives and whatever names them. Raises as ``review`` does."""
    closings = shared.closings()
    closed = closings[-1] if closings else None
    if closed is not None:
        name, start, end, found = closed.cycle, closed.start, closed.end, closed.objectives
    else:
        cycle = find_cycle(desk, id)
        name, start, end, found = cycle.id, cycle.start, cycle.end, _as_they_stand(shared.ending())
    told = _Told(desk, chain(found, *(one.objectives for one in closings)), hidden)
    shown = [one for one in found if one.id not in told.hidden]
    pages = list(_pages(shown, most))
    page = min(page, len(pages))
    told_of, last = pages[page - 1], page == len(pages)
    return Review(
        cycle=name,
        start=start,
        end=end,
        at=desk.now,
        objectives=_objectives(_as_of(desk, closed, told_of), told_of),
        figures=told.figures(closed.figures if closed else shared.figures()) if last else (),
        remarks=told.remarks(closed.remarks if closed else shared.remarks()) if last else (),
        closed=closed if closed is None else told.closing(_portion(closed, told_of, last=last)),
        earlier=tuple(told.closing(one) for one in closings[:-1]),
        hidden=len(found) - len(shown),
        page=page,
        pages=len(pages),
    )


def _pages(shown: Sequence[ClosedObjective], most: Portions | None) -> Iterator[list[ClosedObjective]]:
    """At least one."""
    counts = [len(one.key_results) for one in shown]
    room = sum(counts) if most is None or sum(counts) <= most.whole else most.page
    page, held = list[ClosedObjective](), 0
    for one, count in zip(shown, counts, strict=True):
        if page and held + count > room:
            yield page
            page, held = [], 0
        page.append(one)
        held += count
    yield page


def _portion(closing: Closing, shown: Iterable[ClosedObjective], *, last: bool) -> Closing:
    """What a page tells of a closing."""
    ids = {one.id for one in shown}
    return msgspec.structs.replace(
        closing,
        objectives=tuple(one for one in closing.objectives if one.id in ids),
        figures=closing.figures if last else (),
        remarks=closing.remarks if last else (),
    )


def _as_of(desk: Desk, closed: Closing | None, shown: Iterable[ClosedObjective]) -> Desk:
    """The courses of a closed cycle end with its closing, and its key results are shown as they were pursued then."""
    if closed is None:
        return desk
    there = replace(desk, okrs=_only(desk.okrs, {one.id for objective in shown for one in objective.key_results}))
    return replace(there, now=min(desk.now, closed.at), okrs=as_they_were(there, closed.at))


def _only(okrs: Okrs, key_results: Container[str]) -> Okrs:
    """The files as if there were no other key results."""
    placed = tuple(one for one in okrs.placed if one.key_result.id in key_results)
    above = {one.objective.id for one in placed}
    objectives = tuple((one, cycle) for one, cycle in okrs.objectives if one.id in above)
    return okrs.model_copy(update={"placed": placed, "objectives": objectives})


def is_for_everybody(objective: AnyObjective) -> bool:
    """Whether anybody may know of it."""
    return objective.visibility == EVERYBODY


def _today(desk: Desk) -> Iterator[Objective]:
    return (one for one, _ in desk.okrs.objectives)


def _as_they_stand(found: Ending) -> tuple[ClosedObjective, ...]:
    """While a cycle goes on, progress stands in the place of a score."""
    return tuple(msgspec.structs.replace(one, score=one.progress) for one in found.objectives)


def _objectives(desk: Desk, shown: Sequence[ClosedObjective]) -> tuple[ReviewedObjective, ...]:
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
        record = Record(desk.store, placed)
        chart, outlook = burn_up(desk, placed, record)
        said = [one for one in desk.store.checkins.of(ended.id) if one.at <= desk.now]
        return Reviewed(ended, chart, outlook, _moved(desk, record, ended), said[-1] if said else None)


def _moved(desk: Desk, record: Record, ended: ClosedKeyResult) -> Attribution | None:
    """From the first moment of the cycle to the reading it ended with; None where nothing was measured."""
    if ended.sample is None or ended.sample.value is None:
        return None
    cycle = record.placed.cycle
    until = max(last_moment(cycle, desk.now), min(desk.now, ended.sample.at))
    try:
        return why_by(desk, record, midnight(cycle.start, cycle.zone), until)
    except ConfigError:
        return None


class _Told:
    """What is left when some objectives are not told of, nor teams of which nothing else is known."""

    def __init__(self, desk: Desk, then: Iterable[ClosedObjective], hidden: Container[str]) -> None:
        every: list[tuple[AnyObjective, str]] = [(one, one.team) for one in then]
        every += [(one, team_of(desk, one)) for one in _today(desk)]
        objectives = [one for one, _ in every if one.id in hidden]
        self.hidden = {one.id for one in objectives}
        self.teams = {team for one, team in every if one.id not in hidden}
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
        return tuple(without(one, self.key_results) for one in found if not self.hidden or one.team in self.teams)

    def closing(self, closing: Closing) -> Closing:
        return msgspec.structs.replace(
            closing,
            objectives=tuple(one for one in closing.objectives if one.id not in self.hidden),
            figures=self.figures(closing.figures),
            remarks=self.remarks(closing.remarks),
            without_value=tuple(name for name in closing.without_value if name not in self.key_results),
        )


def without(team: TeamFigures, hidden: Container[str]) -> TeamFigures:
    """A team's figures without the names of some key results; the numbers stay those of the whole team."""
    kept = tuple(name for name in team.performance.without_value if name not in hidden)
    return msgspec.structs.replace(team, performance=msgspec.structs.replace(team.performance, without_value=kept))
