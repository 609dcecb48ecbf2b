"""The guard against removing too much at once: a wrong permission or an emptied file must not cost the history."""

from __future__ import annotations

SHARE = 0.3
COUNT = 10


def unsafe(removed: int, total: int) -> bool:
    """True above 30 % and from 10 removals on (the limits of octoDNS): a person must confirm with ``--force``."""
    return removed >= COUNT and removed > SHARE * total
