"""The form to check in: what was typed is never lost, and what is wrong is said in the form's own words."""

from __future__ import annotations

import re

import msgspec
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from okrsync.errors import ConfigError
from okrsync.model.verdict import Status
from okrsync.practice.checkins import Words, check_in, surprising
from okrsync.web.doors import AtDesk, Ours, SignedIn, visible
from okrsync.web.pages.key_result import page_of

LONGEST = 4000
"""Characters of a field."""

router = APIRouter(include_in_schema=False)


class Draft(msgspec.Struct, frozen=True):
    """The fields as they were typed."""

    confidence: str = ""
    value: str = ""
    note: str = ""
    blocker: str = ""
    next_step: str = ""
    status: str = ""
    reason: str = ""
    sure: str = ""


class Misread(Exception):
    """A field holds what does not belong there; the message names it and shows what would."""


@router.post("/key-results/{name}/check-ins", dependencies=[Ours])
async def check_in_here(request: Request, desk: AtDesk, who: SignedIn, name: str) -> Response:
    """The form of a key result's page: nonsense comes back with what was typed, and a surprise is asked again."""
    placed = visible(desk, who, name)
    if not who.may_check_in(placed):
        raise HTTPException(403, "Only its owner and admins check in on a key result.")
    form = await request.form()
    draft = Draft(**{field: _typed(form.get(field)) for field in Draft.__struct_fields__})
    try:
        words = _words(draft)
        question = "" if draft.sure else surprising(placed, words.value)
        if not question:
            check_in(desk, placed.key_result.id, words, who.name)
    except (ConfigError, Misread) as error:
        told = f"{error.message} {error.hint}" if isinstance(error, ConfigError) else str(error)
        return page_of(request, desk, who, placed, draft=draft, problem=told, code=422)
    if question:
        return page_of(request, desk, who, placed, draft=draft, question=question, code=422)
    return RedirectResponse(f"/key-results/{placed.key_result.id}?kept=1#check-ins", 303)


def _typed(sent: object) -> str:
    """A file that somebody sends in the place of words says nothing."""
    return sent.strip() if isinstance(sent, str) else ""


def _words(draft: Draft) -> Words:
    """Raises Misread for the first field that cannot be understood."""
    for field in Draft.__struct_fields__:
        if len(getattr(draft, field)) > LONGEST:
            raise Misread(f"One field is longer than {LONGEST:,} characters. Say the rest where it can be linked to.")
    if draft.status and draft.status not in set(Status):
        raise Misread(f"Nobody can say that it is {draft.status!r}.")
    return Words(
        confidence=_confidence(draft.confidence),
        note=draft.note,
        value=_number(draft.value),
        blocker=draft.blocker,
        next=draft.next_step,
        status=Status(draft.status) if draft.status else None,
        reason=draft.reason,
    )


def _confidence(typed: str) -> int | None:
    if not typed:
        return None
    if not re.fullmatch(r"-?\d{1,4}", typed):
        raise Misread(f"Confidence {typed!r} is no whole number from 0 (no hope) to 10 (certain).")
    return int(typed)


def _number(typed: str) -> float | None:
    """With a point or a comma before the fraction; a unit behind it is left out."""
    if not typed:
        return None
    digits = re.fullmatch(r"([+-]?\d+(?:[.,]\d+)?)\s*[^\d.,]*", typed)
    if digits is None:
        raise Misread(f"Value {typed!r} cannot be read as a number. Write it without separators, as in 1234.5.")
    return float(digits[1].replace(",", "."))
