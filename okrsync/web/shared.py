"""What pages and the API make of what everybody asks: figures of any period, and the pages of reviews.

It is kept until what it is made of is answered anew: an answer that was given ahead may be behind for a moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from okrsync.method.review import Review
from okrsync.model.figures import TeamFigures
from okrsync.practice.figures import figures
from okrsync.practice.review import Shared, is_for_everybody, kept_back, review_without
from okrsync.web import questions
from okrsync.web.questions import FIGURES, REVIEWS, in_review, reviewed_lately
from okrsync.web.room import Room, Seat


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


def page_of(room: Room, desk: Seat, cycle: str, hidden: frozenset[str], page: int) -> Page:
    """The same for all from whom the same is kept. Raises ConfigError for a cycle that has no review."""
    shared, of = _shared(room, desk, cycle)
    name = f"review {cycle}, page {page}, without {sorted(hidden)}"
    found = room.once(
        name,
        desk,
        lambda: review_without(desk, cycle, hidden, page=page, most=questions.PORTIONS, shared=shared),
        of=of,
    )
    return Page(found, name, of)


def first_pages(room: Room, desk: Seat) -> None:
    """Have those of the reviews that are opened most, for whoever sees everything and whoever sees what is public."""
    for cycle in sorted(reviewed_lately(desk)):
        for hidden in {frozenset[str](), kept_back(desk, cycle, is_for_everybody)}:
            page_of(room, desk, cycle, hidden, 1)


def _shared(room: Room, desk: Seat, cycle: str) -> tuple[Shared | None, tuple[object, ...] | None]:
    """What is the same on all pages where it is answered ahead, and what that was made from."""
    if cycle not in in_review(desk):
        return None, None
    (standing, one), (common, other) = room.ask_whence(REVIEWS, desk), room.ask_whence(FIGURES, desk)
    found, (told,) = standing[cycle], common.periods[cycle]
    return Shared(lambda: found.ending, lambda: told, lambda: found.remarks), (one, other)
