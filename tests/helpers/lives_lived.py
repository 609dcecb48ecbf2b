"""Lives of items as hypothesis makes them up: in any state, with or without dates and moments."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from okr_builders import item, part

from okrsync.method.begun import Link, Work, stretches
from okrsync.method.worked import Worked
from okrsync.model.life import Life, Moment
from okrsync.model.work import Item, Outcome, State

BORN = datetime(2026, 10, 1, tzinfo=UTC)
TIMES = st.integers(-2, 12).map(lambda days: BORN + timedelta(days=days))
MAYBE = st.none() | TIMES


def ended(state: State, outcome: Outcome) -> Outcome | None:
    return outcome if state is State.DONE else None


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """An item in any state, with or without dates and moments, linked for all of its life or a part of it."""
    state = draw(st.sampled_from(State))
    closed = draw(MAYBE) if state is State.DONE else None
    outcome = ended(state, draw(st.sampled_from(Outcome)))
    held, linked = part(item(created=BORN, state=state, started=draw(MAYBE), closed=closed, outcome=outcome))
    moments = []
    for at in sorted(draw(st.sets(TIMES, max_size=4))):
        then = draw(st.sampled_from(State))
        lost = draw(st.sampled_from(("", "deleted")))
        moments.append(Moment(at, then, outcome=ended(then, draw(st.sampled_from(Outcome))), unreachable=lost))
    gone = draw(st.sampled_from(("", "deleted")))
    return Life(held, linked, tuple(moments), draw(MAYBE), draw(MAYBE), gone)


def worked(some: Iterable[Life], leaves: Container[str] | None = None) -> Worked:
    """What is packed of some lives; ``leaves`` are ids of items, all of them unless given."""
    found = list(some)
    items = {key(life.item): life for life in found}
    return Worked(
        [
            Work(
                name,
                (life.item.connection, life.item.scope),
                life.item.created,
                leaves is None or life.item.id in leaves,
                tuple(stretches(life)),
            )
            for name, life in items.items()
        ],
        [Link(life.linked.key_result, key(life.item), life.since, life.until) for life in found],
    )


def key(one: Item) -> tuple[str, str]:
    """By which an item is known."""
    return one.connection, one.id
