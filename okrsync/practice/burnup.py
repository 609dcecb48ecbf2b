"""Burn-ups from the store: the past and the fan of the forecast, the expected line, and the turns of the goal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from okrsync.method.checkins import DAY, midnight
from okrsync.method.expected import due, expected
from okrsync.model.burnup import BurnUp, Expected, Goal
from okrsync.model.okr import Completion, Count, GoalState, Measure, Phase, Placed, Sum
from okrsync.model.outlook import Ahead, Outlook, Past
from okrsync.practice.aims import Aims
from okrsync.practice.desk import Desk
from okrsync.practice.outlook import outlook
from okrsync.practice.record import Record

INSTANT = timedelta(microseconds=1)


def burn_up(desk: Desk, placed: Placed, record: Record | None = None) -> tuple[BurnUp | None, Outlook | None]:
    """The chart of a key result and its forecast; neither where there is nothing to draw.

    What is over is drawn as of the end of its cycle, without a forecast. Opens no snapshot of the store.
    """
    ends = midnight(placed.cycle.end + DAY, placed.cycle.zone)
    over = not placed.live or desk.now >= ends
    then = replace(desk, now=min(desk.now, ends - INSTANT)) if over else desk
    record = record or Record(desk.store, placed)
    found = outlook(then, _revived(placed), charted=True, record=record)
    if found is None or len(found.past) < 2:
        return None, None if over else found
    return _drawn(record, placed, found, over=over), None if over else found


def _revived(placed: Placed) -> Placed:
    """As it was while it was pursued."""
    return placed.model_copy(
        update={
            "key_result": placed.key_result.model_copy(update={"state": GoalState.ACTIVE}),
            "objective": placed.objective.model_copy(update={"state": GoalState.ACTIVE}),
            "cycle": placed.cycle.model_copy(update={"state": Phase.ACTIVE}),
        }
    )


def _drawn(record: Record, placed: Placed, found: Outlook, *, over: bool) -> BurnUp:
    sign = -1.0 if found.falling else 1.0
    begin = midnight(placed.cycle.start, placed.cycle.zone)

    def value(made: float) -> float:
        return found.origin + sign * made

    aims = Aims(record.samples, placed)
    past = tuple(
        msgspec.structs.replace(one, made=value(one.made), goal=value(aims.then(one.goal, one.at)))
        for one in _within(found.past, begin)
    )
    ahead = () if over else (Ahead(past[-1].at, (past[-1].made,) * 4), *_fan(found, sign))
    return BurnUp(
        key_result=found.key_result,
        title=placed.key_result.title,
        unit=found.unit,
        start=placed.cycle.start,
        due=due(placed),
        until=found.at,
        past=past,
        expected=tuple(_expected(placed, found, sign, aims)),
        turns=tuple(aims.turns(begin, found.at)),
        ahead=ahead if len(ahead) > 1 else (),
        falling=found.falling,
        goals=tuple(_steps(found, begin, aims, value)),
        work=_is_work(placed.key_result.measure),
    )


def _is_work(measure: Measure) -> bool:
    return isinstance(measure, Completion) or (isinstance(measure, Count | Sum) and measure.of == "done")


def _fan(found: Outlook, sign: float) -> Iterator[Ahead]:
    for one in found.ahead:
        yield msgspec.structs.replace(one, made=tuple(found.origin + sign * made for made in one.made))


def _within(past: tuple[Past, ...], begin: datetime) -> tuple[Past, ...]:
    """From the last reading before the cycle on, moved to its first midnight. At least one."""
    before = [one for one in past if one.at <= begin]
    first = (msgspec.structs.replace(before[-1], at=begin),) if before else ()
    return (*first, *(one for one in past if one.at > begin))


def _steps(found: Outlook, begin: datetime, aims: Aims, value: Callable[[float], float]) -> Iterator[Goal]:
    """The goal at every reading, and anew at each moment at which it was moved."""
    past = _within(found.past, begin)
    moved = [at for at in aims.moved if past[0].at < at < past[-1].at]
    for at in sorted({one.at for one in past} | set(moved)):
        goal = [one.goal for one in past if one.at <= at][-1]
        yield Goal(at, value(aims.then(goal, at)))


def _expected(placed: Placed, found: Outlook, sign: float, aims: Aims) -> Iterator[Expected]:
    """A straight line needs two points; a plan one for each of its days; a moved goal two, one for each side."""
    first, last = placed.cycle.start, due(placed)
    zone = placed.cycle.zone
    moved = {at.astimezone(zone).date(): at for at in aims.moved if first < at.astimezone(zone).date() < last}
    for day in sorted({first, *(point.date for point in placed.key_result.plan), last, *moved}):
        share = expected(placed, day)
        if share is None or found.goal is None:
            continue
        sides = (moved[day] - INSTANT, moved[day]) if day in moved else (midnight(day, zone),)
        for at in sides:
            yield Expected(day, found.origin + sign * _of_goal(placed, share) * aims.then(found.goal, at))


def _of_goal(placed: Placed, share: float) -> float:
    """An expected progress as a share of the goal: work that was there at the start counts as done."""
    measure = placed.key_result.measure
    if not isinstance(measure, Completion) or not measure.target:
        return share
    return (measure.start + share * (measure.target - measure.start)) / measure.target
