"""Readings of the days before the first real one, taken from the trackers' histories.

Each day is measured as it ended, where the cycle lives, with what was true of the linked items then. The links are
those of the first reading: no tracker tells which rules its tickets would have matched earlier.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple

import msgspec

from okrsync.assess import lock_of
from okrsync.measure import Evidence, measure
from okrsync.method.definition import stamp
from okrsync.method.timeline import Part, past, story
from okrsync.model.backfill import Rebuilt
from okrsync.model.life import Life
from okrsync.model.okr import Cycle, KeyResult, Milestones, Placed
from okrsync.model.sample import Sample
from okrsync.store import Store

RULE = "rebuilt from histories"
LAST_INSTANT = timedelta(microseconds=1)


def rebuild(store: Store, placed: Placed, lives: Sequence[Life]) -> Rebuilt:
    """Make the days before its first reading those that its items' lives tell. Doing it twice changes nothing."""
    key_result, first = placed.key_result, store.history.first_taken(placed.key_result.id)
    told = Rebuilt(key_result.id, key_result.title)
    if reason := _unknowable(key_result):
        return msgspec.structs.replace(told, reason=reason)
    if first is None:
        return msgspec.structs.replace(told, reason="it was never measured")
    days = list(ends_of_days(placed.cycle, first.at))
    if not days:
        return msgspec.structs.replace(told, reason="its cycle began when it was first measured")
    samples = readings(_as_first_measured(placed, first), lives, days)
    with store.transaction():
        changed = store.history.rebuild(key_result.id, samples)
    zone = placed.cycle.zone
    return Rebuilt(
        key_result=key_result.id,
        title=key_result.title,
        days=len(days),
        readings=len(samples),
        first=days[0].astimezone(zone).date(),
        last=days[-1].astimezone(zone).date(),
        changed=changed,
    )


def _unknowable(key_result: KeyResult) -> str:
    if key_result.by_people:
        return "people give its value at check-ins"
    return "milestones do not tell their past" if isinstance(key_result.metric, Milestones) else ""


def _as_first_measured(placed: Placed, first: Sample) -> Placed:
    """With the start and target of the first reading: a target that was moved later was not moved before."""
    wanted = {"start": first.start, "target": first.target}
    given = {name: value for name, value in wanted.items() if value is not None}
    measured = placed.key_result.measure.model_copy(update=given)
    update = {"measure": measured} | ({} if first.weight is None else {"weight": first.weight})
    return placed.model_copy(update={"key_result": placed.key_result.model_copy(update=update)})


def ends_of_days(cycle: Cycle, until: datetime) -> Iterator[datetime]:
    """The last instant of each day of a cycle that was over before ``until``, by the clocks of its time zone."""
    day = cycle.start
    while day <= cycle.end:
        day += timedelta(days=1)
        end = datetime.combine(day, time.min, cycle.zone) - LAST_INSTANT
        if end >= until:
            return
        yield end


def readings(placed: Placed, lives: Sequence[Life], days: Sequence[datetime]) -> list[Sample]:
    """A reading for each of the days (ascending) on which it differs from the day before."""
    found: list[Sample] = []
    lock, under = lock_of(placed.cycle), stamp(placed)
    baseline: float | None = None
    for day in replayed(lives, days):
        if found and not day.eventful and not placed.key_result.has_baseline:
            continue
        if found and baseline is None and day.end >= lock and placed.key_result.has_baseline:
            baseline = found[-1].scope
        sample = measure(placed, day.parts, Evidence(at=day.end, baseline=baseline, unreachable=day.lost))
        sample = msgspec.structs.replace(sample, rule=f"{sample.rule}, {RULE}", rebuilt=True, **under)
        if not sample.same_reading(found[-1] if found else None):
            found.append(sample)
    return found


class Day(NamedTuple):
    """The linked items as they were at the end of a day, and why some were unreachable.

    On an ``eventful`` day something happened to one of them.
    """

    end: datetime
    parts: Sequence[Part]
    lost: Mapping[tuple[str, str], str]
    eventful: bool


def replayed(lives: Sequence[Life], days: Sequence[datetime]) -> Iterator[Day]:
    """Each day as it ended; only the items to which something happened are looked at anew."""
    parts: dict[int, Part] = {}
    lost: dict[tuple[str, str], str] = {}
    for day, turned in zip(days, _turns(lives, days), strict=True):
        for number in turned:
            item = lives[number].item
            parts.pop(number, None)
            lost.pop((item.connection, item.id), None)
            if (found := past(lives[number], day)) is not None:
                parts[number] = found[:2]
                if found[2]:
                    lost[item.connection, item.id] = found[2]
        yield Day(day, list(parts.values()), dict(lost), bool(turned))


def _turns(lives: Sequence[Life], days: Sequence[datetime]) -> list[list[int]]:
    """For each day the numbers of the lives in which something happened since the day before."""
    turns: list[list[int]] = [[] for _ in days]
    for number, life in enumerate(lives):
        told = (moment.at for moment in story(life))
        known = filter(None, (life.item.created, life.item.started, life.since, life.until))
        for place in {bisect_left(days, at) for at in (*told, *known)}:
            if place < len(days):
                turns[place].append(number)
    return turns
