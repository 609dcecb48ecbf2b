"""What each role hears: owners what they owe, the coach what needs a talk, the champion what stands still.

Who does not owe, hears nothing: a message that is always there is not read.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import msgspec

from okrsync.method.bands import EXPECTED, Kind
from okrsync.method.checkins import Owed
from okrsync.method.coach.finding import Finding
from okrsync.model.roles import PracticeRole
from okrsync.model.verdict import Verdict

STANDSTILL = timedelta(weeks=3)
"""Silence after which the champion hears of a key result."""

NOTICEABLE = 0.005
"""Progress that is shown as a movement: half a percentage point."""


class Line(msgspec.Struct, frozen=True):
    """A key result as digests and questions show it. ``progress`` and ``week_ago`` are shares of one.

    ``measure`` is how it is measured; ``by_hand`` tells that people give its value.
    """

    owed: Owed
    measure: str = ""
    unit: str = ""
    by_hand: bool = False
    value: float | None = None
    progress: float | None = None
    week_ago: float | None = None
    verdict: Verdict | None = None

    @property
    def moved(self) -> float | None:
        """The way of a week as a share of one, None when it is too short to be seen or not known."""
        if self.progress is None or self.week_ago is None or abs(self.progress - self.week_ago) < NOTICEABLE:
            return None
        return self.progress - self.week_ago


class EndedObjective(msgspec.Struct, frozen=True):
    """How an objective ended: ``progress`` beside what its kind expects."""

    objective: str
    title: str
    kind: Kind
    progress: float | None

    @property
    def expected(self) -> float:
        """The attainment at which this kind of objective counts as reached; see :mod:`okrsync.method.bands`."""
        return EXPECTED[self.kind]


class EndedCycle(msgspec.Struct, frozen=True):
    """A cycle whose last day is over; ``closed`` when its numbers are frozen."""

    cycle: str
    end: date
    closed: bool
    objectives: tuple[EndedObjective, ...] = ()


class Digest(msgspec.Struct, frozen=True):
    """What one person hears in one role; None as ``who`` is whoever it may concern.

    The coach's ``silent`` are late, missed or stale, the owner's are due as well; the champion's are silent for
    three weeks.
    """

    role: PracticeRole
    who: str | None
    silent: tuple[Line, ...] = ()
    diverging: tuple[Line, ...] = ()
    findings: tuple[Finding, ...] = ()
    moved: tuple[Line, ...] = ()
    ended: tuple[EndedCycle, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell, so that nobody is written to."""
        return not (self.silent or self.diverging or self.findings or self.moved or self.ended)


def for_owner(who: str | None, lines: Iterable[Line]) -> Digest:
    """The check-ins that are due, late or missed; nothing about what was checked in lately."""
    return Digest(PracticeRole.OWNER, who, silent=tuple(line for line in lines if line.owed.duty.owing))


def for_coach(who: str | None, lines: Iterable[Line], findings: Iterable[Finding]) -> Digest:
    """What nobody speaks about, where numbers and words contradict each other, the rules' findings, and what moved."""
    lines = tuple(lines)
    moved = sorted((line for line in lines if line.moved is not None), key=lambda line: -abs(line.moved or 0))
    return Digest(
        role=PracticeRole.COACH,
        who=who,
        silent=tuple(line for line in lines if line.owed.duty.stale or line.owed.duty.overdue),
        diverging=tuple(line for line in lines if line.verdict and line.verdict.remarks),
        findings=tuple(findings),
        moved=tuple(moved),
    )


def for_champion(who: str | None, lines: Iterable[Line], ended: Iterable[EndedCycle]) -> Digest:
    """What is silent for three weeks, and how cycles ended."""
    return Digest(
        role=PracticeRole.CHAMPION,
        who=who,
        silent=tuple(line for line in lines if line.owed.duty.silent >= STANDSTILL),
        ended=tuple(ended),
    )
