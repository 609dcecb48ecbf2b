"""The reading that a key result ends a cycle with: work by the last day, words by the day they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from okrsync.method.checkins import DAY, midnight
from okrsync.model.checkin import CheckIn
from okrsync.model.okr import Cycle, Placed
from okrsync.model.sample import Sample
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
    sample = desk.store.history.sample(name, desk.now if placed.key_result.by_people else at)
    return _with_words(desk, placed, sample, desk.store.checkins.of(name))


def readings_by(desk: Desk, at: datetime) -> dict[str, Sample]:
    """The final reading of each key result by its id as the files write it today; its case never mattered.

    The store is asked for all of them at once.
    """
    then, latest, said = _true_at(desk, at), _true_at(desk, desk.now), desk.store.checkins.all()
    found = {
        placed.key_result.id: _with_words(
            desk,
            placed,
            (latest if placed.key_result.by_people else then).get(placed.key_result.id.casefold()),
            said.get(placed.key_result.id, ()),
        )
        for placed in desk.okrs.placed
    }
    return {name: one for name, one in found.items() if one is not None}


def _true_at(desk: Desk, at: datetime) -> dict[str, Sample]:
    """By case-folded id."""
    return {name.casefold(): one for name, one in desk.store.history.latest_samples(at).items()}


def _with_words(desk: Desk, placed: Placed, sample: Sample | None, said: Sequence[CheckIn]) -> Sample | None:
    """The reading, or what it is with a value that people gave since."""
    if not placed.key_result.by_people:
        return sample
    given = [one for one in said if one.value is not None and one.at <= desk.now]
    if given and (sample is None or sample.at < given[-1].at):
        return replay(desk.store, placed, given[-1].at)
    return sample
