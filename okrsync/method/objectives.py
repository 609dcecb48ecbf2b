"""The verdict on an objective: status from its progress, and beside it what does worst in it, by name.

What is expected of an objective is the weighted mean of what is expected of its parts, weighed as their progress is. A
part that must hold is expected to; of a yes or no nothing is expected before it is due.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from math import fsum

import msgspec

from okrsync.measure.rollup import COUNTED, progress_of, roll_up
from okrsync.method.expected import day_of, due, expected
from okrsync.method.status import Case, draft, ended, judge
from okrsync.model.okr import Boolean, Cycle, Maintain, Objective, Okrs, Placed
from okrsync.model.sample import Sample
from okrsync.model.verdict import Preset, Status, Verdict, Worst

SEVERITY = (
    Status.OVERDUE,
    Status.AT_RISK,
    Status.BEHIND,
    Status.NO_DATA,
    Status.TOO_EARLY,
    Status.NOT_STARTED,
    Status.ON_TRACK,
    Status.ACHIEVED,
)
"""The worst first; what is closed, abandoned or postponed is neither good nor bad."""


class Standing(msgspec.Struct, frozen=True):
    """An objective's progress (0..1, None when everything is left out), its verdict, and its worst part."""

    progress: float | None
    verdict: Verdict
    worst: Worst | None = None


def objective_standings(
    okrs: Okrs,
    samples: Mapping[str, Sample],
    verdicts: Mapping[str, Verdict],
    at: datetime,
    *,
    preset: Preset = Preset.VIVA,
    confidences: Mapping[str, int] | None = None,
) -> dict[str, Standing]:
    """Every objective by id, as of an aware time.

    ``samples`` and ``verdicts`` are those of the key results then, ``confidences`` the last anybody gave.
    """
    rollup = _RollUp(okrs, samples, verdicts, at, preset, confidences or {})
    return {objective.id: rollup.standing(objective, cycle) for objective, cycle in okrs.objectives}


class _RollUp:
    """Objectives stand on each other, so each is judged once. Raises nothing: rings of parents are refused in files."""

    def __init__(
        self,
        okrs: Okrs,
        samples: Mapping[str, Sample],
        verdicts: Mapping[str, Verdict],
        at: datetime,
        preset: Preset,
        confidences: Mapping[str, int],
    ) -> None:
        self.okrs, self.samples, self.verdicts, self.at, self.preset = okrs, samples, verdicts, at, preset
        self.confidences, self.placed = confidences, okrs.by_id()
        self.cycles = {objective.id: cycle for objective, cycle in okrs.objectives}
        self.wanted = {one.key_result.id: _as_sample(one, at) for one in okrs.placed}
        self.found: dict[str, Standing] = {}

    def standing(self, objective: Objective, cycle: Cycle) -> Standing:
        if objective.id not in self.found:
            rolled = roll_up(objective, self.samples, self.okrs.children_of(objective.id), self.okrs.children_of)
            parts = list(self.parts(objective))
            found = judge(self.case(objective, cycle, rolled.progress, rolled.without_value))
            self.found[objective.id] = Standing(rolled.progress, found, worst(parts))
        return self.found[objective.id]

    def case(self, objective: Objective, cycle: Cycle, progress: float | None, without: tuple[str, ...]) -> Case:
        day, counted = day_of(cycle, self.at), list(self.leaves(objective))
        nothing = not counted or {one.key_result.id for one in counted} <= set(without)
        wanted = progress_of(objective, self.wanted, self.okrs.children_of(objective.id), self.okrs.children_of)
        return Case(
            begins=cycle.start,
            due=cycle.end,
            day=day,
            preset=self.preset,
            raw=None if nothing else progress,
            expected=wanted,
            ended=ended(None, objective, cycle),
            draft=draft(None, objective, cycle),
            holding=any(isinstance(one.key_result.measure, Maintain) for one in counted),
            confidence=self.mean_confidence(counted),
            missing="none of its key results has a value yet" if counted else "everything in it is left out",
        )

    def leaves(self, objective: Objective) -> Iterator[Placed]:
        """The key results that its progress comes from."""
        if objective.rollup != "children":
            yield from (self.placed[one.id] for one in objective.key_results if one.weight and one.state in COUNTED)
        for child in self.children(objective):
            yield from self.leaves(child)

    def children(self, objective: Objective) -> Iterator[Objective]:
        """The child objectives that its progress comes from."""
        if objective.rollup != "key_results":
            below = self.okrs.children_of(objective.id)
            yield from (child for child in below if child.weight and child.state in COUNTED)

    def parts(self, objective: Objective) -> Iterator[Worst]:
        if objective.rollup != "children":
            for one in objective.key_results:
                if one.weight and one.state in COUNTED and one.id in self.verdicts:
                    yield Worst(one.id, one.title, self.verdicts[one.id])
        for child in self.children(objective):
            yield Worst(child.id, child.title, self.standing(child, self.cycles[child.id]).verdict)

    def mean_confidence(self, counted: Iterable[Placed]) -> float | None:
        given = [(one.key_result.weight, self.confidences.get(one.key_result.id)) for one in counted]
        told = [(weight, confidence) for weight, confidence in given if confidence is not None]
        if not told:
            return None
        return fsum(weight * confidence for weight, confidence in told) / fsum(weight for weight, _ in told)


def worst(parts: Iterable[Worst]) -> Worst | None:
    """The part with the gravest status; among equals the one that lacks most, then the first."""
    judged = [part for part in parts if part.verdict.status in SEVERITY]
    return min(judged, key=lambda part: (gravity(part.verdict.status), -_gap(part.verdict)), default=None)


def gravity(status: Status) -> int:
    """0 for the gravest; what is over or put away comes last."""
    return SEVERITY.index(status) if status in SEVERITY else len(SEVERITY)


def _gap(verdict: Verdict) -> float:
    return (verdict.expected or 0.0) - (verdict.actual or 0.0)


def _as_sample(placed: Placed, at: datetime) -> Sample:
    """What is expected of a key result, in the form in which it can be rolled up like what it shows."""
    day = day_of(placed.cycle, at)
    share = expected(placed, day)
    if share is None:
        has_time = isinstance(placed.key_result.measure, Boolean) and day <= due(placed)
        share = 0.0 if has_time else 1.0
    return Sample(placed.key_result.id, at, share, share)
