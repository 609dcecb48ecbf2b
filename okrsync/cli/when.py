"""Moments as people write them after an option: ``7d``, ``2026-11-01``, ``2026-11-01T12:00``."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo

from okrsync.errors import ConfigError

_AGO = re.compile(r"(?P<number>[1-9][0-9]{0,3})(?P<unit>[hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def moment(written: str, option: str, now: datetime, zone: tzinfo, *, end: bool = False) -> datetime:
    """So long ago, or a date or time in the cycle's zone; a date is its first instant, or its last one for an ``end``.

    Raises ConfigError naming the option.
    """
    if ago := _AGO.fullmatch(written.strip()):
        return now - timedelta(**{_UNITS[ago["unit"]]: int(ago["number"])})
    try:
        if len(written.strip()) == len("2026-11-01"):
            day = date.fromisoformat(written.strip())
            return end_of(day, zone) if end else datetime.combine(day, time.min, zone)
        read = datetime.fromisoformat(written)
    except ValueError:
        raise ConfigError(
            f"{option}: {written!r} is no date or time.", hint="Write it as 7d, 2026-11-01 or 2026-11-01T12:00."
        ) from None
    return read if read.tzinfo else read.replace(tzinfo=zone)


def end_of(day: date, zone: tzinfo) -> datetime:
    """The last instant of a day."""
    return datetime.combine(day + timedelta(days=1), time.min, zone) - timedelta(microseconds=1)
