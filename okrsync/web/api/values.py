"""What the API answers with, and the schema of it: the very values that the pages show and ``--json`` prints."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from fastapi import Response

from okrsync.method.checkins import Duty
from okrsync.method.coach import Finding, Orphans
from okrsync.method.review import Review
from okrsync.model.attribution import Attribution
from okrsync.model.burnup import BurnUp
from okrsync.model.checkin import CheckIn
from okrsync.model.figures import TeamFigures
from okrsync.model.outlook import Outlook
from okrsync.model.run import AuditedWrite, RunRecord, RunRow, Write
from okrsync.model.sample import Sample
from okrsync.model.status import Explanation
from okrsync.model.verdict import Verdict, Worst
from okrsync.practice.operations import Connection
from okrsync.practice.overview import Row
from okrsync.web.work import Ended, Underway


class Error(msgspec.Struct, frozen=True):
    """What went wrong, and what to do about it."""

    error: str
    hint: str


class Me(msgspec.Struct, frozen=True):
    """Who is asking. ``csrf`` is what a session sends as X-CSRF-Token, ``feed`` where the calendar is."""

    name: str
    role: str
    teams: tuple[str, ...]
    csrf: str
    feed: str


class Cycle(msgspec.Struct, frozen=True):
    """A cycle with how many objectives and key results of it this visitor sees."""

    id: str
    start: date
    end: date
    timezone: str
    state: str
    objectives: int
    key_results: int


class Node(msgspec.Struct, frozen=True):
    """An objective with its key results, and the objectives that name it as their parent."""

    id: str
    title: str
    owner: str | None
    team: str | None
    kind: str
    cycle: str
    state: str
    parent: str | None
    visibility: str
    progress: float | None
    verdict: Verdict | None
    worst: Worst | None
    key_results: tuple[Row, ...]
    children: tuple[Node, ...]


class KeyResult(msgspec.Struct, frozen=True):
    """Everything the page of a key result says. ``moved`` is what moved it in the last seven days.

    ``burn_up`` is None while there is nothing to draw, ``duty`` where no check-in is asked for.
    """

    objective: str
    explanation: Explanation
    outlook: Outlook | None
    burn_up: BurnUp | None
    duty: Duty | None
    moved: Attribution | None
    check_ins: tuple[CheckIn, ...]
    may_check_in: bool


class Coach(msgspec.Struct, frozen=True):
    """Open findings, the gravest first, and those that a team lives with; ``read`` is False before the first run."""

    findings: tuple[Finding, ...]
    ignored: tuple[Finding, ...]
    read: bool


class Idle(msgspec.Struct, frozen=True):
    """A live key result to which no ticket is linked."""

    key_result: str
    title: str
    objective: str


class Alone(msgspec.Struct, frozen=True):
    """Active tickets without a key result by repository or project, and key results without work."""

    tickets: tuple[Orphans, ...]
    key_results: tuple[Idle, ...]
    read: bool


class Run(msgspec.Struct, frozen=True):
    """One run with every change it made, as far as this visitor may know of them."""

    run: RunRecord
    writes: tuple[AuditedWrite, ...]


class Work(msgspec.Struct, frozen=True):
    """The run that goes on, begun from a page, and how the last one ended."""

    underway: Underway | None
    ended: Ended | None


ANSWERS: tuple[Any, ...] = (
    Error,
    Me,
    tuple[Cycle, ...],
    tuple[Node, ...],
    tuple[Row, ...],
    KeyResult,
    Attribution,
    tuple[CheckIn, ...],
    CheckIn,
    tuple[Sample, ...],
    Coach,
    tuple[TeamFigures, ...],
    Alone,
    tuple[RunRow, ...],
    Run,
    tuple[Connection, ...],
    tuple[Write, ...],
    Work,
    Review,
)
_SCHEMAS, COMPONENTS = msgspec.json.schema_components(ANSWERS, ref_template="#/components/schemas/{name}")


def as_answer(value: Any, status: int = 200) -> Response:
    """A value as JSON."""
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def answers(kind: Any, status: int = 200, *refusals: int) -> dict[int | str, dict[str, Any]]:
    """The answers of a route for its description: ``kind`` when all is well, an error otherwise."""
    told: dict[int | str, dict[str, Any]] = {status: _described(kind, "What was asked for.")}
    for refused in (400, 401, 403, 422, 429, 500, 503, *refusals):
        told[refused] = _described(Error, "What went wrong, and what to do about it.")
    return told


def _described(kind: Any, words: str) -> dict[str, Any]:
    return {"description": words, "content": {"application/json": {"schema": _SCHEMAS[ANSWERS.index(kind)]}}}
