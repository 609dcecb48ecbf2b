"""What is known for sure of the names that links use, so that a typo can be told from work that is still to come."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Self

import msgspec

from okrsync.mapping.rule import full_key
from okrsync.model.okr import Link
from okrsync.model.work import Item
from okrsync.near import nearest

_NUMBERED = re.compile(r"(.+)([-#]\d+)")


class Words(msgspec.Struct):
    """Every type, label and assignee that items of a connection have, or had when they were mapped."""

    types: set[str] = msgspec.field(default_factory=set)
    labels: set[str] = msgspec.field(default_factory=set)
    assignees: set[str] = msgspec.field(default_factory=set)

    def hear(self, items: Sequence[Item]) -> Self:
        """Most items say what another one said: only what differs is taken apart."""
        self.types.update({item.type for item in items})
        self.labels.update(*{item.labels for item in items})
        self.assignees.update(*{item.assignees for item in items})
        return self


class Known(msgspec.Struct, frozen=True):
    """``words`` by connection, of those that were read completely: of no other is anything concluded.

    Of the names that were asked for, ``items`` are the ids and keys of items, and ``parents`` what items call their
    parent, which need not have been read itself; both case-folded, by connection.
    """

    words: Mapping[str, Words] = {}
    items: Mapping[str, frozenset[str]] = {}
    parents: Mapping[str, frozenset[str]] = {}


def asked(links: Iterable[Link], scopes: Callable[[str], Iterable[str]]) -> dict[str, set[str]]:
    """The tickets that links name, by key or id, and those that may have been meant; by connection."""
    found: dict[str, set[str]] = defaultdict(set)
    for link in links:
        for key in link.items if link.ancestor is None else (*link.items, link.ancestor):
            name = full_key(key, link)
            meant = respelt(name, scopes(link.connection)) if link.items else None
            found[link.connection] |= {name, meant} if meant else {name}
    return found


def respelt(key: str, scopes: Iterable[str]) -> str | None:
    """The same number in the repository or project that was probably meant."""
    parts = _NUMBERED.fullmatch(key)
    scope = nearest(parts[1], scopes) if parts else None
    return f"{scope}{parts[2]}" if parts and scope else None
