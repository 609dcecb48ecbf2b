"""For machines that look after this one: is it alive, is its data fresh, and what does it do all day.

``/healthz`` and ``/readyz`` need no sign-in and name no objective. ``/metrics`` tells the progress of key results,
those of private objectives left out, to whoever is signed in, sends a token, or asks from this very machine.
"""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from okrsync.connector import is_here
from okrsync.errors import OkrsyncError
from okrsync.practice.desk import Desk
from okrsync.report.numbers import age
from okrsync.web.doors import inbox, room, serve, someone
from okrsync.web.metrics import exposed

STILL = 600.0
"""Seconds without a sign of life after which the daemon's loop counts as hung; no request waits for so long."""

INTERVALS = 3
"""Readings that may fail or come late before a connection's data counts as stale."""

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")

CATCHING_UP = "It has just started, and its first pages may take seconds."

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def alive(request: Request) -> JSONResponse:
    """200 while this process works; 503 when a daemon's loop in it has stopped turning: start it anew."""
    silence = request.app.state.silence
    if silence is None:
        return JSONResponse({"alive": True})
    seconds = silence()
    well = seconds < STILL
    return JSONResponse({"alive": well, "silent_s": round(seconds, 1)}, 200 if well else 503)


@router.get("/readyz")
def ready(request: Request) -> JSONResponse:
    """200 when every connection was read lately and pages are there at once; 503 with the reasons otherwise."""
    place = room(request)
    reasons = [CATCHING_UP] if place.ahead and not place.caught_up.is_set() else []
    try:
        with place.desk() as desk:
            reasons += stale(desk)
    except OkrsyncError as error:
        reasons.append(error.message)
    return JSONResponse({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200)


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """In the text format of Prometheus."""
    if not _from_here(request) and someone(request) is None:
        return PlainTextResponse(
            "Ask from this machine, or send the token of a user: Authorization: Bearer …\n",
            401,
            {"WWW-Authenticate": "Bearer"},
        )
    with room(request).desk() as desk:
        text = exposed(desk, inbox(request).waiting(), request.app.state.silence)
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")


def stale(desk: Desk) -> list[str]:
    """Why the data is not fresh, a sentence for each connection that was not read for three of its intervals."""
    with desk.store.reading():
        states = desk.store.scopes.states()
    reasons = []
    for name in desk.settings.connections:
        succeeded = states[name].succeeded_at if name in states else None
        allowed = INTERVALS * desk.settings.every(name)
        if succeeded is None:
            reasons.append(f"{name} has never been read completely.")
        elif desk.now - succeeded > allowed:
            since, late = _told(desk.now - succeeded), _told(allowed)
            reasons.append(f"{name} was last read completely {since} ago, and {late} are allowed.")
    return reasons


def _told(time: timedelta) -> str:
    seconds = int(time.total_seconds())
    return age(time) if seconds >= 60 else f"{seconds} s"


def _from_here(request: Request) -> bool:
    """Whether a program on this machine asks, and neither a proxy nor another site's page for somebody else."""
    if serve(request).proxy is not None or any(request.headers.get(name) for name in _FORWARDED):
        return False
    return is_here(request.client.host if request.client else "") and is_here(request.url.hostname or "")
