"""Digests: what each person of the practice hears in their role, from the store and the files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from okrsync.errors import ConfigError
from okrsync.method.checkins import Owed
from okrsync.method.coach.finding import Finding
from okrsync.method.digest import (
    STANDSTILL,
    Digest,
    EndedCycle,
    EndedObjective,
    Line,
    for_champion,
    for_coach,
    for_owner,
)
from okrsync.method.standings import Standings
from okrsync.model.okr import Cycle, Objective, Phase, Placed
from okrsync.model.roles import PracticeRole
from okrsync.model.verdict import Verdict
from okrsync.practice.checkins import owed
from okrsync.practice.coach import findings
from okrsync.practice.desk import Desk
from okrsync.practice.hidden import mentions
from okrsync.practice.outlook import outlooks
from okrsync.practice.standing import standings, verdict_of
from okrsync.views import WEEK

REMEMBERED = timedelta(weeks=4)
"""So long after its end a closed cycle is still summed up; one that nobody closed is until somebody does."""


def digests(desk: Desk, roles: Sequence[PracticeRole], who: str | None = None) -> tuple[Digest, ...]:
    """One digest for each person of each role, or for the one named; empty ones too.

    Where the files name nobody, there is one digest about everything. Raises ConfigError when ``who`` has none of the
    roles.
    """
    digester = Digester(desk)
    if who is None:
        return tuple(digester.of(role, one) for role in roles for one in people_in(desk, role) or (None,))
    written = {(one or "").casefold(): one for role in roles for one in people_in(desk, role)}
    return tuple(digester.of(role, written[who.casefold()]) for role in in_roles(desk, roles, who))


@dataclass(frozen=True)
class Digester:
    """Makes digests for many people; what they have in common is read once.

    ``public`` says that everybody may read them: then they say nothing of objectives that only their team sees.
    """

    desk: Desk
    public: bool = False

    def of(self, role: PracticeRole, who: str | None) -> Digest:
        """What one person hears in a role; None as ``who`` owns what nobody owns, and coaches everything."""
        make = {
            PracticeRole.OWNER: self._for_owner,
            PracticeRole.COACH: self._for_coach,
            PracticeRole.CHAMPION: self._for_champion,
        }
        return make[role](who)

    @cached_property
    def _rows(self) -> tuple[Owed, ...]:
        return tuple(row for row in owed(self.desk) if self._tells(self._placed[row.key_result].objective))

    @cached_property
    def _placed(self) -> dict[str, Placed]:
        return self.desk.judged.by_id()

    @cached_property
    def _standings(self) -> Standings:
        with self.desk.store.reading():
            return standings(self.desk)

    def _tells(self, objective: Objective) -> bool:
        return objective.visibility == "all" or not self.public

    def _about(self, role: PracticeRole, who: str | None) -> Callable[[Objective], bool]:
        """Whether an objective is one that a person looks after in a role, and may be told of."""
        theirs = _looked_after(self.desk, role, who)
        return lambda objective: self._tells(objective) and theirs(objective)

    @cached_property
    def _private(self) -> Callable[[str], bool]:
        """Whether a text names what may not be told."""
        hidden = [one for one, _ in self.desk.okrs.objectives if not self._tells(one)]
        results = [one.id for objective in hidden for one in objective.key_results]
        return mentions([*results, *(name for one in hidden for name in (one.id, one.title))])

    def _line(self, row: Owed) -> Line:
        return line_of(self.desk, row, self._placed[row.key_result], self._standings.verdicts[row.key_result])

    def _for_owner(self, who: str | None) -> Digest:
        mine = (row for row in self._rows if (row.owner or "").casefold() == (who or "").casefold())
        return for_owner(who, [self._line(row) for row in mine if row.duty.owing])

    def _for_coach(self, who: str | None) -> Digest:
        """Words are compared with the forecast too, which takes a while and is done for the coach alone."""
        desk, about = self.desk, self._about(PracticeRole.COACH, who)
        objectives = {objective.id for objective, _ in desk.okrs.objectives if about(objective)}
        theirs = {name: one for name, one in self._placed.items() if one.live and one.objective.id in objectives}
        chances = {name: found.probability for name, found in outlooks(desk, theirs.values()).items()}
        lines = []
        for row in self._rows:
            if placed := theirs.get(row.key_result):
                judged = verdict_of(desk, placed, probability=chances.get(row.key_result))
                lines.append(line_of(desk, row, placed, judged))
        found = (one for one in _findings(desk, objectives) if not self._private(f"{one.reason} {one.fix}"))
        return for_coach(who, lines, found)

    def _for_champion(self, who: str | None) -> Digest:
        about = self._about(PracticeRole.CHAMPION, who)
        silent = (row for row in self._rows if row.duty.silent >= STANDSTILL)
        lines = [self._line(row) for row in silent if about(self._placed[row.key_result].objective)]
        return for_champion(who, lines, self._ended(about))

    def _ended(self, about: Callable[[Objective], bool]) -> Iterator[EndedCycle]:
        """Cycles whose last day is over, with how the objectives of one person ended."""
        ended: dict[str, tuple[Cycle, list[EndedObjective]]] = {}
        for objective, cycle in self.desk.judged.objectives:
            if about(objective) and _is_over(self.desk, cycle):
                progress = self._standings.objectives[objective.id].progress
                told = EndedObjective(objective.id, objective.title, objective.kind, progress)
                ended.setdefault(cycle.id, (cycle, []))[1].append(told)
        for cycle, told_of in ended.values():
            yield EndedCycle(cycle.id, cycle.end, cycle.state is Phase.CLOSED, tuple(told_of))


def people_in(desk: Desk, role: PracticeRole) -> tuple[str | None, ...]:
    """Everybody who has a role, in the order of the files; None among owners is for what nobody owns."""
    if role is PracticeRole.OWNER:
        owners = [placed.owner for placed in desk.okrs.live()]
        return (*_once(owners), *([None] if None in owners else []))
    return _once(_in_role(desk, objective, role) for objective, _ in desk.okrs.objectives)


def in_roles(desk: Desk, roles: Sequence[PracticeRole], who: str) -> tuple[PracticeRole, ...]:
    """Those of the roles that somebody has. Raises ConfigError when it is none."""
    names = {role: [one for one in people_in(desk, role) if one] for role in roles}
    found = tuple(role for role in roles if who.casefold() in [one.casefold() for one in names[role]])
    if not found:
        there = [f"{role}: {', '.join(named)}" for role, named in names.items() if named]
        naming = "Name people in the OKR files: owner:, or roles: {coach: ...}."
        hint = f"There is {'; '.join(there)}." if there else naming
        raise ConfigError(f"{who!r} is no {' and no '.join(roles)} in the OKR files.", hint=hint)
    return found


def line_of(desk: Desk, row: Owed, placed: Placed, verdict: Verdict) -> Line:
    """Where the key result of a row stands."""
    history, measure = desk.store.history, placed.key_result.measure
    sample, before = history.sample(row.key_result), history.sample(row.key_result, at=desk.now - WEEK)
    return Line(
        owed=row,
        measure=measure.type,
        unit=placed.key_result.value_unit,
        by_hand=placed.key_result.by_people,
        value=sample.value if sample else None,
        progress=sample.progress if sample else None,
        week_ago=before.progress if before else None,
        verdict=verdict,
    )


def _once(names: Iterable[str | None]) -> tuple[str, ...]:
    """Each name once, whatever its case, as it is written last."""
    return tuple({name.casefold(): name for name in names if name}.values())


def _in_role(desk: Desk, objective: Objective, role: PracticeRole) -> str | None:
    roles = desk.okrs.home(objective.id).roles
    return roles.coach if role is PracticeRole.COACH else roles.champion


def _looked_after(desk: Desk, role: PracticeRole, who: str | None) -> Callable[[Objective], bool]:
    return lambda objective: who is None or (_in_role(desk, objective, role) or "").casefold() == who.casefold()


def _findings(desk: Desk, objectives: set[str]) -> Iterator[Finding]:
    """The findings about these objectives, the silent ones left out, which the digest has anyway."""
    for one in findings(desk):
        if not one.ignored and one.rule != "STALE" and (not one.objectives or objectives & set(one.objectives)):
            yield one


def _is_over(desk: Desk, cycle: Cycle) -> bool:
    today = desk.now.astimezone(cycle.zone).date()
    if cycle.state is Phase.CLOSED:
        return cycle.end < today <= cycle.end + REMEMBERED
    return cycle.state is not Phase.DRAFT and cycle.end < today
