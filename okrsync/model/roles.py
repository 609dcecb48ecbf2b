"""Who is who in the practice, so that each hears what is theirs to act on."""

from __future__ import annotations

from enum import StrEnum


class PracticeRole(StrEnum):
    """Owners speak about their key results, the coach helps them, the champion removes what they cannot."""

    OWNER = "owner"
    COACH = "coach"
    CHAMPION = "champion"
