"""Everything there is to read over the API; each answer is what a page shows, kept from the same people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response, Security
from fastapi.security import HTTPBearer

from okrsync.errors import ConfigError
from okrsync.method.checkins import DAY, midnight
from okrsync.method.review import Review
from okrsync.model.attribution import Attribution
from okrsync.model.checkin import CheckIn
from okrsync.model.figures import TeamFigures
from okrsync.model.sample import Sample
from okrsync.practice.checkins import LATEST
from okrsync.practice.overview import Branch, Row, without_work
from okrsync.practice.periods import check_period
from okrsync.practice.why import why
from okrsync.web.api.values import (
    Alone,
    Coach,
    Cycle,
    Idle,
    KeyResult,
    Me,
    Node,
    answers,
    as_answer,
)
from okrsync.web.doors import AtDesk, KnownQuestions, SignedIn, csrf_token, feed_address, room, visible
from okrsync.web.insight import insight
from okrsync.web.privacy import Discretion
from okrsync.web.questions import COACHING, DUTIES, OVERVIEW
from okrsync.web.room import Seat
from okrsync.web.shared import figures_in, page_of

EARLIEST = date(1970, 1, 1)
"""Days that clocks everywhere can tell."""
TOKEN = Security(HTTPBearer(auto_error=False, description="A token that `okrsync token NAME` made."))

router = APIRouter(
    prefix="/api/v1",
    default_response_class=Response,
    dependencies=[TOKEN, KnownQuestions],
)


@router.get("/me", responses=answers(Me), tags=["access"])
def me(request: Request, who: SignedIn) -> Response:
    """Who is asking."""
    teams = tuple(sorted(who.teams))
    return as_answer(Me(who.name, who.role, teams, csrf_token(request), feed_address(request, who)))


@router.get("/cycles", responses=answers(tuple[Cycle, ...]), tags=["objectives"])
def cycles(desk: AtDesk, who: SignedIn) -> Response:
    """Every cycle of the OKR files, in their order."""
    found = {cycle.id: cycle for _, cycle in desk.judged.objectives}
    seen = [(one, cycle.id) for one, cycle in desk.okrs.objectives if who.sees(one)]
    return as_answer(
        [
            Cycle(
                id=cycle.id,
                start=cycle.start,
                end=cycle.end,
                timezone=str(cycle.zone),
                state=cycle.state,
                objectives=sum(name == cycle.id for _, name in seen),
                key_results=sum(len(one.key_results) for one, name in seen if name == cycle.id),
            )
            for cycle in found.values()
        ]
    )


@router.get("/cycles/{cycle}/review", responses=answers(Review, 200, 404), tags=["objectives"])
def review_of(
    request: Request, desk: AtDesk, who: SignedIn, cycle: str, page: Annotated[int, Query(ge=1)] = 1
) -> Response:
    """The review of a cycle: scores where it is closed, today's numbers where it goes on.

    A large one has several `pages`; the last has the figures and the remarks.
    """
    try:
        found = page_of(room(request), desk, cycle, who.sees, page)
    except ConfigError as error:
        raise HTTPException(404, {"error": error.message, "hint": error.hint}) from None
    return as_answer(found.review)


@router.get("/objectives", responses=answers(tuple[Node, ...]), tags=["objectives"])
def objectives(request: Request, desk: AtDesk, who: SignedIn) -> Response:
    """Objectives as a tree, each with its key results; what has no visible parent stands at the top."""
    return as_answer(_trees(_overview(request, desk, who)))


@router.get("/key-results", responses=answers(tuple[Row, ...]), tags=["key results"])
def key_results(
    request: Request, desk: AtDesk, who: SignedIn, team: str = "", owner: str = "", status: str = "", cycle: str = ""
) -> Response:
    """Every key result with its status, its course of eight weeks and the last confidence; filters may be given."""
    return as_answer(
        [
            row
            for branch in _overview(request, desk, who)
            for row in branch.rows
            if team in ("", branch.objective.team)
            and cycle in ("", branch.status.cycle)
            and owner in ("", row.status.owner)
            and status in ("", row.status.verdict.status if row.status.verdict else "")
        ]
    )


@router.get("/key-results/{name}", responses=answers(KeyResult, 200, 404), tags=["key results"])
def key_result(request: Request, desk: AtDesk, who: SignedIn, name: str) -> Response:
    """One key result: its burn-up, every ticket with what it adds and why, forecast, what moved it, and check-ins."""
    placed = visible(desk, who, name)
    id = placed.key_result.id
    found = insight(room(request), desk, placed)
    with desk.store.reading():
        said = desk.store.checkins.of(id)
    return as_answer(
        KeyResult(
            objective=placed.objective.id,
            explanation=found.explained,
            outlook=found.outlook,
            burn_up=found.chart,
            duty=room(request).ask(DUTIES, desk).get(id),
            moved=found.moved,
            check_ins=said,
            may_check_in=who.may_check_in(placed),
        )
    )


@router.get("/key-results/{name}/why", responses=answers(Attribution, 200, 404), tags=["key results"])
def why_it_moved(desk: AtDesk, who: SignedIn, name: str, since: date, until: date | None = None) -> Response:
    """What moved a key result since the beginning of a day, until now or the end of another day."""
    placed = visible(desk, who, name)
    zone = placed.cycle.zone
    begin = midnight(_day(since), zone)
    end = min(desk.now, midnight(_day(until) + DAY, zone)) if until else None
    with asked_right():
        return as_answer(why(desk, placed, begin, end))


@router.get("/key-results/{name}/check-ins", responses=answers(tuple[CheckIn, ...], 200, 404), tags=["key results"])
def check_ins(desk: AtDesk, who: SignedIn, name: str) -> Response:
    """Everything that was said about a key result, the oldest first."""
    placed = visible(desk, who, name)
    return as_answer(desk.store.checkins.of(placed.key_result.id))


@router.get("/key-results/{name}/samples", responses=answers(tuple[Sample, ...], 200, 404), tags=["key results"])
def samples(desk: AtDesk, who: SignedIn, name: str) -> Response:
    """Every measurement of a key result, the oldest first."""
    placed = visible(desk, who, name)
    return as_answer(desk.store.history.samples(placed.key_result.id))


@router.get("/coach", responses=answers(Coach), tags=["practice"])
def coach(request: Request, desk: AtDesk, who: SignedIn, team: str = "") -> Response:
    """What is worth a talk, the gravest first."""
    found, told = room(request).ask(COACHING, desk), Discretion(desk, who)
    return as_answer(
        Coach(
            findings=tuple(one for one in told.findings(found.findings) if team in ("", one.team)),
            ignored=tuple(one for one in told.findings(found.ignored) if team in ("", one.team)),
            read=found.read,
        )
    )


@router.get("/figures", responses=answers(tuple[TeamFigures, ...]), tags=["practice"])
def four_figures(request: Request, desk: AtDesk, who: SignedIn, period: str = "cycle") -> Response:
    """Alignment, engagement, productivity and performance of each team in a period: cycle, an id, 4w, DAY..DAY."""
    with asked_right():
        check_period(period, [cycle for _, cycle in desk.okrs.objectives])
        (found,) = figures_in(room(request), desk, period)
    return as_answer(Discretion(desk, who).teams(found))


@router.get("/orphans", responses=answers(Alone), tags=["practice"])
def orphans(request: Request, desk: AtDesk, who: SignedIn) -> Response:
    """Active tickets without a key result, and key results without work."""
    found = room(request).ask(COACHING, desk)
    idle = [
        Idle(row.status.key_result, row.status.title, branch.objective.id)
        for branch, row in without_work(_overview(request, desk, who))
    ]
    return as_answer(Alone(found.orphans, tuple(idle), found.read))


@contextmanager
def asked_right() -> Iterator[None]:
    """What makes no sense to the practice is the caller's to correct. Raises HTTPException 422."""
    try:
        yield
    except ConfigError as error:
        raise HTTPException(422, {"error": error.message, "hint": error.hint}) from None


def _overview(request: Request, desk: Seat, who: SignedIn) -> list[Branch]:
    return Discretion(desk, who).branches(room(request).ask(OVERVIEW, desk))


def _trees(branches: Iterable[Branch]) -> list[Node]:
    """From children after their parents to parents that hold their children."""
    every = list(branches)
    known = {one.objective.id for one in every}
    below: dict[str | None, list[Branch]] = {}
    for one in every:
        below.setdefault(one.objective.parent if one.objective.parent in known else None, []).append(one)

    def grown(some: Sequence[Branch]) -> tuple[Node, ...]:
        return tuple(_node(one, grown(below.get(one.objective.id, []))) for one in some)

    return list(grown(below.get(None, [])))


def _node(branch: Branch, children: tuple[Node, ...]) -> Node:
    objective, status = branch.objective, branch.status
    return Node(
        id=objective.id,
        title=objective.title,
        owner=objective.owner,
        team=objective.team,
        kind=objective.kind,
        cycle=status.cycle,
        state=status.state,
        parent=objective.parent,
        visibility=objective.visibility,
        progress=status.progress,
        verdict=status.verdict,
        worst=status.worst,
        key_results=branch.rows,
        children=children,
    )


def _day(day: date) -> date:
    if not EARLIEST <= day <= LATEST:
        hint = f"Name a day from {EARLIEST} to {LATEST}."
        raise HTTPException(422, {"error": f"{day} is too far away.", "hint": hint})
    return day
