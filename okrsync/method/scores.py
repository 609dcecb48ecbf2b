"""Scores at the end of a cycle: what is suggested, what an objective makes of the final ones, and what they are worth.

Bands and attainment are ``bands``. A suggestion is the progress as measured, unrounded; whoever knows better decides
otherwise and says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from okrsync.measure.rollup import COUNTED, progress_of
from okrsync.method.bands import EXPECTED, Band, Kind, attainment, band, too_easy
from okrsync.model.okr import Okrs, Phase, Placed
from okrsync.model.sample import Sample

__all__ = ["EXPECTED", "Band", "Kind", "attainment", "band", "objective_scores", "scored", "suggested", "too_easy"]


def scored(placed: Placed) -> bool:
    """Whether a key result gets a score: drafts were never agreed on; postponed and abandoned ones not pursued."""
    return (
        placed.key_result.state in COUNTED and placed.objective.state in COUNTED and placed.cycle.state != Phase.DRAFT
    )


def suggested(sample: Sample | None) -> float | None:
    """The progress, 0 to 1; None where nothing has a value, which scores 0 unless people say otherwise."""
    return sample.progress if sample else None


def objective_scores(okrs: Okrs, finals: Mapping[str, float], at: datetime) -> dict[str, float | None]:
    """Every objective's score by its id: final scores rolled up as progress is, None where all is left out.

    ``finals`` are the final scores by key result id.
    """
    samples = {name: Sample(name, at, score, score) for name, score in finals.items()}
    return {
        objective.id: progress_of(objective, samples, okrs.children_of(objective.id), okrs.children_of)
        for objective, _ in okrs.objectives
    }
