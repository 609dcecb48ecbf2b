"""The four figures on plain values: every number with what it was made from, and nothing where there is nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lives_lived import worked
from okr_builders import item

from okrsync.measure.duration import nearest_rank
from okrsync.method.checkins import Kept
from okrsync.method.figures import (
    Period,
    Scored,
    alignment,
    engagement,
    percentile,
    performance,
    ratio,
)
from okrsync.model.figures import Productivity, Ratio
from okrsync.model.life import Life
from okrsync.model.okr import Objective
from okrsync.model.sample import Linked
from okrsync.model.verdict import Status
from okrsync.model.work import Item, State

START = datetime(2026, 10, 1, tzinfo=UTC)
END = START + timedelta(weeks=4)
PERIOD = Period(START, END, date(2026, 10, 1), date(2026, 10, 28))


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def life(one: Item, to: str = "checkout-1", **changed: Any) -> Life:
    return Life(one, Linked(to, one.connection, one.id, 1.0, False, ()), **changed)


def productivity(lives: Sequence[Life], period: Period) -> Productivity:
    return worked(lives).at(period.end).productivity({life.linked.key_result for life in lives}, period)


def finished(name: str, begun: float, closed: float) -> Item:
    return item(name, done=True, created=day(-30), started=day(begun), closed=day(closed))


def doing(name: str, begun: float) -> Item:
    return item(name, created=day(-30), state=State.DOING, started=day(begun))


def objective(id: str, **changed: Any) -> Objective:
    return Objective(id=id, title=id, **changed)


def test_a_share_stands_beside_what_it_was_made_from() -> None:
    assert ratio(3, 4, "nothing") == Ratio(3, 4, 0.75)


def test_nothing_to_divide_by_is_no_number_and_says_why() -> None:
    assert ratio(0, 0, "no check-in fell due") == Ratio(0, 0, None, "no check-in fell due")


def test_active_work_is_aligned_where_it_serves_a_live_key_result() -> None:
    found = alignment([objective("a", parent="top"), objective("b"), objective("top", top=True)], 2, 3)
    assert (found.work.numerator, found.work.denominator) == (2, 3)
    assert found.parents == Ratio(1, 2, 0.5)


def test_top_objectives_need_no_parent() -> None:
    found = alignment([objective("top", top=True)], 0, 0)
    assert (found.parents.denominator, found.parents.value) == (0, None)
    assert found.work.why == "nothing is in progress where its linked work is"


def test_late_missed_and_owed_check_ins_are_due_and_not_on_time() -> None:
    found = engagement([Kept.ON_TIME, Kept.LATE, Kept.MISSED, Kept.OWED], {"ana": True, "ben": False})
    assert found.on_time == Ratio(1, 4, 0.25)
    assert found.owners == Ratio(1, 2, 0.5)


@pytest.mark.parametrize("spoke", [True, False])
def test_of_a_single_owner_nothing_is_told(spoke: bool) -> None:
    found = engagement([Kept.ON_TIME, Kept.MISSED, Kept.LATE], {"ana": spoke})
    assert found.owners == Ratio(None, 1, None, "one owner; no figure is about one person")
    assert found.on_time == Ratio(None, 3, None, "one owner; no figure is about one person")


def test_throughput_is_what_was_finished_in_the_period_and_still_is() -> None:
    lives = [
        life(finished("1", 2, 5)),
        life(finished("2", 2, 27.9)),
        life(finished("before", -9, -1)),
        life(finished("after", 20, 28.1)),
        life(item("dropped", cancelled=True, created=day(-30), closed=day(3))),
        life(doing("3", 10)),
    ]
    found = productivity(lives, PERIOD)
    assert found.throughput == Ratio(2, 4.0, 0.5)
    assert found.in_progress == 2, "what is finished after the period was in progress at its end"


def test_an_item_of_several_key_results_counts_once() -> None:
    one = finished("1", 2, 5)
    found = productivity([life(one), life(one, "checkout-2"), life(one, "api-1")], PERIOD)
    assert found.throughput.numerator == 1


def test_work_that_is_no_longer_linked_at_the_end_is_somebody_elses() -> None:
    found = productivity([life(finished("1", 2, 5), until=day(20))], PERIOD)
    assert found.throughput.numerator == 0


def test_cycle_time_is_from_first_doing_to_done_by_nearest_rank() -> None:
    lives = [life(finished(str(days), 10 - days, 10)) for days in range(1, 11)]
    half, most = productivity(lives, PERIOD).cycle
    assert (half.percent, half.items, half.out_of, half.days) == (50, 10, 10, 5)
    assert (most.percent, most.days) == (85, 9)


def test_fewer_than_ten_finished_items_say_nothing_about_a_percentile() -> None:
    lives = [life(finished(str(days), 10 - days, 10)) for days in range(1, 10)]
    unseen = item("unseen", done=True, created=day(-30), closed=day(9))
    half, _ = productivity([*lives, life(unseen)], PERIOD).cycle
    assert (half.items, half.out_of, half.days) == (9, 10, None)
    assert half.why == "needs 10 items whose beginning is known"


def test_work_in_progress_has_an_age_at_the_end_of_the_period() -> None:
    unknown = item("9", created=day(-30), state=State.DOING)
    found = productivity([life(doing("1", 27)), life(doing("2", 8)), life(doing("3", 18)), life(unknown)], PERIOD)
    assert found.in_progress == 4
    assert [(one.percent, one.days, one.items, one.out_of) for one in found.age] == [
        (50, 10, 3, 4),
        (85, 20, 3, 4),
        (100, 20, 3, 4),
    ]


def test_a_period_that_has_not_begun_has_no_throughput() -> None:
    found = productivity([], Period(START, START, date(2026, 10, 1), date(2026, 10, 1)))
    assert found.throughput == Ratio(0, 0, None, "the period has no length yet")


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=40), st.sampled_from([50.0, 85.0, 100.0]), st.randoms())
def test_a_percentile_does_not_depend_on_the_order(days: list[float], percent: float, random: Any) -> None:
    shuffled = list(days)
    random.shuffle(shuffled)
    found = percentile(shuffled, percent, len(days)).days
    assert found == nearest_rank(sorted(days), percent)
    assert sum(one <= found for one in days) >= percent / 100 * len(days)


def row(name: str, score: float | None, kind: Any = "committed", status: Status = Status.ON_TRACK) -> Scored:
    return Scored(name, kind, score, status)


def test_committed_and_aspirational_are_measured_by_what_each_promised() -> None:
    found = performance([row("a", 0.5), row("b", 1.0), row("c", 0.7, "aspirational"), row("d", 0.35, "aspirational")])
    assert (found.score.numerator, found.score.denominator) == (pytest.approx(2.55), 4)
    assert (found.committed.numerator, found.committed.denominator, found.committed.value) == (1.5, 2.0, 0.75)
    assert (found.aspirational.denominator, found.aspirational.value) == (1.4, pytest.approx(0.75))


def test_without_a_value_it_counts_as_nothing_and_is_named() -> None:
    found = performance([row("a", 1.0), row("b", None, status=Status.NO_DATA)])
    assert (found.score.value, found.without_value) == (0.5, ("b",))


@pytest.mark.parametrize(
    ("status", "counts"),
    [
        (Status.ON_TRACK, (1, 0, 0)),
        (Status.ACHIEVED, (1, 0, 0)),
        (Status.BEHIND, (0, 1, 0)),
        (Status.AT_RISK, (0, 1, 0)),
        (Status.OVERDUE, (0, 1, 0)),
        (Status.NO_DATA, (0, 0, 1)),
        (Status.TOO_EARLY, (0, 0, 1)),
        (Status.NOT_STARTED, (0, 0, 1)),
        (Status.CLOSED, (0, 0, 1)),
    ],
)
def test_each_status_is_on_track_off_track_or_neither(status: Status, counts: tuple[int, int, int]) -> None:
    found = performance([row("a", 0.5, status=status)])
    assert (found.on_track, found.off_track, found.neither) == counts
    assert found.balance == counts[0] - counts[1]


def test_nothing_pursued_has_no_score_but_a_balance_of_nothing() -> None:
    found = performance([])
    assert (found.score.value, found.committed.value, found.aspirational.value) == (None, None, None)
    assert (found.balance, found.neither) == (0, 0)


@given(
    st.lists(st.tuples(st.sampled_from(["committed", "aspirational"]), st.floats(0, 1) | st.none()), max_size=20),
)
def test_the_kinds_add_up_to_the_whole(given_rows: list[tuple[Any, float | None]]) -> None:
    found = performance([row(str(n), score, kind) for n, (kind, score) in enumerate(given_rows)])
    both = (found.committed.numerator or 0) + (found.aspirational.numerator or 0)
    assert found.score.numerator == pytest.approx(both)
    assert found.score.denominator == pytest.approx(found.committed.denominator + found.aspirational.denominator / 0.7)
