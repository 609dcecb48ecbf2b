"""Operations: connections, runs, what waits, and, for admins, a plan and a button to apply it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from okrsync.model.change import Change
from okrsync.model.run import RunReport
from okrsync.practice.operations import Operations, operations, told
from okrsync.report import narrate
from okrsync.web.access import Role
from okrsync.web.doors import Admin, AtDesk, Ours, SignedIn, feed_address, inbox, room
from okrsync.web.privacy import Discretion
from okrsync.web.render import render
from okrsync.web.room import Seat
from okrsync.web.work import Kind

TICKETS_SHOWN = 100
"""Tickets of a plan, and changes that wait; `okrsync plan` shows all."""
RUNS_OPEN = 8
"""Runs that stand open; the others are folded."""

RunNumber = Annotated[int, Path(ge=1, le=2**31 - 1)]

router = APIRouter(include_in_schema=False)


@router.get("/operations")
def page(request: Request, desk: AtDesk, who: SignedIn) -> HTMLResponse:
    """How syncing goes: connections, runs, what is deferred, and the run that an admin began here."""
    found, discreet = how_things_are(request, desk), Discretion(desk, who)
    may, work = who.role is Role.ADMIN, room(request).work
    ended = work.ended if may else None
    report = ended.report if ended and ended.report else None
    deferred = discreet.deferred(found.deferred)
    return render(
        request,
        "operations.html",
        connections=discreet.connections(found.connections),
        runs=discreet.rows(found.runs),
        deferred=[(narrate.ticket(one.change, {}), narrate.step(one.change)) for one in deferred[:TICKETS_SHOWN]],
        waiting=len(deferred),
        may=may,
        underway=work.underway,
        ended=ended,
        report=report,
        planned=_planned(report) if report and ended and ended.kind == "plan" else [],
        tickets=narrate.tickets_in(report.plan.changes) if report else 0,
        kinds=narrate.counted(narrate.kinds(report.plan.changes)) if report else "",
        tally=narrate.tally(report.writes) if report else None,
        shown=TICKETS_SHOWN,
        few=RUNS_OPEN,
        feed=feed_address(request, who),
        now=desk.now,
    )


@router.get("/operations/work")
def work(request: Request, who: Admin) -> JSONResponse:
    """Whether a run goes on, for the page that waits for it."""
    return JSONResponse({"underway": room(request).work.underway is not None})


@router.post("/operations/plan", dependencies=[Ours])
def look(request: Request, who: Admin) -> Response:
    """Look what would change."""
    return _begin(request, "plan", who.name)


@router.post("/operations/apply", dependencies=[Ours])
def apply(request: Request, who: Admin) -> Response:
    """Read, measure and write, as the daemon does."""
    return _begin(request, "sync", who.name)


def how_things_are(request: Request, desk: Seat) -> Operations:
    """The state of syncing, of which the slow part is asked of the store once a run."""
    said = room(request).once("operations", desk, lambda: told(desk))
    return operations(desk, inbox(request).waiting(), said)


def _begin(request: Request, kind: Kind, who: str) -> Response:
    place = room(request)
    if not place.work.begin(kind, who, place.open_app, place.now):
        raise HTTPException(409, "A run goes on already. Wait for it to end, then try again.")
    return RedirectResponse("/operations#work", 303)


def _planned(report: RunReport) -> list[tuple[narrate.Ticket, list[narrate.Step]]]:
    grouped = narrate.by_ticket(report.plan.changes, narrate.scope_names(report))
    some: Sequence[tuple[narrate.Ticket, list[Change]]] = list(grouped.items())[:TICKETS_SHOWN]
    return [(ticket, [narrate.step(one) for one in changes]) for ticket, changes in some]
