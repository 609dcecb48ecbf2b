"""The web application, put together: pages, access, errors; started by ``okrsync serve`` and inside the daemon."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from itsdangerous import URLSafeSerializer
from starlette.exceptions import HTTPException as AnyHTTPException
from starlette.middleware.sessions import SessionMiddleware

from okrsync import __version__
from okrsync.errors import OkrsyncError
from okrsync.web import api, hooks, pages
from okrsync.web.access import Patience, Remembered
from okrsync.web.ahead import Ahead
from okrsync.web.api.values import COMPONENTS
from okrsync.web.doors import SignInFirst
from okrsync.web.headers import AnsweringHead, with_headers
from okrsync.web.paths import WithoutLastSlash
from okrsync.web.questions import QUESTIONS
from okrsync.web.render import render
from okrsync.web.room import Room

SESSION_DAYS = 7
TITLES = {403: "Not allowed", 404: "Not found", 429: "Too many tries"}
SESSION_COOKIE = "okrsync"


def create(room: Room, *, session_key: str | None = None, silence: Callable[[], float] | None = None) -> FastAPI:
    """The application over a room. Without ``session_key`` sessions end with the process.

    ``silence`` tells for how many seconds a daemon's loop in this process has shown no sign of life.
    """
    made = FastAPI(
        title="okrsync",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        redirect_slashes=False,
        lifespan=partial(_alive, Ahead(room, QUESTIONS, room.app.log)),
    )
    made.state.room = room
    made.state.inbox = None
    made.state.silence = silence
    made.state.patience = Patience(time.monotonic)
    made.state.remembered = Remembered(time.monotonic)
    made.state.seal = URLSafeSerializer(session_key, salt="feed") if session_key else None
    rules = room.app.settings.serve
    made.add_middleware(
        SessionMiddleware,
        secret_key=session_key or secrets.token_urlsafe(32),
        session_cookie=SESSION_COOKIE,
        max_age=SESSION_DAYS * 86_400,
        same_site="lax",
        https_only=bool(rules and rules.secure_cookies),
    )
    made.middleware("http")(with_headers)
    made.add_middleware(WithoutLastSlash)
    made.add_middleware(AnsweringHead)
    made.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    for router in (*pages.ROUTERS, *api.ROUTERS, hooks.router):
        made.include_router(router)
    made.add_exception_handler(SignInFirst, _to_the_login)
    made.add_exception_handler(AnyHTTPException, _refused)
    made.add_exception_handler(RequestValidationError, _misread)
    made.add_exception_handler(OkrsyncError, _failed)
    made.openapi = lambda: _described(made)  # type: ignore[method-assign]
    return made


@asynccontextmanager
async def _alive(ahead: Ahead, made: FastAPI) -> AsyncIterator[None]:
    """While the server is up, what everybody asks is answered ahead."""
    with ahead.working():
        yield


def _described(made: FastAPI) -> dict[str, Any]:
    """The description of the API, with the schemas of the values that it answers with."""
    if made.openapi_schema is None:
        told = FastAPI.openapi(made)
        told.setdefault("components", {}).setdefault("schemas", {}).update(COMPONENTS)
    assert made.openapi_schema is not None
    return made.openapi_schema


def _wants_json(request: Request) -> bool:
    return request.url.path.startswith(("/api/", "/hooks/"))


async def _to_the_login(request: Request, error: Exception) -> Response:
    if _wants_json(request):
        return await _refused(request, HTTPException(401, "Sign in first, or send a token."))
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/login?to={quote(wanted)}", 303)


async def _refused(request: Request, error: Exception) -> Response:
    """``detail`` is a sentence, or a mapping with what went wrong and what to do about it."""
    assert isinstance(error, AnyHTTPException)
    told = error.detail if isinstance(error.detail, Mapping) else {"error": error.detail, "hint": ""}
    return _answer(request, error.status_code, told["error"], told["hint"], error.headers)


async def _misread(request: Request, error: Exception) -> Response:
    """Something in the address, the form or the body is not what belongs there."""
    assert isinstance(error, RequestValidationError)
    wrong = [f"{'.'.join(str(part) for part in one['loc'][1:])}: {one['msg']}" for one in error.errors()]
    return _answer(request, 422, "; ".join(wrong), "Correct it and send it again.")


async def _failed(request: Request, error: Exception) -> Response:
    assert isinstance(error, OkrsyncError)
    return _answer(request, 503, error.message, error.hint)


def _answer(
    request: Request, status: int, message: str, hint: str, headers: Mapping[str, str] | None = None
) -> Response:
    if _wants_json(request):
        return JSONResponse({"error": message, "hint": hint}, status, headers)
    page = render(
        request, "error.html", status, title=TITLES.get(status, "That did not work"), message=message, hint=hint
    )
    page.headers.update(headers or {})
    return page
