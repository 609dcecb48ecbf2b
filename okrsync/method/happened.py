"""What happened to a ticket, in a word or two."""

from __future__ import annotations

from okrsync.model.work import Item, State

BECAUSE_SHOWN = 6


def happened(before: Item | None, after: Item) -> str:
    """A word for what a change did to a key result's numbers; "" where it did nothing to them."""
    if before is None:
        return "added"
    if after.state is State.DONE and (before.state is not State.DONE or before.outcome != after.outcome):
        return str(after.outcome or "delivered")
    if before.state is State.DONE and after.state is not State.DONE:
        return "reopened"
    if before.points != after.points:
        return f"re-estimated from {_number(before.points)} to {_number(after.points)}"
    return "started" if before.state is State.TODO and after.state is State.DOING else ""


def _number(points: float | None) -> str:
    return "nothing" if points is None else f"{points:g}"


def shortened(because: list[str]) -> tuple[str, ...]:
    """The first few, and how many more there are."""
    rest = len(because) - BECAUSE_SHOWN
    return tuple(because[:BECAUSE_SHOWN]) + ((f"and {rest} more",) if rest > 0 else ())
