"""The history of a key result, as its readings, check-ins and changed targets tell it day by day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, tzinfo

from okrsync.errors import ConfigError
from okrsync.model.checkin import CheckIn
from okrsync.model.chronicle import Chronicle, Day, Redefined
from okrsync.model.okr import Maintain, Measure, Placed
from okrsync.model.sample import Sample
from okrsync.practice.desk import Desk


def history(desk: Desk, placed: Placed, since: datetime | None = None) -> Chronicle:
    """Everything noted since a time; without one, since the cycle began or the first reading, whichever is earlier.

    Raises ConfigError for a time to come.
    """
    key_result, zone = placed.key_result, placed.cycle.zone
    if since and since > desk.now:
        raise ConfigError(f"--since: {since:%Y-%m-%d} is still to come.", hint="Name a day that is over, or 7d.")
    with desk.store.reading():
        samples = _as_read(desk.store.history.samples(key_result.id))
        checkins = desk.store.checkins.of(key_result.id)
    began = datetime.combine(placed.cycle.start, time.min, zone)
    start = since or min([began, *(sample.at for sample in samples[:1])])
    return Chronicle(
        key_result=key_result.id,
        title=key_result.title,
        unit=key_result.value_unit,
        measure=key_result.measure.type,
        since=start,
        until=desk.now,
        before=next((one for one in reversed(samples) if one.at < start), None),
        days=_days(
            [one for one in samples if start <= one.at <= desk.now],
            [one for one in checkins if start <= one.at <= desk.now],
            zone,
        ),
        limit=_limit(key_result.measure),
    )


def _limit(measure: Measure) -> float | None:
    if not isinstance(measure, Maintain):
        return None
    return max(
        (one for one in (*(measure.within or ()), measure.below, measure.above) if one is not None), default=None
    )


def _as_read(samples: Sequence[Sample]) -> list[Sample]:
    """In order of time; of a time in which somebody measured, what was rebuilt for it is left out."""
    first = min((one.at for one in samples if not one.rebuilt), default=None)
    return [one for one in samples if first is None or not one.rebuilt or one.at < first]


def _days(samples: Sequence[Sample], checkins: Sequence[CheckIn], zone: tzinfo) -> tuple[Day, ...]:
    read: dict[date, list[Sample]] = defaultdict(list)
    said: dict[date, list[CheckIn]] = defaultdict(list)
    for sample in samples:
        read[sample.at.astimezone(zone).date()].append(sample)
    for checkin in checkins:
        said[checkin.at.astimezone(zone).date()].append(checkin)
    return tuple(
        Day(
            day,
            read[day][-1] if read[day] else None,
            tuple(Redefined(one.at, one.changed, one.before, one.raw) for one in read[day] if one.changed),
            tuple(said[day]),
        )
        for day in sorted({*read, *said})
    )
