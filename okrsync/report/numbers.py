"""Numbers as people read them."""

from __future__ import annotations

from datetime import timedelta

from okrsync import words

BOUNDS = ("maintain", "boolean")
"""Measures that are met or not."""

SHARES = ("completion", "ratio", "milestones")
"""Measures whose values are shares of one, shown as per cent unless the key result names a unit."""


def percent(share: float | None) -> str:
    """A share of one in whole per cent, rounded so that only a full one reads 100 %."""
    if share is None:
        return "no data"
    return words.percent(share)


def quantity(value: float | None, *, measure: str, unit: str) -> str:
    """A value in the key result's unit."""
    if value is None:
        return "no data"
    if measure in BOUNDS:
        return "met" if value >= 1 else "not met"
    if unit:
        return f"{words.number(value)} {unit}"
    return f"{words.number(value * 100)} %" if measure.partition(" ")[0] in SHARES else words.number(value)


def score_words(score: float | None) -> str:
    """``0.70``, or a dash where nobody scored."""
    return "–" if score is None else f"{score:.2f}"


def points(now: float | None, before: float | None) -> str:
    """The way from one share to another in percentage points; empty when either is missing."""
    if now is None or before is None:
        return ""
    moved = round((now - before) * 100, 1)
    return f"{moved:+g} pts" if moved else "±0"


def age(passed: timedelta) -> str:
    """How old something is, in the largest unit that fits."""
    seconds = passed.total_seconds()
    if seconds < 60:
        return "just now"
    for size, name in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {name}"
    raise AssertionError("unreachable: seconds is at least 60")


def took(passed: timedelta) -> str:
    """How long something lasted."""
    seconds = max(0.0, passed.total_seconds())
    return f"{seconds:.1f} s" if seconds < 60 else f"{int(seconds // 60)} min {int(seconds % 60)} s"


def bar(progress: float | None, width: int = 12) -> tuple[str, str]:
    """The full and the empty part of a progress bar; a full bar means reached, an empty one nothing."""
    if progress is None:
        return "", "·" * width
    full = round(progress * width)
    if 0 < progress < 1:
        full = min(width - 1, max(1, full))
    return "█" * full, "░" * (width - full)


def listing(parts: list[str], most: int) -> str:
    """Comma-separated, the tail only counted."""
    if len(parts) <= most:
        return ", ".join(parts)
    return f"{', '.join(parts[:most])} and {len(parts) - most} more"


def ordinal(count: int) -> str:
    """``1st``, ``2nd``, ``3rd``, ``4th``, ``11th``."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
    return f"{count}{'th' if count % 100 in (11, 12, 13) else ending}"
