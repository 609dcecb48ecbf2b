"""The questions that everybody asks: pages and the API take what they show out of these answers."""

from __future__ import annotations

from datetime import timedelta

from okrsync.method.checkins import Duty
from okrsync.method.expected import day_of
from okrsync.method.review import Review
from okrsync.model.figures import TeamFigures
from okrsync.model.okr import Phase
from okrsync.practice.checkins import owed
from okrsync.practice.coach import coaching
from okrsync.practice.desk import Desk
from okrsync.practice.figures import figures_over
from okrsync.practice.overview import overview
from okrsync.practice.periods import CURRENT
from okrsync.practice.review import is_for_everybody, kept_back, review_without
from okrsync.web.answers import Question

SPANS = 3
SPAN = timedelta(weeks=4)
RECENT = ("4w", "8w", "13w")
"""The last weeks that figures are asked of."""
KEY_RESULTS_SHOWN = 30
"""Key results on a page of a review; a larger cycle has several."""


def common_figures(desk: Desk) -> dict[str, list[tuple[TeamFigures, ...]]]:
    """Every team's figures by the period that is asked for; "" are the last spans and the cycle, the oldest first."""
    today = desk.now.date()
    ends = [today - back * SPAN for back in range(SPANS - 1, -1, -1)]
    spans = [f"{last - SPAN + timedelta(days=1)}..{last}" for last in ends]
    periods = [CURRENT, *RECENT, *sorted(in_review(desk))]
    found = figures_over(desk, [*spans, *periods])
    each = dict(zip(periods, found[SPANS:], strict=True))
    return {"": [*found[:SPANS], each[CURRENT]], **{period: [one] for period, one in each.items()}}


def duties(desk: Desk) -> dict[str, Duty]:
    """What is owed for every live key result."""
    return {row.key_result: row.duty for row in owed(desk)}


def in_review(desk: Desk) -> frozenset[str]:
    """The cycles whose review is opened most: those that go on, or were over lately and are not closed yet."""
    cycles = {cycle.id: cycle for _, cycle in desk.judged.objectives if cycle.state in (Phase.ACTIVE, Phase.GRADING)}
    return frozenset(one.id for one in cycles.values() if one.start <= day_of(one, desk.now) <= one.end + SPAN)


def first_reviews(desk: Desk) -> dict[tuple[str, frozenset[str]], Review]:
    """Their first pages, as whoever sees everything and whoever sees what is public reads them.

    By cycle, and by what is kept from the reader.
    """
    return {
        (cycle, hidden): review_without(desk, cycle, hidden, most=KEY_RESULTS_SHOWN)
        for cycle in in_review(desk)
        for hidden in {frozenset[str](), kept_back(desk, cycle, is_for_everybody)}
    }


OVERVIEW = Question("overview", overview)
COACHING = Question("coaching", coaching)
FIGURES = Question("figures", common_figures)
DUTIES = Question("duties", duties)
REVIEWS = Question("reviews", first_reviews)

QUESTIONS: tuple[Question[object], ...] = (OVERVIEW, DUTIES, COACHING, FIGURES, REVIEWS)
"""What is answered ahead of visitors, what is asked most often first."""
