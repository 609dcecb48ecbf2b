"""What the figures of all teams are made from: asked of the store once, however many teams and periods there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from okrsync.method.checkins import Due, dues
from okrsync.method.figures import Period
from okrsync.method.scores import scored
from okrsync.method.standings import Standings
from okrsync.model.checkin import CheckIn
from okrsync.model.closing import Score
from okrsync.model.figures import Productivity
from okrsync.model.okr import Cycle, Placed
from okrsync.model.sample import Sample
from okrsync.practice.coach import left_alone
from okrsync.practice.desk import Desk
from okrsync.practice.standing import standings_by

if TYPE_CHECKING:
    from okrsync.method.worked import Mark, Places, Then, Worked

Finals = Mapping[str, Mapping[str, Score]]
"""Cycle id -> key result id -> its final score."""


@dataclass(frozen=True)
class Past:
    """What takes long to read, whatever the period.

    ``since`` is when each key result was first measured, by its case-folded id; rebuilt readings do not count.
    """

    worked: Worked
    since: Mapping[str, datetime]


def past(desk: Desk) -> Past:
    """All work that counts or counted for a key result, and all that there is beside it. Opens no snapshot itself."""
    from okrsync.method.worked import Worked

    names = sorted({placed.key_result.id for placed in desk.okrs.placed})
    flow = desk.store.flow
    return Past(Worked(flow.work(names, left_alone(desk)), flow.links(names)), desk.store.history.known_since())


@dataclass(frozen=True)
class Known:
    """What the store and the files know of all teams; ``finals`` are scores beside those kept.

    ``known`` is the past where somebody has read it already.
    """

    desk: Desk
    finals: Finals
    known: Past | None = None
    _scores: dict[str, Mapping[str, Score]] = field(default_factory=dict)
    _read: dict[datetime, Readings] = field(default_factory=dict)
    _then: dict[datetime, Then] = field(default_factory=dict)
    _running: dict[tuple[datetime, date], Mark] = field(default_factory=dict)
    _dues: dict[tuple[str, date], tuple[Due, ...]] = field(default_factory=dict)

    @cached_property
    def past(self) -> Past:
        """What was, however long ago."""
        return self.known or past(self.desk)

    @cached_property
    def checkins(self) -> Mapping[str, Sequence[CheckIn]]:
        """By key result id, oldest first."""
        return self.desk.store.checkins.all()

    def scores(self, cycle: str) -> Mapping[str, Score]:
        """The scores of a cycle by key result id: those said to be final, else those of its last closing."""
        if cycle not in self._scores:
            self._scores[cycle] = self.finals.get(cycle) or self.desk.store.closings.scores(cycle)
        return self._scores[cycle]

    def readings(self, at: datetime) -> Readings:
        """What was known at a time; asked of the store once."""
        if at not in self._read:
            self._read[at] = Readings(self.desk, at)
        return self._read[at]

    def dues(self, cycle: Cycle, since: datetime) -> tuple[Due, ...]:
        """The due days of a cycle for what was known since an aware time; of one day they are the same."""
        day = cycle.id, since.astimezone(cycle.zone).date()
        if day not in self._dues:
            self._dues[day] = dues(cycle, self.desk.settings.checkins.rhythm, since)
        return self._dues[day]

    def productivity(self, names: Iterable[str], period: Period) -> Productivity:
        """Of the work linked to some key results at the end of a period, each item once."""
        return self.then(period.end).productivity(names, period)

    def aligned(self, names: Iterable[str], period: Period) -> tuple[Places, Places]:
        """The tickets in progress where these key results have work: linked to any that ran, and not."""
        then, asked = self.then(period.end), (period.end, period.last)
        if asked not in self._running:
            self._running[asked] = then.mark(one.key_result.id for one in self.desk.okrs.placed if _ran(one, period))
        return then.aligned(names, self._running[asked])

    def then(self, at: datetime) -> Then:
        """What was worked on at a time; the same for all periods that end then."""
        if at not in self._then:
            self._then[at] = self.past.worked.at(at)
        return self._then[at]


class Readings:
    """What every key result read at a time, and the verdicts of then."""

    def __init__(self, desk: Desk, at: datetime) -> None:
        found = {name.casefold(): one for name, one in desk.store.history.latest_samples(at).items()}
        names = (placed.key_result.id for placed in desk.okrs.placed)
        self.samples: dict[str, Sample] = {name: found[name.casefold()] for name in names if name.casefold() in found}
        self.standings: Standings = standings_by(desk, self.samples, at)


def _ran(placed: Placed, period: Period) -> bool:
    """Live at the end of the period, as far as today's files tell."""
    return placed.live or (scored(placed) and placed.cycle.start <= period.last <= placed.cycle.end)
