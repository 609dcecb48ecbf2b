"""Count, sum and ratio: numbers of items, and of what they carry."""

from __future__ import annotations

from collections.abc import Callable

from okrsync.mapping.facts import folded, folded_types, wearing
from okrsync.measure.tally import LARGEST, Reading, Share, Tally
from okrsync.model.okr import Count, Cycle, Filter, Ratio, Sum
from okrsync.model.work import Item, State
from okrsync.words import plural

FEW = 5
"""A ratio over fewer items is flagged."""

Test = Callable[[Item], bool]


class CountTally(Tally):
    """How many items of the scope are open, delivered, or were created on a day of the cycle (in its time zone)."""

    def __init__(self, metric: Count, cycle: Cycle) -> None:
        super().__init__()
        self.rule = f"count of {metric.of} v1"
        self._counts = _created_in(cycle) if metric.of == "created" else in_state(metric.of)

    def share(self, item: Item, weight: float) -> Share:
        return Share(weight if self._counts(item) else 0.0, weight)

    def reading(self) -> Reading:
        total, scope, done = self.sums()
        return Reading(total, total, None, scope, done)


class SumTally(Tally):
    """The sum of a numeric field: ``points``, or one that the connection's ``numbers`` name."""

    def __init__(self, metric: Sum) -> None:
        super().__init__()
        self.rule = f"sum of {metric.field}, {metric.of} v1"
        self._field = metric.field
        self._counts = in_state(metric.of)
        self._empty = 0

    def share(self, item: Item, weight: float) -> Share:
        number = item.points if self._field == "points" else item.numbers.get(self._field)
        if number is None or not abs(number) <= LARGEST:
            return Share(left_out=f"has no {self._field}")
        return Share(weight * number if self._counts(item) else 0.0, weight * number)

    def add(self, item: Item, weight: float) -> bool:
        counted = super().add(item, weight)
        self._empty += not counted
        return counted

    def reading(self) -> Reading:
        total, scope, done = self.sums()
        flags = (f"{plural(self._empty, 'item')} without {self._field}, left out",) if self._empty else ()
        return Reading(total, total, None, scope, done, self._empty, flags)


class RatioTally(Tally):
    """Items that match ``of`` per items that match ``over``; an item may be in one part, in both, or left out."""

    def __init__(self, metric: Ratio) -> None:
        super().__init__()
        self.rule = "ratio v1"
        self._above, self._below = matching(metric.of), matching(metric.over)
        self._base = 0

    def share(self, item: Item, weight: float) -> Share:
        above, below = self._above(item), self._below(item)
        if not above and not below:
            return Share(left_out="is in neither part of the ratio")
        return Share(weight if above else 0.0, weight if below else 0.0)

    def add(self, item: Item, weight: float) -> bool:
        counted = super().add(item, weight)
        self._base += counted and self._of[-1] > 0
        return counted

    def reading(self) -> Reading:
        numerator, denominator, done = self.sums()
        if not self._base:
            return Reading(None, numerator, 0.0, flags=("nothing to divide by",))
        flags = (f"fewer than {FEW} in the denominator",) if self._base < FEW else ()
        return Reading(numerator / denominator, numerator, denominator, denominator, done, flags=flags)


def in_state(wanted: str) -> Test:
    """A test for a state word of the OKR files; work in a state nobody can place is open.

    What was dropped is in no scope and never asked about, so done means delivered.
    """
    match wanted:
        case "open":
            return lambda item: item.state is not State.DONE
        case "all":
            return lambda _: True
        case _:
            state = State(wanted)
            return lambda item: item.state is state


def matching(wanted: Filter) -> Test:
    """A test that every given field of a filter matches."""
    tests: list[Test] = []
    if wanted.state is not None:
        tests.append(in_state(wanted.state))
    if wanted.labels is not None:
        worn = wearing(wanted.labels)
        tests.append(lambda item: worn(folded(item.labels)))
    if wanted.type is not None:
        kind = wanted.type.casefold()
        tests.append(lambda item: kind in folded_types(item))
    return lambda item: all(test(item) for test in tests)


def _created_in(cycle: Cycle) -> Test:
    zone = cycle.zone
    return lambda item: cycle.start <= item.created.astimezone(zone).date() <= cycle.end
