"""Pace in words for tickets: they stay true for as long as the status does, so that time alone edits no note.

A number that grows every day ("48 % expected") would be stale on every ticket by tomorrow, or cost an edit of each. The
words here name the band instead, and a status that is shown stays while progress is within ``MARGIN`` of its band: work
that keeps pace, item by item, does not make a note go to and fro.
"""

from __future__ import annotations

from collections.abc import Iterator

from okrsync.method.expected import due
from okrsync.method.presets import RATIO, compare
from okrsync.method.status import EARLY
from okrsync.method.words import day_and_month
from okrsync.model.okr import Maintain, Placed
from okrsync.model.verdict import Pace, Preset, Rule, Status, Verdict

MARGIN = 0.05
"""Progress, as a share of the way: half a tenth on either side."""

_OF_PRESET = {
    Preset.VIVA: {
        Status.ON_TRACK: "about on pace for {due}",
        Status.BEHIND: "up to about 25 points short of the pace for {due}",
        Status.AT_RISK: "more than about 25 points short of the pace for {due}",
    },
    Preset.OBOARD: {
        Status.ON_TRACK: "most of what is expected by now is done, for {due}",
        Status.BEHIND: "about 40 to 70 % of what is expected by now is done, for {due}",
        Status.AT_RISK: "less than about 40 % of what is expected by now is done, for {due}",
    },
    Preset.UPRAISE: {
        Status.ON_TRACK: "about all that is expected by now is done, for {due}",
        Status.BEHIND: "about 75 to 95 % of what is expected by now is done, for {due}",
        Status.AT_RISK: "less than about 75 % of what is expected by now is done, for {due}",
    },
    Preset.GOOGLE: dict.fromkeys((Status.ON_TRACK, Status.BEHIND, Status.AT_RISK), "due {due}"),
    Preset.CONFIDENCE: {
        Status.ON_TRACK: "confidence is high, due {due}",
        Status.BEHIND: "confidence is middling, due {due}",
        Status.AT_RISK: "confidence is low, due {due}",
    },
}


def paces(placed: Placed, verdict: Verdict) -> tuple[Pace, ...]:
    """What a ticket may show: the verdict's own status first, then those that are within the margin of it.

    Nothing where the shown progress says it all: "reached", or "no data yet".
    """
    if verdict.status in (Status.ACHIEVED, Status.NO_DATA):
        return ()
    statuses = dict.fromkeys((verdict.status, *_near(verdict)))
    return tuple(Pace(status, words(placed, verdict, status)) for status in statuses)


def words(placed: Placed, verdict: Verdict, status: Status) -> str:
    """The pace of a status in words, "" where the status says it all."""
    day = day_and_month(due(placed))
    match verdict.rule:
        case Rule.PRESET:
            return _OF_PRESET[verdict.preset][status].format(due=day)
        case Rule.BOUND:
            holding = isinstance(placed.key_result.measure, Maintain)
            return ("it holds" if status is Status.ON_TRACK else "it does not hold") if holding else f"due {day}"
        case Rule.OVERRIDE:
            return f"set by hand, due {day}"
        case Rule.OVERDUE:
            return f"it was due {day}"
        case Rule.NOT_STARTED:
            return f"begins {day_and_month(placed.cycle.start)}"
        case Rule.TOO_EARLY:
            return f"due {day}"
        case _:
            return ""


def _near(verdict: Verdict) -> Iterator[Status]:
    """The statuses that a little more or less progress would give."""
    actual, expected = verdict.actual, verdict.expected
    if verdict.rule is not Rule.PRESET or verdict.preset is Preset.CONFIDENCE or actual is None:
        return
    if verdict.preset is not Preset.GOOGLE and (expected is None or (verdict.preset in RATIO and expected < EARLY)):
        return
    for moved in (actual - MARGIN, actual + MARGIN):
        yield compare(verdict.preset, moved, expected or 0.0)
