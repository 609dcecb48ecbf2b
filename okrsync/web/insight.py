"""What is known of one key result, worked out once for its page, its drawing and the API."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from okrsync.errors import ConfigError
from okrsync.model.attribution import Attribution
from okrsync.model.burnup import BurnUp
from okrsync.model.okr import Placed
from okrsync.model.outlook import Outlook
from okrsync.model.status import Explanation
from okrsync.practice.burnup import burn_up
from okrsync.practice.desk import Desk
from okrsync.practice.standing import as_judged, verdict_of
from okrsync.practice.why import why
from okrsync.views import explain
from okrsync.web.room import Room, Seat

WEEK = timedelta(days=7)


class Insight(msgspec.Struct, frozen=True):
    """Everything but what people said. ``chart`` is None where there is nothing to draw yet."""

    explained: Explanation
    outlook: Outlook | None
    chart: BurnUp | None
    moved: Attribution | None


def insight(room: Room, desk: Seat, placed: Placed) -> Insight:
    """What a key result's page tells beside its row; the same for everybody until a run changes something."""
    return room.once(f"key result {placed.key_result.id}", desk, lambda: _gained(desk, placed))


def _gained(desk: Desk, placed: Placed) -> Insight:
    with desk.store.reading():
        drawn, outlook = burn_up(desk, as_judged(desk, placed))
        verdict = verdict_of(desk, placed, probability=outlook.probability if outlook else None)
    try:
        moved = why(desk, placed, desk.now - WEEK)
    except ConfigError:
        moved = None
    return Insight(
        explained=explain(desk.store, desk.okrs, placed.key_result.id, desk.now, verdict),
        outlook=outlook.told if outlook else None,
        chart=drawn if drawn and _shows(drawn) else None,
        moved=moved,
    )


def _shows(drawn: BurnUp) -> bool:
    """Whether there is more to see than two lines at nothing."""
    return any(one.made or one.goal for one in drawn.past)
