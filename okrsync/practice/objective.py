"""Why an objective says what it says: key results and objectives below it, and how they add up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from math import fsum

import msgspec

from okrsync import views
from okrsync.measure.rollup import COUNTED
from okrsync.method.standings import Standings
from okrsync.model.closing import Closing
from okrsync.model.okr import Cycle, KeyResult, Objective, Okrs, Phase, Placed
from okrsync.model.sample import Sample
from okrsync.model.status import ObjectiveExplanation, Part
from okrsync.practice.desk import Desk
from okrsync.practice.explained import reading_of
from okrsync.practice.standing import judged_at, standings_by

COUNTS = {
    "key_results": "its key results",
    "children": "the objectives below it",
    "both": "its key results and the objectives below it",
}


def find_objective(desk: Desk, id: str) -> tuple[Objective, Cycle] | None:
    """The objective with this id in any case, and its cycle."""
    by_id = {objective.id.casefold(): (objective, cycle) for objective, cycle in desk.okrs.objectives}
    return by_id.get(id.casefold())


def explain_objective(
    desk: Desk, objective: Objective, cycle: Cycle, at: datetime | None = None
) -> ObjectiveExplanation:
    """Its parts as they stand, or as they stood at an aware time; where its cycle was closed by then, with the scores.

    ``share`` of the parts adds up to 1, and ``share`` times progress to the progress of the whole.
    """
    then = at or desk.now
    with desk.store.reading():
        found = {one.key_result.id: _reading(desk, one, at) for one in desk.okrs.placed}
        samples = {name: sample for name, sample in found.items() if sample is not None}
        okrs = judged_at(desk, at) if at else desk.judged
        stand = (
            _today(desk) if at is None and cycle.state is not Phase.CLOSED else standings_by(desk, samples, then, okrs)
        )
        closing = desk.store.closings.latest(cycle.id)
    asked = next(one for one, _ in okrs.objectives if one.id == objective.id)
    scores = _scores(closing) if closing is not None and closing.at <= then else {}
    return ObjectiveExplanation(
        objective=objective.id,
        title=objective.title,
        cycle=cycle.id,
        rule=f"the weighted mean of {COUNTS[asked.rollup]}; what has no value counts as 0",
        progress=stand.objectives[objective.id].progress,
        verdict=stand.objectives[objective.id].verdict,
        parts=_shared([*_key_results(asked, samples, stand, scores), *_below(okrs, asked, stand, scores)]),
        score=scores.get(objective.id),
        at=at,
    )


def _reading(desk: Desk, placed: Placed, at: datetime | None) -> Sample | None:
    """Without a time the latest of what goes on, and of what does not the one it ended with."""
    if at is None and placed.live:
        return desk.store.history.sample(placed.key_result.id)
    return reading_of(desk, placed, at or desk.now)


def _today(desk: Desk) -> Standings:
    return views.standings(desk.store, desk.judged, desk.now, desk.settings.status.preset)


def _scores(closing: Closing) -> dict[str, float]:
    """The final scores of a cycle, of its objectives and of its key results."""
    rolled = {one.id: one.score for one in closing.objectives if one.score is not None}
    return rolled | {name: score.final for name, score in closing.scores().items()}


def _key_results(
    objective: Objective, samples: Mapping[str, Sample], stand: Standings, scores: Mapping[str, float]
) -> Iterator[Part]:
    whole = "" if objective.rollup != "children" else "its progress comes from the objectives below it alone"
    for one in objective.key_results:
        sample = samples.get(one.id)
        yield Part(
            id=one.id,
            title=one.title,
            kind="key result",
            weight=one.weight,
            share=0.0,
            progress=sample.progress if sample else None,
            verdict=stand.verdicts[one.id],
            left_out=whole or _left_out(one),
            score=scores.get(one.id),
        )


def _below(okrs: Okrs, objective: Objective, stand: Standings, scores: Mapping[str, float]) -> Iterator[Part]:
    whole = "" if objective.rollup != "key_results" else "its progress comes from its key results alone"
    for one in okrs.children_of(objective.id):
        standing = stand.objectives[one.id]
        empty = "everything in it is left out" if standing.progress is None else ""
        yield Part(
            id=one.id,
            title=one.title,
            kind="objective",
            weight=one.weight,
            share=0.0,
            progress=standing.progress,
            verdict=standing.verdict,
            left_out=whole or _left_out(one) or empty,
            score=scores.get(one.id),
        )


def _left_out(one: KeyResult | Objective) -> str:
    if one.state not in COUNTED:
        return f"it is {one.state}"
    return "" if one.weight else "its weight is 0"


def _shared(parts: list[Part]) -> tuple[Part, ...]:
    """With the share that each has of the weights that count."""
    total = fsum(part.weight for part in parts if not part.left_out)
    return tuple(part if part.left_out else msgspec.structs.replace(part, share=part.weight / total) for part in parts)
