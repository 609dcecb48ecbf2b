"""Checking in over the API."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from okrsync.model.checkin import CheckIn
from okrsync.model.verdict import Status
from okrsync.practice.checkins import Words, check_in
from okrsync.web.api.asking import TOKEN, asked_right
from okrsync.web.api.values import answers, as_answer
from okrsync.web.doors import AtDesk, KnownQuestions, OurClient, SignedIn, visible

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]

router = APIRouter(prefix="/api/v1", default_response_class=Response, dependencies=[TOKEN, KnownQuestions, OurClient])


class Said(BaseModel):
    """What a person says; something of it must be given. A status needs a reason, and stands until a last day."""

    model_config = ConfigDict(extra="forbid")

    confidence: int | None = Field(None, ge=0, le=10, description="0 is no hope, 10 is certain.")
    note: Text = Field("", description="What changed.")
    value: float | None = Field(None, allow_inf_nan=False, description="Where people give it, instead of tickets.")
    blocker: Text = Field("", description="What is in the way.")
    next: Text = Field("", description="What comes next.")
    status: Literal["on track", "behind", "at risk"] | None = Field(None, description="Instead of the computed one.")
    reason: Text = Field("", description="Why the computed status is wrong.")
    until: date | None = Field(None, description="The last day on which the status stands.")


@router.post(
    "/key-results/{name}/check-ins",
    status_code=201,
    responses=answers(CheckIn, 201, 404, 413),
    tags=["key results"],
)
def say(request: Request, desk: AtDesk, who: SignedIn, name: str, said: Said) -> Response:
    """Check in on a key result: its owner and admins may. The next run measures it."""
    placed = visible(desk, who, name)
    if not who.may_check_in(placed):
        raise HTTPException(403, "Only its owner and admins check in on a key result.")
    words = Words(
        confidence=said.confidence,
        note=said.note,
        value=said.value,
        blocker=said.blocker,
        next=said.next,
        status=Status(said.status) if said.status else None,
        reason=said.reason,
        until=said.until,
    )
    with asked_right():
        return as_answer(check_in(desk, placed.key_result.id, words, who.name), 201)
