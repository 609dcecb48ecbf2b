"""Where everything stood at the end of a past day, by the readings that were true then."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from okrsync import views
from okrsync.errors import ConfigError
from okrsync.model.okr import Okrs
from okrsync.model.status import ObjectiveStatus
from okrsync.practice.desk import Desk
from okrsync.practice.finals import with_finals
from okrsync.practice.standing import judged_at


def status_at(desk: Desk, at: datetime) -> tuple[ObjectiveStatus, ...]:
    """Every objective with its key results as they stood at an aware time, rebuilt readings included.

    What the files asked is that of then; names, owners and parents are those of today.
    """
    okrs = judged_at(desk, at)
    found = views.status(desk.store, okrs, at, desk.settings.status.preset, past=True)
    return with_finals(desk, found, at)


def end_of_day(desk: Desk, written: str) -> datetime:
    """The last instant of a day where its cycle lives; today, it is now. Raises ConfigError."""
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise ConfigError(f"--at: {written!r} is no date.", hint="Write it as 2026-10-31.") from None
    zone = _zone(desk.okrs, day)
    if day > desk.now.astimezone(zone).date():
        raise ConfigError(f"--at: {written} is not over yet.", hint="`okrsync forecast` tells what is likely.")
    evening = datetime.combine(day + timedelta(days=1), time.min, zone) - timedelta(microseconds=1)
    return min(evening, desk.now.astimezone(zone))


def _zone(okrs: Okrs, day: date) -> tzinfo:
    """That of the first cycle the day belongs to, or else of the first there is."""
    cycles = [cycle for _, cycle in okrs.objectives]
    running = [cycle for cycle in cycles if cycle.start <= day <= cycle.end]
    return (running or cycles)[0].zone if cycles else UTC
