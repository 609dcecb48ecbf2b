"""The inner nodes of the work hierarchy: who is above whom, and where a hierarchy bites its own tail.

A parent is given by id or, where a tracker tells only that, by key; both lead to the same node. A parent
that nobody has read is kept as the bare reference, so that a link to its key still reaches what is below.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from okrsync.mapping.surroundings import Surroundings
from okrsync.model.work import Item

Node = tuple[str, str]
"""(connection, item id)."""


class Hierarchy:
    """``cycles`` lists every circle of parents, its items sorted by key; they are taken to have no parent."""

    def __init__(self, surroundings: Surroundings) -> None:
        self.nodes: dict[Node, Item] = {**surroundings.split, **surroundings.parents}
        self._by_key = {(item.connection, item.key.casefold()): node for node, item in self.nodes.items()}
        self._children: dict[Node, list[Node]] | None = None
        self.cycles = self._find_cycles()
        self._circular = {(item.connection, item.id) for cycle in self.cycles for item in cycle}

    def find(self, connection: str, reference: str) -> Item | None:
        """The inner node with this id or key."""
        node = (connection, reference)
        if node not in self.nodes:
            node = self._by_key.get((connection, reference.casefold()), node)
        return self.nodes.get(node)

    def above(self, item: Item) -> Item | None:
        """The inner node right above an item, if it is known."""
        reference = self.parent_of(item)
        return None if reference is None else self.find(item.connection, reference)

    def parent_of(self, item: Item) -> str | None:
        """The parent as the tracker gives it, by id or key; None on a circle."""
        return None if (item.connection, item.id) in self._circular else item.parent

    def chain(self, item: Item) -> Iterator[Item]:
        """The known nodes above an item, nearest first."""
        while (node := self.above(item)) is not None:
            yield node
            item = node

    def below(self, connection: str, roots: list[Item]) -> frozenset[str]:
        """Ids and case-folded keys of these inner nodes and of all inner nodes below them."""
        children = self._children_by_node()
        waiting = [(connection, item.id) for item in roots]
        reached: set[Node] = set()
        while waiting:
            node = waiting.pop()
            if node not in reached:
                reached.add(node)
                waiting += children[node]
        inner = [self.nodes[node] for node in reached if node in self.nodes]
        return frozenset(name for item in inner for name in (item.id, item.key.casefold()))

    def _children_by_node(self) -> dict[Node, list[Node]]:
        if self._children is None:
            self._children = defaultdict(list)
            for node, item in self.nodes.items():
                if above := self.above(item):
                    self._children[above.connection, above.id].append(node)
        return self._children

    def _find_cycles(self) -> list[tuple[Item, ...]]:
        found: list[tuple[Item, ...]] = []
        settled: set[Node] = set()
        for start in self.nodes.values():
            path: dict[Node, Item] = {}
            item: Item | None = start
            while item is not None and (item.connection, item.id) not in settled:
                if (item.connection, item.id) in path:
                    walked = list(path.values())
                    circle = walked[list(path).index((item.connection, item.id)) :]
                    found.append(tuple(sorted(circle, key=lambda one: (one.key, one.id))))
                    break
                path[item.connection, item.id] = item
                item = self.find(item.connection, item.parent) if item.parent is not None else None
            settled.update(path)
        return sorted(found, key=lambda circle: (circle[0].connection, circle[0].key))
