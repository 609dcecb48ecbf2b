"""The coach over the store and the files: gathers what the rules look at, and runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

import msgspec

from okrsync.errors import ConfigError
from okrsync.method.coach import Facts, Finding, Orphans, Scored, find
from okrsync.method.coach.finding import Overlap, Work
from okrsync.method.coach.tally import Parts, overlaps_then, work_then
from okrsync.method.timeline import parts_at
from okrsync.model.life import Life
from okrsync.model.okr import Okrs
from okrsync.model.rules import Severity
from okrsync.near import did_you_mean
from okrsync.practice.checkins import duties as told_duties
from okrsync.practice.desk import Desk
from okrsync.practice.readings import readings_by
from okrsync.practice.standing import still_running
from okrsync.store import Store

Found = TypeVar("Found")


class Coaching(msgspec.Struct, frozen=True):
    """``findings`` are open, ``ignored`` carry the reason that the files give. ``read`` tells whether any tracker was.

    ``orphans`` lists all active work that is linked to nothing, by repository or project.
    """

    findings: tuple[Finding, ...]
    ignored: tuple[Finding, ...] = ()
    orphans: tuple[Orphans, ...] = ()
    read: bool = True

    def at_least(self, threshold: Severity) -> tuple[Finding, ...]:
        """The open findings of this weight and more."""
        return tuple(one for one in self.findings if one.severity.reaches(threshold))


def findings(desk: Desk) -> tuple[Finding, ...]:
    """Everything worth a talk, the gravest first; what is ignored carries the reason for it."""
    return find(facts(desk))


def coaching(desk: Desk, team: str | None = None) -> Coaching:
    """The same, divided, and of one team where one is named; work that belongs to no team is then left out."""
    team = None if team is None else _team(desk, team)
    known = facts(desk)
    found = [one for one in find(known) if team is None or _concerns(desk, one, team)]
    return Coaching(
        findings=tuple(one for one in found if not one.ignored),
        ignored=tuple(one for one in found if one.ignored),
        orphans=tuple(one for one in known.orphans if one.keys) if team is None else (),
        read=bool(known.read),
    )


def findings_then(desk: Desk, at: datetime) -> tuple[Finding, ...]:
    """What the coach would have found at an aware time that is past, by the readings that are final by then.

    The files are those of today, with every cycle that ran then as running. Work that is linked to nothing is not
    told of, since what was read of it says nothing of the past.
    """
    then = replace(desk, now=at, okrs=still_running(desk.okrs, at))
    duties = {row.key_result: row.duty for row in told_duties(then)}
    store, live = desk.store, [placed.key_result.id for placed in then.okrs.live()]
    with store.reading():
        work, overlaps = _work_at(desk, then.okrs, live, at)
        return find(
            Facts(
                okrs=then.okrs,
                now=at,
                samples=readings_by(desk, at),
                work=work,
                duties=duties,
                moves=[one for one in store.survey.target_moves() if one.at <= at],
                scores=[one for one in _scores(desk) if one.end < at.date()],
                overlaps=overlaps,
                read=_read(store),
            )
        )


def _work_at(desk: Desk, okrs: Okrs, live: Sequence[str], at: datetime) -> tuple[Mapping[str, Work], Sequence[Overlap]]:
    """Where the items of key results stood, and what counted for several: of now by a glance, which is much shorter."""
    if at >= desk.now:
        return _as_written(desk, desk.store.survey.work()), desk.store.survey.overlaps(live)
    parts = {name: _parts_at(lives, at) for name, lives in desk.store.lives.all(okrs.by_id()).items()}
    return work_then(parts), overlaps_then(parts, live)


def _parts_at(lives: Iterable[Life], at: datetime) -> Parts:
    parts, lost = parts_at(lives, at)
    return [(item, linked, (item.connection, item.id) not in lost) for item, linked in parts]


def _read(store: Store) -> frozenset[str]:
    """The connections that were read completely at least once."""
    return frozenset(one for one in store.scopes.connections() if store.scopes.state(one).succeeded_at)


def facts(desk: Desk) -> Facts:
    """Everything the rules look at, in one consistent view of the store.

    Of a cycle that was closed there is no more to say, whatever its files say.
    """
    duties = {row.key_result: row.duty for row in told_duties(desk)}
    store, live = desk.store, [placed.key_result.id for placed in desk.okrs.live()]
    with store.reading():
        connections = store.scopes.connections()
        names = {(one, scope.id): scope.name for one in connections for scope in store.scopes.known(one)}
        return Facts(
            okrs=desk.judged,
            now=desk.now,
            samples=_as_written(desk, store.history.latest_samples()),
            work=_as_written(desk, store.survey.work()),
            duties=duties,
            moves=store.survey.target_moves(),
            scores=_scores(desk),
            orphans=store.survey.orphans(live, names, left_alone(desk)),
            overlaps=store.survey.overlaps(live),
            read=_read(store),
        )


def _team(desk: Desk, team: str) -> str:
    """The team as the files write it. Raises ConfigError naming the nearest one."""
    teams = {one.team.casefold(): one.team for one, _ in desk.okrs.objectives if one.team}
    if found := teams.get(team.casefold()):
        return found
    there = f"Teams are {', '.join(sorted(teams.values()))}." if teams else "No objective names a `team:`."
    raise ConfigError(f"There is no team {team!r}.", hint=did_you_mean(team, teams.values(), there))


def _concerns(desk: Desk, found: Finding, team: str) -> bool:
    theirs = {one.id for one, _ in desk.okrs.objectives if one.team == team}
    return found.team == team or bool(theirs.intersection(found.objectives))


def _as_written(desk: Desk, found: Mapping[str, Found]) -> dict[str, Found]:
    """With the ids as the files write them today; their case never mattered."""
    ids = {placed.key_result.id.casefold(): placed.key_result.id for placed in desk.okrs.placed}
    return {ids.get(name.casefold(), name): one for name, one in found.items()}


def left_alone(desk: Desk) -> Callable[[str, Sequence[str]], bool]:
    """Tickets with the label that tells okrsync to leave them alone are nobody's orphans."""
    labels = {name: desk.settings.namespace_for(name).ignore.casefold() for name in desk.settings.connections}

    def left_alone(connection: str, worn: Sequence[str]) -> bool:
        return labels.get(connection, "") in [label.casefold() for label in worn]

    return left_alone


def _scores(desk: Desk) -> tuple[Scored, ...]:
    """The final scores of every closed cycle, under the team that each objective had then."""
    return tuple(
        Scored(
            closing.cycle,
            closing.end,
            objective.team or desk.okrs.home(objective.id).file,
            one.id,
            objective.kind,
            one.score.final,
        )
        for closing in desk.store.closings.all()
        for objective in closing.objectives
        for one in objective.key_results
        if one.score is not None
    )
