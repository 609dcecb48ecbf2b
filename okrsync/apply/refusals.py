"""Refusals: what a tracker does not let an account write, where, and of what kind.

An account that may not put labels on the tickets of a project may still comment there, and do both in another project.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from okrsync.errors import Forbidden
from okrsync.model.change import (
    AddLabel,
    Change,
    DefineLabel,
    DeleteNote,
    PutNote,
    RemoveLabel,
    UndefineLabel,
    connection_of,
    ref_of,
)
from okrsync.model.run import Warned
from okrsync.words import plural

REFUSALS = 3
"""So many tickets in a row that refuse the same mean that the account may not do this here at all."""


class Permission(NamedTuple):
    """To write something of a kind in a repository or project."""

    connection: str
    scope: str
    kind: str


def needed(change: Change) -> Permission:
    """What an account must be allowed, to make this change."""
    if isinstance(change, DefineLabel | UndefineLabel):
        return Permission(change.connection, change.scope, "definitions of labels")
    labels, notes = isinstance(change, AddLabel | RemoveLabel), isinstance(change, PutNote | DeleteNote)
    kind = "labels on tickets" if labels else "notes" if notes else "links on tickets"
    return Permission(connection_of(change), change.ref.scope, kind)


class Refusals:
    """Of one run. What is missing is not tried any more; the next run tries again."""

    def __init__(self) -> None:
        self._met: dict[Permission, dict[str, None]] = {}
        self._missing: dict[Permission, Forbidden] = {}
        self._untried: Counter[Permission] = Counter()

    def withholds(self, change: Change) -> bool:
        """Whether a change is not worth a request, since its like was refused often enough."""
        permission = needed(change)
        if permission not in self._missing:
            return False
        self._untried[permission] += 1
        return True

    def took(self, change: Change) -> None:
        """The tracker made a change, so the permission is there."""
        self._met.pop(needed(change), None)

    def met(self, change: Change, error: Forbidden) -> list[str]:
        """Note a refusal. The ids of the tickets that are not to blame, once the account is."""
        permission, ref = needed(change), ref_of(change)
        tickets = self._met.setdefault(permission, {})
        tickets[ref.id if ref else str(change)] = None
        if len(tickets) < REFUSALS:
            return []
        self._missing[permission] = error
        return list(tickets) if ref else []

    def missing(self, scopes: Mapping[tuple[str, str], str]) -> Iterator[Warned]:
        """What the account may not do; ``scopes`` are names by connection and id."""
        for permission, error in self._missing.items():
            connection, scope, kind = permission
            place = scopes.get((connection, scope), scope)
            left = self._untried[permission]
            untried = f" Not tried then: {plural(left, 'change')}." if left else ""
            message = f"was read, and {kind} in {place} cannot be written: {error.message}{untried}"
            yield Warned(connection, message, f"{error.hint} The next sync tries again.".strip())
