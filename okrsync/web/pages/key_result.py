"""One key result: where it stands, why, what may come of it, and what people say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

import msgspec
from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup

from okrsync.errors import ConfigError
from okrsync.model.attribution import Attribution
from okrsync.model.okr import Placed
from okrsync.model.outlook import Outlook
from okrsync.model.run import Explanation
from okrsync.model.sample import Contribution
from okrsync.model.verdict import Status
from okrsync.practice.burnup import burn_up
from okrsync.practice.checkins import OVERRIDES, Words, check_in, takes_value
from okrsync.practice.desk import Desk
from okrsync.practice.standing import verdict_of
from okrsync.practice.why import why
from okrsync.report.charts import burn_up_svg, legend
from okrsync.views import explain
from okrsync.web.doors import AtDesk, Ours, SignedIn, room, visible
from okrsync.web.render import render
from okrsync.web.room import Seat

WEEK = timedelta(days=7)
TICKETS_SHOWN = 200
"""Rows of tickets on the page; the API gives all of them."""

router = APIRouter(include_in_schema=False)


class Insight(msgspec.Struct, frozen=True):
    """Everything a page says about a key result but what people said."""

    explained: Explanation
    outlook: Outlook | None
    chart: Markup
    moved: Attribution | None


@router.get("/key-results/{name}")
def key_result(request: Request, desk: AtDesk, who: SignedIn, name: str, kept: bool = False) -> HTMLResponse:
    placed = visible(desk, who, name)
    return _page(request, desk, placed, may=who.may_check_in(placed), kept=kept)


@router.post("/key-results/{name}/check-ins", dependencies=[Ours])
def check_in_here(
    request: Request,
    desk: AtDesk,
    who: SignedIn,
    name: str,
    confidence: Annotated[str, Form()] = "",
    note: Annotated[str, Form(max_length=4000)] = "",
    value: Annotated[str, Form()] = "",
    blocker: Annotated[str, Form(max_length=4000)] = "",
    next_step: Annotated[str, Form(max_length=4000)] = "",
    status: Annotated[str, Form()] = "",
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    placed = visible(desk, who, name)
    if not who.may_check_in(placed):
        raise HTTPException(403, "Only its owner and admins check in on a key result.")
    try:
        words = Words(
            confidence=int(confidence) if confidence else None,
            note=note.strip(),
            value=float(value.replace(",", ".")) if value.strip() else None,
            blocker=blocker.strip(),
            next=next_step.strip(),
            status=Status(status) if status else None,
            reason=reason.strip(),
        )
        check_in(desk, placed.key_result.id, words, who.name)
    except ConfigError as error:
        return _page(request, desk, placed, may=True, problem=f"{error.message} {error.hint}", code=422)
    except ValueError:
        return _page(request, desk, placed, may=True, problem="Confidence and value must be numbers.", code=422)
    return RedirectResponse(f"/key-results/{placed.key_result.id}?kept=1#check-ins", 303)


def _page(
    request: Request, desk: Seat, placed: Placed, *, may: bool, kept: bool = False, problem: str = "", code: int = 200
) -> HTMLResponse:
    name = placed.key_result.id
    found = room(request).once(f"key result {name}", desk, lambda: insight(desk, placed))
    with desk.store.reading():
        said = tuple(reversed(desk.store.checkins.of(name)))
    return render(
        request,
        "key_result.html",
        code,
        placed=placed,
        one=found.explained.status,
        found=found,
        verdict=found.explained.status.verdict,
        checkins=said,
        sections=list(_sections(found.explained)),
        shown=TICKETS_SHOWN,
        legend=legend(),
        overrides=OVERRIDES,
        takes_value=takes_value(placed),
        may=may,
        kept=kept,
        problem=problem,
        now=desk.now,
        zone=placed.cycle.zone,
    )


def insight(desk: Desk, placed: Placed) -> Insight:
    with desk.store.reading():
        drawn, outlook = burn_up(desk, placed)
        verdict = verdict_of(desk, placed, probability=outlook.probability if outlook else None)
    try:
        moved = why(desk, placed, desk.now - WEEK)
    except ConfigError:
        moved = None
    return Insight(
        explained=explain(desk.store, desk.okrs, placed.key_result.id, desk.now, verdict),
        outlook=outlook.told if outlook else None,
        chart=Markup(burn_up_svg(drawn)) if drawn else Markup(""),  # noqa: S704 - drawn from numbers, texts escaped
        moved=moved,
    )


def _sections(found: Explanation) -> Iterator[tuple[str, list[Contribution]]]:
    """Tickets by what becomes of them: counted, left out, out of reach, and those that only support it."""
    counted = [one for one in found.contributions if not one.left_out]
    yield "Counted", sorted(counted, key=lambda one: (-one.adds, -one.of, one.key))
    yield "Left out", [one for one in found.contributions if one.left_out]
    yield "Out of reach", list(found.unreachable)
    yield "Supporting, not counted", list(found.supports)
