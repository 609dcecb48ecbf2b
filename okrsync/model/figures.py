"""The four figures of a team in a period: alignment, engagement, productivity, performance.

Every number stands beside what it was made from. None of them is about one person, and nothing merges them into one
index: a team that looks well in three and badly in the fourth should see just that.
"""

from __future__ import annotations

from datetime import date

import msgspec


class Ratio(msgspec.Struct, frozen=True):
    """``value = numerator / denominator``, None with the reason in ``why`` where there is nothing to divide by.

    ``numerator`` is None where even it would tell about one person.
    """

    numerator: float | None
    denominator: float
    value: float | None
    why: str = ""


class Percentile(msgspec.Struct, frozen=True):
    """The nearest-rank percentile in days, of those ``items`` of ``out_of`` whose beginning is known.

    ``days`` is None with the reason where they are too few.
    """

    percent: float
    items: int
    out_of: int
    days: float | None
    why: str = ""


class Alignment(msgspec.Struct, frozen=True):
    """``work``: active leaf items linked to a live key result / all active. ``parents``: objectives with a parent / all
    that are not top ones."""

    work: Ratio
    parents: Ratio


class Engagement(msgspec.Struct, frozen=True):
    """``on_time``: check-ins on time / due ones. ``owners``: owners who checked in / owners. None of a single owner."""

    on_time: Ratio
    owners: Ratio


class Productivity(msgspec.Struct, frozen=True):
    """``throughput``: items finished / weeks. ``cycle`` percentiles are from first doing to done, in days.

    ``in_progress`` counts items at the end of the period, ``age`` tells for how long they are in progress.
    """

    throughput: Ratio
    cycle: tuple[Percentile, ...]
    in_progress: int
    age: tuple[Percentile, ...]


class Performance(msgspec.Struct, frozen=True):
    """``score``: sum of scores / key results. ``committed``, ``aspirational``: sum of scores / sum of expected ones.

    ``on_track - off_track = balance``; ``neither`` is too early to tell, without data or not begun. ``without_value``
    names the key results that counted as 0 because nothing was measured.
    """

    score: Ratio
    committed: Ratio
    aspirational: Ratio
    on_track: int
    off_track: int
    balance: int
    neither: int = 0
    without_value: tuple[str, ...] = ()


class TeamFigures(msgspec.Struct, frozen=True):
    """The four figures of one team from ``start`` to ``end``, both days included; ``cycles`` are those they touch."""

    team: str
    start: date
    end: date
    cycles: tuple[str, ...]
    alignment: Alignment
    engagement: Engagement
    productivity: Productivity
    performance: Performance


class Traced(msgspec.Struct, frozen=True):
    """What one number of a figure counted: keys of tickets, or key results. Never people."""

    what: str
    keys: tuple[str, ...]


class Behind(msgspec.Struct, frozen=True):
    """What was counted for the figures of a team from ``start`` to ``end``, in their order."""

    team: str
    start: date
    end: date
    rows: tuple[Traced, ...]
