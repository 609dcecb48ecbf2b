"""The past of a key result, day by day."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from okrsync.model.checkin import CheckIn
from okrsync.model.sample import Sample


class Redefined(msgspec.Struct, frozen=True):
    """A change of the definition: progress under the old one and under the new, at the same moment."""

    at: datetime
    changed: tuple[str, ...]
    before: float | None
    after: float | None


class Day(msgspec.Struct, frozen=True):
    """A day in the cycle's zone on which something was noted; ``sample`` is its last reading, None without one."""

    day: date
    sample: Sample | None
    redefined: tuple[Redefined, ...] = ()
    checkins: tuple[CheckIn, ...] = ()


class Chronicle(msgspec.Struct, frozen=True):
    """What is known of a key result since a time; ``before`` is the reading that was true at its begin.

    ``limit`` is the bound of what must hold (the upper one of two), None where there is a way to go or nobody counts.
    """

    key_result: str
    title: str
    unit: str
    measure: str
    since: datetime
    until: datetime
    before: Sample | None
    days: tuple[Day, ...]
    limit: float | None = None
