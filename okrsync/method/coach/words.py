"""Small pieces of the coach's sentences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

NAMED = 5
"""So many names are said in a sentence; the rest is counted."""


def names(ids: Sequence[str], most: int = NAMED) -> str:
    """``a, b and c``, or ``a, b and 7 more``."""
    if len(ids) > most:
        return f"{', '.join(ids[:most])} and {len(ids) - most:,} more"
    return ids[0] if len(ids) == 1 else f"{', '.join(ids[:-1])} and {ids[-1]}"


def count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def share(part: float) -> str:
    """Whole per cent."""
    return f"{round(part * 100)} %"


def day(when: date) -> str:
    """``20 Nov 2026``."""
    return f"{when.day} {when:%b %Y}"


def number(value: float) -> str:
    """At most two decimals, or two significant digits for the very small."""
    if value and abs(value) < 0.01:
        return f"{value:.2g}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")
