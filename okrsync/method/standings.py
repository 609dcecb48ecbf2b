"""How everything stands at a moment: a verdict on every key result and on every objective."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import msgspec

from okrsync.method.objectives import Standing, objective_standings
from okrsync.method.status import confidence, verdict
from okrsync.model.checkin import CheckIn
from okrsync.model.okr import Completion, Maintain, Milestones, Okrs, Placed
from okrsync.model.sample import Sample
from okrsync.model.verdict import Preset, Verdict


class Standings(msgspec.Struct, frozen=True):
    """Verdicts by key result, and progress, verdict and worst part by objective."""

    verdicts: Mapping[str, Verdict]
    objectives: Mapping[str, Standing]


def stand(
    okrs: Okrs,
    samples: Mapping[str, Sample],
    said: Mapping[str, Sequence[CheckIn]],
    at: datetime,
    preset: Preset,
    work: Callable[[Placed], float | None] = lambda _: None,
    probabilities: Mapping[str, float] | None = None,
) -> Standings:
    """Judge everything by the readings that are true at an aware time and the check-ins up to it.

    ``work`` tells the share of a key result's linked work that is done. It is asked only where a metric has not moved,
    since reading all work takes a while. ``probabilities`` are the forecast's, as far as they are known.
    """
    chances = probabilities or {}
    verdicts, confidences = dict[str, Verdict](), dict[str, int]()
    for placed in okrs.placed:
        name = placed.key_result.id
        sample, checkins = samples.get(name), said.get(name, ())
        done = work(placed) if has_not_moved(placed, sample) else None
        verdicts[name] = verdict(
            placed, sample, at, preset=preset, checkins=checkins, probability=chances.get(name), work=done
        )
        if (told := confidence([one for one in checkins if one.at <= at])) is not None:
            confidences[name] = told
    objectives = objective_standings(okrs, samples, verdicts, at, preset=preset, confidences=confidences)
    return Standings(verdicts, objectives)


def has_not_moved(placed: Placed, sample: Sample | None) -> bool:
    """Whether a metric that is not the work itself stands where it began, or behind."""
    itself = isinstance(placed.key_result.measure, Completion | Milestones | Maintain)
    return not itself and sample is not None and sample.raw is not None and sample.raw <= 0
