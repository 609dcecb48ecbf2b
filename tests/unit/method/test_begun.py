"""Work that was in progress or delivered at some moment: the short way says what the whole past says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from okr_builders import item, part

from okrsync.method.begun import Begun, begun
from okrsync.method.timeline import past
from okrsync.model.life import Life, Moment
from okrsync.model.work import Outcome, State

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


@given(lives(), TIMES)
def test_the_short_way_says_what_the_whole_past_says(life: Life, at: datetime) -> None:
    found = past(life, at)
    expected = None
    if found is not None and not found[2]:
        then = found[0]
        doing = then.state is State.DOING
        expected = Begun(doing, then.started, then.closed) if doing or then.delivered else None
    assert begun(life, at) == expected
