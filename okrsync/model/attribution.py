"""Why a key result moved: a change split into what caused it, and the tickets of each cause."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Piece(msgspec.Struct, frozen=True):
    """What one ticket contributed to a change, in the unit of the whole; ``detail`` says what happened to it.

    Check-ins are pieces, too: ``key`` is who made one.
    """

    connection: str
    item: str
    key: str
    title: str
    url: str
    contributes: float
    detail: str = ""


class Cause(msgspec.Struct, frozen=True):
    """One cause with its pieces, which add up to what it contributes; ``name`` is a past participle or a change.

    ``work`` is True for what was done or undone, False for what only moved the measuring stick. Without pieces it is
    no ticket's doing.
    """

    name: str
    contributes: float
    work: bool
    pieces: tuple[Piece, ...] = ()


class Attribution(msgspec.Struct, frozen=True):
    """A change from ``before`` to ``after``, in raw progress (1 is the whole way) or in the unit of what is bounded.

    ``causes`` add up to ``change`` exactly. ``said`` tells it in a sentence, and whether a fall is a regression.
    ``remarks`` are what a reader should know, such as that there was no value before.
    """

    key_result: str
    title: str
    since: datetime
    until: datetime
    of: str
    before: float | None
    after: float | None
    change: float
    causes: tuple[Cause, ...]
    said: str = ""
    regression: bool = False
    remarks: tuple[str, ...] = ()
