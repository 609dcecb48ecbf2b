"""What the figures of all teams are made from: asked of the store once, however many teams and periods there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from itertools import chain

from okrsync.method.begun import Begun
from okrsync.method.figures import Period, linked_work
from okrsync.method.scores import scored
from okrsync.method.standings import Standings
from okrsync.method.timeline import linked_at
from okrsync.model.checkin import CheckIn
from okrsync.model.closing import Score
from okrsync.model.life import Life
from okrsync.model.okr import Placed
from okrsync.model.sample import Sample
from okrsync.practice.coach import left_alone
from okrsync.practice.desk import Desk
from okrsync.practice.standing import standings_by

Finals = Mapping[str, Mapping[str, Score]]
"""Cycle id -> key result id -> its final score."""

Pair = tuple[str, str]
"""(connection, item id) or (connection, scope)."""


@dataclass(frozen=True)
class Known:
    """What the store and the files know of all teams; ``finals`` are scores beside those kept.

    ``ends`` are those of all periods that are asked for.
    """

    desk: Desk
    finals: Finals
    ends: frozenset[datetime]
    _scores: dict[str, Mapping[str, Score]] = field(default_factory=dict)
    _read: dict[datetime, Readings] = field(default_factory=dict)
    _work: dict[tuple[datetime, date], Work] = field(default_factory=dict)
    _begun: dict[tuple[datetime, tuple[str, ...]], list[Begun]] = field(default_factory=dict)

    @cached_property
    def lives(self) -> Mapping[str, Sequence[Life]]:
        """What every item that was ever linked was, by key result id."""
        return self.desk.store.lives.all(sorted({placed.key_result.id for placed in self.desk.okrs.placed}))

    @cached_property
    def checkins(self) -> Mapping[str, Sequence[CheckIn]]:
        """By key result id, oldest first."""
        return self.desk.store.checkins.all()

    @cached_property
    def since(self) -> Mapping[str, datetime]:
        """When each key result was first measured, by its case-folded id; rebuilt readings do not count."""
        return self.desk.store.history.known_since()

    @cached_property
    def active(self) -> dict[datetime, list[tuple[Pair, Pair]]]:
        """(connection, id) and (connection, scope) of every ticket in progress where anything was ever linked."""
        scopes = {(life.item.connection, life.item.scope) for lives in self.lives.values() for life in lives}
        return self.desk.store.flow.active(self.ends, scopes, left_alone(self.desk))

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

    def work(self, period: Period) -> Work:
        """What was linked and in progress at the end of a period; the same for all that end then."""
        end = period.end, period.last
        if end not in self._work:
            self._work[end] = Work(self, period)
        return self._work[end]

    def begun(self, names: Iterable[str], at: datetime) -> list[Begun]:
        """The work linked to some key results that was in progress or delivered at a time, each item once."""
        asked = at, tuple(names)
        if asked not in self._begun:
            lives = (life for name in asked[1] for life in self.lives[name])
            self._begun[asked] = [one for _, one in linked_work(lives, at)]
        return self._begun[asked]


class Readings:
    """What every key result read at a time, and the verdicts of then."""

    def __init__(self, desk: Desk, at: datetime) -> None:
        found = {name.casefold(): one for name, one in desk.store.history.latest_samples(at).items()}
        names = (placed.key_result.id for placed in desk.okrs.placed)
        self.samples: dict[str, Sample] = {name: found[name.casefold()] for name in names if name.casefold() in found}
        self.standings: Standings = standings_by(desk, self.samples, at)


class Work:
    """What was linked at the end of a period, and what was in progress then: the same for every team."""

    def __init__(self, known: Known, period: Period) -> None:
        self._known, self._period = known, period
        self._lives = {
            name: [life for life in lives if linked_at(life, period.end)] for name, lives in known.lives.items()
        }

    def aligned(self, names: Iterable[str]) -> Iterator[tuple[Pair, bool]]:
        """Each ticket in progress where these key results have work, and whether it is linked to any that ran."""
        return chain.from_iterable(self._aligned.get(scope, ()) for scope in self._where(names))

    def linked(self, names: Iterable[str]) -> Iterator[bool]:
        """Of each of these tickets, whether it is linked."""
        return chain.from_iterable(self._linked.get(scope, ()) for scope in self._where(names))

    def _where(self, names: Iterable[str]) -> list[Pair]:
        return sorted({scope for name in names for scope in self._scopes[name]})

    @cached_property
    def _linked(self) -> dict[Pair, list[bool]]:
        return {scope: [linked for _, linked in some] for scope, some in self._aligned.items()}

    @cached_property
    def _aligned(self) -> dict[Pair, list[tuple[Pair, bool]]]:
        running = (one.key_result.id for one in self._known.desk.okrs.placed if _ran(one, self._period))
        linked = {(life.item.connection, life.item.id) for name in running for life in self._lives[name]}
        found: dict[Pair, list[tuple[Pair, bool]]] = {}
        for key, scope in self._known.active[self._period.end]:
            found.setdefault(scope, []).append((key, key in linked))
        return found

    @cached_property
    def _scopes(self) -> dict[str, set[Pair]]:
        """The repositories and projects of what was linked to each key result, in whichever role."""
        return {
            name: {(life.item.connection, life.item.scope) for life in lives} for name, lives in self._lives.items()
        }


def _ran(placed: Placed, period: Period) -> bool:
    """Live at the end of the period, as far as today's files tell."""
    return placed.live or (scored(placed) and placed.cycle.start <= period.last <= placed.cycle.end)
