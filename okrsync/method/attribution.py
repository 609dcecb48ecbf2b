"""Attribution: a change between two moments, split exactly into what caused it, ticket by ticket.

A share ``p = d / S`` moves by ``(d1 - d0) / S1 + d0 (1 / S1 - 1 / S0)``: by work, and by scope. Both are sums over
tickets, so each ticket has a part of either. Counts and sums are linear. A percentile belongs to no ticket: what
entered and left its window is told beside it.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from okrsync.method.snapshot import Key, Snapshot
from okrsync.model.attribution import Piece
from okrsync.model.okr import Completion, Duration, Manual, Milestones, Placed, Ratio
from okrsync.model.work import Outcome, State

FINISHED, REOPENED = "finished", "reopened"
ADDED, REMOVED, CANCELLED = "added", "removed", "cancelled"
ESTIMATED, WEIGHED, RELABELLED = "re-estimated", "re-weighted", "relabelled"
STARTED, PUT_BACK = "started", "put back"
WORK = frozenset({FINISHED, REOPENED, STARTED, PUT_BACK})
ORDER = (FINISHED, STARTED, REOPENED, PUT_BACK, ADDED, REMOVED, CANCELLED, ESTIMATED, WEIGHED, RELABELLED)

BASELINE = "baseline locked"
PERCENTILE = "percentile moved"
TARGETS = "milestones, versions and epics"


class Effect(msgspec.Struct, frozen=True):
    """A part of a change that a ticket or a check-in has under one cause; no ``piece``: nobody's.

    What the piece contributes is added up later.
    """

    cause: str
    value: float
    piece: Piece | None = None


def effects(placed: Placed, before: Snapshot, after: Snapshot) -> list[Effect]:
    """What every ticket did to the value between two moments measured alike.

    The effects add up to the change of the value. Of a share, a missing value counts as 0, of others as their start.
    """
    match placed.key_result.metric:
        case Completion() | Ratio():
            return list(_of_share(before, after))
        case Duration() as metric:
            return [Effect(PERCENTILE, _moved(before, after, metric.start)), *_of_percentile(before, after)]
        case Manual() | None:
            return []
        case Milestones() as metric:
            return [Effect(TARGETS, _moved(before, after, metric.start))]
        case _:
            return [
                Effect(_work(before, after, key), moved, _told(before, after, key))
                for key in _keys(before, after)
                if (moved := after.adds(key) - before.adds(key))
            ]


def _moved(before: Snapshot, after: Snapshot, start: float) -> float:
    """The change of the value as a whole."""
    was, now = (start if one.value is None else one.value for one in (before, after))
    return now - was


def _keys(before: Snapshot, after: Snapshot) -> list[Key]:
    """In one order, whatever that of the items was."""
    return sorted(before.items.keys() | after.items.keys())


def _of_share(before: Snapshot, after: Snapshot) -> Iterator[Effect]:
    """By work and by scope; where one of the two shares has no value, it counts as 0 of the other's scope."""
    old, new = before.denominator, after.denominator
    if not (old > 0 or new > 0):
        return
    whole = new if new > 0 else old
    both, locked = old > 0 and new > 0, before.locked or after.locked
    for key in _keys(before, after):
        started_at = before.adds(key) if old > 0 else 0.0
        came_to = after.adds(key) if new > 0 else 0.0
        grew = after.of(key) - before.of(key) if both and not locked else 0.0
        if came_to == started_at and not grew:
            continue
        told = _told(before, after, key)
        if came_to != started_at:
            yield Effect(_work(before, after, key), (came_to - started_at) / whole, told)
        if grew:
            yield Effect(_scope(before, after, key), -before.numerator * grew / (old * new), told)
    if both and locked and old != new:
        yield Effect(BASELINE, before.numerator * (1 / new - 1 / old))


def _of_percentile(before: Snapshot, after: Snapshot) -> Iterator[Effect]:
    """The tickets that entered or left the window of a percentile, each with nothing of the change."""
    for key in _keys(before, after):
        came, went = after.counts(key), before.counts(key)
        if came != went or after.adds(key) != before.adds(key):
            days = f"{(after if came else before).adds(key):.1f} d"
            detail = f"took {days}" if came else f"{days}, no more counted"
            yield Effect(
                _work(before, after, key), 0.0, msgspec.structs.replace(_told(before, after, key), detail=detail)
            )


def _told(before: Snapshot, after: Snapshot, key: Key) -> Piece:
    """The ticket as last seen, and what happened to it where that is not plain."""
    item, _ = after.items.get(key) or before.items[key]
    return Piece(item.connection, item.id, item.key, item.title, item.url, 0.0, _detail(before, after, key))


def _detail(before: Snapshot, after: Snapshot, key: Key) -> str:
    was, now = before.items.get(key), after.items.get(key)
    if was is None:
        return "delivered before it was linked" if _came_finished(before, after, key) else ""
    if now is None:
        return "no more linked"
    if before.counts(key) and not after.counts(key):
        return after.shares[key].left_out.removeprefix(CANCELLED)
    if was[1].weight != now[1].weight:
        return f"weight {was[1].weight:g} to {now[1].weight:g}"
    if was[0].points != now[0].points:
        return f"{_number(was[0].points)} to {_number(now[0].points)} points"
    grew = before.counts(key) and before.of(key) != after.of(key)
    return "has no estimate, its size follows the median" if grew and now[0].points is None else ""


def _number(points: float | None) -> str:
    return "no" if points is None else f"{points:g}"


def _came_finished(before: Snapshot, after: Snapshot, key: Key) -> bool:
    """Whether it was delivered before anybody counted it."""
    item = after.items[key][0]
    return item.delivered and (item.closed or item.created) <= before.at


def _work(before: Snapshot, after: Snapshot, key: Key) -> str:
    """Why a ticket adds something else than before."""
    gone = _membership(before, after, key)
    now = after.items.get(key)
    if gone == ADDED and now is not None and now[0].delivered and not _came_finished(before, after, key):
        return FINISHED
    if gone:
        return gone
    (item, _), (was, _) = after.items[key], before.items[key]
    if item.delivered != was.delivered:
        return FINISHED if item.delivered else REOPENED
    if item.state is not was.state:
        return STARTED if item.state is State.DOING else PUT_BACK
    return _scope(before, after, key)


def _scope(before: Snapshot, after: Snapshot, key: Key) -> str:
    """Why a ticket is worth something else than before."""
    gone = _membership(before, after, key)
    if gone:
        return gone
    (item, linked), (was, link) = after.items[key], before.items[key]
    if linked.weight != link.weight:
        return WEIGHED
    if before.sized or (item.points, item.numbers) != (was.points, was.numbers):
        return ESTIMATED
    if (item.labels, item.type) != (was.labels, was.type):
        return RELABELLED
    if item.state is not was.state:
        return FINISHED if item.delivered else REOPENED if was.delivered else STARTED
    return ESTIMATED


def _membership(before: Snapshot, after: Snapshot, key: Key) -> str:
    """How a ticket came into the numbers or out of them; "" where it was in both times, or out by its own measure."""
    was, now = before.belongs(key), after.belongs(key)
    if was == now:
        return ""
    dropped = (before if now else after).items.get(key)
    if dropped is not None and dropped[0].outcome in (Outcome.CANCELLED, Outcome.DUPLICATE):
        return REOPENED if now else CANCELLED
    return ADDED if now else REMOVED
