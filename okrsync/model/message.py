"""Messages to people outside, and how they went."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from okrsync.model.roles import PracticeRole


class Message(msgspec.Struct, frozen=True):
    """Plain text for people."""

    title: str
    body: str


class Outcome(StrEnum):
    """How a message went; ``UNKNOWN`` also while it is under way, and for ever where nobody saw the end."""

    UNKNOWN = "unknown"
    SENT = "sent"
    FAILED = "failed"


class Delivery(msgspec.Struct, frozen=True):
    """How it went, and why not."""

    outcome: Outcome
    why: str = ""


class Sent(msgspec.Struct, frozen=True):
    """A message that was tried: to whom in which role."""

    role: PracticeRole
    who: str
    delivery: Delivery
