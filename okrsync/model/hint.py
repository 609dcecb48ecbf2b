"""What a webhook tells: where to look again. Never what to believe."""

from __future__ import annotations

import msgspec


class Hint(msgspec.Struct, frozen=True):
    """Something changed in a scope (its immutable id): one item, or, where ``item`` is "", anything.

    ``key`` is the item's name at that moment. ``seq`` tells a newer hint about the same thing from an older one.
    """

    scope: str
    item: str = ""
    key: str = ""
    seq: int = 0
