"""What was true of linked work at any past moment, and what each week brought of it.

Every trend is built on this: a replayed sample, a burn-up, throughput and arrivals for a forecast. An item's past is
told by its moments; what no moment tells follows from when it was created, begun and closed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta, tzinfo

import msgspec

from okrsync.model.life import Life, Moment
from okrsync.model.okr import Completion, Metric, Sum
from okrsync.model.sample import Linked
from okrsync.model.work import Item, Outcome, State

WEEK = timedelta(days=7)

Part = tuple[Item, Linked]
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
        return self.scope - self.done


class Course(msgspec.Struct, frozen=True):
    """How the work of a key result went: its complete ``weeks``, oldest first, and where it stands at the end asked."""

    weeks: tuple[Week, ...]
    scope: float
    done: float

    @property
    def remaining(self) -> float:
        return self.scope - self.done


def story(life: Life) -> tuple[Moment, ...]:
    """Everything that is true of an item from its creation on, in order of time; the last moment is the item today.

    Before the first moment known, its estimate and fields held and the work was not begun, or had begun at
    ``item.started``. Work of which nobody knows when it came to its state has been in it since its creation.
    """
    item, known = life.item, life.moments
    today = _today(life, known[-1].at if known else came_to_its_state(item))
    moments = (*known[:-1], today)
    return (*_before(item, moments[0]), *moments)


def _today(life: Life, at: datetime) -> Moment:
    item = life.item
    return Moment(
        at,
        item.state,
        item.word,
        item.outcome,
        item.points,
        item.numbers,
        life.unreachable,
        False,
        item.labels,
        item.type,
        item.closed,
    )


def came_to_its_state(item: Item) -> datetime:
    """When an item came to the state it is in, as far as it tells itself: else it has been in it since its creation."""
    if item.state is State.DONE and item.closed is not None:
        return item.closed
    if item.state is State.DOING and item.started is not None:
        return item.started
    return item.created


def _before(item: Item, first: Moment) -> Iterator[Moment]:
    """From creation to the first moment known."""
    if first.at <= item.created:
        return
    plain = (first.points, first.numbers, "", True, first.labels, first.type)
    yield Moment(item.created, State.TODO, "", None, *plain)
    if item.started is not None and item.created <= item.started < first.at:
        yield Moment(item.started, State.DOING, "", None, *plain)


def as_of(life: Life, at: datetime) -> Part | None:
    """The item and its link as they were, or None: not created, not linked, no more linked, or unreachable then."""
    found = past(life, at)
    return None if found is None or found[2] else (found[0], found[1])


def past(life: Life, at: datetime) -> tuple[Item, Linked, str] | None:
    """As ``as_of``, where the third is "" or why the item was unreachable then."""
    if not linked_at(life, at):
        return None
    told = story(life)
    place = bisect_right(told, at, key=_at) - 1
    if place < 0:
        return None
    moment = told[place]
    if place == len(told) - 1:
        return life.item, life.linked, moment.unreachable
    return _item_then(life.item, told, place, at), life.linked, moment.unreachable


def _at(moment: Moment) -> datetime:
    return moment.at


def linked_at(life: Life, at: datetime) -> bool:
    """Whether the item existed and was linked then."""
    if life.item.created > at:
        return False
    return (life.since is None or life.since <= at) and (life.until is None or at < life.until)


def _item_then(item: Item, told: Sequence[Moment], place: int, at: datetime) -> Item:
    moment = told[place]
    seen = _seen(told, place)
    return msgspec.structs.replace(
        item,
        state=moment.state,
        word=moment.word,
        outcome=moment.outcome,
        points=moment.points,
        numbers=moment.numbers,
        labels=item.labels if seen.labels is None else seen.labels,
        type=item.type if seen.type is None else seen.type,
        started=item.started if item.started is not None and item.started <= at else None,
        closed=_closed(told, place),
    )


def _seen(told: Sequence[Moment], place: int) -> Moment:
    """The nearest moment that knows labels and type: the last one before, or else the next one."""
    before = (told[one] for one in range(place, -1, -1))
    after = (told[one] for one in range(place + 1, len(told)))
    return next((one for side in (before, after) for one in side if one.labels is not None), told[place])


def _closed(told: Sequence[Moment], place: int) -> datetime | None:
    """When it was closed, as it was seen, or else when it came to be done for the last time by then."""
    moment = told[place]
    if moment.labels is not None and not moment.rebuilt:
        return moment.closed
    if moment.state is not State.DONE:
        return None
    while place and told[place - 1].state is State.DONE:
        place -= 1
    return told[place].closed or told[place].at


def parts_at(lives: Iterable[Life], at: datetime) -> tuple[list[Part], dict[tuple[str, str], str]]:
    """What a measure is given to read a past moment: the linked items as they were, and why some were unreachable."""
    parts: list[Part] = []
    unreachable: dict[tuple[str, str], str] = {}
    for life in lives:
        found = past(life, at)
        if found is not None:
            item, linked, lost = found
            parts.append((item, linked))
            if lost:
                unreachable[item.connection, item.id] = lost
    return parts, unreachable


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
