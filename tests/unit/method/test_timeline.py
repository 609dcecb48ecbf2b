"""What was true of a linked item at any time, from its moments or from what it tells itself, and week by week."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from okr_builders import item, part

from okrsync.method.course import sizes, week_edges, weeks
from okrsync.method.timeline import as_of, parts_at
from okrsync.model.life import Life, Moment
from okrsync.model.okr import Completion, Sum
from okrsync.model.work import Item, Outcome, State

START = date(2026, 10, 5)
BORN = datetime(2026, 10, 1, tzinfo=UTC)


def at(day: float) -> datetime:
    """A time so many days after the item's creation."""
    return BORN + timedelta(days=day)


def life(one: Item | None = None, *moments: Moment, weight: float = 1.0, supports: bool = False, **known: Any) -> Life:
    held, linked = part(one or item(created=BORN), weight=weight, supports=supports)
    return Life(held, linked, moments, **known)


def state(one: Life, day: float) -> State | None:
    found = as_of(one, at(day))
    return found[0].state if found else None


def done(closed: float | None = None, **changed: Any) -> Item:
    when = None if closed is None else at(closed)
    return item(**{"created": BORN, "done": True, "closed": when, **changed})


def test_an_item_without_moments_tells_its_past_by_its_own_times() -> None:
    one = life(done(9, started=at(4)))
    assert [state(one, day) for day in (-1, 0, 3.9, 4, 8.9, 9, 99)] == [
        None,
        State.TODO,
        State.TODO,
        State.DOING,
        State.DOING,
        State.DONE,
        State.DONE,
    ]


def test_work_of_which_nobody_knows_when_it_came_to_its_state_was_always_in_it() -> None:
    assert state(life(done()), 0.5) is State.DONE
    assert state(life(item(created=BORN, state=State.DOING)), 0.5) is State.DOING
    assert state(life(item(created=BORN, state=State.UNKNOWN)), 0.5) is State.UNKNOWN


def test_what_was_closed_later_was_not_closed_yet() -> None:
    found = as_of(life(done(9, started=at(4))), at(5))
    assert found is not None
    assert (found[0].closed, found[0].outcome, found[0].started) == (None, None, at(4))
    found = as_of(life(done(9, started=at(4))), at(3))
    assert found is not None
    assert found[0].started is None


def test_moments_tell_what_was_reopened_and_re_estimated() -> None:
    one = life(
        item(created=BORN, points=5.0),
        Moment(at(3), State.DONE, "Done", Outcome.DELIVERED, 2.0, labels=(), type="Task", closed=at(3)),
        Moment(at(6), State.TODO, "Open", None, 5.0, labels=(), type="Task"),
    )
    seen = {day: as_of(one, at(day)) for day in (2, 3, 5, 6)}
    told = {day: (found[0].state, found[0].points, found[0].closed) for day, found in seen.items() if found}
    assert told == {
        2: (State.TODO, 2.0, None),
        3: (State.DONE, 2.0, at(3)),
        5: (State.DONE, 2.0, at(3)),
        6: (State.TODO, 5.0, None),
    }


def test_a_rebuilt_moment_is_closed_when_it_came_to_be_done_for_the_last_time() -> None:
    one = life(
        done(8),
        Moment(at(2), State.DONE, outcome=Outcome.DELIVERED, rebuilt=True),
        Moment(at(3), State.DONE, outcome=Outcome.DELIVERED, points=2.0, rebuilt=True),
        Moment(at(4), State.DOING, rebuilt=True),
        Moment(at(8), State.DONE, outcome=Outcome.DELIVERED, rebuilt=True),
    )
    found = as_of(one, at(3.5))
    assert found is not None
    assert found[0].closed == at(2)


def test_labels_that_no_moment_knows_are_those_of_the_nearest_that_does() -> None:
    one = life(
        item(created=BORN, labels=("today",)),
        Moment(at(1), State.TODO, rebuilt=True),
        Moment(at(2), State.TODO, labels=("then",), type="Bug"),
        Moment(at(3), State.DOING, rebuilt=True),
        Moment(at(4), State.TODO, labels=("today",), type="Task"),
    )
    seen = [as_of(one, at(day)) for day in (1, 2, 3, 4)]
    assert [found[0].labels for found in seen if found] == [("then",), ("then",), ("then",), ("today",)]


def test_an_item_counts_while_it_is_linked() -> None:
    one = life(since=at(2), until=at(5))
    assert [day for day in range(8) if as_of(one, at(day))] == [2, 3, 4]


def test_an_unreachable_item_is_out_of_the_numbers_and_says_why() -> None:
    gone = Moment(at(3), State.TODO, unreachable="deleted")
    one = life(None, gone, Moment(at(5), State.TODO))
    assert [day for day in range(7) if as_of(one, at(day))] == [0, 1, 2, 5, 6]
    parts, unreachable = parts_at([one], at(4))
    assert len(parts) == 1, "a measure is told of it"
    assert unreachable == {("jira", "1"): "deleted"}


def course(*lives: Life, end: datetime = datetime(2026, 10, 26, tzinfo=UTC), **asked: Any) -> Any:
    return weeks(lives, START, end, UTC, **asked)


def test_weeks_without_any_work_are_kept() -> None:
    found = course(life(done(18.5)))
    assert [(week.throughput, week.arrivals, week.scope, week.done) for week in found.weeks] == [
        (0, 0, 1, 0),
        (0, 0, 1, 0),
        (1, 0, 1, 1),
    ]
    assert found.remaining == 0


def test_a_week_that_is_not_over_is_no_week_and_counts_for_what_remains() -> None:
    found = course(life(done(17)), life(item("2", created=BORN)), end=datetime(2026, 10, 25, 23, tzinfo=UTC))
    assert len(found.weeks) == 2
    assert (found.scope, found.done, found.remaining) == (2, 1, 1)


def test_what_comes_goes_and_grows_are_arrivals_and_reopened_work_comes_back() -> None:
    grown = Moment(at(12), State.TODO, points=5.0)
    lives = [
        life(item("1", created=at(12))),
        life(item("2", created=BORN), until=at(13)),
        life(item("3", created=BORN, points=5.0), Moment(BORN, State.TODO, points=2.0), grown),
        life(item("4", created=BORN), Moment(BORN, State.DONE, outcome=Outcome.DELIVERED), Moment(at(14), State.TODO)),
    ]
    found = course(*lives, size=lambda points, _: points or 1.0)
    assert [week.arrivals for week in found.weeks] == [0, 1 - 1 + 3 + 1, 0]
    assert all(week.throughput == 0 for week in found.weeks)


def test_work_finished_before_it_was_linked_is_no_throughput() -> None:
    found = course(life(done(1), since=at(12)), life(done(13, id="2", created=at(12))))
    assert [(week.throughput, week.scope, week.done) for week in found.weeks] == [(0, 0, 0), (1, 2, 2), (0, 2, 2)]
    assert [week.arrivals for week in found.weeks] == [0, 1, 0]


def test_cancelled_work_leaves_and_supporting_work_never_was_there() -> None:
    dropped = item("1", created=BORN, cancelled=True, closed=at(12))
    found = course(life(dropped), life(item("2", created=BORN), supports=True))
    assert [week.scope for week in found.weeks] == [1, 0, 0]
    assert [week.arrivals for week in found.weeks] == [0, -1, 0]


def test_weeks_begin_at_midnight_where_the_cycle_lives_whatever_the_clocks_do() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    edges = week_edges(date(2026, 10, 19), datetime(2026, 11, 3, tzinfo=UTC), berlin)
    assert [(edge.day, edge.hour, edge.utcoffset()) for edge in edges] == [
        (19, 0, timedelta(hours=2)),
        (26, 0, timedelta(hours=1)),
        (2, 0, timedelta(hours=1)),
    ]


@pytest.mark.parametrize(
    ("measured", "worth"),
    [
        ({"type": "completion"}, [1, 1]),
        ({"type": "completion", "by": "points"}, [8, 4]),
        ({"type": "completion", "by": "points", "unestimated": "one"}, [8, 1]),
        ({"type": "completion", "by": "points", "unestimated": "exclude"}, [8, 0]),
        ({"type": "sum", "field": "effort", "target": 9}, [3, 0]),
        ({"type": "sum", "field": "points", "target": 9}, [8, 0]),
    ],
)
def test_items_are_worth_what_their_measure_counts(measured: dict[str, Any], worth: list[float]) -> None:
    kind = Sum if measured["type"] == "sum" else Completion
    lives = [life(item(str(number), points=points)) for number, points in enumerate((2.0, 4.0, 6.0, None))]
    size = sizes(kind.model_validate(measured), lives)
    assert [size(8.0, {"effort": 3.0}), size(None, {})] == worth


days = st.integers(0, 40).map(float)
moments = st.lists(
    st.builds(
        lambda day, what, points, gone: Moment(
            at(day), what[0], "", what[1], points, {}, gone, labels=(), type="Task", closed=None
        ),
        days,
        st.sampled_from([(State.TODO, None), (State.DOING, None), (State.DONE, None), (State.DONE, Outcome.CANCELLED)]),
        st.sampled_from([None, 1.0, 3.0]),
        st.sampled_from(["", "", "deleted"]),
    ),
    max_size=5,
)


@st.composite
def lived(draw: st.DrawFn) -> Life:
    told = sorted(draw(moments), key=lambda moment: moment.at)
    last = told[-1] if told else Moment(BORN, State.TODO)
    today = item(created=at(draw(days)), state=last.state, outcome=last.outcome, points=last.points)
    since, until = draw(st.none() | days), draw(st.none() | days)
    return life(
        today,
        *told,
        weight=draw(st.sampled_from([1.0, 2.5])),
        since=None if since is None else at(since),
        until=None if until is None else at(until),
        unreachable=last.unreachable,
    )


@given(st.lists(lived(), max_size=6))
def test_what_remains_changes_by_arrivals_less_throughput(lives: list[Life]) -> None:
    found = course(*lives, end=at(45), size=lambda points, _: points or 1.0)
    for before, after in zip(found.weeks, found.weeks[1:], strict=False):
        assert after.remaining == pytest.approx(before.remaining + after.arrivals - after.throughput)
        assert after.throughput >= 0


@given(st.lists(lived(), max_size=6))
def test_a_week_ends_with_what_as_of_says(lives: list[Life]) -> None:
    found = course(*lives, end=at(45))
    for week in found.weeks:
        there = [one for life in lives if (one := as_of(life, week.end)) and not one[0].dropped]
        assert week.scope == pytest.approx(sum(linked.weight for _, linked in there))
        assert week.done == pytest.approx(sum(linked.weight for one, linked in there if one.delivered))
