"""The review of a cycle: one page that is made to be printed."""

from __future__ import annotations

import hashlib
from typing import Annotated
from urllib.parse import quote

import msgspec
from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from okrsync.errors import ConfigError
from okrsync.method.review import Review
from okrsync.practice.closing import ending
from okrsync.practice.desk import Desk
from okrsync.practice.review import kept_back, review_without
from okrsync.practice.scoring import Ending
from okrsync.report.burnup_spec import NARROW, REPORT
from okrsync.report.review import Site, review_html, review_policy
from okrsync.web import questions
from okrsync.web.doors import AtDesk, KnownQuestions, SignedIn, room
from okrsync.web.pages.charts import Form, sent
from okrsync.web.questions import REVIEWS, in_review
from okrsync.web.render import render
from okrsync.web.room import Seat

WAYS = (("/", "Cycle"), ("/review", "All reviews"), ("/coach", "Coach"))
"""Where the review leads back to."""
SIZES = {Form.WIDE: REPORT, Form.NARROW: NARROW}

router = APIRouter(include_in_schema=False)


@router.get("/review")
def reviews(request: Request, desk: AtDesk, who: SignedIn) -> HTMLResponse:
    """The cycles that have begun, the latest first."""
    cycles = {cycle.id: cycle for _, cycle in desk.okrs.objectives}
    begun = [one for one in cycles.values() if one.start <= desk.now.astimezone(one.zone).date()]
    return render(request, "reviews.html", cycles=sorted(begun, key=lambda one: one.start, reverse=True))


@router.get("/review/{cycle}", dependencies=[KnownQuestions])
def one_review(
    request: Request, desk: AtDesk, who: SignedIn, cycle: str, page: Annotated[int, Query(ge=1)] = 1
) -> HTMLResponse:
    """With a policy of its own: its style stands in the page."""
    (found, name), site = _reviewed(request, desk, who, cycle, page), _site(cycle, page)
    shown = room(request).once(f"{name} as a page", desk, lambda: review_html(found, site))
    return HTMLResponse(shown, headers={"Content-Security-Policy": f"{review_policy(site)}; frame-ancestors 'none'"})


@router.get("/review/{cycle}/{page}/{name}.svg")
def drawing(
    request: Request,
    desk: AtDesk,
    who: SignedIn,
    cycle: str,
    page: Annotated[int, Path(ge=1)],
    name: str,
    size: Form = Form.WIDE,
) -> Response:
    """What the review draws of a key result, as of its closing."""
    found, known_as = _reviewed(request, desk, who, cycle, page)
    charts = {one.ended.id: one.burn_up for objective in found.objectives for one in objective.key_results}
    if (chart := charts.get(name)) is None:
        raise HTTPException(404, "There is nothing to draw here.")
    return sent(request, desk, f"{known_as}: {name} {size}", chart, SIZES[size])


def _reviewed(request: Request, desk: Seat, who: SignedIn, cycle: str, page: int) -> tuple[Review, str]:
    """With a name for what is made of it. Both are the same for all from whom the same is kept.

    What was answered ahead may be behind, so that the name tells what is in it.

    Raises HTTPException 404 for a cycle that is not there or has not begun.
    """
    hidden = kept_back(desk, cycle, who.sees)
    name = f"review {cycle}, page {page}, without {sorted(hidden)}"

    def ends(_: Desk, id: str) -> Ending:
        return room(request).once(f"ending {id}", desk, lambda: ending(desk, id))

    def found() -> Review:
        return review_without(desk, cycle, hidden, page=page, most=questions.KEY_RESULTS_SHOWN, ends=ends)

    ready = room(request).ask(REVIEWS, desk) if page == 1 and cycle in in_review(desk) else {}
    try:
        told = ready.get((cycle, hidden)) or room(request).once(name, desk, found)
    except ConfigError as error:
        raise HTTPException(404, f"{error.message} {error.hint}") from None
    return told, f"{name}: {hashlib.sha256(msgspec.msgpack.encode(told)).hexdigest()}"


def _site(cycle: str, page: int) -> Site:
    return Site(WAYS, f"/review/{quote(cycle, safe='')}/{page}")
