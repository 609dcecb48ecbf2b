"""Where in a cycle today is, in a line: its days, its weeks, and whether it was closed."""

from __future__ import annotations

from datetime import datetime, timedelta

from okrsync.model.okr import Cycle
from okrsync.practice.desk import Desk
from okrsync.web.words import day
from okrsync.words import plural

WEEK = timedelta(weeks=1)


def timing(cycle: Cycle, desk: Desk) -> str:
    """``7 September 2026 to 6 December 2026, week 12 of 13, 6 days left``."""
    today = desk.now.astimezone(cycle.zone).date()
    days = f"{day(cycle.start)} to {day(cycle.end)}"
    if today < cycle.start:
        return f"{days}, begins in {plural((cycle.start - today).days, 'day')}"
    if today > cycle.end:
        return f"{days}, over for {plural((today - cycle.end).days, 'day')}"
    weeks = -(-((cycle.end - cycle.start).days + 1) // WEEK.days)
    week = (today - cycle.start).days // WEEK.days + 1
    left = (cycle.end - today).days
    return f"{days}, week {week} of {weeks}, {plural(left, 'day') + ' left' if left else 'the last day'}"


def closed_on(cycle: Cycle, desk: Desk) -> datetime | None:
    """When it was closed last, in its own zone."""
    with desk.store.reading():
        closing = desk.store.closings.latest(cycle.id)
    return closing.at.astimezone(cycle.zone) if closing else None
