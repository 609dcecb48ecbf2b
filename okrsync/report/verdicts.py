"""Verdicts at a terminal: the status as a coloured word, and what there is to say about it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.text import Text

from okrsync.model.verdict import Rule, Status, Verdict, Worst
from okrsync.report.text import line

STYLES = {
    Status.ACHIEVED: "bold green",
    Status.ON_TRACK: "green",
    Status.BEHIND: "yellow",
    Status.AT_RISK: "red",
    Status.OVERDUE: "bold red",
}
"""Everything else says nothing about how it goes, and is dim."""

_PRESET = re.compile(r"; preset \w+")

_OBVIOUS = (Rule.ENDED, Rule.NOT_STARTED, Rule.ACHIEVED, Rule.TOO_EARLY, Rule.PRESET)
"""Rules whose reason can be seen from the status, the bar and the mark on it."""


def status_word(verdict: Verdict | None) -> Text:
    """The status in its colour; a star where a person set it."""
    if verdict is None:
        return line("")
    return line((verdict.status, STYLES.get(verdict.status, "dim")), "*" if verdict.overridden else "")


def reason_alone(verdict: Verdict) -> str:
    """The reason without the status, which stands beside it, and without the preset's name."""
    return _PRESET.sub("", verdict.because.removeprefix(f"{verdict.status}: "))


def expected_mark(verdict: Verdict | None) -> float | None:
    """Where a progress bar shows what is expected by now, while that still matters."""
    if verdict is None or verdict.rule in (Rule.ENDED, Rule.NOT_STARTED, Rule.ACHIEVED):
        return None
    return verdict.expected


def worst_words(worst: Worst | None) -> list[str | tuple[str, str]]:
    """The worst part of an objective by name and status."""
    if worst is None:
        return []
    return [("worst: ", "dim"), worst.id, " ", (worst.verdict.status, STYLES.get(worst.verdict.status, "dim"))]


def reasons(verdict: Verdict | None, *, every: bool) -> Iterator[tuple[str, str]]:
    """What to say below a row, with a style: the rule where it cannot be seen, or ``every`` one; contradictions."""
    if verdict is None:
        return
    seen = verdict.rule in _OBVIOUS or (verdict.rule is Rule.BOUND and verdict.status is Status.ON_TRACK)
    if every or not seen:
        yield verdict.because, "dim"
    yield from ((remark, "yellow") for remark in verdict.remarks)
