"""Charts at addresses of their own: the still drawing, and the description of the one that answers to a pointer.

A page that shows one waits for neither.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum

import msgspec
from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from okrsync import __version__
from okrsync.model.burnup import BurnUp
from okrsync.report.burnup_spec import NARROW, WIDE, Size
from okrsync.report.charts import INKS, burn_up_spec, picture, picture_policy
from okrsync.report.readout import spots
from okrsync.web.doors import AtDesk, SignedIn, room, visible
from okrsync.web.insight import insight
from okrsync.web.room import Seat

router = APIRouter(include_in_schema=False)


class Form(StrEnum):
    """What a drawing is made for: a phone, or anything wider."""

    WIDE = "wide"
    NARROW = "narrow"


SIZES = {Form.WIDE: WIDE, Form.NARROW: NARROW}


@router.get("/charts/{name}.json")
def described(request: Request, desk: AtDesk, who: SignedIn, name: str) -> JSONResponse:
    """The chart as data for the script on the page, with colours by the names of the style sheet."""
    drawn = _chart(request, desk, who, name)
    inks = {colour: f"var({variable}, {fallback})" for colour, (variable, fallback) in INKS.items()}
    told = [msgspec.to_builtins(one) for one in spots(drawn)]
    return JSONResponse({"spec": burn_up_spec(drawn), "inks": inks, "spots": told})


@router.get("/charts/{name}.svg")
def still(request: Request, desk: AtDesk, who: SignedIn, name: str, size: Form = Form.WIDE) -> Response:
    """The same drawing as last time is not made again, and not sent again to whoever has it."""
    drawn = _chart(request, desk, who, name)
    return sent(request, desk, f"drawing {drawn.key_result} {size}", drawn, SIZES[size])


def sent(
    request: Request, desk: Seat, what: str, drawn: BurnUp, size: Size, of: tuple[object, ...] | None = None
) -> Response:
    """The drawing as an answer. It is known by the name ``what``, for as long as nothing changes that it is made of."""
    headers = {"Cache-Control": "private, no-cache", "ETag": _etag(request, desk, what, of)}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    shown = room(request).once(what, desk, lambda: picture(drawn, size), of=of)
    headers["Content-Security-Policy"] = picture_policy()
    return Response(shown, media_type="image/svg+xml", headers=headers)


def _chart(request: Request, desk: Seat, who: SignedIn, name: str) -> BurnUp:
    found = insight(room(request), desk, visible(desk, who, name)).chart
    if found is None:
        raise HTTPException(404, "There is nothing to draw yet.")
    return found


def _etag(request: Request, desk: Seat, what: str, of: tuple[object, ...] | None) -> str:
    made_from = repr((__version__, what, room(request).basis(desk, of)))
    return f'"{hashlib.sha256(made_from.encode()).hexdigest()[:16]}"'
