"""The end of a cycle: what was suggested, what people decided, what they learned, and the numbers as they stood.

Append-only. A cycle that is closed again keeps what was said before.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import msgspec

from okrsync.model.figures import TeamFigures
from okrsync.model.sample import Sample
from okrsync.model.verdict import Verdict


class Decision(StrEnum):
    """What becomes of a key result in the next cycle."""

    CONTINUE = "continue"
    REPLACE = "replace"
    RETIRE = "retire"


class Retrospective(msgspec.Struct, frozen=True):
    """What moved it, what to change, and what becomes of it."""

    moved: str = ""
    change: str = ""
    decision: Decision | None = None


class Score(msgspec.Struct, frozen=True):
    """How a key result ended, 0 to 1. ``suggested`` is its progress, None without a value; ``final`` is what people
    decided, with a ``note``."""

    key_result: str
    suggested: float | None
    final: float
    note: str = ""
    retrospective: Retrospective = Retrospective()


class ClosedKeyResult(msgspec.Struct, frozen=True):
    """A key result as it stood when its cycle was closed.

    ``score`` is None for what was not pursued to the end: drafts, postponed and abandoned ones. ``verdict`` is that of
    the cycle's last day, or of the closing where that was earlier.
    """

    id: str
    title: str
    owner: str | None
    unit: str
    measure: str
    start: float | None
    target: float | None
    weight: float
    state: str
    sample: Sample | None
    verdict: Verdict
    score: Score | None = None


class ClosedObjective(msgspec.Struct, frozen=True):
    """An objective as it stood. ``progress`` is rolled up from what was measured, ``score`` from the final scores."""

    id: str
    title: str
    owner: str | None
    team: str
    kind: str
    state: str
    progress: float | None
    score: float | None
    key_results: tuple[ClosedKeyResult, ...]
    visibility: str = "all"


class Remark(msgspec.Struct, frozen=True):
    """What the coach had to say at the closing: ``reason`` is what it found, ``fix`` what to do about it."""

    rule: str
    severity: str
    reason: str
    fix: str
    objectives: tuple[str, ...] = ()


class Closing(msgspec.Struct, frozen=True):
    """A closed cycle with its numbers frozen. ``at`` is when, ``who`` did it; ``number`` counts the closings of a cycle
    from 1. ``without_value`` are the key results that score 0 because nothing was measured and nobody gave a score."""

    cycle: str
    start: date
    end: date
    timezone: str
    at: datetime
    who: str
    objectives: tuple[ClosedObjective, ...]
    figures: tuple[TeamFigures, ...] = ()
    remarks: tuple[Remark, ...] = ()
    number: int = 1
    without_value: tuple[str, ...] = ()

    def key_results(self) -> tuple[ClosedKeyResult, ...]:
        """Of all its objectives, in their order."""
        return tuple(one for objective in self.objectives for one in objective.key_results)

    def scores(self) -> dict[str, Score]:
        """By key result id."""
        return {one.id: one.score for one in self.key_results() if one.score is not None}


class Carried(msgspec.Struct, frozen=True):
    """A key result that goes on: from which id to which, and where it starts, None where that stays as it was."""

    before: str
    after: str
    start: float | None


class Standing(msgspec.Struct, frozen=True):
    """A key result that goes on already: from which id to which, and in which file."""

    before: str
    after: str
    file: str


class CarryOver(msgspec.Struct, frozen=True):
    """What was written: new ``files``, those ``added`` to, and key results; those that did not go on, with the reason.

    ``stood`` went on already; ``unread`` are files that the configuration does not name. ``draft`` says that the cycle
    is one still.
    """

    files: tuple[str, ...]
    carried: tuple[Carried, ...]
    left: tuple[tuple[str, str], ...] = ()
    unread: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    stood: tuple[Standing, ...] = ()
    draft: bool = True
