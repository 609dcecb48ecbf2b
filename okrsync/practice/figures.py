"""The four figures over the store and the files, for each team, as of the end of a period.

What files say of objectives is as of today; work, check-ins and readings are as they were at the period's end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from okrsync.errors import ConfigError
from okrsync.measure.rollup import COUNTED
from okrsync.method.checkins import Kept, kept
from okrsync.method.figures import Period, Scored, alignment, engagement, performance
from okrsync.method.scores import scored
from okrsync.method.words import team_name
from okrsync.model.checkin import CheckIn
from okrsync.model.closing import Score
from okrsync.model.figures import Alignment, Engagement, Performance, TeamFigures
from okrsync.model.okr import Cycle, Objective, Phase, Placed
from okrsync.near import did_you_mean
from okrsync.practice.desk import Desk
from okrsync.practice.figures_known import Finals, Known, Past, Readings
from okrsync.practice.periods import CURRENT, check_period, period_of

INSTANT = timedelta(microseconds=1)

Aim = tuple[Objective, Cycle]


@dataclass(frozen=True)
class Team:
    """A team and what it pursued in a period."""

    name: str
    period: Period
    objectives: tuple[Aim, ...]
    placed: tuple[Placed, ...]

    def names(self) -> list[str]:
        """The ids of its key results."""
        return [placed.key_result.id for placed in self.placed]


def figures(
    desk: Desk, team: str | None = None, period: str = CURRENT, *, known: Past | None = None
) -> tuple[TeamFigures, ...]:
    """Every team's figures in a period, or those of one team, in the order of the files.

    ``period`` is ``cycle``, a cycle's id, ``4w``, or two days as in ``2026-10-01..2026-10-31``. A closed cycle has the
    figures that were frozen. A team without a key result in it is left out. Raises ConfigError for a period or a team
    that does not exist.
    """
    check_period(period, [cycle for _, cycle in desk.okrs.objectives])
    chosen = None if team is None else named(desk, team)
    (found,) = figures_over(desk, [period], known=known)
    return tuple(one for one in found if chosen in (None, one.team))


def figures_over(desk: Desk, periods: Sequence[str], *, known: Past | None = None) -> list[tuple[TeamFigures, ...]]:
    """Every team's figures in each of some periods that exist; what they share is read once, unless it is ``known``."""
    with desk.store.reading():
        closed = {one: found.figures for one in periods if (found := desk.store.closings.latest(one))}
        reckoned = dict(_reckoned(desk, [one for one in periods if one not in closed], Known(desk, {}, known)))
        return [closed[one] if one in closed else reckoned[one] for one in periods]


def figures_with(desk: Desk, period: str, finals: Finals) -> tuple[TeamFigures, ...]:
    """Every team's figures in a period that exists, with these final scores of cycles beside those kept."""
    with desk.store.reading():
        return dict(_reckoned(desk, [period], Known(desk, finals)))[period]


def _reckoned(desk: Desk, periods: Iterable[str], known: Known) -> Iterator[tuple[str, tuple[TeamFigures, ...]]]:
    for period in periods:
        yield period, tuple(_figures(known, team) for team in pursuing(desk, period))


def team_of(desk: Desk, objective: Objective) -> str:
    """The team, or where none is named, the file: one file per team is the custom."""
    return objective.team or desk.okrs.home(objective.id).file


def _teams(desk: Desk) -> dict[str, list[Aim]]:
    """Each team's objectives, in the order of the files."""
    found: dict[str, list[Aim]] = {}
    for objective, cycle in desk.okrs.objectives:
        found.setdefault(team_of(desk, objective), []).append((objective, cycle))
    return found


def pursuing(desk: Desk, period: str) -> Iterator[Team]:
    """The teams that pursued anything in a period, each with what it was."""
    below: dict[str, list[Placed]] = {}
    for one in desk.okrs.placed:
        if scored(one):
            below.setdefault(one.objective.id, []).append(one)
    for name, theirs in _teams(desk).items():
        found = period_of(period, [cycle for _, cycle in theirs], desk.now)
        aims = tuple(one for one in theirs if found and one[0].state in COUNTED and _touches(one[1], found))
        placed = tuple(one for objective, _ in aims for one in below.get(objective.id, ()))
        if found and placed:
            yield Team(name, found, aims, placed)


def named(desk: Desk, team: str) -> str:
    """The team of this name, or else of the file of this name."""
    teams = _teams(desk)
    names = {team_name(name).casefold(): name for name in teams} | {name.casefold(): name for name in teams}
    if found := names.get(team.casefold()):
        return found
    there = sorted(map(team_name, teams))
    hint = did_you_mean(team, there, f"There are {', '.join(there)}.", "--team")
    raise ConfigError(f"There is no team {team!r}.", hint=hint)


def _touches(cycle: Cycle, period: Period) -> bool:
    return cycle.state is not Phase.DRAFT and cycle.start <= period.last and period.first <= cycle.end


def _figures(known: Known, team: Team) -> TeamFigures:
    return TeamFigures(
        team=team.name,
        start=team.period.first,
        end=team.period.last,
        cycles=tuple(dict.fromkeys(cycle.id for _, cycle in team.objectives)),
        alignment=_alignment(known, team),
        engagement=_engagement(known, team),
        productivity=known.productivity(team.names(), team.period),
        performance=_performance(known, team),
    )


def _alignment(known: Known, team: Team) -> Alignment:
    """In the repositories and projects where the team's linked work is, also work that serves another team's aims."""
    linked, unlinked = known.aligned(team.names(), team.period)
    return alignment((objective for objective, _ in team.objectives), len(linked), len(linked) + len(unlinked))


def _engagement(known: Known, team: Team) -> Engagement:
    kept_ones: list[Kept] = []
    owners: dict[str, bool] = {}
    for placed in team.placed:
        name = placed.key_result.id
        said = [one for one in known.checkins.get(name, ()) if one.at < team.period.end]
        kept_ones += _kept(known, placed, said, team.period)
        if owner := placed.owner:
            spoke = any(team.period.start <= one.at and _same(one.who, owner) for one in said)
            owners[owner.casefold()] = owners.get(owner.casefold(), False) or spoke
    return engagement(kept_ones, owners)


def _kept(known: Known, placed: Placed, said: Sequence[CheckIn], period: Period) -> Iterable[Kept]:
    """What came of the due days that ended within the period; nobody owed anything before a key result was known."""
    measured = known.past.since.get(placed.key_result.id.casefold())
    begin = min([one.at for one in said[:1]] + ([measured] if measured else []), default=known.desk.now)
    for due in known.dues(placed.cycle, begin):
        if period.start < due.closes <= period.end:
            yield kept(due, said, period.end)


def _same(who: str, owner: str) -> bool:
    return who.lstrip("@").casefold() == owner.lstrip("@").casefold()


def _performance(known: Known, team: Team) -> Performance:
    """Final scores where the cycle is closed and the period reaches its end, progress as it was otherwise."""
    return performance(scored_ones(known, team))


def scored_ones(known: Known, team: Team) -> Iterator[Scored]:
    """Every key result that counts in a team's performance."""
    readings = known.readings(min(known.desk.now, team.period.end - INSTANT))
    for placed in team.placed:
        if placed.key_result.weight:
            yield _scored(placed, readings, known.scores(placed.cycle.id), team.period)


def _scored(placed: Placed, readings: Readings, finals: Mapping[str, Score], period: Period) -> Scored:
    name = placed.key_result.id
    final = finals.get(name) if period.last >= placed.cycle.end else None
    sample = readings.samples.get(name)
    score = final.final if final else sample.progress if sample else None
    return Scored(name, placed.objective.kind, score, readings.standings.verdicts[name].status)
