"""The web application, put together: pages, access, errors; started by ``okrsync serve`` and inside the daemon."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from itsdangerous import URLSafeSerializer
from starlette.middleware.sessions import SessionMiddleware

from okrsync import __version__
from okrsync.web import api, hooks, pages
from okrsync.web.access import Patience, Remembered
from okrsync.web.ahead import Ahead
from okrsync.web.api.values import COMPONENTS
from okrsync.web.headers import AnsweringHead, with_headers
from okrsync.web.paths import WithoutLastSlash
from okrsync.web.questions import QUESTIONS
from okrsync.web.refusing import refuse_in_words
from okrsync.web.room import Room
from okrsync.web.shared import first_pages
from okrsync.web.sizes import WithinReason

SESSION_DAYS = 7
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
        lifespan=partial(_alive, Ahead(room, QUESTIONS, room.app.log, first_pages)),
    )
    made.state.room = room
    made.state.inbox = None
    made.state.silence = silence
    made.state.patience = Patience(time.monotonic)
    made.state.remembered = Remembered(time.monotonic)
    made.state.seal = URLSafeSerializer(session_key, salt="feed") if session_key else None
    rules = room.app.settings.serve
    made.add_middleware(WithinReason)
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
    refuse_in_words(made)
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
