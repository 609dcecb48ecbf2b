"""What mapping knows beside the items themselves, and the names in it that links refer to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from okrsync.model.okr import Link
from okrsync.model.work import Item, Milestone

Memberships = dict[tuple[str, str], frozenset[str]]
"""(connection, query) -> ids of the items that match."""


class Surroundings(msgspec.Struct, frozen=True):
    """Everything around the items, small enough to hold.

    ``scopes`` maps (connection, scope id) to the name people write. ``parents`` holds the inner nodes: every item
    with a child that is no sub-task, by (connection, id). ``split`` holds the items that have only sub-tasks below
    them; it matters to key results whose links ask for sub-tasks.
    """

    milestones: Sequence[Milestone] = ()
    scopes: dict[tuple[str, str], str] = {}
    parents: dict[tuple[str, str], Item] = {}
    memberships: Memberships = {}
    split: dict[tuple[str, str], Item] = {}


class Names:
    """Finds repositories, projects, milestones and versions by what a link calls them, whatever the case."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._scopes: dict[str, set[str]] = defaultdict(set)
        self._scope_ids: dict[tuple[str, str], set[str]] = defaultdict(set)
        for (connection, scope), name in surroundings.scopes.items():
            self._scopes[connection].add(name)
            self._scope_ids[connection, name.casefold()].add(scope)
        self._milestones: dict[str, list[Milestone]] = defaultdict(list)
        self._titled: dict[tuple[str, str], list[Milestone]] = defaultdict(list)
        for milestone in surroundings.milestones:
            self._milestones[milestone.connection].append(milestone)
            self._titled[milestone.connection, _plain(milestone.title)].append(milestone)

    def scopes(self, connection: str) -> set[str]:
        """Names of the repositories or projects of a connection."""
        return self._scopes[connection]

    def titles(self, connection: str) -> set[str]:
        """Titles of the milestones or versions of a connection."""
        return {milestone.title for milestone in self._milestones[connection]}

    def scope_ids(self, link: Link) -> frozenset[str] | None:
        """Ids of the repositories or projects a link is confined to; None: to none in particular."""
        if link.scope_name is None:
            return None
        return frozenset(self._scope_ids.get((link.connection, link.scope_name.casefold()), ()))

    def milestones_of(self, link: Link) -> list[Milestone]:
        """The milestones or versions a link means: by title, else by id, else by number within its repository."""
        wanted, scopes = link.milestone_title, self.scope_ids(link)
        if wanted is None:
            return []
        if titled := _within(scopes, self._titled.get((link.connection, _plain(wanted)), [])):
            return titled
        all_here = _within(scopes, self._milestones.get(link.connection, []))
        by_id = [one for one in all_here if one.id == wanted]
        if by_id or scopes is None or not wanted.isdecimal():
            return by_id
        return [one for one in all_here if one.url.rstrip("/").rpartition("/")[2] == wanted]


def _plain(title: str) -> str:
    return " ".join(title.split()).casefold()


def _within(scopes: frozenset[str] | None, milestones: list[Milestone]) -> list[Milestone]:
    return milestones if scopes is None else [one for one in milestones if one.scope in scopes]
