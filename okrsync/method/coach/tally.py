"""Counts the work of key results for the coach: of today by a glance at the store, of a past day by its replay."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from okrsync.method.coach.finding import Overlap, Work
from okrsync.model.sample import Linked
from okrsync.model.work import Item, Kind, State

OPEN = (State.TODO, State.UNKNOWN)

Parts = Sequence[tuple[Item, Linked, bool]]
"""Linked items as they were, and whether each was reachable."""


class Glanced(Protocol):
    """The few fields of an item that are counted."""

    @property
    def state(self) -> State: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def assignees(self) -> tuple[str, ...]: ...
    @property
    def started(self) -> datetime | None: ...
    @property
    def closed(self) -> datetime | None: ...
    @property
    def dropped(self) -> bool: ...


class Tally(msgspec.Struct):
    """The work of one key result while it is counted; ``assigned`` is by connection, of what is open and not begun."""

    places: Counter[State] = msgspec.field(default_factory=Counter)
    assigned: Counter[str] = msgspec.field(default_factory=Counter)
    delivered: datetime | None = None
    linked: int = 0

    def add(self, connection: str, item: Glanced) -> None:
        """Count an item that is linked and was not dropped."""
        self.places[item.state] += 1
        if item.state is State.DONE and item.closed:
            self.delivered = max(item.closed, self.delivered or item.closed)
        elif item.state in OPEN and item.assignees:
            self.assigned[connection] += 1

    def work(self, telling: Collection[str]) -> Work:
        """``telling`` are the connections whose tickets tell when somebody works on them."""
        return Work(
            todo=sum(self.places[state] for state in OPEN),
            doing=self.places[State.DOING],
            done=self.places[State.DONE],
            linked=self.linked,
            taken=sum(count for connection, count in self.assigned.items() if connection not in telling),
            delivered=self.delivered,
        )


class Tallies:
    """Those of all key results. Dropped items, and those out of reach (None), count as linked only."""

    def __init__(self) -> None:
        self._counted: defaultdict[str, Tally] = defaultdict(Tally)
        self._telling: set[str] = set()

    def add(self, key_result: str, connection: str, item: Glanced | None) -> None:
        """Count a link; ``item`` is None where it cannot be reached."""
        tally = self._counted[key_result]
        tally.linked += 1
        if item and not item.dropped:
            tally.add(connection, item)
            if item.kind is Kind.ISSUE and (item.state is State.DOING or item.started):
                self._telling.add(connection)

    def work(self) -> dict[str, Work]:
        """By key result, of those with links."""
        return {key_result: tally.work(self._telling) for key_result, tally in self._counted.items()}


def work_then(parts: Mapping[str, Parts]) -> dict[str, Work]:
    """Where the items of each key result stood."""
    tallies = Tallies()
    for key_result, some in parts.items():
        for item, _, reachable in some:
            tallies.add(key_result, item.connection, item if reachable else None)
    return tallies.work()


def overlaps_then(parts: Mapping[str, Parts], live: Iterable[str]) -> tuple[Overlap, ...]:
    """Sets of key results with the items that counted for all of them; what only supports is no overlap."""
    together: dict[tuple[str, str], tuple[str, list[str]]] = {}
    for key_result in live:
        for item, linked, reachable in parts.get(key_result, ()):
            if reachable and not linked.supports:
                together.setdefault((item.connection, item.id), (item.key, []))[1].append(key_result)
    found: dict[tuple[str, ...], list[str]] = {}
    for key, names in together.values():
        if len(names) > 1:
            found.setdefault(tuple(sorted(names)), []).append(key)
    return tuple(Overlap(names, tuple(keys)) for names, keys in found.items())
