"""The reading that a key result ends a cycle with: work by the last day, words by the day they are asked for."""

from __future__ import annotations

from datetime import datetime, timedelta

from okrsync.method.checkins import DAY, midnight
from okrsync.model.okr import Cycle, Placed
from okrsync.model.sample import Sample
from okrsync.practice.checkins import takes_value
from okrsync.practice.desk import Desk
from okrsync.practice.replay import replay

INSTANT = timedelta(microseconds=1)


def last_moment(cycle: Cycle, now: datetime) -> datetime:
    """The last instant of a cycle, or now where that is earlier."""
    return min(now, midnight(cycle.end + DAY, cycle.zone) - INSTANT)


def final_reading(desk: Desk, placed: Placed, at: datetime) -> Sample | None:
    """What a key result ends with when its work ends ``at`` an aware time.

    Work that is done later is work of the next cycle. A value that people give is often known only later, so it
    counts whenever it was said, measured by a sync or not.
    """
    name = placed.key_result.id
    if not takes_value(placed):
        return desk.store.history.sample(name, at)
    sample = desk.store.history.sample(name, desk.now)
    said = [one for one in desk.store.checkins.of(name) if one.value is not None and one.at <= desk.now]
    if said and (sample is None or sample.at < said[-1].at):
        return replay(desk.store, placed, said[-1].at)
    return sample


def readings_by(desk: Desk, at: datetime) -> dict[str, Sample]:
    """The final reading of each key result by its id as the files write it today; its case never mattered."""
    found = ((placed.key_result.id, final_reading(desk, placed, at)) for placed in desk.okrs.placed)
    return {name: one for name, one in found if one is not None}
