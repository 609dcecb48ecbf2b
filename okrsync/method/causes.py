"""Causes: the effects of many tickets under a few names, over any change of the definition, and in a sentence."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import fsum

import msgspec

from okrsync.method.attribution import ORDER, WORK, Effect, effects
from okrsync.method.snapshot import Key, Snapshot, height
from okrsync.model.attribution import Cause, Piece
from okrsync.model.okr import Placed
from okrsync.words import listed, plural

AGED = "seen otherwise"
FIRST_VALUE = "first value"
NO_VALUE = "no value any more"
CHECK_IN = "check-in"

ROUNDING = 1e-12
_NUMBERS = re.compile(r"([0-9]+)")


def causes(found: Iterable[Effect]) -> tuple[Cause, ...]:
    """Effects under their causes, in the order in which people ask for them; nothing is rounded."""
    by_cause: dict[str, list[Effect]] = defaultdict(list)
    for one in found:
        by_cause[one.cause].append(one)
    names = sorted(by_cause, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))
    return tuple(_cause(name, by_cause[name]) for name in names)


def _cause(name: str, found: Sequence[Effect]) -> Cause:
    """A ticket that has several effects under one cause has one piece; the heaviest come first."""
    pieces: dict[Key, list[tuple[Piece, float]]] = defaultdict(list)
    for one in found:
        if one.piece is not None:
            pieces[one.piece.connection, one.piece.item].append((one.piece, one.value))
    made = [_piece(several) for several in pieces.values()]
    made.sort(key=lambda piece: (-abs(piece.contributes), piece.connection, natural(piece.key)))
    return Cause(name, fsum(one.value for one in found), name in WORK, tuple(made))


def natural(key: str) -> tuple[str | int, ...]:
    """Orders acme/shop#2 before acme/shop#11, as people do."""
    return tuple(int(part) if place % 2 else part for place, part in enumerate(_NUMBERS.split(key)))


def _piece(found: Sequence[tuple[Piece, float]]) -> Piece:
    detail = next((piece.detail for piece, _ in found if piece.detail), "")
    return msgspec.structs.replace(found[0][0], contributes=fsum(value for _, value in found), detail=detail)


class Step(msgspec.Struct, frozen=True):
    """A stretch of time under one definition; ``then`` says what of the definition changed at its end."""

    placed: Placed
    before: Snapshot
    after: Snapshot
    then: tuple[str, ...] = ()
    checkins: tuple[Effect, ...] = ()


def attribute(steps: Sequence[Step]) -> tuple[Cause, ...]:
    """The causes of a change over stretches that follow each other.

    They add up to the raw progress at the end of the last less that at the begin of the first; of what is bounded,
    to what its metric moved by. A missing value is no progress.
    """
    found: list[Effect] = []
    for place, step in enumerate(steps):
        scale = _scale(step.placed)
        moved = [
            msgspec.structs.replace(one, value=one.value * scale)
            for one in (*effects(step.placed, step.before, step.after), *step.checkins)
        ]
        found += moved
        begin, end = height(step.placed, step.before), height(step.placed, step.after)
        rest = end - begin - fsum(one.value for one in moved)
        if abs(rest) > ROUNDING:
            found.append(Effect(_why_it_rests(step), rest))
        if step.then:
            following = steps[place + 1]
            found.append(Effect("; ".join(step.then), height(following.placed, following.before) - end))
    return causes(found)


def _scale(placed: Placed) -> float:
    way = placed.key_result.way
    return 1.0 if way is None else 1 / (way[1] - way[0])


def _why_it_rests(step: Step) -> str:
    if step.before.value is None:
        return FIRST_VALUE
    return NO_VALUE if step.after.value is None else AGED


def sentence(found: Sequence[Cause], change: float, *, unit: str | None, share: bool) -> tuple[str, bool]:
    """The change in a sentence, and whether it is a regression.

    ``unit`` is None where the change is one of progress, told in percentage points. Of a ``share`` it is said whether
    work or only the measuring stick moved it: a fall without work undone is no regression.
    """
    amount = f"{change * 100:+.1f} points" if unit is None else f"{change:+.3g} {unit}".rstrip()
    if not found:
        return f"{amount}: nothing happened.", False
    said = f"{amount}: {listed([_counted(cause) for cause in found])}."
    work = fsum(cause.contributes for cause in found if cause.work)
    if not share:
        return said, change < -ROUNDING
    if change < -ROUNDING and work >= -ROUNDING:
        forward = f"; work went forward by {work * 100:.1f} points" if work > ROUNDING else ""
        return f"{said} Not a regression: no work was undone{forward}.", False
    if change > ROUNDING and work <= ROUNDING:
        return f"{said} No work was finished: what there is to do changed.", False
    return said, change < -ROUNDING


def _counted(cause: Cause) -> str:
    count = len(cause.pieces)
    if not count:
        return cause.name
    if cause.name == CHECK_IN:
        return plural(count, cause.name)
    return f"{plural(count, 'item')} {cause.name}"
