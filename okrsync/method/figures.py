"""The four figures: whether the practice works, each with what it was made from.

Nothing here knows a person: owners come in as how many there are. Source: "The four figures the coaching article
names" of the method; the score expected of a kind of objective is Google's (``bands``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from math import fsum

import msgspec

from okrsync.measure.duration import ENOUGH, nearest_rank
from okrsync.method.bands import EXPECTED, Kind
from okrsync.method.checkins import Kept
from okrsync.model.figures import Alignment, Engagement, Percentile, Performance, Productivity, Ratio
from okrsync.model.okr import Objective
from okrsync.model.verdict import Status

WEEK = timedelta(days=7)

CYCLE_PERCENTILES = (50.0, 85.0)
AGE_PERCENTILES = (50.0, 85.0, 100.0)

ON_TRACK = frozenset({Status.ON_TRACK, Status.ACHIEVED})
OFF_TRACK = frozenset({Status.BEHIND, Status.AT_RISK, Status.OVERDUE})

ONE_OWNER = "one owner; no figure is about one person"


class Period(msgspec.Struct, frozen=True):
    """From ``start`` until before ``end``, aware; in days, from ``first`` to ``last``, both of them in it."""

    start: datetime
    end: datetime
    first: date
    last: date

    @property
    def weeks(self) -> float:
        """Its length in weeks, parts of a week included."""
        return max(0.0, (self.end - self.start) / WEEK)


class Scored(msgspec.Struct, frozen=True):
    """How a key result does: its final score or its progress (0 to 1, None without a value), and its status."""

    key_result: str
    kind: Kind
    score: float | None
    status: Status


def ratio(numerator: float, denominator: float, why: str) -> Ratio:
    """``why`` is said where there is nothing to divide by."""
    if denominator <= 0:
        return Ratio(numerator, denominator, None, why)
    return Ratio(numerator, denominator, numerator / denominator)


def alignment(objectives: Iterable[Objective], linked: int, active: int) -> Alignment:
    """Of ``active`` leaf items so many are ``linked`` to a live key result."""
    below = [one for one in objectives if not one.top]
    return Alignment(
        work=ratio(linked, active, "nothing is in progress where its linked work is"),
        parents=ratio(sum(one.parent is not None for one in below), len(below), "all of them are top ones"),
    )


def engagement(dues: Iterable[Kept], owners: Mapping[str, bool]) -> Engagement:
    """``dues`` are the check-ins that fell due; ``owners`` tells of each whether they checked in.

    Of a single owner neither figure is told: they would be about a person.
    """
    kept = list(dues)
    if len(owners) == 1:
        return Engagement(Ratio(None, len(kept), None, ONE_OWNER), Ratio(None, 1, None, ONE_OWNER))
    on_time = ratio(kept.count(Kept.ON_TIME), len(kept), "no check-in fell due")
    return Engagement(on_time, ratio(sum(owners.values()), len(owners), "no key result names an owner"))


def productivity(
    period: Period, *, finished: int, times: Iterable[float], doing: int, ages: Iterable[float]
) -> Productivity:
    """Of work linked at the end of the period, each item once; what is cancelled or unreachable then is left out.

    ``finished`` was done within the period and still is at its end, ``doing`` is in progress then; ``times`` and
    ``ages`` are their days, of those whose beginning is known.
    """
    return Productivity(
        throughput=ratio(finished, period.weeks, "the period has no length yet"),
        cycle=tuple(percentile(times, one, finished, enough=ENOUGH) for one in CYCLE_PERCENTILES),
        in_progress=doing,
        age=tuple(percentile(ages, one, doing) for one in AGE_PERCENTILES),
    )


def percentile(days: Iterable[float], percent: float, out_of: int, *, enough: int = 1) -> Percentile:
    """By nearest rank; ``days`` are those known of ``out_of``. Fewer than ``enough`` say nothing about a percentile."""
    ordered = sorted(days)
    if len(ordered) >= enough:
        return Percentile(percent, len(ordered), out_of, nearest_rank(ordered, percent))
    items = "an item" if enough == 1 else f"{enough} items"
    return Percentile(percent, len(ordered), out_of, None, f"needs {items} whose beginning is known")


def performance(scored: Iterable[Scored]) -> Performance:
    """Each key result once; one without a value counts as 0 and is named."""
    rows = list(scored)
    on_track, off_track = (sum(row.status in statuses for row in rows) for statuses in (ON_TRACK, OFF_TRACK))
    return Performance(
        score=ratio(_sum(rows), len(rows), "no key result was pursued"),
        committed=_attained(rows, "committed"),
        aspirational=_attained(rows, "aspirational"),
        on_track=on_track,
        off_track=off_track,
        balance=on_track - off_track,
        neither=len(rows) - on_track - off_track,
        without_value=tuple(row.key_result for row in rows if row.score is None),
    )


def _attained(rows: Iterable[Scored], kind: Kind) -> Ratio:
    chosen = [row for row in rows if row.kind == kind]
    return ratio(_sum(chosen), round(len(chosen) * EXPECTED[kind], 10), f"nothing {kind} was pursued")


def _sum(rows: Iterable[Scored]) -> float:
    return fsum(row.score or 0.0 for row in rows)
