"""Small pieces of the coach's sentences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from okrsync.words import listed

NAMED = 5
"""So many names are said in a sentence; the rest is counted."""


def names(ids: Sequence[str], most: int = NAMED) -> str:
    """``a, b and c``, or ``a, b and 7 more``."""
    if len(ids) > most:
        return f"{', '.join(ids[:most])} and {len(ids) - most:,} more"
    return listed(ids)


def day(when: date) -> str:
    """``20 Nov 2026``."""
    return f"{when.day} {when:%b %Y}"
