"""What a person says about a key result. Append-only: a sync updates the value, never the confidence."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from okrsync.model.verdict import Status


class CheckIn(msgspec.Struct, frozen=True):
    """One check-in. ``value`` is in the key result's unit, ``confidence`` 0 to 10.

    ``status`` overrides the computed one, with a ``reason``, until ``expires``.
    """

    key_result: str
    at: datetime
    who: str
    value: float | None = None
    note: str = ""
    confidence: int | None = None
    blocker: str = ""
    next: str = ""
    status: Status | None = None
    reason: str = ""
    expires: datetime | None = None


class Rhythm(msgspec.Struct, frozen=True):
    """How often people say something: every so many ``weeks`` on a ``weekday`` (0 is Monday).

    Reminders go out from ``hour`` on, in the cycle's time zone. A key result that nobody spoke about for longer than
    ``stale`` is stale.
    """

    weekday: int = 4
    weeks: int = 1
    hour: int = 9
    stale: timedelta = timedelta(days=14)
