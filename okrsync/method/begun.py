"""Begun: from when to when an item was in progress or delivered, as its whole past tells it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from okrsync.method.timeline import came_to_its_state, closed_by, story
from okrsync.model.life import Life, Moment
from okrsync.model.work import Item, Outcome, State

Pair = tuple[str, str]
"""(connection, item id) or (connection, scope)."""


class Begun(msgspec.Struct, frozen=True, gc=False):
    """Work as it was: in progress, or else delivered."""

    doing: bool
    started: datetime | None
    closed: datetime | None


class Stretch(msgspec.Struct, frozen=True, gc=False):
    """From ``begin`` until before ``end`` (None: still) an item was as ``begun`` tells."""

    begin: datetime
    end: datetime | None
    begun: Begun


class Work(NamedTuple):
    """An item. A ``leaf`` is a reachable ticket that counts as one piece of work wherever it is in progress."""

    key: Pair
    scope: Pair
    created: datetime
    leaf: bool
    stretches: Sequence[Stretch]


class Link(NamedTuple):
    """An item counted for a key result from ``since`` (None: its creation) until before ``until`` (None: still)."""

    key_result: str
    item: Pair
    since: datetime | None
    until: datetime | None


def stretches(life: Life) -> Iterator[Stretch]:
    """What ``timeline.past`` tells of an item in progress or delivered, linked or not, in order of time.

    It is told of no moment before its creation, nor of one at which it was to do, dropped or unreachable.
    """
    if not life.moments:
        yield from _unnoted(life)
        return
    told = story(life)
    for place, moment in enumerate(told):
        if moment.unreachable:
            continue
        if place == len(told) - 1:
            yield from _last(life.item, moment.at)
        elif moment.state is State.DOING or _delivered(moment):
            yield from _while_it_held(life.item, told, place)


def _unnoted(life: Life) -> Iterator[Stretch]:
    """Most items rest, or nobody ever noted a change of them: their dates tell all there is, which is much shorter."""
    item, rested = life.item, came_to_its_state(life.item)
    if item.started is not None and item.created <= item.started < rested:
        yield Stretch(item.started, rested, Begun(True, item.started, None))
    if not life.unreachable:
        yield from _last(item, rested)


def _delivered(moment: Moment) -> bool:
    return moment.state is State.DONE and moment.outcome in (None, Outcome.DELIVERED)


def _last(item: Item, since: datetime) -> Iterator[Stretch]:
    doing = item.state is State.DOING
    if doing or item.delivered:
        yield Stretch(max(since, item.created), None, Begun(doing, item.started, item.closed))


def _while_it_held(item: Item, told: Sequence[Moment], place: int) -> Iterator[Stretch]:
    """Nobody knew of its begin before it was there."""
    begin, end = max(told[place].at, item.created), told[place + 1].at
    doing, closed, started = told[place].state is State.DOING, closed_by(told, place), item.started
    known = end if started is None else min(max(started, begin), end)
    if begin < known:
        yield Stretch(begin, known, Begun(doing, None, closed))
    if known < end:
        yield Stretch(known, end, Begun(doing, started, closed))
