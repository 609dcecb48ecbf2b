"""What the coach found, and everything it looks at to find it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

import msgspec

from okrsync.method.checkins import Duty
from okrsync.model.okr import Cycle, GoalState, KeyResult, Objective, Okrs, Phase, Placed
from okrsync.model.rules import RULES, Severity
from okrsync.model.sample import Sample

PURSUED = (GoalState.DRAFT, GoalState.ACTIVE)


class Finding(msgspec.Struct, frozen=True):
    """One thing worth a talk: what (``reason``), and what to do about it (``fix``).

    ``objectives`` and ``key_results`` are those it is about, the first being the one under which it is told. ``file``
    and ``line`` are where to change something; both are empty for work that belongs to no file. ``ignored`` is the
    reason that a file gives for living with it. ``tickets`` names the items behind it, all of them.
    """

    rule: str
    severity: Severity
    reason: str
    fix: str
    objectives: tuple[str, ...] = ()
    key_results: tuple[str, ...] = ()
    team: str = ""
    scope: str = ""
    file: str = ""
    line: int | None = None
    ignored: str = ""
    tickets: tuple[str, ...] = ()


class Work(msgspec.Struct, frozen=True):
    """How many reachable leaf items are linked to a key result, by where they stand; ``linked`` counts every link.

    ``taken`` are those of ``todo`` that somebody is assigned to where tickets never tell that they are in progress.
    ``delivered`` is when the last one was.
    """

    todo: int = 0
    doing: int = 0
    done: int = 0
    linked: int = 0
    taken: int = 0
    delivered: datetime | None = None


class TargetMove(msgspec.Struct, frozen=True):
    """A reading that was taken under another target than the one before."""

    key_result: str
    at: datetime
    start: float
    before: float
    after: float


class Scored(msgspec.Struct, frozen=True):
    """How a key result ended in a cycle that is closed; ``score`` is 0 to 1."""

    cycle: str
    end: date
    team: str
    key_result: str
    kind: str
    score: float


class Orphans(msgspec.Struct, frozen=True):
    """Active leaf items of a repository or project, and the keys of those that no live key result is linked to."""

    connection: str
    scope: str
    active: int
    keys: tuple[str, ...]


class Overlap(msgspec.Struct, frozen=True):
    """Items that count for the same several key results."""

    key_results: tuple[str, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Everything the rules look at; all mappings are by key result id. ``now`` is aware.

    ``samples`` are the latest, ``duties`` tell who owes a word, and since when nobody said one. ``read`` are the
    connections that were read completely at least once: nothing is concluded about the work of others.
    """

    okrs: Okrs
    now: datetime
    samples: Mapping[str, Sample] = field(default_factory=dict)
    work: Mapping[str, Work] = field(default_factory=dict)
    duties: Mapping[str, Duty] = field(default_factory=dict)
    moves: Sequence[TargetMove] = ()
    scores: Sequence[Scored] = ()
    orphans: Sequence[Orphans] = ()
    overlaps: Sequence[Overlap] = ()
    read: frozenset[str] = frozenset()

    def objectives(self) -> Iterator[tuple[Objective, Cycle]]:
        """Those that people pursue or draft, in cycles that are not closed."""
        return (
            (objective, cycle)
            for objective, cycle in self.okrs.objectives
            if cycle.state is not Phase.CLOSED and objective.state in PURSUED
        )

    def key_results(self) -> Iterator[Placed]:
        """The key results of these objectives that are pursued or drafted themselves."""
        return (
            placed
            for placed in self.okrs.placed
            if placed.cycle.state is not Phase.CLOSED
            and placed.objective.state in PURSUED
            and placed.key_result.state in PURSUED
        )

    def running(self) -> Iterator[Placed]:
        """Live key results of cycles that have begun."""
        return (placed for placed in self.okrs.live() if self.today(placed.cycle) >= placed.cycle.start)

    def today(self, cycle: Cycle) -> date:
        """The day it is where the cycle lives."""
        return self.now.astimezone(cycle.zone).date()

    def gone(self, cycle: Cycle) -> float:
        """The share of a cycle that is over, 0 to 1."""
        passed = (self.today(cycle) - cycle.start) / (cycle.end - cycle.start)
        return min(1.0, max(0.0, passed))

    @cached_property
    def placed(self) -> Mapping[str, Placed]:
        """Every key result of the files by its id."""
        return self.okrs.by_id()

    @cached_property
    def _children(self) -> Mapping[str, Sequence[Objective]]:
        found: dict[str, list[Objective]] = {}
        for objective, _ in self.okrs.objectives:
            found.setdefault(objective.parent or "", []).append(objective)
        return found

    def children_of(self, objective: str) -> Sequence[Objective]:
        """The objectives right below one."""
        return self._children.get(objective, ())

    def line_of(self, key_result: str) -> int | None:
        """Where a key result is written; None where that is not known."""
        placed = self.placed.get(key_result)
        return placed.line if placed else None

    def was_read(self, placed: Placed) -> bool:
        """Whether everything that its links name was read at least once."""
        return {link.connection for link in placed.key_result.links} <= self.read

    def team_of(self, objective: Objective) -> str:
        """The team, or where none is named, the file: one file per team is the custom."""
        return objective.team or self.okrs.home(objective.id).file


def pursued(objective: Objective) -> tuple[KeyResult, ...]:
    """The key results that somebody still works towards."""
    return tuple(one for one in objective.key_results if one.state in PURSUED)


def about_objective(facts: Facts, rule: str, objective: Objective, reason: str, fix: str) -> Finding:
    """A finding that stands where the objective is written, with the severity of its rule."""
    home = facts.okrs.home(objective.id)
    return Finding(
        rule,
        RULES[rule].severity,
        reason,
        fix,
        objectives=(objective.id,),
        team=objective.team or "",
        file=home.file,
        line=home.line,
    )


def about(rule: str, placed: Placed, reason: str, fix: str, *others: Placed) -> Finding:
    """A finding about a key result, and perhaps others beside it."""
    everyone = (placed, *others)
    return Finding(
        rule,
        RULES[rule].severity,
        reason,
        fix,
        objectives=tuple(dict.fromkeys(one.objective.id for one in everyone)),
        key_results=tuple(one.key_result.id for one in everyone),
        team=placed.objective.team or "",
        file=placed.file,
        line=placed.line,
    )
