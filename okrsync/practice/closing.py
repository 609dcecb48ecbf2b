"""Closing a cycle: what is suggested, what people decide, and the numbers as they stand, kept for ever."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from okrsync.errors import ConfigError
from okrsync.method.expected import day_of
from okrsync.method.scores import objective_scores, scored, suggested
from okrsync.method.standings import Standings
from okrsync.model.closing import ClosedKeyResult, ClosedObjective, Closing, Remark, Score
from okrsync.model.okr import Cycle, Phase, Placed
from okrsync.model.sample import Sample
from okrsync.near import did_you_mean
from okrsync.practice.coach import findings_then
from okrsync.practice.desk import Desk
from okrsync.practice.figures import figures_with, team_of
from okrsync.practice.readings import last_moment, readings_by
from okrsync.practice.scoring import Ending, Word, decided, final_scores
from okrsync.practice.standing import standings_by, still_running


def find_cycle(desk: Desk, id: str) -> Cycle:
    """The cycle of the files with this id. Raises ConfigError naming the nearest one."""
    cycles = {cycle.id.casefold(): cycle for _, cycle in desk.okrs.objectives}
    if found := cycles.get(id.casefold()):
        return found
    ids = [cycle.id for cycle in cycles.values()]
    hint = did_you_mean(id, ids, f"There are: {', '.join(ids) or 'none'}.")
    raise ConfigError(f"No OKR file is of the cycle {id!r}.", hint=hint)


def ending(desk: Desk, id: str) -> Ending:
    """How a cycle stands, with what is suggested: its last closing's word, or else the progress.

    Raises ConfigError for a cycle that does not exist, is a draft or has not begun.
    """
    cycle = find_cycle(desk, id)
    if cycle.state is Phase.DRAFT or day_of(cycle, desk.now) < cycle.start:
        begun = "is a draft" if cycle.state is Phase.DRAFT else f"begins on {cycle.start}"
        raise ConfigError(f"The cycle {cycle.id} {begun}; there is nothing to score.", hint="Wait until it ran.")
    with desk.store.reading():
        before = desk.store.closings.latest(cycle.id)
        samples = readings_by(desk, last_moment(cycle, desk.now))
    return Ending(cycle, _objectives(desk, cycle, samples, before), before, files_of(desk, cycle))


def files_of(desk: Desk, cycle: Cycle) -> tuple[str, ...]:
    """The OKR files of a cycle."""
    homes = (desk.okrs.home(objective.id).file for objective, one in desk.okrs.objectives if one.id == cycle.id)
    return tuple(dict.fromkeys(homes))


def close(desk: Desk, found: Ending, words: Mapping[str, Word], *, who: str, accept: bool, reopen: bool) -> Closing:
    """Keep the scores and freeze the numbers. ``accept`` takes what is suggested where nobody said a score.

    Raises ConfigError for a cycle that is closed already and not to be reopened, for key results that do not get a
    score, for scores outside 0 to 1, and for key results that nobody scored.
    """
    if found.before is not None and not reopen:
        closed = f"{found.before.at:%Y-%m-%d} by {found.before.who}"
        raise ConfigError(
            f"The cycle {found.cycle.id} was closed on {closed}.",
            hint="--reopen closes it once more, from what was decided then; both are kept.",
        )
    kept = final_scores(found, words, accept=accept)
    return _kept(desk, found, kept, who, found.without_value(words))


def _kept(desk: Desk, found: Ending, finals: Mapping[str, Score], who: str, without_value: tuple[str, ...]) -> Closing:
    with desk.store.reading():
        rolled = objective_scores(desk.okrs, _known_scores(desk, found.cycle, finals), desk.now)
    closing = Closing(
        cycle=found.cycle.id,
        start=found.cycle.start,
        end=found.cycle.end,
        timezone=found.cycle.timezone,
        at=desk.now,
        who=who,
        objectives=tuple(_scored_objective(one, rolled[one.id], finals) for one in found.objectives),
        figures=figures_with(desk, found.cycle.id, {found.cycle.id: finals}),
        remarks=remarks(desk, found.cycle),
        without_value=without_value,
    )
    with desk.store.transaction():
        for one in closing.key_results():
            _measured(desk, one)
        return desk.store.closings.add(closing)


def _measured(desk: Desk, one: ClosedKeyResult) -> None:
    """What people said and no sync has measured yet is measured with the closing."""
    latest = desk.store.history.sample(one.id)
    if one.sample is not None and (latest is None or latest.at < one.sample.at):
        desk.store.history.add_sample(one.sample)


def remarks(desk: Desk, cycle: Cycle) -> tuple[Remark, ...]:
    """What the coach finds about the objectives of a cycle and their teams, but for what files say to ignore.

    After the cycle's last day it is what was to be found on that day, and what an earlier closing ended goes on. Work
    that belongs to no objective is nobody's in particular, and left to the coach's own command.
    """
    found = findings_then(desk, last_moment(cycle, desk.now))
    theirs = {objective.id: team_of(desk, objective) for objective, one in desk.okrs.objectives if one.id == cycle.id}
    return tuple(
        Remark(one.rule, one.severity, one.reason, one.fix, one.objectives)
        for one in found
        if not one.ignored and (theirs.keys() & set(one.objectives) or one.team in theirs.values())
    )


def _scored_objective(one: ClosedObjective, score: float | None, finals: Mapping[str, Score]) -> ClosedObjective:
    key_results = (
        msgspec.structs.replace(key_result, score=finals.get(key_result.id)) for key_result in one.key_results
    )
    return msgspec.structs.replace(one, score=score, key_results=tuple(key_results))


def _known_scores(desk: Desk, cycle: Cycle, finals: Mapping[str, Score]) -> dict[str, float]:
    """Final scores of this cycle and of others that are closed; progress of what goes on, for objectives above."""
    readings = readings_by(desk, last_moment(cycle, desk.now))
    known = {name: one.progress for name, one in readings.items() if one.progress is not None}
    for closing in desk.store.closings.all():
        if closing.cycle != cycle.id:
            known |= {name: score.final for name, score in closing.scores().items()}
    return known | {name: score.final for name, score in finals.items()}


def _objectives(
    desk: Desk, cycle: Cycle, samples: dict[str, Sample], before: Closing | None
) -> tuple[ClosedObjective, ...]:
    """As they stand, by the files of today; verdicts are of the cycle's last day, or of now where that is earlier."""
    moment = last_moment(cycle, desk.now)
    standings = standings_by(desk, samples, moment, still_running(desk.okrs, moment))
    below: dict[str, list[Placed]] = {}
    for placed in desk.okrs.placed:
        below.setdefault(placed.objective.id, []).append(placed)
    return tuple(
        ClosedObjective(
            id=objective.id,
            title=objective.title,
            owner=objective.owner,
            team=team_of(desk, objective),
            kind=objective.kind,
            state=objective.state,
            progress=standings.objectives[objective.id].progress,
            score=None,
            key_results=tuple(_key_results(below.get(objective.id, ()), samples, standings, before)),
            visibility=objective.visibility,
        )
        for objective, one in desk.okrs.objectives
        if one.id == cycle.id
    )


def _key_results(
    some: Iterable[Placed], samples: Mapping[str, Sample], standings: Standings, before: Closing | None
) -> Iterator[ClosedKeyResult]:
    earlier, kept = (before.scores() if before else {}), decided(before)
    for placed in some:
        sample = samples.get(placed.key_result.id)
        name, hint = placed.key_result.id, suggested(sample)
        said, final = earlier.get(name) or Score(name, hint, 0.0), kept[name].final if name in kept else hint or 0.0
        score = msgspec.structs.replace(said, suggested=hint, final=final)
        yield _as_it_stands(placed, sample, standings, score)


def _as_it_stands(placed: Placed, sample: Sample | None, standings: Standings, score: Score) -> ClosedKeyResult:
    key_result, measure = placed.key_result, placed.key_result.measure
    start, target = key_result.way or (None, None)
    return ClosedKeyResult(
        id=key_result.id,
        title=key_result.title,
        owner=placed.owner,
        unit=key_result.value_unit,
        measure=measure.type,
        start=start,
        target=target,
        weight=key_result.weight,
        state=key_result.state,
        sample=sample,
        verdict=standings.verdicts[key_result.id],
        score=score if scored(placed) else None,
    )
