"""The course of work, week by week: what was finished, what came, and what was left, for a forecast to go on from."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta, tzinfo

import msgspec

from okrsync.method.timeline import story
from okrsync.model.life import Life, Moment
from okrsync.model.okr import Completion, Metric, Sum
from okrsync.model.work import Outcome, State

WEEK = timedelta(days=7)

Size = Callable[[float | None, dict[str, float]], float]
"""What an item is worth, before its link's weight: from its points and its numbers."""


class Week(msgspec.Struct, frozen=True):
    """A complete week, from after ``start`` until ``end``, in the sizes asked for, weighted.

    ``throughput`` is what was finished in it and is still finished at its end. ``arrivals`` is what came new, came
    back or grew, less what went or shrank: ``remaining`` changes by ``arrivals - throughput``, exactly.
    ``scope`` and ``done`` are those of the week's end.
    """

    start: datetime
    end: datetime
    throughput: float
    arrivals: float
    scope: float
    done: float

    @property
    def remaining(self) -> float:
        """Work open at the end of the week, in the unit of the measure."""
        return self.scope - self.done


class Course(msgspec.Struct, frozen=True):
    """How the work of a key result went: its complete ``weeks``, oldest first, and where it stands at the end asked."""

    weeks: tuple[Week, ...]
    scope: float
    done: float

    @property
    def remaining(self) -> float:
        """Work open at the end asked, in the unit of the measure."""
        return self.scope - self.done


def sizes(metric: Metric | None, lives: Iterable[Life] = ()) -> Size:
    """What items are worth under a measure: points where it counts points, a field where it sums one, else 1 each.

    What has no estimate takes the policy of the measure, where the median is that of all items linked today, so that
    a size does not change from week to week. What a measure leaves out is worth 0.
    """
    if isinstance(metric, Sum):
        field = metric.field
        return lambda points, numbers: (points if field == "points" else numbers.get(field)) or 0.0
    if not isinstance(metric, Completion) or metric.by == "count":
        return lambda points, numbers: 1.0
    blank = 0.0 if metric.unestimated == "exclude" else 1.0
    if metric.unestimated == "median":
        blank = _median(life.item.points for life in lives if life.until is None and _counts(life))
    return lambda points, numbers: points if points is not None and points >= 0 else blank


def _counts(life: Life) -> bool:
    return not (life.linked.supports or life.item.dropped or life.unreachable)


def _median(points: Iterable[float | None]) -> float:
    known = sorted(one for one in points if one is not None and one >= 0)
    if not known:
        return 1.0
    middle = len(known) // 2
    return known[middle] if len(known) % 2 else (known[middle - 1] + known[middle]) / 2


def week_edges(start: date, end: datetime, zone: tzinfo) -> list[datetime]:
    """The midnights, where the cycle lives, that begin and end complete weeks from the day ``start`` until ``end``."""
    edges: list[datetime] = []
    day = start
    while (edge := datetime.combine(day, time.min, zone)) <= end:
        edges.append(edge)
        day += WEEK
    return edges


def weeks(lives: Iterable[Life], start: date, end: datetime, zone: tzinfo, size: Size | None = None) -> Course:
    """The complete weeks from the day ``start`` until ``end``, those without any work kept, and how things stand then.

    Counts what contributes and is not cancelled, duplicate or unreachable; ``size`` is 1 for each unless given
    (``sizes``). What was finished before it was linked is no throughput.
    """
    edges = [*week_edges(start, end, zone), end]
    worth = size or sizes(None)
    scope, done, finished = ([0.0] * len(edges) for _ in range(3))
    for life in lives:
        if not life.linked.supports:
            _add(life, edges, worth, scope, done, finished)
    complete = tuple(
        Week(
            start=edges[one - 1],
            end=edges[one],
            throughput=finished[one],
            arrivals=(scope[one] - done[one]) - (scope[one - 1] - done[one - 1]) + finished[one],
            scope=scope[one],
            done=done[one],
        )
        for one in range(1, len(edges) - 1)
    )
    return Course(complete, scope[-1], done[-1])


def _add(
    life: Life, edges: Sequence[datetime], worth: Size, scope: list[float], done: list[float], finished: list[float]
) -> None:
    """What one item adds at each edge: to the scope, to what is done, and to what was finished since the edge before.

    Work that was delivered at the edge before, linked or not, was not finished since.
    """
    told, delivered_before = story(life), False
    linked, unlinked = _places(life, edges)
    for moment, begin, end in _stretches(told, edges):
        counts = moment.outcome in (None, Outcome.DELIVERED)
        delivered = counts and moment.state is State.DONE
        places = range(max(begin, linked), min(end, unlinked))
        if counts and places and not moment.unreachable:
            size = life.linked.weight * worth(moment.points, moment.numbers)
            for place in places:
                scope[place] += size
                if delivered:
                    done[place] += size
            if delivered and not delivered_before and places[0] == begin:
                finished[begin] += size
        delivered_before = delivered


def _places(life: Life, edges: Sequence[datetime]) -> tuple[int, int]:
    """From which edge on it was linked, and from which on no more."""
    created = life.item.created
    linked = bisect_left(edges, created if life.since is None else max(created, life.since))
    return linked, len(edges) if life.until is None else bisect_left(edges, life.until)


def _stretches(told: Sequence[Moment], edges: Sequence[datetime]) -> Iterator[tuple[Moment, int, int]]:
    """Each moment that held at an edge, with its first edge and the one after its last."""
    begin = bisect_left(edges, told[0].at)
    for number, moment in enumerate(told, 1):
        end = bisect_left(edges, told[number].at) if number < len(told) else len(edges)
        if begin < end:
            yield moment, begin, end
        begin = end
