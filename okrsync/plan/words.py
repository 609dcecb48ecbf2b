"""The words and numbers that tickets show: a tenth of progress, what a ticket counts, where a link leads."""

from __future__ import annotations

from collections.abc import Sequence

from okrsync.model.okr import Completion, Placed
from okrsync.model.sample import Linked
from okrsync.model.verdict import Pace
from okrsync.model.work import Item

HYSTERESIS = 0.07
"""A shown tenth stays while progress is within this of it, so that a number at the edge does not flicker."""

DESCRIPTION_LENGTH = 100
"""Characters that GitHub takes as the description of a label."""


def tenth(progress: float | None, shown: int | None = None) -> int | None:
    """Progress as the tenth a note shows: 10 only when reached, and a shown tenth stays while it is near.

    >>> tenth(0.36), tenth(0.36, shown=3), tenth(0.38, shown=3), tenth(0.99), tenth(1.0)
    (4, 3, 4, 9, 10)
    """
    if progress is None:
        return None
    if progress >= 1:
        return 10
    if shown is not None and shown < 10 and abs(progress - shown / 10) <= HYSTERESIS:
        return shown
    return min(9, int(progress * 10 + 0.5))


def pace(paces: Sequence[Pace], shown: str = "") -> Pace | None:
    """The first of the paces, unless the shown status is among those that it is close to: then that one stays."""
    return next((one for one in paces if one.status == shown), paces[0] if paces else None)


def counts(placed: Placed, item: Item, linked: Linked) -> str:
    """What the ticket itself adds, in words that stay true while others' tickets change."""
    if linked.supports:
        return "supports it, not counted"
    if item.dropped:
        return f"{item.outcome}, not counted"
    measure = placed.key_result.measure
    if isinstance(measure, Completion) and measure.by == "points":
        amount = "not estimated" if item.points is None else f"{item.points:g} point{'' if item.points == 1 else 's'}"
    else:
        amount = "1 item"
    return amount if linked.weight == 1 else f"{amount}, weight {linked.weight:g}"


def page_url(dashboard_url: str, key_result: str) -> str:
    """The dashboard's page of a key result, "" without a dashboard."""
    return f"{dashboard_url.rstrip('/')}/key-results/{key_result}" if dashboard_url else ""


def description(placed: Placed, dashboard_url: str) -> str:
    """What the definition of a key result's label says."""
    title = " ".join(placed.key_result.title.split())
    return _shorten(f"{page_url(dashboard_url, placed.key_result.id)} Key result: {title}".strip(), DESCRIPTION_LENGTH)


def _shorten(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
