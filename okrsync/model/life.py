"""The life of a linked item: what was true of it when, so that any past day can be measured again."""

from __future__ import annotations

from datetime import datetime

import msgspec

from okrsync.model.sample import Linked
from okrsync.model.work import Item, Outcome, State


class Moment(msgspec.Struct, frozen=True, gc=False):
    """What is true of an item from ``at`` on, until its next moment.

    ``unreachable`` is "" or why it left the numbers. ``rebuilt`` moments come from the tracker's own history.
    ``labels``, ``type`` and ``closed`` are of moments that were seen; where ``labels`` is None nobody knows them, and
    work is taken to be closed when it came to be done.
    """

    at: datetime
    state: State
    word: str = ""
    outcome: Outcome | None = None
    points: float | None = None
    numbers: dict[str, float] = {}
    unreachable: str = ""
    rebuilt: bool = False
    labels: tuple[str, ...] | None = None
    type: str | None = None
    closed: datetime | None = None


class Life(msgspec.Struct, frozen=True, gc=False):
    """One item linked to one key result, from ``since`` (None: from its creation) to ``until`` (None: still).

    ``moments`` are in order of time; before the first of them, what it says held since the item's creation, except
    that the work was not begun.
    """

    item: Item
    linked: Linked
    moments: tuple[Moment, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    unreachable: str = ""


class ItemHistory(msgspec.Struct, frozen=True):
    """What a tracker tells of one item's past, by the item's id.

    ``moments`` are in order of time and marked ``rebuilt``; the first is at the item's creation.
    """

    id: str
    moments: tuple[Moment, ...]
