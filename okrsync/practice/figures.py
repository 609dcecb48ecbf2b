"""The four figures over the store and the files, for each team, as of the end of a period.

What files say of objectives is as of today; work, check-ins and readings are as they were at the period's end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from okrsync.errors import ConfigError
from okrsync.measure.rollup import COUNTED
from okrsync.method.checkins import Kept, dues, kept
from okrsync.method.figures import Period, Scored, alignment, engagement, performance, productivity
from okrsync.method.scores import scored
from okrsync.method.standings import Standings
from okrsync.method.timeline import linked_at
from okrsync.model.checkin import CheckIn
from okrsync.model.closing import Score
from okrsync.model.figures import Alignment, Engagement, Performance, Productivity, TeamFigures
from okrsync.model.life import Life
from okrsync.model.okr import Cycle, Objective, Phase, Placed
from okrsync.model.sample import Sample
from okrsync.practice.checkins import owner_of
from okrsync.practice.coach import left_alone
from okrsync.practice.desk import Desk
from okrsync.practice.periods import CURRENT, check_period, period_of
from okrsync.practice.standing import standings
from okrsync.wording import nearest

INSTANT = timedelta(microseconds=1)

Finals = Mapping[str, Mapping[str, Score]]
"""Cycle id -> key result id -> its final score."""


@dataclass(frozen=True)
class Team:
    """A team and what it pursued in a period."""

    name: str
    period: Period
    objectives: tuple[tuple[Objective, Cycle], ...]
    placed: tuple[Placed, ...]

    def names(self) -> list[str]:
        return [placed.key_result.id for placed in self.placed]


@dataclass(frozen=True)
class Known:
    """What the store knows about all teams: gathered once."""

    lives: Mapping[str, Sequence[Life]]
    checkins: Mapping[str, Sequence[CheckIn]]
    since: Mapping[str, datetime]
    scores: Finals
    work: dict[Period, _Work] = field(default_factory=dict)


def figures(desk: Desk, team: str | None = None, period: str = CURRENT) -> tuple[TeamFigures, ...]:
    """Every team's figures in a period, or those of one team, in the order of the files.

    ``period`` is ``cycle``, a cycle's id, ``4w``, or two days as in ``2026-10-01..2026-10-31``. A closed cycle has the
    figures that were frozen. A team without a key result in it is left out. Raises ConfigError for a period or a team
    that does not exist.
    """
    check_period(period, [cycle for _, cycle in desk.okrs.objectives])
    chosen = None if team is None else _named(desk, team)
    with desk.store.reading():
        closing = desk.store.closings.latest(period)
    found = closing.figures if closing else figures_with(desk, period, {})
    return tuple(one for one in found if chosen in (None, one.team))


def figures_with(desk: Desk, period: str, finals: Finals) -> tuple[TeamFigures, ...]:
    """Every team's figures in a period that exists, with these final scores of cycles beside those kept."""
    with desk.store.reading():
        teams = [one for name in _names(desk) if (one := team_in(desk, name, period))]
        known = _known(desk, teams, finals)
        return tuple(_figures(desk, one, known) for one in teams)


def team_of(desk: Desk, objective: Objective) -> str:
    """The team, or where none is named, the file: one file per team is the custom."""
    return objective.team or desk.okrs.home(objective.id).file


def team_in(desk: Desk, name: str, period: str) -> Team | None:
    """What a team pursued in a period; None when that is nothing."""
    theirs = [(objective, cycle) for objective, cycle in desk.okrs.objectives if team_of(desk, objective) == name]
    found = period_of(period, [cycle for _, cycle in theirs], desk.now)
    if found is None:
        return None
    objectives = tuple(
        (objective, cycle) for objective, cycle in theirs if objective.state in COUNTED and _touches(cycle, found)
    )
    ids = {objective.id for objective, _ in objectives}
    placed = tuple(one for one in desk.okrs.placed if one.objective.id in ids and scored(one))
    return Team(name, found, objectives, placed) if placed else None


def _names(desk: Desk) -> list[str]:
    return list(dict.fromkeys(team_of(desk, objective) for objective, _ in desk.okrs.objectives))


def _named(desk: Desk, team: str) -> str:
    names = {name.casefold(): name for name in _names(desk)}
    if found := names.get(team.casefold()):
        return found
    near = nearest(team, names.values())
    hint = f"Did you mean --team {near}?" if near else f"There are {', '.join(sorted(names.values()))}."
    raise ConfigError(f"There is no team {team!r}.", hint=hint)


def _touches(cycle: Cycle, period: Period) -> bool:
    return cycle.state is not Phase.DRAFT and cycle.start <= period.last and period.first <= cycle.end


def _known(desk: Desk, teams: Iterable[Team], finals: Finals) -> Known:
    wanted = {placed.key_result.id for placed in desk.okrs.placed} if teams else set()
    cycles = dict.fromkeys(cycle.id for team in teams for _, cycle in team.objectives)
    return Known(
        lives=desk.store.lives.all(sorted(wanted)),
        checkins=desk.store.checkins.all(),
        since=desk.store.history.known_since(),
        scores={cycle: finals.get(cycle) or desk.store.closings.scores(cycle) for cycle in cycles},
    )


def _figures(desk: Desk, team: Team, known: Known) -> TeamFigures:
    return TeamFigures(
        team=team.name,
        start=team.period.first,
        end=team.period.last,
        cycles=tuple(dict.fromkeys(cycle.id for _, cycle in team.objectives)),
        alignment=_alignment(desk, team, known),
        engagement=_engagement(desk, team, known),
        productivity=_productivity(team, known),
        performance=_performance(desk, team, known),
    )


def _alignment(desk: Desk, team: Team, known: Known) -> Alignment:
    """In the repositories and projects where the team's linked work is, also work that serves another team's aims."""
    at = team.period.end
    linked, active = known.work.setdefault(team.period, _Work(desk, known, team.period)).found
    scopes = {scope for name in team.names() for _, scope in _links(known.lives[name], at)}
    theirs = (key in linked for key, scope in active if (key[0], scope) in scopes)
    return alignment((objective for objective, _ in team.objectives), theirs)


@dataclass(frozen=True)
class _Work:
    """What was linked to anything at the end of a period, and what was in progress then: the same for every team."""

    desk: Desk
    known: Known
    period: Period

    @cached_property
    def found(self) -> tuple[set[tuple[str, str]], list[tuple[tuple[str, str], str]]]:
        at, okrs = self.period.end, self.desk.okrs
        running = [placed.key_result.id for placed in okrs.placed if _ran(placed, self.period)]
        linked = {key for name in running for key, _ in _links(self.known.lives[name], at)}
        scopes = {scope for lives in self.known.lives.values() for _, scope in _links(lives, at)}
        return linked, self.desk.store.flow.active(at, scopes, left_alone(self.desk))


def _links(lives: Iterable[Life], at: datetime) -> Iterable[tuple[tuple[str, str], tuple[str, str]]]:
    """(connection, id) and (connection, scope) of what was linked at a time, in whichever role."""
    return (
        ((life.item.connection, life.item.id), (life.item.connection, life.item.scope))
        for life in lives
        if linked_at(life, at)
    )


def _ran(placed: Placed, period: Period) -> bool:
    """Live at the end of the period, as far as today's files tell."""
    return placed.live or (scored(placed) and placed.cycle.start <= period.last <= placed.cycle.end)


def _engagement(desk: Desk, team: Team, known: Known) -> Engagement:
    kept_ones: list[Kept] = []
    owners: dict[str, bool] = {}
    for placed in team.placed:
        name = placed.key_result.id
        said = [one for one in known.checkins.get(name, ()) if one.at < team.period.end]
        kept_ones += _kept(desk, placed, said, known.since.get(name.casefold()), team.period)
        if owner := owner_of(placed):
            spoke = any(team.period.start <= one.at and _same(one.who, owner) for one in said)
            owners[owner.casefold()] = owners.get(owner.casefold(), False) or spoke
    return engagement(kept_ones, owners)


def _kept(
    desk: Desk, placed: Placed, said: Sequence[CheckIn], measured: datetime | None, period: Period
) -> Iterable[Kept]:
    """What came of the due days that ended within the period; nobody owed anything before a key result was known."""
    known = min([one.at for one in said[:1]] + ([measured] if measured else []), default=desk.now)
    for due in dues(placed.cycle, desk.settings.checkins.rhythm, known):
        if period.start < due.closes <= period.end:
            yield kept(due, said, period.end)


def _same(who: str, owner: str) -> bool:
    return who.lstrip("@").casefold() == owner.lstrip("@").casefold()


def _productivity(team: Team, known: Known) -> Productivity:
    return productivity((life for name in team.names() for life in known.lives[name]), team.period)


def _performance(desk: Desk, team: Team, known: Known) -> Performance:
    """Final scores where the cycle is closed and the period reaches its end, progress as it was otherwise."""
    at = min(desk.now, team.period.end - INSTANT)
    found = standings(desk, at)
    return performance(
        _scored(desk, placed, found, known.scores[placed.cycle.id], team.period, at)
        for placed in team.placed
        if placed.key_result.weight
    )


def _scored(
    desk: Desk, placed: Placed, found: Standings, finals: Mapping[str, Score], period: Period, at: datetime
) -> Scored:
    name = placed.key_result.id
    final = finals.get(name) if period.last >= placed.cycle.end else None
    sample: Sample | None = desk.store.history.sample(name, at)
    score = final.final if final else sample.progress if sample else None
    return Scored(name, placed.objective.kind, score, found.verdicts[name].status)
