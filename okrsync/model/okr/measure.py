"""Measures: what is made of the linked work, or of what people say. Rules and examples: docs/measures.md."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from okrsync.model.okr.fields import Amount, Frozen, Number, Share
from okrsync.model.okr.link import LabelChoice


class Filter(Frozen):
    """A part of the linked items, for ratios: every given field must match."""

    state: Literal["open", "todo", "doing", "done"] | None = None
    labels: LabelChoice = None
    type: str | None = None


class Completion(Frozen):
    """Share of the linked leaf items that is delivered: ``done / scope``, by count or by points.

    ``unestimated`` items take the ``median`` of the estimated ones, count ``one``, or are left out
    (``exclude``). ``in_progress_credit`` 0.25 is Linear's rule. ``denominator: baseline`` keeps the
    scope of the cycle's 14th day.
    """

    type: Literal["completion"]
    by: Literal["count", "points"] = "count"
    unestimated: Literal["median", "one", "exclude"] = "median"
    in_progress_credit: Annotated[float, Field(ge=0, lt=1)] = 0.0
    denominator: Literal["current", "baseline"] = "current"
    start: Share = 0.0
    target: Share = 1.0


class Count(Frozen):
    """How many linked items are open, done, or were created within the cycle."""

    type: Literal["count"]
    of: Literal["open", "done", "created"]
    start: Amount = 0.0
    target: Amount


class Sum(Frozen):
    """Sum of a numeric field (``points``, or one named in the connection's ``numbers``)."""

    type: Literal["sum"]
    field: str
    of: Literal["open", "done", "all"] = "done"
    start: Number = 0.0
    target: Number


class Ratio(Frozen):
    """Items that match ``of`` per items that match ``over``; no value when there are none of those."""

    type: Literal["ratio"]
    of: Filter
    over: Filter = Filter()
    start: Number = 0.0
    target: Number


class Duration(Frozen):
    """Percentile (nearest rank) in days of cycle time (first doing to done) or lead time (created to done)."""

    type: Literal["duration"]
    of: Literal["cycle", "lead"] = "cycle"
    percentile: Annotated[float, Field(gt=0, le=100)] = 85
    start: Amount
    target: Amount


class Milestones(Frozen):
    """Share of the linked milestones, versions and epics that are done, or their mean fraction done."""

    type: Literal["milestones"]
    by: Literal["done", "fraction"] = "done"
    start: Share = 0.0
    target: Share = 1.0


class Manual(Frozen):
    """A number that people give at check-ins."""

    type: Literal["manual"]
    start: Number = 0.0
    target: Number
    unit: str = ""


Metric = Annotated[Completion | Count | Sum | Ratio | Duration | Milestones | Manual, Field(discriminator="type")]


class _Condition(Frozen):
    above: Number | None = None
    below: Number | None = None
    within: tuple[Number, Number] | None = None
    inclusive: bool = False

    def holds(self, value: float) -> bool:
        """Strict bounds by default; ``inclusive`` admits the bounds themselves."""
        low, high = self.within or (self.above, self.below)
        if self.inclusive:
            return (low is None or value >= low) and (high is None or value <= high)
        return (low is None or value > low) and (high is None or value < high)


class Maintain(_Condition):
    """Stay above, below or within: met is 1, unmet is 0."""

    type: Literal["maintain"]
    of: Metric

    @model_validator(mode="after")
    def _has_exactly_one_bound(self) -> Maintain:
        if sum(bound is not None for bound in (self.above, self.below, self.within)) != 1:
            raise ValueError("give exactly one of above, below, within")
        return self


class Boolean(_Condition):
    """0 or 1: a check-in's yes, or whether a metric meets its bound (without one, its target)."""

    type: Literal["boolean"]
    of: Metric | None = None


Measure = Annotated[
    Completion | Count | Sum | Ratio | Duration | Milestones | Manual | Boolean | Maintain,
    Field(discriminator="type"),
]
