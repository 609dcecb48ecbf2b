"""What a sandbox tracker answers, before it goes over the wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Answer:
    """``data`` is anything msgspec encodes; None sends no body."""

    data: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
