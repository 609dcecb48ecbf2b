"""When a check-in is due, and what came of it: on time, late, missed.

A due day counts to its last second, by the clocks of the cycle's time zone; what is due is the whole day, so that
nobody is late in the morning of it. Windows are half-open instants, which summer time can make an hour longer.
Source: the rules "Check-ins and the end of a cycle" of the method.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

import msgspec

from okrsync.model.checkin import CheckIn, Rhythm
from okrsync.model.okr import Cycle, GoalState, Phase, Placed

DAY = timedelta(days=1)
EVER = datetime.min.replace(tzinfo=UTC)


class Due(msgspec.Struct, frozen=True):
    """A day by whose end a check-in is expected.

    On time is ``opens <= at < closes``, late ``closes <= at < lapses``, and from ``lapses`` on it is missed.
    """

    day: date
    opens: datetime
    closes: datetime
    lapses: datetime


class Kept(StrEnum):
    """What came of a due day."""

    ON_TIME = "on time"
    LATE = "late"
    MISSED = "missed"
    OWED = "owed"
    """Past, nothing said, and not missed yet."""
    AHEAD = "ahead"
    """Not over, and nothing said."""


class State(StrEnum):
    """What somebody owes at a moment, the most urgent first."""

    MISSED = "missed"
    LATE = "late"
    DUE = "due"
    NOT_YET = "not due yet"
    DONE = "done"
    NOTHING = "nothing owed"


OWING = (State.MISSED, State.LATE, State.DUE)


class Duty(msgspec.Struct, frozen=True):
    """What is owed for a key result at a moment, and in ``words`` why.

    ``day`` is the due day in question: the one that passed, today, or the next; None when there is none. ``missed``
    counts the due days in a row that passed without a word, the late one left out. ``silent`` is the time since the
    last word, or since the first could have been said.
    """

    state: State
    words: str
    day: date | None = None
    last: datetime | None = None
    missed: int = 0
    silent: timedelta = timedelta()
    stale: bool = False

    @property
    def owing(self) -> bool:
        """Whether a check-in is asked for now."""
        return self.state in OWING

    @property
    def overdue(self) -> bool:
        """Whether a due day has passed without one."""
        return self.state in (State.MISSED, State.LATE)


class Owed(msgspec.Struct, frozen=True):
    """What is owed for a key result, by whom, and the last thing said about it."""

    key_result: str
    title: str
    objective: str
    cycle: str
    owner: str | None
    team: str | None
    duty: Duty
    last: CheckIn | None = None


def dues(cycle: Cycle, rhythm: Rhythm, since: datetime | None = None) -> tuple[Due, ...]:
    """The due days of a cycle. The first is the one that ends the first whole interval of the cycle.

    ``since`` is when a key result was first known: nobody owes what was due before a whole interval of that.
    """
    zone = cycle.zone
    begin = max(cycle.start, since.astimezone(zone).date()) if since else cycle.start
    step = timedelta(weeks=rhythm.weeks)
    days = [day for day in _grid(cycle, rhythm) if day >= begin + step - DAY]
    return tuple(
        Due(
            day=day,
            opens=midnight(before + DAY if before else begin, zone),
            closes=midnight(day + DAY, zone),
            lapses=midnight(day + step + DAY, zone),
        )
        for before, day in zip([None, *days], days, strict=False)
    )


def _grid(cycle: Cycle, rhythm: Rhythm) -> Iterator[date]:
    step = timedelta(weeks=rhythm.weeks)
    first = cycle.start + step - DAY
    day = first + timedelta(days=(rhythm.weekday - first.weekday()) % 7)
    while day <= cycle.end:
        yield day
        day += step


def midnight(day: date, zone: tzinfo) -> datetime:
    """The first instant of a day, in UTC: times of one zone are compared by their clocks, which jump."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def kept(due: Due, checkins: Sequence[CheckIn], at: datetime) -> Kept:
    """What had come of a due day at a moment; later check-ins are not looked at."""
    said = [one.at for one in checkins if one.at <= at]
    if any(due.opens <= one < due.closes for one in said):
        return Kept.ON_TIME
    if any(due.closes <= one < due.lapses for one in said):
        return Kept.LATE
    if at >= due.lapses:
        return Kept.MISSED
    return Kept.OWED if at >= due.closes else Kept.AHEAD


def duty(
    placed: Placed, checkins: Sequence[CheckIn], at: datetime, rhythm: Rhythm, since: datetime | None = None
) -> Duty:
    """What is owed for a key result at a moment. ``checkins`` are its own, in any order; ``at`` is aware."""
    zone, last = placed.cycle.zone, max((one.at for one in checkins if one.at <= at), default=None)
    if why := _free(placed, at):
        return Duty(State.NOTHING, f"owes nothing: {why}", last=last)
    expected = dues(placed.cycle, rhythm, since)
    ahead = [due for due in expected if due.closes > at]
    unkept = [due for due in expected if due.closes <= at and (last is None or last < due.opens)]
    said = bool(ahead) and last is not None and last >= ahead[0].opens
    following = ahead[said].day if len(ahead) > said else None
    silent = at - max(midnight(placed.cycle.start, zone), min(since or EVER, at), last or EVER)
    state, day = _state(unkept, following, at.astimezone(zone).date(), last)
    return Duty(
        state=state,
        words=_words(state, day, len(unkept), last, zone),
        day=day,
        last=last,
        missed=max(0, len(unkept) - 1),
        silent=silent,
        stale=silent > rhythm.stale,
    )


def expiry(cycle: Cycle, rhythm: Rhythm, at: datetime) -> datetime:
    """Until when a word given now stands: the end of the next due day, today left out.

    At the end of the cycle there is none, and it stands until the cycle is over.
    """
    today = at.astimezone(cycle.zone).date()
    ahead = (due.closes for due in dues(cycle, rhythm) if due.day > today)
    return next(ahead, max(midnight(cycle.end + DAY, cycle.zone), at))


def day_words(day: date) -> str:
    """``Fri 20 Nov``."""
    return f"{day:%a} {day.day} {day:%b}"


def _state(
    unkept: Sequence[Due], following: date | None, today: date, last: datetime | None
) -> tuple[State, date | None]:
    if unkept:
        return (State.LATE if len(unkept) == 1 else State.MISSED), unkept[-1].day
    if following == today:
        return State.DUE, today
    return (State.NOT_YET if last is None else State.DONE), following


def _words(state: State, day: date | None, unkept: int, last: datetime | None, zone: tzinfo) -> str:
    said = f"last word on {day_words(last.astimezone(zone).date())}" if last else "no word yet"
    match state, day:
        case State.MISSED, date():
            times = "1 due day" if unkept == 2 else f"{unkept - 1} in a row"
            return f"missed {times}, late since {day_words(day)}; {said}"
        case State.LATE, date():
            return f"late since {day_words(day)}; {said}"
        case State.DUE, _:
            return f"due today; {said}"
        case _, date():
            return f"next due on {day_words(day)}; {said}"
        case _:
            return f"no further due day in this cycle; {said}"


_RESTING = {
    GoalState.DRAFT: "is a draft",
    GoalState.POSTPONED: "is postponed",
    GoalState.ABANDONED: "is abandoned",
    GoalState.CLOSED: "is closed",
}


def _free(placed: Placed, at: datetime) -> str:
    """Why nothing is owed, or ""."""
    cycle, today = placed.cycle, at.astimezone(placed.cycle.zone).date()
    if cycle.state in (Phase.DRAFT, Phase.CLOSED):
        return f"the cycle is {'a draft' if cycle.state is Phase.DRAFT else 'closed'}"
    for what, state in (("its objective", placed.objective.state), ("it", placed.key_result.state)):
        if state in _RESTING:
            return f"{what} {_RESTING[state]}"
    if today > cycle.end:
        return "the cycle is over"
    return f"the cycle begins on {day_words(cycle.start)}" if today < cycle.start else ""
