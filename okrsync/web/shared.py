"""What pages and the API make of what everybody asks: figures of any period, and the pages of reviews.

It is kept until what it is made of is answered anew: an answer that was given ahead may be behind for a moment.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from okrsync.method.review import Review
from okrsync.model.figures import TeamFigures
from okrsync.practice.closing import ending, find_cycle, remarks
from okrsync.practice.figures import figures
from okrsync.practice.review import (
    AnyObjective,
    Shared,
    closings_of,
    is_for_everybody,
    kept_back,
    review_without,
)
from okrsync.web import questions
from okrsync.web.questions import FIGURES, REVIEWS, in_review, reviewed_lately
from okrsync.web.room import Room, Seat

CLOSINGS = ("closings",)
"""What they are made of: no run changes them."""


class Page(NamedTuple):
    """A page of a review, the name that it is known by, and what it is made ``of`` where that was answered ahead."""

    review: Review
    name: str
    of: tuple[object, ...] | None


def figures_in(room: Room, desk: Seat, period: str) -> Sequence[tuple[TeamFigures, ...]]:
    """Every team's figures, once for each period; of "" over time. Raises ConfigError for what is no period."""
    common, whence = room.ask_whence(FIGURES, desk)
    if period in common.periods:
        return common.periods[period]

    def reckoned() -> tuple[TeamFigures, ...]:
        return figures(desk, period=period, known=common.past)

    return [room.once(f"figures {period}", desk, reckoned, of=(whence,))]


def page_of(room: Room, desk: Seat, cycle: str, sees: Callable[[AnyObjective], bool], page: int) -> Page:
    """The same for all from whom the same is kept. Raises ConfigError for a cycle that has no review."""
    shared, of = _shared(room, desk, cycle)
    hidden = kept_back(desk, sees, shared.closings())
    name = f"review {cycle}, page {page}, without {sorted(hidden)}"

    def made() -> Review:
        return review_without(desk, cycle, hidden, shared, page=page, most=questions.PORTIONS)

    return Page(room.once(name, desk, made, of=of), name, of)


def first_pages(room: Room, desk: Seat) -> None:
    """Have those of the reviews that are opened most, for whoever sees everything and whoever sees what is public."""
    for cycle in sorted(reviewed_lately(desk)):
        for sees in (lambda _: True, is_for_everybody):
            page_of(room, desk, cycle, sees, 1)


def _shared(room: Room, desk: Seat, cycle: str) -> tuple[Shared, tuple[object, ...] | None]:
    """What is the same on all pages, and where it was answered ahead, what that was made from."""
    closings = room.once(f"closings of {cycle}", desk, lambda: closings_of(desk, cycle), of=CLOSINGS)
    if cycle in in_review(desk):
        (standing, one), (common, other) = room.ask_whence(REVIEWS, desk), room.ask_whence(FIGURES, desk)
        found, (told,) = standing[cycle], common.periods[cycle]
        return Shared(lambda: closings, lambda: found.ending, lambda: told, lambda: found.remarks), (one, other)
    shared = Shared(
        closings=lambda: closings,
        ending=lambda: room.once(f"ending of {cycle}", desk, lambda: ending(desk, cycle)),
        figures=lambda: figures_in(room, desk, cycle)[0],
        remarks=lambda: room.once(f"remarks on {cycle}", desk, lambda: remarks(desk, find_cycle(desk, cycle))),
    )
    return shared, None
