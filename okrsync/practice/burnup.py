"""Burn-ups from the store: the past and the fan of the forecast, the expected line, and the turns of the goal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from okrsync.method.checkins import DAY, midnight
from okrsync.method.expected import due, expected
from okrsync.model.burnup import BurnUp, Expected, Turn
from okrsync.model.okr import Life, Phase, Placed
from okrsync.model.outlook import Ahead, Outlook, Past
from okrsync.practice.desk import Desk
from okrsync.practice.outlook import outlook

INSTANT = timedelta(microseconds=1)


def burn_up(desk: Desk, placed: Placed) -> tuple[BurnUp | None, Outlook | None]:
    """The chart of a key result and its forecast; neither where there is nothing to draw.

    What is over is drawn as of the end of its cycle, without a forecast. Opens no snapshot of the store.
    """
    ends = midnight(placed.cycle.end + DAY, placed.cycle.zone)
    over = not placed.live or desk.now >= ends
    then = replace(desk, now=min(desk.now, ends - INSTANT)) if over else desk
    found = outlook(then, _revived(placed), charted=True)
    if found is None or len(found.past) < 2:
        return None, None if over else found
    return _drawn(desk, placed, found, over=over), None if over else found


def _revived(placed: Placed) -> Placed:
    """As it was while it was pursued."""
    return placed.model_copy(
        update={
            "key_result": placed.key_result.model_copy(update={"state": Life.ACTIVE}),
            "objective": placed.objective.model_copy(update={"state": Life.ACTIVE}),
            "cycle": placed.cycle.model_copy(update={"state": Phase.ACTIVE}),
        }
    )


def _drawn(desk: Desk, placed: Placed, found: Outlook, *, over: bool) -> BurnUp:
    sign = -1.0 if found.falling else 1.0
    begin = midnight(placed.cycle.start, placed.cycle.zone)

    def value(made: float) -> float:
        return found.origin + sign * made

    past = tuple(msgspec.structs.replace(one, made=value(one.made), goal=value(one.goal)) for one in found.past)
    ahead = () if over else (Ahead(past[-1].at, (past[-1].made,) * 4), *_fan(found, sign))
    return BurnUp(
        key_result=found.key_result,
        title=placed.key_result.title,
        unit=found.unit,
        start=placed.cycle.start,
        due=due(placed),
        until=found.at,
        past=_within(past, begin),
        expected=tuple(_expected(placed, found, sign)),
        turns=tuple(_turns(desk, placed, begin, found.at)),
        ahead=ahead if len(ahead) > 1 else (),
        falling=found.falling,
    )


def _fan(found: Outlook, sign: float) -> Iterator[Ahead]:
    for one in found.ahead:
        yield msgspec.structs.replace(one, made=tuple(found.origin + sign * made for made in one.made))


def _within(past: tuple[Past, ...], begin: datetime) -> tuple[Past, ...]:
    """From the last reading before the cycle on, moved to its first midnight."""
    before = [one for one in past if one.at <= begin]
    first = (msgspec.structs.replace(before[-1], at=begin),) if before else ()
    return (*first, *(one for one in past if one.at > begin))


def _expected(placed: Placed, found: Outlook, sign: float) -> Iterator[Expected]:
    """A straight line needs two points; a plan one for each of its days."""
    last = due(placed)
    days = sorted({placed.cycle.start, *(point.date for point in placed.key_result.plan), last})
    for day in days:
        share = expected(placed, day)
        if share is not None and found.goal is not None:
            yield Expected(day, found.origin + sign * share * found.goal)


def _turns(desk: Desk, placed: Placed, begin: datetime, until: datetime) -> Iterator[Turn]:
    for sample in desk.store.history.samples(placed.key_result.id):
        if sample.changed and begin < sample.at <= until:
            yield Turn(sample.at, "; ".join(sample.changed))
