"""One run: what it read, what moved, and every change it made, ticket by ticket; what did not go well comes first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated

import msgspec
from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse

from okrsync.model.run import AuditedWrite
from okrsync.report import narrate
from okrsync.report.runs import end_of
from okrsync.web.doors import AtDesk, KnownQuestions, SignedIn
from okrsync.web.pages.operations import RunNumber
from okrsync.web.privacy import Discretion
from okrsync.web.render import render

TICKETS_SHOWN = 120
"""Tickets on a page, so that it stays light."""
TICKETS_OPEN = 15
"""Tickets that stand open; the others are folded."""
WELL = "done"

router = APIRouter(include_in_schema=False)


class Touched(msgspec.Struct, frozen=True):
    """A ticket with what was done to it; an end is told where it is not simply done."""

    ticket: narrate.Ticket
    steps: tuple[tuple[narrate.Step, str], ...]

    @property
    def well(self) -> bool:
        return not any(end for _, end in self.steps)


@router.get("/operations/runs/{number}", dependencies=[KnownQuestions])
def one_run(
    request: Request, desk: AtDesk, who: SignedIn, number: RunNumber, page: Annotated[int, Query(ge=1)] = 1
) -> HTMLResponse:
    """What a run changed, ticket by ticket."""
    with desk.store.reading():
        record = desk.store.journal.run(number)
        writes = list(desk.store.journal.writes(run=number)) if record else []
        scopes = desk.store.scopes.names()
    if record is None:
        raise HTTPException(404, "There is no such run.")
    discreet = Discretion(desk, who)
    run = discreet.run(record)
    kept = discreet.writes(writes)
    if run.report:
        scopes |= narrate.scope_names(run.report)
    every = touched(kept, scopes)
    pages = max(1, -(-len(every) // TICKETS_SHOWN))
    page = min(page, pages)
    return render(
        request,
        "run.html",
        run=run,
        tally=narrate.tally(run.report.writes) if run.report else None,
        touched=every[(page - 1) * TICKETS_SHOWN : page * TICKETS_SHOWN],
        few=TICKETS_OPEN,
        page=page,
        pages=pages,
        count=len(kept),
        kinds=narrate.counted(narrate.kinds(one.change for one in kept if end_of(one) == WELL)),
        otherwise=sum(end_of(one) != WELL for one in kept),
        private=len(writes) - len(kept),
    )


def touched(writes: Iterable[AuditedWrite], scopes: narrate.ScopeNames) -> Sequence[Touched]:
    """Changes under their tickets, those tickets first where something did not go well."""
    found: dict[narrate.Ticket, list[tuple[narrate.Step, str]]] = {}
    for one in writes:
        end = end_of(one)
        found.setdefault(narrate.ticket(one.change, scopes), []).append(
            (narrate.step(one.change), "" if end == WELL else end)
        )
    return sorted((Touched(ticket, tuple(steps)) for ticket, steps in found.items()), key=lambda one: one.well)
