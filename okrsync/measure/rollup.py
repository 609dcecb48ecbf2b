"""From key results to objectives: a weighted mean, in which nothing is silently missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import fsum

import msgspec

from okrsync.model.okr import GoalState, Objective
from okrsync.model.sample import Sample

COUNTED = (GoalState.ACTIVE, GoalState.CLOSED)
"""Drafts are not agreed on yet; postponed and abandoned results are not pursued."""

Children = Callable[[str], Sequence[Objective]]
"""Objective id -> the objectives right below it."""


class RollUp(msgspec.Struct, frozen=True):
    """``progress`` is 0..1, or None when everything is left out. ``without_value`` are ids that counted as 0."""

    progress: float | None
    without_value: tuple[str, ...] = ()


def _no_children(_: str) -> Sequence[Objective]:
    return ()


def progress_of(
    objective: Objective,
    samples: Mapping[str, Sample],
    children: Sequence[Objective] = (),
    below: Children = _no_children,
) -> float | None:
    """The progress of :func:`roll_up`."""
    return roll_up(objective, samples, children, below).progress


def roll_up(
    objective: Objective,
    samples: Mapping[str, Sample],
    children: Sequence[Objective] = (),
    below: Children = _no_children,
) -> RollUp:
    """The weighted mean of key results, of child objectives, or of both, as the objective says.

    ``samples`` are the latest by key result. ``below`` tells the children of the children. Weight 0, drafts,
    postponed and abandoned ones are left out; a key result without a value counts as 0 and is named; a child of
    which everything is left out is left out itself.
    """
    parts = list(_parts(objective, samples, children, below))
    if not parts:
        return RollUp(None)
    total = fsum(weight for weight, _, _ in parts)
    without = tuple(name for _, _, names in parts for name in names)
    return RollUp(fsum(weight * progress for weight, progress, _ in parts) / total, without)


def _parts(
    objective: Objective, samples: Mapping[str, Sample], children: Sequence[Objective], below: Children
) -> Iterator[tuple[float, float, tuple[str, ...]]]:
    """Weight, progress, and the ids of what has no value."""
    if objective.rollup != "children":
        for one in objective.key_results:
            if one.weight and one.state in COUNTED:
                sample = samples.get(one.id)
                progress = sample.progress if sample else None
                yield one.weight, progress or 0.0, (one.id,) if progress is None else ()
    if objective.rollup != "key_results":
        for child in children:
            if child.weight and child.state in COUNTED:
                found = roll_up(child, samples, below(child.id), below)
                if found.progress is not None:
                    yield child.weight, found.progress, found.without_value
