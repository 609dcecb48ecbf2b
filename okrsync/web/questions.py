"""The questions that everybody asks: pages and the API take what they show out of these answers."""

from __future__ import annotations

from datetime import timedelta

from okrsync.method.checkins import Duty
from okrsync.model.figures import TeamFigures
from okrsync.practice.checkins import owed
from okrsync.practice.coach import coaching
from okrsync.practice.desk import Desk
from okrsync.practice.figures import figures_over
from okrsync.practice.overview import overview
from okrsync.practice.periods import CURRENT
from okrsync.web.answers import Question

SPANS = 3
SPAN = timedelta(weeks=4)


def over_time(desk: Desk) -> list[tuple[TeamFigures, ...]]:
    """Every team's figures of the last spans of four weeks, the oldest first, and of the cycle."""
    today = desk.now.date()
    spans = []
    for back in range(SPANS - 1, -1, -1):
        last = today - back * SPAN
        spans.append(f"{last - SPAN + timedelta(days=1)}..{last}")
    return figures_over(desk, [*spans, CURRENT])


def duties(desk: Desk) -> dict[str, Duty]:
    """What is owed for every live key result."""
    return {row.key_result: row.duty for row in owed(desk)}


OVERVIEW = Question("overview", overview)
COACHING = Question("coaching", coaching)
FIGURES = Question("figures", over_time)
DUTIES = Question("duties", duties)

QUESTIONS: tuple[Question[object], ...] = (OVERVIEW, DUTIES, COACHING, FIGURES)
"""What is answered ahead of visitors, what is asked most often first."""
