"""Operations over the API: connections, runs, what waits for the next one, and, for admins, what was looked at last."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response

from okrsync.model.run import RunRow, Write
from okrsync.practice.operations import Connection
from okrsync.web.api.asking import TOKEN
from okrsync.web.api.values import Run, Work, answers, as_answer
from okrsync.web.doors import Admin, AtDesk, KnownQuestions, SignedIn, room
from okrsync.web.pages.operations import RunNumber, how_things_are
from okrsync.web.privacy import Discretion

router = APIRouter(prefix="/api/v1", default_response_class=Response, dependencies=[TOKEN, KnownQuestions])


@router.get("/runs", responses=answers(tuple[RunRow, ...]), tags=["operations"])
def runs(desk: AtDesk, who: SignedIn, limit: Annotated[int, Query(ge=1, le=1000)] = 20) -> Response:
    """The last runs, the newest first."""
    return as_answer(Discretion(desk, who).rows(desk.store.journal.runs(limit)))


@router.get("/runs/{number}", responses=answers(Run, 200, 404), tags=["operations"])
def run(desk: AtDesk, who: SignedIn, number: RunNumber) -> Response:
    """One run with every change it made."""
    with desk.store.reading():
        record = desk.store.journal.run(number)
        writes = list(desk.store.journal.writes(run=number)) if record else []
    if record is None:
        raise HTTPException(404, "There is no such run.")
    told = Discretion(desk, who)
    return as_answer(Run(told.run(record), tuple(told.writes(writes))))


@router.get("/connections", responses=answers(tuple[Connection, ...]), tags=["operations"])
def connections(request: Request, desk: AtDesk, who: SignedIn) -> Response:
    """Each connection: when it was last read completely, what went wrong, and how many requests it has left."""
    return as_answer(Discretion(desk, who).connections(how_things_are(request, desk).connections))


@router.get("/deferred", responses=answers(tuple[Write, ...]), tags=["operations"])
def deferred(request: Request, desk: AtDesk, who: SignedIn) -> Response:
    """The changes that the last run of their connection left for the next."""
    return as_answer(tuple(Discretion(desk, who).deferred(how_things_are(request, desk).deferred)))


@router.get("/work", responses=answers(Work), tags=["operations"])
def work(request: Request, who: Admin) -> Response:
    """What admins began from a page: the run that goes on, and how the last one ended, with its plan."""
    known = room(request).work
    return as_answer(Work(known.underway, known.ended))
