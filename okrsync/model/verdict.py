"""How a key result or an objective does, and the rule that says so."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Status(StrEnum):
    """What a verdict can be."""

    CLOSED = "closed"
    ABANDONED = "abandoned"
    POSTPONED = "postponed"
    NOT_STARTED = "not started"
    ACHIEVED = "achieved"
    ON_TRACK = "on track"
    BEHIND = "behind"
    AT_RISK = "at risk"
    OVERDUE = "overdue"
    NO_DATA = "no data"
    TOO_EARLY = "too early"


class Preset(StrEnum):
    """Which published rule compares actual with expected progress."""

    VIVA = "viva"
    OBOARD = "oboard"
    UPRAISE = "upraise"
    GOOGLE = "google"
    CONFIDENCE = "confidence"


class Rule(StrEnum):
    """The steps of the precedence, in order: the first that applies decides."""

    ENDED = "ended"
    NOT_STARTED = "not started"
    ACHIEVED = "achieved"
    OVERRIDE = "override"
    OVERDUE = "overdue"
    NO_DATA = "no data"
    BOUND = "bound"
    TOO_EARLY = "too early"
    PRESET = "preset"


class Verdict(msgspec.Struct, frozen=True):
    """A status with the rule that led to it, in words.

    ``rule`` is the step of the precedence that decided. ``actual`` and ``expected`` are shares, 0 to 1, None where they
    do not apply. ``remarks`` are contradictions worth saying aloud, such as high confidence beside a poor forecast.
    """

    status: Status
    because: str
    actual: float | None = None
    expected: float | None = None
    preset: Preset = Preset.VIVA
    overridden: bool = False
    remarks: tuple[str, ...] = ()
    rule: Rule = Rule.PRESET


class Pace(msgspec.Struct, frozen=True):
    """A status as tickets show it: with words on the pace that stay true for as long as the status does."""

    status: Status
    words: str = ""


class Worst(msgspec.Struct, frozen=True):
    """The key result or child objective that does worst in an objective."""

    id: str
    title: str
    verdict: Verdict
