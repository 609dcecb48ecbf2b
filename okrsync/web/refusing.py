"""What is answered when something cannot be done: a page for people, JSON for programs, both in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException as AnyHTTPException

from okrsync.errors import OkrsyncError
from okrsync.web.doors import SignInFirst
from okrsync.web.headers import HEADERS, PRIVATE
from okrsync.web.render import render, render_bare

TITLES = {
    403: "Not allowed",
    404: "Not found",
    413: "Too long",
    422: "Not understood",
    429: "Too many tries",
    500: "Something broke",
    503: "Not possible now",
}
NOWHERE = {
    "error": "There is nothing at this address.",
    "hint": "Check how it is written; what it was about may have another name now.",
}
OUR_FAULT = {
    "error": "This is a fault of okrsync, not of what you did.",
    "hint": "Try again. If it stays, whoever runs it finds more in the log.",
}
LONGEST = 40
"""Characters of what was sent that are said again."""


def refuse_in_words(made: FastAPI) -> None:
    """Answer whatever an application raises."""
    made.add_exception_handler(SignInFirst, _to_the_login)
    made.add_exception_handler(AnyHTTPException, _refused)
    made.add_exception_handler(RequestValidationError, _misread)
    made.add_exception_handler(OkrsyncError, _failed)
    made.add_exception_handler(Exception, _broken)


def _wants_json(request: Request) -> bool:
    return request.url.path.startswith(("/api/", "/hooks/"))


async def _to_the_login(request: Request, error: Exception) -> Response:
    if _wants_json(request):
        wanted = HTTPException(401, "Sign in first, or send a token.", {"WWW-Authenticate": "Bearer"})
        return await _refused(request, wanted)
    address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/login?to={quote(address)}", 303)


async def _refused(request: Request, error: Exception) -> Response:
    """``detail`` is a sentence, or a mapping with what went wrong and what to do about it."""
    assert isinstance(error, AnyHTTPException)
    said: Any = error.detail
    told: Mapping[str, str] = said if isinstance(said, Mapping) else {"error": said, "hint": ""}
    if told["error"] == HTTPStatus(error.status_code).phrase:
        told = _unspoken(request, error) or told
    return _answer(request, error.status_code, told, error.headers)


def _unspoken(request: Request, error: AnyHTTPException) -> Mapping[str, str] | None:
    """Words for what the framework refuses with none of its own."""
    if error.status_code == HTTPStatus.NOT_FOUND:
        return NOWHERE
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        known = (error.headers or {}).get("Allow", "")
        hint = f"It answers to {known}." if known else ""
        return {"error": f"This address does not answer to {request.method}.", "hint": hint}
    return None


async def _misread(request: Request, error: Exception) -> Response:
    """Something in the address, the form or the body is not what belongs there."""
    assert isinstance(error, RequestValidationError)
    wrong = " ".join(misread(one) for one in error.errors())
    return _answer(request, 422, {"error": wrong, "hint": "Correct it and send it again."})


def misread(found: Mapping[str, Any]) -> str:
    """A sentence about one of pydantic's findings."""
    name = ".".join(str(part) for part in found["loc"][1:]) or "The body"
    context, kind = found.get("ctx", {}), found["type"].partition("_")[0]
    match found["type"]:
        case "json_invalid":
            return "The body is no JSON."
        case "missing":
            return f"{name} is missing."
        case "extra_forbidden":
            return f"There is no {name}."
        case "string_too_long":
            return f"{name} has more than {context['max_length']} characters."
        case "greater_than_equal":
            return f"{name} must be at least {context['ge']}."
        case "less_than_equal":
            return f"{name} must be at most {context['le']}."
        case "enum" | "literal_error":
            return f"{name} must be {context['expected']}."
    wanted = _KINDS.get(kind)
    given = found.get("input")
    but = f", not {given[:LONGEST]!r}" if isinstance(given, str) else ""
    return f"{name} must be {wanted}{but}." if wanted else f"{name}: {found['msg']}."


_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "finite": "a number",
    "string": "text",
    "bool": "true or false",
    "date": "a day as in 2026-11-30",
    "model": "an object",
}
"""What belongs there, by what pydantic's findings begin with."""


async def _failed(request: Request, error: Exception) -> Response:
    assert isinstance(error, OkrsyncError)
    return _answer(request, 503, {"error": error.message, "hint": error.hint})


async def _broken(request: Request, error: Exception) -> Response:
    """Nobody is asked for who is there: that may be what broke. The error itself goes on to the log."""
    if _wants_json(request):
        page: Response = JSONResponse(OUR_FAULT, 500)
    else:
        page = render_bare("error.html", 500, **_shown(500, OUR_FAULT))
    page.headers.update({**HEADERS, **PRIVATE})
    return page


def _answer(
    request: Request, status: int, told: Mapping[str, str], headers: Mapping[str, str] | None = None
) -> Response:
    if _wants_json(request):
        return JSONResponse({"error": told["error"], "hint": told["hint"]}, status, headers)
    page = render(request, "error.html", status, **_shown(status, told))
    page.headers.update(headers or {})
    return page


def _shown(status: int, told: Mapping[str, str]) -> dict[str, str]:
    title = TITLES.get(status, "That did not work")
    return {"title": title, "message": told["error"], "hint": told["hint"]}
