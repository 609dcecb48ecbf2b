"""What a tracker says of its limit on requests."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Budget(msgspec.Struct, frozen=True):
    """``remaining`` of ``limit`` requests are left until ``resets_at``, a time of our own clock; None where untold."""

    remaining: int | None = None
    limit: int | None = None
    resets_at: datetime | None = None


UNTOLD = Budget()
"""Of a tracker that says nothing, or was never asked."""
