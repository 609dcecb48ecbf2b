"""Aims: the target that a key result had at any moment, from what its readings were taken under."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from okrsync.model.burnup import Turn
from okrsync.model.okr import Completion, Placed
from okrsync.model.sample import Sample


class Aims:
    """``samples`` are all readings of a key result, oldest first. Rebuilt ones know no target but today's."""

    def __init__(self, samples: Sequence[Sample], placed: Placed) -> None:
        self._samples = samples
        self._way = placed.key_result.way
        self._whole = isinstance(placed.key_result.measure, Completion)
        self._taken = [(one.at, one.target) for one in samples if not one.rebuilt and one.target is not None]

    @property
    def moved(self) -> tuple[datetime, ...]:
        """The moments from which on the target was another one."""
        pairs = zip(self._taken, self._taken[1:], strict=False)
        return tuple(after[0] for before, after in pairs if before[1] != after[1])

    def then(self, goal: float, at: datetime) -> float:
        """The way to the target of an aware time, where the way to today's is ``goal``, in whatever unit."""
        if self._way is None or not self._taken:
            return goal
        start, target = self._way
        by_then = [target for when, target in self._taken if when <= at] or [self._taken[0][1]]
        origin = 0.0 if self._whole else start
        return goal * (by_then[-1] - origin) / (target - origin)

    def turns(self, since: datetime, until: datetime) -> Iterator[Turn]:
        """The readings after which the definition was another one, with the progress under both."""
        for one in self._samples:
            if one.changed and since < one.at <= until:
                yield Turn(one.at, "; ".join(one.changed), one.before, one.raw)
