"""An item as selectors look at it: names folded once, with what is above it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from okrsync.model.okr import Labels
from okrsync.model.work import Item

NO_REFERENCES: frozenset[str] = frozenset()


def folded_types(item: Item) -> tuple[str, str]:
    """What ``type`` may say of an item: the tracker's own type, or its kind."""
    return item.type.casefold(), item.kind


@lru_cache(maxsize=4096)
def folded(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names case-folded; those of most items are those of an item before."""
    return tuple(name.casefold() for name in names)


def wearing(wanted: Labels) -> Callable[[Iterable[str]], bool]:
    """A test of case-folded labels: all of ``all`` and at least one of ``any``, whatever the case."""
    every = frozenset(label.casefold() for label in wanted.all)
    some = frozenset(label.casefold() for label in wanted.any)
    if not some:
        return every.issubset
    return lambda labels: every.issubset(labels) and not some.isdisjoint(labels)


class Facts:
    """``names`` are the id and the case-folded key; ``above`` references the ancestors (ids of known ones)."""

    __slots__ = ("above", "assignees", "item", "labels", "names")

    def __init__(self, item: Item, above: frozenset[str] = NO_REFERENCES) -> None:
        self.item = item
        self.above = above
        self.names = (item.id, item.key.casefold())
        self.labels = folded(item.labels)
        self.assignees = folded(item.assignees)

    @property
    def types(self) -> tuple[str, str]:
        """What ``type`` may say of the item; few rules ask."""
        return folded_types(self.item)
