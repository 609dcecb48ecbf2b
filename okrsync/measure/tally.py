"""What every measure does with items: say what one adds, remember it, and read the result.

``add`` and ``share`` decide alike whether an item belongs to the scope, so that the sample and its explanation
cannot disagree. Sums are exact before they are rounded once (``math.fsum``): the order of items does not matter.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from array import array
from collections.abc import Iterator, Mapping
from datetime import datetime
from math import fsum

import msgspec

from okrsync.model.sample import Contribution
from okrsync.model.target import Target
from okrsync.model.work import Item

LARGEST = 1e15
"""A larger number on a ticket is a mistake, and is taken for none."""


class Evidence(msgspec.Struct, frozen=True):
    """What a reading needs beside the items.

    ``checkin`` is the latest value a person gave; ``baseline`` the scope locked on the cycle's 14th day, None until
    then; ``unreachable`` maps (connection, item id) to the reason; ``targets`` comes from ``Mapper.targets``.
    """

    at: datetime
    checkin: float | None = None
    baseline: float | None = None
    unreachable: Mapping[tuple[str, str], str] = {}
    targets: tuple[Target, ...] = ()


class Share(msgspec.Struct, frozen=True, gc=False):
    """What one item adds and what it could add at most; ``left_out`` is "" or why it is not in the scope."""

    adds: float = 0.0
    of: float = 0.0
    left_out: str = ""


class Reading(msgspec.Struct, frozen=True):
    """A result before it becomes a sample; the names mean the same there."""

    value: float | None
    numerator: float | None = None
    denominator: float | None = None
    scope: float = 0.0
    done: float = 0.0
    unestimated: int = 0
    flags: tuple[str, ...] = ()


class Tally(ABC):
    """One way to measure. Every item is added before ``share`` or ``reading`` is asked.

    ``rule`` names the rule with its version: it changes whenever the same items would read differently.
    """

    rule: str

    def __init__(self) -> None:
        self._adds = array("d")
        self._of = array("d")
        self._done = array("d")

    @abstractmethod
    def share(self, item: Item, weight: float) -> Share:
        """What a reachable item that was not dropped adds."""

    @abstractmethod
    def reading(self) -> Reading:
        """The result over all items added."""

    def add(self, item: Item, weight: float) -> bool:
        """Remember what an item adds; returns whether it is in the scope."""
        return self._remember(item, self.share(item, weight))

    def _remember(self, item: Item, share: Share) -> bool:
        if share.left_out:
            return False
        of = share.of
        self._adds.append(share.adds)
        self._of.append(of)
        if item.delivered:
            self._done.append(of)
        return True

    def others(self) -> Iterator[Contribution]:
        """Parts of the sums that are no items."""
        return iter(())

    def sums(self) -> tuple[float, float, float]:
        """What the items add, what they could add, and what of that is delivered."""
        return fsum(self._adds), fsum(self._of), fsum(self._done)
