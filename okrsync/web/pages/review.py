"""The review of a cycle: one page that is made to be printed."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from okrsync.errors import ConfigError
from okrsync.practice.review import review
from okrsync.report.review import review_html, review_policy
from okrsync.web.doors import AtDesk, SignedIn, room
from okrsync.web.render import render

WAYS = (("/", "Cycle"), ("/review", "All reviews"), ("/coach", "Coach"))
"""Where the review leads back to."""

router = APIRouter(include_in_schema=False)


@router.get("/review")
def reviews(request: Request, desk: AtDesk, who: SignedIn) -> HTMLResponse:
    """The cycles that have begun, the latest first."""
    cycles = {cycle.id: cycle for _, cycle in desk.okrs.objectives}
    begun = [one for one in cycles.values() if one.start <= desk.now.astimezone(one.zone).date()]
    return render(request, "reviews.html", cycles=sorted(begun, key=lambda one: one.start, reverse=True))


@router.get("/review/{cycle}")
def one_review(request: Request, desk: AtDesk, who: SignedIn, cycle: str) -> HTMLResponse:
    """Self-contained, with a policy of its own: its style stands in the page."""

    def page() -> str:
        return review_html(review(desk, cycle, sees=who.sees), WAYS)

    try:
        shown = room(request).once(f"review {cycle} for {who}", desk, page)
    except ConfigError as error:
        raise HTTPException(404, f"{error.message} {error.hint}") from None
    return HTMLResponse(shown, headers={"Content-Security-Policy": f"{review_policy()}; frame-ancestors 'none'"})
