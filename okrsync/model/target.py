"""What a key result of type ``milestones`` counts: milestones, versions and epics, as mapping resolved them."""

from __future__ import annotations

from typing import Literal

import msgspec

from okrsync.model.work import Item, Outcome, State


class Target(msgspec.Struct, frozen=True):
    """A milestone, version or epic that contributing links of a key result name.

    ``id`` is the tracker's, or the key as written while nothing is known below such a key; ``state`` is then
    unknown, and an item of that key tells it. ``key`` is what to call it. ``below`` holds ids and case-folded
    keys of the inner nodes of the hierarchy that belong to it, so that their leaves do too.
    """

    connection: str
    kind: Literal["milestone", "epic"]
    id: str
    key: str
    title: str = ""
    url: str = ""
    weight: float = 1.0
    state: State = State.UNKNOWN
    outcome: Outcome | None = None
    below: frozenset[str] = frozenset()

    @property
    def dropped(self) -> bool:
        """Cancelled or duplicate: left out of the denominator."""
        return self.outcome in (Outcome.CANCELLED, Outcome.DUPLICATE)

    def is_itself(self, item: Item) -> bool:
        """Whether the item is this very epic, which happens while nothing is below it."""
        if self.kind != "epic" or item.connection != self.connection:
            return False
        return self.id == item.id or self.id.casefold() == item.key.casefold()

    def spans(self, item: Item) -> bool:
        """Whether a leaf item belongs to it: by its milestones, by a parent, or by being the epic itself."""
        if item.connection != self.connection:
            return False
        if self.kind == "milestone" and self.id in item.milestones:
            return True
        parent = item.parent
        return (parent is not None and (parent in self.below or parent.casefold() in self.below)) or self.is_itself(
            item
        )
