"""The review of a cycle: one page that is made to be printed."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from okrsync.errors import ConfigError
from okrsync.report.burnup_spec import NARROW, REPORT
from okrsync.report.review import Site, review_html, review_policy
from okrsync.web.doors import AtDesk, KnownQuestions, SignedIn, room
from okrsync.web.pages.charts import Form, sent
from okrsync.web.render import render
from okrsync.web.room import Seat
from okrsync.web.shared import Page, page_of

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
    found, site = _reviewed(request, desk, who, cycle, page), _site(cycle, page)
    made = f"{found.name} as a page"
    shown = room(request).once(made, desk, lambda: review_html(found.review, site), of=found.of)
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
    found = _reviewed(request, desk, who, cycle, page)
    charts = {one.ended.id: one.burn_up for objective in found.review.objectives for one in objective.key_results}
    if (chart := charts.get(name)) is None:
        raise HTTPException(404, "There is nothing to draw here.")
    return sent(request, desk, f"{found.name}: {name} {size}", chart, SIZES[size], of=found.of)


def _reviewed(request: Request, desk: Seat, who: SignedIn, cycle: str, page: int) -> Page:
    """Raises HTTPException 404 for a cycle that is not there or has not begun."""
    try:
        return page_of(room(request), desk, cycle, who.sees, page)
    except ConfigError as error:
        raise HTTPException(404, f"{error.message} {error.hint}") from None


def _site(cycle: str, page: int) -> Site:
    return Site(WAYS, f"/review/{quote(cycle, safe='')}/{page}")
