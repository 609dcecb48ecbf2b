"""Completion: the share of the linked leaf items that is delivered, by count or by points."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import chain
from math import fsum
from statistics import median

from okrsync.measure.tally import LARGEST, Reading, Share, Tally
from okrsync.model.okr import Completion
from okrsync.model.sample import Contribution
from okrsync.model.work import Item, State
from okrsync.words import plural


class CompletionTally(Tally):
    """``done / scope``; scope and done are weighted items or weighted points."""

    def __init__(self, metric: Completion, baseline: float | None) -> None:
        super().__init__()
        self._metric = metric
        self._baseline = baseline if metric.denominator == "baseline" else None
        self.rule = _rule(metric)

    def share(self, item: Item, weight: float) -> Share:
        return Share(weight * self._credit(item), weight)

    def _credit(self, item: Item) -> float:
        if item.delivered:
            return 1.0
        return self._metric.in_progress_credit if item.state is State.DOING else 0.0

    def reading(self) -> Reading:
        return self._read(*self.sums())

    def _read(self, numerator: float, scope: float, done: float, unestimated: int = 0, *flags: str) -> Reading:
        denominator = self._baseline or scope
        value = numerator / denominator if denominator > 0 else None
        found = (*flags, *self._remarks(scope))
        return Reading(value, numerator, denominator, scope, done, unestimated, found)

    def _remarks(self, scope: float) -> Iterator[str]:
        if self._metric.denominator != "baseline":
            return
        if self._baseline is None:
            yield "the baseline is not locked before the cycle's 14th day; this is of the current scope"
        elif not self._baseline:
            yield "nothing was in scope when the baseline was locked; this is of the current scope"
        elif scope != self._baseline:
            yield f"the scope went from {self._baseline:g} to {scope:g} since the baseline was locked"

    def others(self) -> Iterator[Contribution]:
        """The difference between the locked scope and today's, so that the parts add up to the denominator."""
        scope = self.reading().scope
        if self._baseline and self._baseline != scope:
            grew = scope > self._baseline
            yield Contribution(
                connection="",
                item="baseline",
                key="baseline",
                title=f"scope {'added' if grew else 'gone'} since the baseline was locked",
                url="",
                state="",
                word="",
                adds=0.0,
                of=self._baseline - scope,
                left_out="",
                reasons=("the denominator is the scope of the cycle's 14th day",),
            )


class PointsTally(CompletionTally):
    """Unestimated items are weighed only when all are known, so they are kept as weights until then."""

    def __init__(self, metric: Completion, baseline: float | None) -> None:
        super().__init__(metric, baseline)
        self._estimates = array("d")
        self._blank = (array("d"), array("d"), array("d"))
        self._unestimated = 0
        self._fill: float | None = None

    def add(self, item: Item, weight: float) -> bool:
        self._fill = None
        points = _estimate(item)
        if points is not None:
            self._estimates.append(points)
            return self._remember(item, self._worth(item, weight, points))
        self._unestimated += 1
        if self._metric.unestimated == "exclude":
            return False
        parts = (weight * self._credit(item), weight, weight if item.delivered else 0.0)
        for kept, part in zip(self._blank, parts, strict=True):
            kept.append(part)
        return True

    def share(self, item: Item, weight: float) -> Share:
        points = _estimate(item)
        if points is None and self._metric.unestimated == "exclude":
            return Share(left_out="has no estimate")
        return self._worth(item, weight, self._worth_of_unestimated() if points is None else points)

    def _worth(self, item: Item, weight: float, points: float) -> Share:
        return Share(weight * self._credit(item) * points, weight * points)

    def _worth_of_unestimated(self) -> float:
        if self._fill is None:
            by_median = self._metric.unestimated == "median" and len(self._estimates) > 0
            self._fill = median(self._estimates) if by_median else 1.0
        return self._fill

    def sums(self) -> tuple[float, float, float]:
        worth = self._worth_of_unestimated()
        kept = (self._adds, self._of, self._done)
        adds, of, done = (
            fsum(chain(known, (part * worth for part in blank))) for known, blank in zip(kept, self._blank, strict=True)
        )
        return adds, of, done

    def reading(self) -> Reading:
        return self._read(*self.sums(), self._unestimated, *self._estimation())

    def _estimation(self) -> Iterator[str]:
        if self._estimates and not any(self._estimates):
            yield "the estimates add up to 0"
        everything = len(self._estimates) + self._unestimated
        if self._unestimated == 0:
            return
        said = f"{self._unestimated} of {plural(everything, 'item')} without an estimate"
        if self._metric.unestimated == "exclude":
            yield f"{said}, left out"
        elif self._metric.unestimated == "one" or not self._estimates:
            yield f"{said}, counted as 1 point each"
        else:
            yield f"{said}, counted as the median of {self._worth_of_unestimated():g} points each"


def completion(metric: Completion, baseline: float | None) -> Tally:
    """The tally of a completion: ``done / scope`` by count or by points, or over a ``baseline`` that is known."""
    return (PointsTally if metric.by == "points" else CompletionTally)(metric, baseline)


def _estimate(item: Item) -> float | None:
    """Story points; a negative estimate is none."""
    points = item.points
    return points if points is not None and 0 <= points <= LARGEST else None


def _rule(metric: Completion) -> str:
    parts = [f"completion by {metric.by}"]
    if metric.by == "points":
        parts.append(f"unestimated {metric.unestimated}")
    if metric.in_progress_credit:
        parts.append(f"in progress {metric.in_progress_credit:g}")
    if metric.denominator == "baseline":
        parts.append("of the baseline")
    return f"{', '.join(parts)} v1"
