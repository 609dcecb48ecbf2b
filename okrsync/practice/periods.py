"""Periods: what ``4w``, ``cycle``, ``2026-Q4`` and ``2026-10-01..2026-10-31`` mean for a team on a day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from okrsync.errors import ConfigError
from okrsync.method.checkins import DAY, midnight
from okrsync.method.expected import day_of
from okrsync.method.figures import Period
from okrsync.model.okr import Cycle, Phase
from okrsync.near import did_you_mean

CURRENT = "cycle"
_WEEKS = re.compile(r"([1-9][0-9]{0,2})w")
_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})")
_FORMS = "Give --period cycle, a cycle's id, 4w, or 2026-10-01..2026-10-31."


def check_period(text: str, cycles: Iterable[Cycle]) -> None:
    """Raises ConfigError for what is no period, naming the nearest cycle."""
    ids = [cycle.id for cycle in cycles]
    if text == CURRENT or _WEEKS.fullmatch(text) or text.casefold() in [one.casefold() for one in ids]:
        return
    if found := _DAYS.fullmatch(text):
        first, last = (_day(one, text) for one in found.groups())
        if last < first:
            raise ConfigError(f"The period {text} ends before it begins.", hint=_FORMS)
        return
    raise ConfigError(f"{text!r} is no period.", hint=did_you_mean(text, ids, _FORMS, "--period"))


def period_of(text: str, cycles: Sequence[Cycle], now: datetime) -> Period | None:
    """A checked period for a team with these cycles; None when the team has no such cycle, or it has not begun.

    Days begin at midnight where the team's latest cycle lives. What is still to come is left out.
    """
    if text == CURRENT or not _is_span(text):
        chosen = current(cycles, now) if text == CURRENT else _named(text, cycles)
        return None if chosen is None else of_cycle(chosen, now)
    newest = max(cycles, key=lambda cycle: (cycle.start, cycle.end), default=None)
    zone = newest.zone if newest else UTC
    if found := _WEEKS.fullmatch(text):
        start = now - timedelta(weeks=int(found[1]))
        return Period(start, now, start.astimezone(zone).date(), now.astimezone(zone).date())
    first, last = (date.fromisoformat(one) for one in text.split(".."))
    return _until(
        Period(midnight(first, zone), midnight(last + DAY, zone), first, last), now, now.astimezone(zone).date()
    )


def of_cycle(cycle: Cycle, now: datetime) -> Period | None:
    """A cycle from its first midnight to its last, or until now; None before it begins."""
    start, end = midnight(cycle.start, cycle.zone), midnight(cycle.end + DAY, cycle.zone)
    return _until(Period(start, end, cycle.start, cycle.end), now, day_of(cycle, now))


def current(cycles: Iterable[Cycle], now: datetime) -> Cycle | None:
    """The cycle that began last; drafts are not agreed on yet."""
    begun = [one for one in cycles if one.state is not Phase.DRAFT and one.start <= day_of(one, now)]
    return max(begun, key=lambda cycle: (cycle.start, -cycle.end.toordinal(), cycle.id), default=None)


def _is_span(text: str) -> bool:
    return bool(_WEEKS.fullmatch(text) or _DAYS.fullmatch(text))


def _named(text: str, cycles: Iterable[Cycle]) -> Cycle | None:
    return next((cycle for cycle in cycles if cycle.id.casefold() == text.casefold()), None)


def _until(period: Period, now: datetime, today: date) -> Period | None:
    if period.start >= now:
        return None
    if period.end <= now:
        return period
    return Period(period.start, now, period.first, today)


def _day(written: str, text: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise ConfigError(f"{written} in the period {text} is no day.", hint=_FORMS) from None
