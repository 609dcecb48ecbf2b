"""What a score is worth: its colour, and how it compares with what its kind of objective promised."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

Kind = Literal["committed", "aspirational"]

NOISE = 1e-9
"""Far less than any work moves a score, and more than sums of floating-point numbers are wrong by."""

EXPECTED: dict[Kind, float] = {"committed": 1.0, "aspirational": 0.7}
"""Google's rule: a commitment is meant to be met in full, an aspiration to seven tenths."""


class Band(StrEnum):
    """The colours of Google's scoring."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"


def band(score: float) -> Band:
    """Half-open on the unrounded score: [0, 0.4) red, [0.4, 0.7) yellow, [0.7, ..) green."""
    if score < 0.4 - NOISE:
        return Band.RED
    return Band.YELLOW if score < 0.7 - NOISE else Band.GREEN


def reached(raw: float) -> bool:
    """Whether all of the way is made, by as much as sums of floating-point numbers can tell."""
    return raw >= 1 - NOISE


def attainment(score: float, kind: Kind) -> float:
    """``score / expected``: 1 is what was promised, more is more."""
    return score / EXPECTED[kind]


def too_easy(score: float, kind: Kind) -> str:
    """The remark on an aspiration that was met in full, or ""; it is no praise."""
    return "too easy? it is aspirational and was reached in full" if kind == "aspirational" and reached(score) else ""
