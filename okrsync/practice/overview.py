"""The overview: objectives as a tree, each key result with its course of eight weeks and people's confidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta

import msgspec

from okrsync import views
from okrsync.method.status import confidence
from okrsync.model.okr import GoalState, Objective, Okrs
from okrsync.model.status import KeyResultStatus, ObjectiveStatus
from okrsync.model.verdict import Status
from okrsync.practice.desk import Desk

WEEKS = 8
"""How far back a course goes."""


class Row(msgspec.Struct, frozen=True):
    """A key result. ``course`` holds its progress a week apart, the last one now; ``confidence`` is 0 to 10."""

    status: KeyResultStatus
    confidence: int | None
    course: tuple[float | None, ...]


class Branch(msgspec.Struct, frozen=True):
    """An objective at its place in the tree: ``depth`` 0 at the top, children after their parent."""

    objective: Objective
    status: ObjectiveStatus
    depth: int
    rows: tuple[Row, ...]


def overview(desk: Desk) -> tuple[Branch, ...]:
    """Every objective in the order of the tree, private ones too: whoever shows them chooses."""
    found = {one.objective: one for one in views.status(desk.store, desk.judged, desk.now, desk.settings.status.preset)}
    with desk.store.reading():
        courses, said = _courses(desk), desk.store.checkins.all()

    def row(status: KeyResultStatus) -> Row:
        name = status.key_result
        told = confidence([one for one in said.get(name, ()) if one.at <= desk.now])
        return Row(status, told, courses(name))

    return tuple(
        Branch(objective, found[objective.id], depth, tuple(row(one) for one in found[objective.id].key_results))
        for objective, depth in _tree(desk.okrs)
    )


def _courses(desk: Desk) -> Callable[[str], tuple[float | None, ...]]:
    """Progress at the end of each of the last weeks."""
    times = [desk.now - timedelta(weeks=back) for back in range(WEEKS, -1, -1)]
    found, nothing = desk.store.history.course(times), (None,) * len(times)
    return lambda name: tuple(
        None if raw is None else min(1.0, max(0.0, raw)) for raw in found.get(name.casefold(), nothing)
    )


def _tree(okrs: Okrs) -> Iterator[tuple[Objective, int]]:
    """Parents before their children, in the order of the files; the files refuse rings of parents."""
    known = {objective.id for objective, _ in okrs.objectives}
    children: dict[str | None, list[Objective]] = {}
    for objective, _ in okrs.objectives:
        children.setdefault(objective.parent if objective.parent in known else None, []).append(objective)

    def below(parent: str | None, depth: int) -> Iterator[tuple[Objective, int]]:
        for objective in children.get(parent, ()):
            yield objective, depth
            yield from below(objective.id, depth + 1)

    return below(None, 0)


def without_work(branches: Iterable[Branch]) -> Iterator[tuple[Branch, Row]]:
    """Key results that are pursued today and that no ticket is linked to, also those whose value people give."""
    for branch in branches:
        yield from ((branch, row) for row in branch.rows if _pursued(row.status) and not row.status.items)


def _pursued(row: KeyResultStatus) -> bool:
    """Whether work on it is due: neither put away, nor before its cycle, nor after it was closed."""
    outside = row.verdict is not None and row.verdict.status in (Status.NOT_STARTED, Status.CLOSED)
    return row.state == GoalState.ACTIVE and not outside


def statuses(branches: Sequence[Branch]) -> list[str]:
    """The statuses that occur, in the order in which they first do."""
    verdicts = [row.status.verdict for branch in branches for row in branch.rows]
    return list(dict.fromkeys(str(one.status) for one in verdicts if one is not None))
