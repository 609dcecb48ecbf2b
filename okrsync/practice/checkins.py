"""Check-ins: keeping what people say, and who owes a word.

Everything that makes no sense is refused before it is kept, since nothing that was kept is ever changed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import date, datetime

import msgspec

from okrsync.errors import ConfigError
from okrsync.method.checkins import DAY, Owed, State, duty, expiry, midnight
from okrsync.model.checkin import CheckIn
from okrsync.model.okr import Boolean, Manual, Phase, Placed
from okrsync.model.verdict import Status
from okrsync.near import did_you_mean
from okrsync.practice.desk import Desk
from okrsync.views import find

OVERRIDES = (Status.ON_TRACK, Status.BEHIND, Status.AT_RISK)
"""What a person may say instead of the computed status; everything else is a fact of the files or the numbers."""

LATEST = date(2999, 12, 31)
"""Calendars end soon after; nobody means a later day."""

TEN = 10


class Words(msgspec.Struct, frozen=True):
    """What a person says; ``until`` is the last day on which the status stands."""

    confidence: int | None = None
    note: str = ""
    value: float | None = None
    blocker: str = ""
    next: str = ""
    status: Status | None = None
    reason: str = ""
    until: date | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing was said at all."""
        return self == Words()


def check_in(desk: Desk, key_result: str, words: Words, who: str) -> CheckIn:
    """Keep a check-in; the next run measures it. Raises ConfigError with the first thing that makes no sense."""
    placed = find(desk.okrs, key_result)
    _refuse_nonsense(placed, words, desk.now)
    expires = None
    if words.status is not None:
        zone = placed.cycle.zone
        until = midnight(words.until + DAY, zone) if words.until else None
        expires = until or expiry(placed.cycle, desk.settings.checkins.rhythm, desk.now)
    said = CheckIn(
        key_result=placed.key_result.id,
        at=desk.now,
        who=who,
        value=words.value,
        note=words.note,
        confidence=words.confidence,
        blocker=words.blocker,
        next=words.next,
        status=words.status,
        reason=words.reason,
        expires=expires,
    )
    with desk.store.transaction():
        desk.store.checkins.add(said)
    return said


def owed(desk: Desk, owner: str | None = None) -> tuple[Owed, ...]:
    """What is owed for every live key result, or those of one owner, the most urgent first.

    For a cycle that was closed nobody owes anything, whatever its files say. Raises ConfigError naming the nearest
    owner.
    """
    return tuple(row for row in duties(desk, owner) if row.cycle.casefold() not in desk.over)


def duties(desk: Desk, owner: str | None = None) -> tuple[Owed, ...]:
    """The same with those of closed cycles whose files do not say so."""
    with desk.store.reading():
        said, since = desk.store.checkins.all(), desk.store.history.known_since()
    if owner is not None:
        owner = _owner(desk, owner)
    rows = [
        _owed(desk, placed, said.get(placed.key_result.id, ()), since.get(placed.key_result.id.casefold()))
        for placed in desk.okrs.live()
        if owner is None or placed.owner == owner
    ]
    urgency = {state: number for number, state in enumerate(State)}
    return tuple(sorted(rows, key=lambda row: (urgency[row.duty.state], not row.duty.stale, row.owner or "")))


def surprising(placed: Placed, value: float | None) -> str:
    """What to ask about a value farther outside its key result's start and target than these lie apart, or ""."""
    measure = placed.key_result.measure
    if value is None or not isinstance(measure, Manual) or not math.isfinite(value):
        return ""
    low, high = sorted((measure.start, measure.target))
    if low - (high - low) <= value <= high + (high - low):
        return ""
    return f"{value:g} is far from {measure.start:g} → {measure.target:g}. Is it right?"


def _owed(desk: Desk, placed: Placed, said: Iterable[CheckIn], measured: datetime | None) -> Owed:
    """It is known since it was first measured or spoken about; before that nobody could owe anything."""
    past = [one for one in said if one.at <= desk.now]
    known = min([one.at for one in past[:1]] + ([measured] if measured else []), default=desk.now)
    return Owed(
        key_result=placed.key_result.id,
        title=placed.key_result.title,
        objective=placed.objective.title,
        cycle=placed.cycle.id,
        owner=placed.owner,
        team=placed.objective.team,
        duty=duty(placed, past, desk.now, desk.settings.checkins.rhythm, known),
        last=past[-1] if past else None,
    )


def _owner(desk: Desk, owner: str) -> str:
    """The owner as the files write the name. Raises ConfigError when nothing live is theirs."""
    owners = {name.casefold(): name for placed in desk.okrs.live() if (name := placed.owner)}
    if found := owners.get(owner.casefold()):
        return found
    there = f"Owners are {', '.join(sorted(owners.values()))}; --owner names one." if owners else "No owner is named."
    hint = did_you_mean(owner, owners.values(), there, "--owner")
    raise ConfigError(f"No live key result is owned by {owner!r}.", hint=hint)


def _refuse_nonsense(placed: Placed, words: Words, now: datetime) -> None:
    for message, hint in (*_about_the_whole(placed, words), *_about_the_value(placed, words.value), *_override(words)):
        raise ConfigError(message, hint=hint)
    today = now.astimezone(placed.cycle.zone).date()
    if words.until is not None and words.until < today:
        raise ConfigError(f"{words.until} is over.", hint="Name a day to come, or leave it out.")
    if words.until is not None and words.until > LATEST:
        raise ConfigError(f"{words.until} is too far away.", hint=f"Name a day until {LATEST}.")


def _about_the_whole(placed: Placed, words: Words) -> Iterator[tuple[str, str]]:
    if words.empty:
        yield "A check-in says something.", "Give a confidence, a note, a value, a blocker or a next step."
    if placed.cycle.state is Phase.CLOSED:
        yield (
            f"The cycle {placed.cycle.id} is closed, and what was said in it stands.",
            "Check in on a live key result.",
        )
    if words.confidence is not None and not 0 <= words.confidence <= TEN:
        yield f"{words.confidence} is no confidence.", "Give a whole number from 0 (no hope) to 10 (certain)."


def _about_the_value(placed: Placed, value: float | None) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    metric = placed.key_result.metric
    if not math.isfinite(value):
        yield f"{value} is no value that a key result can have.", "Give a number, as in 2.4."
    elif metric is not None and not placed.key_result.by_people:
        yield (
            f"{placed.key_result.id} is measured from tickets ({metric.type}), so its value cannot be given.",
            "Leave the value out; the rest is kept.",
        )
    elif placed.key_result.measure == Boolean(type="boolean") and value not in (0, 1):
        yield f"{placed.key_result.id} is a yes or a no.", "Give 1 for yes, or 0 for no."


def _override(words: Words) -> Iterator[tuple[str, str]]:
    if words.status is None:
        if words.reason or words.until:
            yield "A reason and a last day belong to a status.", "Add the status, or say it in the note."
    elif words.status not in OVERRIDES:
        yield f"Nobody can say that it is {words.status}.", f"Say {', '.join(OVERRIDES)}; the rest follows from facts."
    elif not words.reason.strip():
        yield "A status that differs from the computed one needs a reason.", "Add the reason."
