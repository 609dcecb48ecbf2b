"""The forecast of a metric: a straight line through its readings, and how far a new one may be from it.

Ordinary least squares with the usual prediction interval: a reading at x is at ``line(x)`` give or take
``t(n - 2) * s * sqrt(1 + 1/n + (x - mean)^2 / Sxx)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum, inf, sqrt
from typing import NamedTuple

from scipy.special import stdtr, stdtrit  # type: ignore[import-untyped]

ENOUGH = 5
"""Points from which on an interval means something; with 2 to 4 there is a slope and no more."""

Point = tuple[float, float]
"""When, in weeks from now (negative: ago), and the reading then."""


class Line(NamedTuple):
    """``slope`` is a week; ``at_zero`` the line's value now; ``spread`` is s, 0 with two points."""

    slope: float
    at_zero: float
    points: int
    middle: float
    width: float
    spread: float

    def at(self, weeks: float) -> float:
        """The value of the line ``weeks`` after its zero."""
        return self.at_zero + self.slope * weeks

    def error(self, weeks: float) -> float:
        """The standard error of a new reading."""
        return self.spread * sqrt(1 + 1 / self.points + (weeks - self.middle) ** 2 / self.width)

    def below(self, value: float, weeks: float) -> float:
        """The probability that a new reading is at most ``value``. Needs three points."""
        error, away = self.error(weeks), value - self.at(weeks)
        if error <= 1e-12 * max(1.0, abs(value)):
            return 1.0 if away >= -1e-9 * max(1.0, abs(value)) else 0.0
        return float(stdtr(self.points - 2, away / error))

    def within(self, low: float, high: float, weeks: float) -> float:
        """The probability that a new reading is between two bounds, which may be infinite."""
        above_low = 1.0 if low == -inf else 1.0 - self.below(low, weeks)
        below_high = 1.0 if high == inf else self.below(high, weeks)
        return min(1.0, max(0.0, above_low + below_high - 1.0))

    def exceeded(self, share: float, weeks: float) -> float:
        """What a new reading exceeds with probability ``share``."""
        return self.at(weeks) - float(stdtrit(self.points - 2, share)) * self.error(weeks)

    def interval(self, share: float, weeks: float) -> tuple[float, float]:
        """Within which bounds a new reading is with probability ``share``."""
        half = float(stdtrit(self.points - 2, (1 + share) / 2)) * self.error(weeks)
        return self.at(weeks) - half, self.at(weeks) + half


def line(points: Sequence[Point]) -> Line | None:
    """The least squares line through at least two points of different times, in whatever order; None without them."""
    count = len(points)
    if len({when for when, _ in points}) < 2:
        return None
    middle, mean = fsum(when for when, _ in points) / count, fsum(value for _, value in points) / count
    width = fsum((when - middle) ** 2 for when, _ in points)
    slope = fsum((when - middle) * (value - mean) for when, value in points) / width
    at_zero = mean - slope * middle
    squares = fsum((value - at_zero - slope * when) ** 2 for when, value in points)
    return Line(slope, at_zero, count, middle, width, sqrt(squares / (count - 2)) if count > 2 else 0.0)
