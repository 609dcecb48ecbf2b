"""When reminders go out: on the day of the check-ins, from an hour on, until the day is over.

What was not sent on its day is not made up: on another day it would be about another week.
"""

from __future__ import annotations

from datetime import date, datetime

from okrsync.method.checkins import dues
from okrsync.model.checkin import Rhythm
from okrsync.model.okr import Cycle, Phase
from okrsync.model.roles import PracticeRole


def rings(cycle: Cycle, role: PracticeRole, rhythm: Rhythm, at: datetime) -> date | None:
    """The day whose reminders to a role are to be sent at an aware time, None when it is not their time.

    Owners hear on due days, the coach weekly while a cycle runs, the champion weekly also when it is over.
    """
    local = at.astimezone(cycle.zone)
    day = local.date()
    if local.weekday() != rhythm.weekday or local.hour < rhythm.hour:
        return None
    if cycle.state is Phase.DRAFT or day < cycle.start or (day > cycle.end and role is not PracticeRole.CHAMPION):
        return None
    if role is PracticeRole.OWNER and not any(due.day == day for due in dues(cycle, rhythm)):
        return None
    return day
