"""A key result at one moment, ticket by ticket: what attribution compares two of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from okrsync.measure import Evidence, contributions, measure
from okrsync.model.okr import Completion, Metric, Placed
from okrsync.model.sample import Contribution, Linked, Sample
from okrsync.model.work import Item

Key = tuple[str, str]
"""(connection, item id)."""


class Snapshot(msgspec.Struct, frozen=True):
    """A key result at one moment: its linked items as they were, and what they measure under one definition.

    ``locked`` says that the denominator is the baseline; ``sized`` that an item's part of it is its size and the weight
    of its link, whatever its labels, its type and its state.
    """

    at: datetime
    items: Mapping[Key, tuple[Item, Linked]]
    shares: Mapping[Key, Contribution]
    value: float | None
    numerator: float
    denominator: float
    unreachable: Mapping[Key, str] = {}
    locked: bool = False
    sized: bool = False

    def adds(self, key: Key) -> float:
        """What an item adds to the numerator, 0 where it is left out."""
        share = self.shares.get(key)
        return share.adds if share and not share.left_out else 0.0

    def of(self, key: Key) -> float:
        """What an item could add at most: its part of the denominator, 0 where it is left out."""
        share = self.shares.get(key)
        return share.of if share and not share.left_out else 0.0

    def counts(self, key: Key) -> bool:
        """Whether the measure takes an item in."""
        return key in self.shares and not self.shares[key].left_out

    def belongs(self, key: Key) -> bool:
        """Linked, contributing, reachable and not dropped: whether the measure was asked about it at all."""
        found = self.items.get(key)
        return found is not None and not (found[1].supports or found[0].dropped or key in self.unreachable)


def snapshot(placed: Placed, parts: Sequence[tuple[Item, Linked]], evidence: Evidence) -> Snapshot:
    """What linked items are at a moment and measure, bounds taken off: those of a bound are about its metric."""
    metric = placed.key_result.metric
    bare = placed if metric is None else _with_measure(placed, metric)
    sample = measure(bare, parts, evidence)
    nothing = Sample(placed.key_result.id, evidence.at, None, None)
    shares = {
        (one.connection, one.item): one for one in contributions(bare, parts, evidence, nothing) if one.connection
    }
    return Snapshot(
        at=evidence.at,
        items={(item.connection, item.id): (item, linked) for item, linked in parts},
        shares=shares,
        value=sample.value,
        numerator=sample.numerator or 0.0,
        denominator=sample.denominator or 0.0,
        unreachable=evidence.unreachable,
        locked=isinstance(metric, Completion) and metric.denominator == "baseline" and bool(evidence.baseline),
        sized=isinstance(metric, Completion),
    )


def _with_measure(placed: Placed, metric: Metric) -> Placed:
    return placed.model_copy(update={"key_result": placed.key_result.model_copy(update={"measure": metric})})


def height(placed: Placed, at: Snapshot) -> float:
    """Raw progress, or the metric's value where it is bounded; 0 while there is none."""
    if at.value is None:
        return 0.0
    if placed.key_result.way is None:
        return at.value
    start, target = placed.key_result.way
    return (at.value - start) / (target - start)
