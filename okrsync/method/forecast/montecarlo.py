"""The forecast where streams of different rhythm mix: weeks drawn anew from each stream's own past, many times.

How much each past week is to be trusted is itself drawn for every trial (the Bayesian bootstrap of Rubin, 1981), so
that a short history gives a wide forecast. Only comparisons, additions and the raw bits of a generator that never
changes are used: the same input gives the same answer on every machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from okrsync.method.forecast.curve import Curve, Enough
from okrsync.method.forecast.stream import CAP, Pair

TRIALS = 10_000
VERSION = "monte carlo v2"

DONE = 1e-9
"""Less than any work, and more than sums of floating-point numbers are wrong by."""

Floats = NDArray[np.float64]
Whole = NDArray[np.uint32]
Dice = Callable[..., Whole]
"""Whole numbers below ``SIDES``, each as likely as any other, in the shape asked for."""

SIDES = 2**32

Weigh = Callable[[int, int, Dice], Whole]
"""Trials, weeks of history -> for each trial, below which number each week but the last is drawn, in order."""


class Part(NamedTuple):
    """One stream: what is left of it, and what its past weeks finished and added."""

    remaining: float
    weeks: tuple[Pair, ...]


class Mix(NamedTuple):
    """Streams that together make the goal: reached when no more than ``slack`` is left of all of them.

    Of everything added, the share ``growth`` may be left as well.
    """

    parts: tuple[Part, ...]
    slack: float = 0.0
    growth: float = 0.0

    @property
    def cap(self) -> float:
        """What one stream may grow to: a multiple of the whole, so that a stream that is empty today can fill again."""
        return CAP * sum(sorted(part.remaining for part in self.parts))


def seeded(key_result: str, on: date) -> Dice:
    """The dice of this key result and day, the same everywhere."""
    seed = hashlib.sha256(f"{key_result.casefold()}\n{on.isoformat()}\n{VERSION}".encode()).digest()
    bits = np.random.PCG64(int.from_bytes(seed, "big"))

    def roll(*shape: int) -> Whole:
        count = int(np.prod(shape))
        raw = np.asarray(bits.random_raw((count + 1) // 2)).astype("<u8", copy=False)
        rolled: Whole = raw.view("<u4")[:count].reshape(shape)
        return rolled

    return roll


def bayesian(trials: int, weeks: int, dice: Dice) -> Whole:
    """Weights that are uniform among all that add up to 1: the gaps between sorted uniform numbers."""
    rolled: Whole = np.sort(dice(trials, weeks - 1), axis=1)
    return rolled


def even(trials: int, weeks: int, dice: Dice) -> Whole:
    """Every week weighs the same in every trial, as in the exact forecast."""
    limits: Whole = np.tile(np.arange(1, weeks) * SIDES // weeks, (trials, 1)).astype(np.uint32)
    return limits


def curve(mix: Mix, dice: Dice, upto: Enough, *, trials: int = TRIALS, weigh: Weigh = bayesian) -> Curve:
    """The share of trials that are done after 1, 2, 3 ... weeks, until that is enough."""
    return upto(1 - len(over) / trials for over in weeks(mix, dice, trials=trials, weigh=weigh))


def fan(mix: Mix, count: int, shares: Sequence[float], dice: Dice) -> list[tuple[float, ...]]:
    """After each of ``count`` weeks: the amount that at most is still to be done, with each of the probabilities."""
    found = []
    for _, over in zip(range(count), weeks(mix, dice), strict=False):
        ordered = np.concatenate([np.zeros(TRIALS - len(over)), np.sort(over)])
        found.append(tuple(float(ordered[round(share * TRIALS) - 1]) for share in shares))
    return found


def weeks(mix: Mix, dice: Dice, *, trials: int = TRIALS, weigh: Weigh = bayesian) -> Iterator[Floats]:
    """After each week: what has still to be done in each of the trials that are not done."""
    streams = [_Stream(part, mix.cap, trials, weigh, dice) for part in sorted(_sorted(part) for part in mix.parts)]
    allowed, going = np.full(trials, mix.slack), np.ones(trials, dtype=np.bool_)
    while True:
        for stream in streams:
            allowed = allowed + mix.growth * stream.live_a_week()
        over: Floats = sum((stream.left for stream in streams), np.zeros(len(allowed))) - allowed
        going &= over > DONE
        yield over[going]
        if 2 * np.count_nonzero(going) < len(going):
            for stream in streams:
                stream.keep(going)
            allowed, going = allowed[going], going[going]


class _Stream:
    """One stream in all trials that are not done, at once."""

    def __init__(self, part: Part, cap: float, trials: int, weigh: Weigh, dice: Dice) -> None:
        self.left = np.full(trials, part.remaining)
        self._cap = cap
        self._finished, self._added = (np.array(amounts) for amounts in zip(*part.weeks, strict=True))
        self._limits = np.ascontiguousarray(weigh(trials, len(part.weeks), dice).T)
        self._dice = dice

    def live_a_week(self) -> Floats:
        """Draw a week of the past for each trial; returns what it added."""
        week = (self._limits <= self._dice(len(self.left))).view(np.uint8).sum(axis=0, dtype=np.uint8)
        added: Floats = self._added.take(week)
        self.left = np.clip(self.left + added - self._finished.take(week), 0.0, self._cap)
        return added

    def keep(self, going: NDArray[np.bool_]) -> None:
        """Leave the trials that are done."""
        self.left, self._limits = self.left[going], self._limits[:, going]


def _sorted(part: Part) -> Part:
    return Part(part.remaining, tuple(sorted(part.weeks)))
