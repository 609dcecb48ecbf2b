"""What every question of the practice is answered from: the store, the files, and the moment it is asked."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from okrsync.model.okr import Cycle, Okrs, Phase, Placed
from okrsync.settings import Settings
from okrsync.store import Store


@dataclass(frozen=True)
class Desk:
    """``now`` is aware; nothing here touches a tracker."""

    store: Store
    okrs: Okrs
    settings: Settings
    now: datetime

    @cached_property
    def over(self) -> frozenset[str]:
        """Case-folded ids of the cycles that were closed by now: the store knows it also where the files do not."""
        return self.store.closings.over(self.now)

    @cached_property
    def judged(self) -> Okrs:
        """The files with these cycles as closed, whatever they say: what is over is not judged as if it went on."""
        return with_closed(self.okrs, self.over)


def with_closed(okrs: Okrs, over: Collection[str]) -> Okrs:
    """The files with some cycles (case-folded ids) as closed."""
    return with_cycles(okrs, lambda cycle: as_closed(cycle, over))


def with_cycles(okrs: Okrs, told: Callable[[Cycle], Cycle]) -> Okrs:
    """The files with each cycle as it is ``told``; they themselves where all are told as they are."""
    if all(told(cycle) is cycle for _, cycle in okrs.objectives):
        return okrs
    placed = tuple(in_cycle(one, told(one.cycle)) for one in okrs.placed)
    objectives = tuple((objective, told(cycle)) for objective, cycle in okrs.objectives)
    return okrs.model_copy(update={"placed": placed, "objectives": objectives})


def in_cycle(placed: Placed, cycle: Cycle) -> Placed:
    """A key result in its cycle, told otherwise perhaps."""
    return placed if placed.cycle is cycle else placed.model_copy(update={"cycle": cycle})


def as_closed(cycle: Cycle, over: Collection[str]) -> Cycle:
    """A cycle, as closed where it is one of these (case-folded ids)."""
    return cycle.model_copy(update={"state": Phase.CLOSED}) if cycle.id.casefold() in over else cycle
