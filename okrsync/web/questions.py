"""The questions that everybody asks: pages and the API take what they show out of these answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from okrsync.method.checkins import Duty
from okrsync.method.expected import day_of
from okrsync.model.closing import Remark
from okrsync.model.figures import TeamFigures
from okrsync.model.okr import Cycle, Phase
from okrsync.practice.checkins import owed
from okrsync.practice.closing import ending, find_cycle, remarks
from okrsync.practice.coach import coaching
from okrsync.practice.desk import Desk
from okrsync.practice.figures import figures_over
from okrsync.practice.figures_known import Past, past
from okrsync.practice.overview import overview
from okrsync.practice.periods import CURRENT
from okrsync.practice.review import Portions
from okrsync.practice.scoring import Ending
from okrsync.web.answers import Question

SPANS = 3
SPAN = timedelta(weeks=4)
RECENT = ("4w", "8w", "13w")
"""The last weeks that figures are asked of."""
PORTIONS = Portions(whole=30, page=10)
"""How the review of a large cycle is divided."""


class Common(NamedTuple):
    """Every team's figures by the period that is asked for, and the ``past`` that they and those of others rest on.

    Those of "" are over time: the last spans and the cycle, the oldest first.
    """

    periods: Mapping[str, Sequence[tuple[TeamFigures, ...]]]
    past: Past


class Standing(NamedTuple):
    """What all pages of a review share but for the figures."""

    ending: Ending
    remarks: tuple[Remark, ...]


def common_figures(desk: Desk) -> Common:
    """The figures that the page of them offers."""
    today = desk.now.date()
    ends = [today - back * SPAN for back in range(SPANS - 1, -1, -1)]
    spans = [f"{last - SPAN + timedelta(days=1)}..{last}" for last in ends]
    periods = [CURRENT, *RECENT, *sorted(in_review(desk))]
    with desk.store.reading():
        known = past(desk)
    found = figures_over(desk, [*spans, *periods], known=known)
    each = dict(zip(periods, found[SPANS:], strict=True))
    over_time = [*found[:SPANS], each[CURRENT]]
    return Common({"": over_time, **{period: [one] for period, one in each.items()}}, known)


def duties(desk: Desk) -> dict[str, Duty]:
    """What is owed for every live key result."""
    return {row.key_result: row.duty for row in owed(desk)}


def in_review(desk: Desk) -> frozenset[str]:
    """The cycles that are being reviewed: those that go on, or were over lately and are not closed yet."""
    return frozenset(one.id for one in _lately(desk) if one.state in (Phase.ACTIVE, Phase.GRADING))


def reviewed_lately(desk: Desk) -> frozenset[str]:
    """The cycles whose review is opened most: the same, and those that were over lately and are closed."""
    return frozenset(one.id for one in _lately(desk) if one.state is not Phase.DRAFT)


def _lately(desk: Desk) -> Iterator[Cycle]:
    cycles = {cycle.id: cycle for _, cycle in desk.judged.objectives}
    return (one for one in cycles.values() if one.start <= day_of(one, desk.now) <= one.end + SPAN)


def standing_reviews(desk: Desk) -> dict[str, Standing]:
    """What their pages share, by cycle."""
    return {cycle: Standing(ending(desk, cycle), remarks(desk, find_cycle(desk, cycle))) for cycle in in_review(desk)}


OVERVIEW = Question("overview", overview)
COACHING = Question("coaching", coaching)
FIGURES = Question("figures", common_figures)
DUTIES = Question("duties", duties)
REVIEWS = Question("reviews", standing_reviews)

QUESTIONS: tuple[Question[object], ...] = (OVERVIEW, DUTIES, COACHING, FIGURES, REVIEWS)
"""What is answered ahead of visitors, what is asked most often first."""
