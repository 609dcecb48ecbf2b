"""Where key results and objectives stand, and why: the rows of the status, and their explanations."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from okrsync.model.checkin import CheckIn
from okrsync.model.sample import Contribution, Sample
from okrsync.model.verdict import Verdict, Worst


class Final(msgspec.Struct, frozen=True):
    """What the closing of its cycle decided: ``at`` is when, ``last`` the day it speaks of, and ``score`` is None for
    what got none. ``silent`` says that the OKR files do not say that the cycle is closed, so that numbers go on."""

    at: datetime
    who: str
    last: date
    score: float | None
    silent: bool = False


class KeyResultStatus(msgspec.Struct, frozen=True):
    """A row of the status table. ``week_ago`` is the reading that was true seven days before.

    ``pulled_at`` is when the oldest of the scopes that feed it was last read completely; None: never. ``final`` is set
    once its cycle was closed.
    """

    key_result: str
    title: str
    owner: str | None
    unit: str
    measure: str
    start: float
    target: float
    state: str
    sample: Sample | None
    week_ago: Sample | None
    pulled_at: datetime | None
    stale: bool
    items: int
    verdict: Verdict | None = None
    final: Final | None = None


class ObjectiveStatus(msgspec.Struct, frozen=True):
    """An objective with its key results; ``progress`` is their weighted mean, None when all are left out.

    ``worst`` is the key result or child objective that does worst in it. ``final`` is set once its cycle was closed.
    """

    objective: str
    title: str
    owner: str | None
    team: str | None
    kind: str
    cycle: str
    state: str
    progress: float | None
    key_results: tuple[KeyResultStatus, ...]
    verdict: Verdict | None = None
    worst: Worst | None = None
    final: Final | None = None


class Explanation(msgspec.Struct, frozen=True):
    """Why a key result says what it says: every linked item, what it adds, what was left out and why.

    ``said`` is the check-in that gave the value, where people give it. ``at`` is the past moment that is explained,
    None for now.
    """

    status: KeyResultStatus
    objective: str
    cycle: str
    rule: str
    contributions: tuple[Contribution, ...]
    unreachable: tuple[Contribution, ...] = ()
    supports: tuple[Contribution, ...] = ()
    said: CheckIn | None = None
    at: datetime | None = None


class Part(msgspec.Struct, frozen=True):
    """What an objective's progress is made of: a key result or an objective below it.

    ``share`` is its weight of all weights that count, 0 where it is ``left_out`` with the reason; ``progress`` counts
    as 0 where it is None. ``score`` is the final one of a closed cycle.
    """

    id: str
    title: str
    kind: str
    weight: float
    share: float
    progress: float | None
    verdict: Verdict
    left_out: str = ""
    score: float | None = None


class ObjectiveExplanation(msgspec.Struct, frozen=True):
    """Why an objective says what it says: its parts, how they add up, and the rule."""

    objective: str
    title: str
    cycle: str
    rule: str
    progress: float | None
    verdict: Verdict
    parts: tuple[Part, ...]
    score: float | None = None
    at: datetime | None = None
