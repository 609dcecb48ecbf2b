"""What was true of linked work at any past moment.

Every trend is built on this: a replayed sample, a burn-up, the course of weeks (``okrsync/method/course.py``).
An item's past is told by its moments; what no moment tells follows from when it was created, begun and closed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import msgspec

from okrsync.model.life import Life, Moment
from okrsync.model.sample import Linked
from okrsync.model.work import Item, State

Part = tuple[Item, Linked]


def story(life: Life) -> tuple[Moment, ...]:
    """Everything that is true of an item from its creation on, in order of time; the last moment is the item today.

    Before the first moment known, its estimate and fields held and the work was not begun, or had begun at
    ``item.started``. Work of which nobody knows when it came to its state has been in it since its creation.
    """
    item, known = life.item, life.moments
    today = _today(life, _rested_since(life))
    moments = (*known[:-1], today)
    return (*_before(item, moments[0]), *moments)


def _rested_since(life: Life) -> datetime:
    """From when on the item has been what it is today."""
    return life.moments[-1].at if life.moments else came_to_its_state(life.item)


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
    if _rested_since(life) <= at:
        return life.item, life.linked, life.unreachable
    told = story(life)
    place = bisect_right(told, at, key=_at) - 1
    if place < 0:
        return None
    moment = told[place]
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
        closed=closed_by(told, place),
    )


def _seen(told: Sequence[Moment], place: int) -> Moment:
    """The nearest moment that knows labels and type: the last one before, or else the next one."""
    before = (told[one] for one in range(place, -1, -1))
    after = (told[one] for one in range(place + 1, len(told)))
    return next((one for side in (before, after) for one in side if one.labels is not None), told[place])


def closed_by(told: Sequence[Moment], place: int) -> datetime | None:
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
