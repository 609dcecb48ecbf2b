"""A stream of work on a grid of whole units, so that weighted items and points can be convolved exactly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import NamedTuple

FINEST = 1_000
"""Into at most so many units is the remaining work divided."""

SMALLEST = 1_000
"""Amounts that are multiples of a fraction with at most this denominator are put on the grid without rounding."""

CAP = 20
"""Work that grew to this many times what remains today is never finished."""

Pair = tuple[float, float]
"""What one complete week finished and what it added."""


class Grid(NamedTuple):
    """``remaining`` and the changes a week, in units; each change with how often it happened.

    Each change is off by at most half a unit, and by nothing where ``rounded`` is False. The amount left after k
    weeks is therefore off by at most k / 2 units, and the forecast lies between those for a remaining amount that is
    so much larger and so much smaller.
    """

    unit: float
    remaining: int
    changes: tuple[tuple[int, int], ...]
    rounded: bool

    @property
    def cap(self) -> int:
        """Units at which a simulated scope stops growing: by then the goal is out of reach anyhow."""
        return CAP * self.remaining

    @property
    def weeks(self) -> int:
        """Past weeks that are drawn from."""
        return sum(count for _, count in self.changes)


def on_grid(remaining: float, pairs: Sequence[Pair]) -> Grid:
    """The remaining work (more than 0) and each week's ``added - finished`` in units, whatever the order of weeks."""
    unit = _common_unit([remaining, *(amount for pair in pairs for amount in pair)])
    rounded = unit is None or remaining / unit > FINEST + 0.5
    if unit is None or rounded:
        unit = remaining / FINEST
    counted = Counter(round((added - finished) / unit) for finished, added in pairs)
    return Grid(unit, max(1, round(remaining / unit)), tuple(sorted(counted.items())), rounded)


def _common_unit(amounts: Iterable[float]) -> float | None:
    """The largest amount of which all are multiples, None where there is none worth the name."""
    numerator, denominator = 0, 1
    different = set(amounts)
    if all(amount == int(amount) for amount in different):
        return float(gcd(*map(int, different)))
    for amount in different:
        exact = Fraction(amount).limit_denominator(SMALLEST)
        if abs(float(exact) - amount) > 1e-9 * max(1.0, abs(amount)):
            return None
        shared = lcm(denominator, exact.denominator)
        numerator = gcd(numerator * (shared // denominator), exact.numerator * (shared // exact.denominator))
        denominator = shared
    return numerator / denominator if numerator else None
