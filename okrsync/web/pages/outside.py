"""What other programs show of us: a badge of a key result in a README, and days in a calendar."""

from __future__ import annotations

import hashlib

from fastapi import APIRouter, HTTPException, Request, Response

from okrsync.model.verdict import Verdict
from okrsync.practice.dates import dates
from okrsync.report.calendar import calendar
from okrsync.report.numbers import percent
from okrsync.web.doors import AtDesk, CalendarReader, room, serve, signed_in
from okrsync.web.questions import OVERVIEW
from okrsync.web.render import environment
from okrsync.web.shapes import tone

FRESH = 300
"""Seconds for which a badge may be shown without asking again."""
INKS = {"good": "#1b6b3a", "warn": "#8a5200", "bad": "#98211b", "": "#47525a"}
LETTER = 6.6
"""Width of a letter of a badge; the text is stretched or pressed to what was reckoned with."""
MARGIN = 12

router = APIRouter(include_in_schema=False)


@router.get("/badge/{name}.svg")
def badge(request: Request, desk: AtDesk, name: str) -> Response:
    """A key result's progress and status as a picture; those of private objectives have none."""
    public = serve(request).badges
    if not public:
        signed_in(request)
    found = {
        row.status.key_result.casefold(): row.status
        for branch in room(request).ask(OVERVIEW, desk)
        if branch.objective.visibility == "all"
        for row in branch.rows
    }
    one = found.get(name.casefold())
    if one is None:
        raise HTTPException(404, "There is no such key result.")
    picture = drawn(one.key_result, one.sample.progress if one.sample else None, one.verdict)
    headers = {"Cache-Control": f"{'public' if public else 'private'}, max-age={FRESH}", "ETag": _etag(picture)}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(picture, media_type="image/svg+xml", headers=headers)


@router.get("/feed.ics")
def feed(request: Request, desk: AtDesk, who: CalendarReader, owner: str = "") -> Response:
    """Check-in days and cycle dates, all of them or those of one owner."""
    home = desk.settings.dashboard_url or str(request.base_url)
    with desk.store.reading():
        text = calendar("okrsync", dates(desk, who.sees, owner, home=home), desk.now)
    return Response(text, media_type="text/calendar", headers={"Cache-Control": f"private, max-age={FRESH}"})


def drawn(key_result: str, progress: float | None, verdict: Verdict | None) -> str:
    """The badge as SVG."""
    said = f"{percent(progress)}, {verdict.status}" if verdict else percent(progress)
    left, right = (round(len(text) * LETTER) + MARGIN for text in (key_result, said))
    return (
        environment()
        .get_template("badge.svg")
        .render(name=key_result, said=said, left=left, right=right, margin=MARGIN, ink=INKS[tone(verdict)])
    )


def _etag(picture: str) -> str:
    return f'"{hashlib.sha256(picture.encode()).hexdigest()[:16]}"'
