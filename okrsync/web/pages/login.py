"""Signing in with a token, and out."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from okrsync.web.access import Patience, fingerprint, user_of
from okrsync.web.doors import PROOF, WHO, Ours, sender, serve, too_many_tries
from okrsync.web.render import render

router = APIRouter(include_in_schema=False)


@router.get("/login")
def ask(request: Request, to: str = "/") -> HTMLResponse:
    """The form for a token; ``to`` is where people wanted to go."""
    return _asking(request, to)


@router.post("/login", dependencies=[Ours])
def sign_in(request: Request, token: Annotated[str, Form()], to: Annotated[str, Form()] = "/") -> Response:
    """Open a session for whoever has a token. Answers 401 to a wrong one, and 429 after too many."""
    patience: Patience = request.app.state.patience
    address = sender(request)
    if patience.exhausted(address):
        raise too_many_tries()
    name = user_of(token, serve(request).users)
    if name is None:
        patience.failed(address)
        return _asking(request, to, wrong=True, code=401)
    patience.forget(address)
    request.session.clear()
    request.session[WHO] = name
    request.session[PROOF] = fingerprint(serve(request).users[name])
    return RedirectResponse(_inside(to), 303)


@router.post("/logout", dependencies=[Ours])
def sign_out(request: Request) -> RedirectResponse:
    """End the session."""
    request.session.clear()
    return RedirectResponse("/login", 303)


def _asking(request: Request, to: str, *, wrong: bool = False, code: int = 200) -> HTMLResponse:
    tokens = any(user.token for user in serve(request).users.values())
    return render(request, "login.html", code, to=_inside(to), wrong=wrong, tokens=tokens)


def _inside(to: str) -> str:
    """Only a path of ours: a login must not send people to another site."""
    parts = urlsplit(to)
    own = to.startswith("/") and not to.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return to if own else "/"
