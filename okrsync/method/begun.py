"""Begun: work that was in progress or delivered at some moment, told without the whole past of everything else.

There are items by the hundred thousand, and most of them rested since, or nobody ever noted a change of them.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from okrsync.method.timeline import came_to_its_state, linked_at, past
from okrsync.model.life import Life
from okrsync.model.work import Item, State


class Begun(msgspec.Struct, frozen=True, gc=False):
    """Work as it was: in progress, or else delivered."""

    doing: bool
    started: datetime | None
    closed: datetime | None


def begun(life: Life, at: datetime) -> Begun | None:
    """What ``timeline.past`` tells of linked work; None where it was not there, to do, dropped or unreachable."""
    if not linked_at(life, at):
        return None
    item, moments = life.item, life.moments
    last = moments[-1].at if moments else came_to_its_state(item)
    if last <= at:
        return None if life.unreachable else _told(item)
    if not moments:
        waited = item.started is None or not item.created <= item.started <= at
        return None if waited else Begun(True, item.started, None)
    found = past(life, at)
    return None if found is None or found[2] else _told(found[0])


def _told(item: Item) -> Begun | None:
    doing = item.state is State.DOING
    return Begun(doing, item.started, item.closed) if doing or item.delivered else None
