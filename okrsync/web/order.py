"""The worst first: objectives among their siblings, key results in their objective; else the order of the files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from okrsync.method.objectives import SEVERITY, gravity
from okrsync.model.verdict import Verdict
from okrsync.practice.overview import Branch, Row


def worst_first(branches: Sequence[Branch]) -> list[Branch]:
    """Parents stay before their children."""
    known = {one.objective.id for one in branches}
    below: dict[str | None, list[Branch]] = {}
    for one in branches:
        below.setdefault(one.objective.parent if one.objective.parent in known else None, []).append(one)

    def grown(some: Iterable[Branch]) -> list[Branch]:
        return [
            branch
            for one in sorted(some, key=lambda one: _weight(one.status.verdict))
            for branch in (_with_rows(one), *grown(below.get(one.objective.id, [])))
        ]

    return grown(below.get(None, []))


def _with_rows(branch: Branch) -> Branch:
    return msgspec.structs.replace(branch, rows=tuple(sorted(branch.rows, key=_row)))


def _row(row: Row) -> tuple[int, float]:
    return _weight(row.status.verdict)


def _weight(verdict: Verdict | None) -> tuple[int, float]:
    """Of one status what lacks most comes first."""
    if verdict is None:
        return len(SEVERITY), 0.0
    return gravity(verdict.status), (verdict.actual or 0.0) - (verdict.expected or 0.0)
