"""The days before the first reading, measured as they ended."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from okr_builders import item, placed

from okrsync.measure import Evidence, measure
from okrsync.method.definition import stamped
from okrsync.method.timeline import parts_at
from okrsync.model.backfill import Due, Told
from okrsync.model.life import Life, Moment
from okrsync.model.okr import Cycle, Placed
from okrsync.model.sample import Linked, Sample
from okrsync.model.work import Outcome, State
from okrsync.practice.rebuild import ends_of_days, readings, rebuild
from okrsync.store import Store

DAY = timedelta(days=1)
BEGIN = datetime(2026, 10, 1, tzinfo=UTC)
MEASURED = datetime(2026, 10, 21, 9, tzinfo=UTC)
DAYS = list(ends_of_days(Cycle(id="q", start=date(2026, 10, 1), end=date(2026, 12, 31)), MEASURED))
POINTS = {"type": "completion", "by": "points"}


def life(number: int, *moments: tuple[float, State, float | None], created: float = -3, **given: Any) -> Life:
    known = tuple(
        Moment(BEGIN + at * DAY, state, "", Outcome.DELIVERED if state is State.DONE else None, points, rebuilt=True)
        for at, state, points in moments
    )
    last = known[-1] if known else Moment(BEGIN, State.TODO)
    one = item(str(number), created=BEGIN + created * DAY, state=last.state, outcome=last.outcome, points=last.points)
    return Life(one, Linked("checkout-1", "jira", one.id, 1.0, False, ()), known, **given)


def read(*lives: Life, measure: dict[str, Any] | None = None, days: list[datetime] = DAYS) -> list[tuple[int, Any]]:
    found = readings(placed(measure=measure or {"type": "completion"}), lives, days)
    return [((one.at - BEGIN).days + 1, (one.done, one.scope)) for one in found]


def test_days_end_at_midnight_where_the_cycle_lives_and_only_those_that_were_over_count() -> None:
    cycle = Cycle(id="q", start=date(2026, 10, 24), end=date(2026, 12, 31), timezone="Europe/Berlin")
    ends = list(ends_of_days(cycle, datetime(2026, 10, 26, 23, 30, tzinfo=UTC)))
    assert [end.astimezone(UTC).isoformat() for end in ends] == [
        "2026-10-24T21:59:59.999999+00:00",
        "2026-10-25T22:59:59.999999+00:00",
        "2026-10-26T22:59:59.999999+00:00",
    ]
    assert {end.date() for end in ends} == {date(2026, 10, 24), date(2026, 10, 25), date(2026, 10, 26)}


def test_no_day_is_measured_after_the_cycle_is_over() -> None:
    cycle = Cycle(id="q", start=date(2026, 10, 1), end=date(2026, 10, 3))
    assert len(list(ends_of_days(cycle, MEASURED))) == 3


def test_a_reading_is_kept_for_each_day_on_which_it_is_another() -> None:
    open_one = life(1, (-3, State.TODO, None))
    done = life(2, (-2, State.TODO, None), (1.5, State.DOING, None), (3.5, State.DONE, None))
    new = life(3, created=5.2)
    back = life(4, (-1, State.TODO, None), (3.6, State.DONE, None), (8.1, State.DOING, None))
    assert read(open_one, done, new, back) == [(1, (0, 3)), (4, (2, 3)), (6, (2, 4)), (9, (1, 4))]


def test_points_are_those_of_then() -> None:
    grown = life(1, (-3, State.TODO, 2.0), (4.5, State.TODO, 8.0))
    assert read(grown, life(2, (-3, State.DONE, 2.0)), measure=POINTS) == [(1, (2, 4)), (5, (2, 10))]


def test_what_was_linked_later_or_is_linked_no_more_counts_for_its_time() -> None:
    later = life(1, (-3, State.TODO, None), since=BEGIN + 2.5 * DAY)
    gone = life(2, (-3, State.TODO, None), until=BEGIN + 5.5 * DAY)
    assert read(later, gone) == [(1, (0, 1)), (3, (0, 2)), (6, (0, 1))]


def test_a_baseline_is_the_scope_of_the_fourteenth_day() -> None:
    lives = [life(number, (-3, State.TODO, None)) for number in range(4)]
    lives[0] = life(0, (-3, State.TODO, None), (16.5, State.DONE, None))
    lives.append(life(9, created=15.5))
    found = readings(placed(measure={"type": "completion", "denominator": "baseline"}), lives, DAYS)
    assert found[-1].denominator == 4
    assert found[-1].scope == 5


at = st.floats(-5, 25)
states, estimates = st.sampled_from([State.TODO, State.DOING, State.DONE]), st.sampled_from([None, 1.0, 5.0])
moments = st.lists(st.tuples(at, states, estimates))
lives_strategy = st.lists(st.tuples(at, moments, st.none() | at, st.none() | at), max_size=5)


@given(lives_strategy, st.sampled_from(["count", "points"]))
def test_looking_only_at_what_changed_reads_what_looking_at_everything_reads(given_lives: Any, by: str) -> None:
    lives = []
    for number, (created, told, since, until) in enumerate(given_lives):
        ordered = sorted(((max(one[0], created), *one[1:]) for one in told), key=lambda one: one[0])
        bounds = {"since": since, "until": until}
        whole = {name: BEGIN + days * DAY for name, days in bounds.items() if days is not None}
        lives.append(life(number, *ordered, created=created, **whole))
    key_result = placed(measure={"type": "completion", "by": by})
    found = {one.at: one for one in readings(key_result, lives, DAYS)}
    before: Sample | None = None
    for day in DAYS:
        parts, lost = parts_at(lives, day)
        whole = stamped(measure(key_result, parts, Evidence(at=day, unreachable=lost)), key_result)
        assert (day in found) == (not whole.same_reading(before))
        assert day not in found or (found[day].value, found[day].flags) == (whole.value, whole.flags)
        before = whole


# In the store


def linked(store: Store, one: Placed, *moments: Moment) -> None:
    work = item("1", created=BEGIN, updated=MEASURED - DAY)
    with store.transaction():
        store.items.keep([work], lambda label: False)
        store.links.replace("jira", ["1"], [Linked(one.key_result.id, "jira", "1", 1.0, False, ())])
        store.backlog.keep([Told(Due(work, MEASURED), moments)])


def first_reading(store: Store, one: Placed, **given: Any) -> Sample:
    sample = stamped(Sample(one.key_result.id, MEASURED, 0.5, 0.5, **given), one)
    with store.transaction():
        store.history.add_sample(sample)
    return sample


TOLD = (
    Moment(BEGIN, State.TODO, rebuilt=True),
    Moment(BEGIN + 2.5 * DAY, State.DONE, outcome=Outcome.DELIVERED, rebuilt=True),
    Moment(BEGIN + 9.5 * DAY, State.TODO, rebuilt=True),
)


def test_it_is_kept_once_and_leaves_the_readings_that_were_taken(store: Store) -> None:
    one = placed({"labels": ["x"]})
    linked(store, one, *TOLD)
    taken = first_reading(store, one)
    report = rebuild(store, one, store.lives.of("checkout-1"))
    assert (report.days, report.readings, report.first, report.last, report.changed) == (
        20,
        3,
        date(2026, 10, 1),
        date(2026, 10, 20),
        True,
    )
    kept = store.history.samples("checkout-1")
    assert kept[-1] == taken
    assert [(sample.value, sample.rebuilt) for sample in kept] == [(0, True), (1, True), (0, True), (0.5, False)]
    again = rebuild(store, one, store.lives.of("checkout-1"))
    assert (again.changed, again.readings) == (False, 3)
    assert store.history.samples("checkout-1") == kept


def test_what_is_true_now_is_what_was_taken_last_and_a_past_day_is_what_was_rebuilt(store: Store) -> None:
    one = placed({"labels": ["x"]})
    linked(store, one, *TOLD)
    taken = first_reading(store, one)
    rebuild(store, one, store.lives.of("checkout-1"))
    assert store.history.sample("checkout-1") == taken
    assert store.history.latest_samples() == {"checkout-1": taken}
    then = store.history.sample("checkout-1", BEGIN + 4 * DAY)
    assert then is not None
    assert (then.value, then.rule) == (1, "completion by count v1, rebuilt from histories")
    assert store.history.known_since() == {"checkout-1": MEASURED}


def test_a_target_that_was_moved_later_was_not_moved_before(store: Store) -> None:
    one = placed({"labels": ["x"]}, measure={"type": "count", "of": "open", "start": 9, "target": 0})
    linked(store, one, *TOLD)
    first_reading(store, one)
    moved = placed({"labels": ["x"]}, measure={"type": "count", "of": "open", "start": 9, "target": 5})
    rebuild(store, moved, store.lives.of("checkout-1"))
    assert {(sample.start, sample.target) for sample in store.history.samples("checkout-1")} == {(9, 0)}


@pytest.mark.parametrize(
    ("measure", "reason"),
    [
        ({"type": "manual", "start": 1, "target": 2}, "check-ins"),
        ({"type": "milestones"}, "milestones"),
        ({"type": "completion"}, "never measured"),
    ],
)
def test_what_has_no_past_says_why(store: Store, measure: dict[str, Any], reason: str) -> None:
    assert reason in rebuild(store, placed({"labels": ["x"]}, measure=measure), []).reason


def test_a_cycle_that_began_with_the_first_reading_has_no_days_before(store: Store) -> None:
    cycle = Cycle(id="q", start=date(2026, 10, 21), end=date(2026, 12, 31))
    one = placed({"labels": ["x"]}, cycle=cycle)
    first_reading(store, one)
    assert "began when" in rebuild(store, one, store.lives.of("checkout-1")).reason
