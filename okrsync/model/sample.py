"""What a key result measured, and what each item added to it."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Linked(msgspec.Struct, frozen=True, gc=False):
    """One leaf item that counts for (or supports) one key result, and every reason why."""

    key_result: str
    connection: str
    item: str
    weight: float
    supports: bool
    reasons: tuple[str, ...]


class Sample(msgspec.Struct, frozen=True):
    """An immutable measurement.

    ``value`` is in the key result's unit and None while there is no data. ``raw`` is
    ``(value - start) / (target - start)`` and may leave 0..1; ``progress`` is raw clamped to 0..1.
    ``scope`` and ``done`` are weighted items or points, ``excluded`` counts items left out,
    ``unestimated`` items without an estimate. ``flags`` are remarks such as "fewer than 5 in the denominator".
    ``start``, ``target``, ``weight`` and ``definition`` (a digest of measure and links) are those it was taken under.
    Where they differ from the sample before, ``changed`` says so in words and ``before`` is the raw progress that the
    old ones would have shown at the same moment. ``rebuilt`` samples come from the trackers' histories.
    """

    key_result: str
    at: datetime
    value: float | None
    raw: float | None
    numerator: float | None = None
    denominator: float | None = None
    scope: float = 0.0
    done: float = 0.0
    excluded: int = 0
    unestimated: int = 0
    flags: tuple[str, ...] = ()
    rule: str = ""
    start: float | None = None
    target: float | None = None
    weight: float | None = None
    definition: str = ""
    changed: tuple[str, ...] = ()
    before: float | None = None
    rebuilt: bool = False

    @property
    def progress(self) -> float | None:
        """``raw`` within 0 to 1; None without a value."""
        return None if self.raw is None else min(1.0, max(0.0, self.raw))

    def same_reading(self, other: Sample | None) -> bool:
        """True when only the time differs, and what made one of them differ from the sample before it."""
        if other is None:
            return False
        return msgspec.structs.replace(self, at=other.at, changed=other.changed, before=other.before) == other


class Contribution(msgspec.Struct, frozen=True):
    """What one linked item adds to a sample, or why it adds nothing.

    ``adds`` is in the sample's numerator, ``of`` in its denominator. ``left_out`` is empty or the reason.
    """

    connection: str
    item: str
    key: str
    title: str
    url: str
    state: str
    word: str
    adds: float
    of: float
    left_out: str
    reasons: tuple[str, ...]
