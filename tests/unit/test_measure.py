"""Every measure, with the worked numbers of the method."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from okr_builders import CYCLE, NOON, item, part, placed

from okrsync.measure import Evidence, contributions, measure
from okrsync.measure.duration import nearest_rank
from okrsync.model.sample import Linked, Sample
from okrsync.model.work import Item, State

Parts = Sequence[tuple[Item, Linked]]


def read(how: dict[str, Any], parts: Parts = (), **known: Any) -> Sample:
    return measure(placed(measure=how), iter(parts), Evidence(at=NOON, **known))


def items(count: int, *, done: int = 0, **changed: Any) -> list[tuple[Item, Linked]]:
    return [part(item(str(number), done=number < done, **changed)) for number in range(count)]


def test_completion_by_count_is_the_share_delivered() -> None:
    sample = read({"type": "completion"}, items(10, done=3))
    assert (sample.value, sample.raw, sample.numerator, sample.denominator) == (0.3, 0.3, 3, 10)
    assert (sample.scope, sample.done, sample.at) == (10, 3, NOON)
    assert (sample.rule, sample.unestimated, sample.flags) == ("completion by count v1", 0, ())


@pytest.mark.parametrize("outcome", ["cancelled", "duplicate"])
def test_cancelled_and_duplicate_work_leaves_the_scope_with_the_reason(outcome: str) -> None:
    dropped = item("9", state=State.DONE, outcome=outcome)
    parts = [*items(4, done=2), part(dropped)]
    sample = read({"type": "completion"}, parts)
    assert (sample.value, sample.denominator, sample.excluded) == (0.5, 4, 1)
    found = contributions(placed(), parts, Evidence(at=NOON), sample)
    assert [one.left_out for one in found if one.item == "9"] == [outcome]


def test_weights_multiply_what_an_item_counts() -> None:
    sample = read({"type": "completion"}, [part(item("1", done=True), weight=2), part(item("2"))])
    assert (sample.numerator, sample.denominator) == (2, 3)


def test_sums_are_rounded_once() -> None:
    tenths = [part(item(str(number), done=True), weight=0.1) for number in range(10)]
    assert read({"type": "completion"}, tenths).numerator == 1.0
    assert read({"type": "completion", "by": "points"}, tenths).numerator == 1.0


def test_supporting_work_is_never_counted() -> None:
    sample = read({"type": "completion"}, [part(item("1")), part(item("2", done=True), supports=True)])
    assert (sample.value, sample.denominator, sample.excluded) == (0, 1, 0)


def test_unreachable_work_leaves_the_numbers_with_its_reason() -> None:
    parts = [part(item("1")), part(item("2", done=True))]
    lost = {("jira", "1"): "deleted"}
    sample = read({"type": "completion"}, parts, unreachable=lost)
    assert (sample.value, sample.excluded) == (1, 1)
    found = list(contributions(placed(), parts, Evidence(at=NOON, unreachable=lost), sample))
    assert [one.left_out for one in found] == ["deleted", ""]


def test_nothing_linked_is_no_value_rather_than_zero() -> None:
    sample = read({"type": "completion"})
    assert (sample.value, sample.raw, sample.progress) == (None, None, None)
    assert sample.flags == ("nothing is linked",)
    only_cancelled = read({"type": "completion"}, [part(item(cancelled=True))])
    assert (only_cancelled.value, only_cancelled.flags) == (None, ("everything linked is left out: 1 item",))


def test_work_in_progress_earns_credit_only_on_request() -> None:
    parts = [part(item("1", state=State.DOING)), part(item("2"))]
    assert read({"type": "completion"}, parts).value == 0
    credited = read({"type": "completion", "in_progress_credit": 0.25}, parts)
    assert (credited.value, credited.done) == (0.125, 0)
    assert credited.rule == "completion by count, in progress 0.25 v1"


def points(*estimates: float | None, done: int = 0) -> Parts:
    return [part(item(str(number), points=estimate, done=number < done)) for number, estimate in enumerate(estimates)]


@pytest.mark.parametrize(
    ("policy", "numerator", "denominator", "excluded", "flag"),
    [
        ("median", 10, 24, 0, "2 of 5 items without an estimate, counted as the median of 5 points each"),
        ("one", 6, 16, 0, "2 of 5 items without an estimate, counted as 1 point each"),
        ("exclude", 5, 14, 2, "2 of 5 items without an estimate, left out"),
    ],
)
def test_unestimated_work_follows_the_policy_and_is_reported(
    policy: str, numerator: float, denominator: float, excluded: int, flag: str
) -> None:
    sample = read({"type": "completion", "by": "points", "unestimated": policy}, points(5, None, 1, 8, None, done=2))
    assert (sample.numerator, sample.denominator) == (numerator, denominator)
    assert (sample.unestimated, sample.excluded, sample.flags) == (2, excluded, (flag,))
    assert sample.rule == f"completion by points, unestimated {policy} v1"


def test_where_nothing_is_estimated_every_item_is_one_point() -> None:
    sample = read({"type": "completion", "by": "points"}, points(None, -3, None, done=1))
    assert (sample.numerator, sample.denominator, sample.unestimated) == (1, 3, 3)


def test_estimates_that_add_up_to_zero_are_no_value() -> None:
    sample = read({"type": "completion", "by": "points"}, points(0, 0, done=1))
    assert (sample.value, sample.flags) == (None, ("the estimates add up to 0",))


def test_the_baseline_is_the_denominator_once_it_is_locked() -> None:
    how = {"type": "completion", "denominator": "baseline"}
    before = read(how, items(12, done=6))
    assert (before.value, before.denominator) == (0.5, 12)
    assert "not locked" in before.flags[0]
    after = read(how, items(12, done=6), baseline=10.0)
    assert (after.value, after.denominator, after.scope) == (0.6, 10, 12)
    assert after.flags == ("the scope went from 10 to 12 since the baseline was locked",)
    assert after.rule == "completion by count, of the baseline v1"


def test_more_than_the_baseline_keeps_its_overshoot() -> None:
    sample = read({"type": "completion", "denominator": "baseline"}, items(12, done=11), baseline=10.0)
    assert (sample.raw, sample.progress) == (1.1, 1.0)


def test_counts_are_of_open_delivered_or_created_work() -> None:
    eve, new_year = datetime(2026, 9, 30, 23, 59, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    parts = [
        part(item("1", done=True, created=eve)),
        part(item("2", state=State.DOING, created=datetime(2026, 12, 31, 23, 59, tzinfo=UTC))),
        part(item("3", state=State.UNKNOWN, created=new_year)),
        part(item("4", cancelled=True)),
    ]
    values = [read({"type": "count", "of": of, "target": 9}, parts).value for of in ("open", "done", "created")]
    assert values == [2, 1, 1]


def test_the_cycle_begins_at_midnight_of_its_own_time_zone() -> None:
    tokyo = placed(
        measure={"type": "count", "of": "created", "target": 9},
        cycle=CYCLE.model_copy(update={"timezone": "Asia/Tokyo"}),
    )
    parts = [part(item("1", created=datetime(2026, 9, 30, 15, tzinfo=UTC)))]
    assert measure(tokyo, parts, Evidence(at=NOON)).value == 1


def test_a_sum_adds_a_field_and_leaves_out_what_does_not_have_it() -> None:
    parts = [
        part(item("1", done=True, numbers={"cost": 2.5})),
        part(item("2", numbers={"cost": 4}), weight=2),
        part(item("3", done=True)),
    ]
    how = {"type": "sum", "field": "cost", "target": 9}
    sample = read(how, parts)
    assert (sample.value, sample.unestimated, sample.flags) == (2.5, 1, ("1 item without cost, left out",))
    assert read({**how, "of": "open"}, parts).value == 8
    assert read({**how, "of": "all"}, parts).value == 10.5
    assert read({"type": "sum", "field": "points", "target": 9}, points(3, 5, done=1)).value == 3


RATIO = {"type": "ratio", "of": {"state": "open", "labels": ["Latency"]}, "over": {"state": "open"}, "target": 1}


def test_a_ratio_divides_what_matches_by_what_matches() -> None:
    parts = [*items(5), part(item("8", labels=("latency",))), part(item("9", done=True, labels=("latency",)))]
    sample = read(RATIO, parts)
    assert (sample.numerator, sample.denominator, sample.value, sample.flags) == (1, 6, 1 / 6, ())
    assert sample.excluded == 1


def test_a_ratio_over_nothing_is_no_value_and_over_few_is_flagged() -> None:
    assert read(RATIO, items(3, done=3)).value is None
    few = read(RATIO, items(4))
    assert (few.value, few.flags) == (0, ("fewer than 5 in the denominator",))


def took(*days: float, **changed: Any) -> Parts:
    return [
        part(item(str(n), done=True, started=NOON, closed=NOON + timedelta(days=d), **changed))
        for n, d in enumerate(days)
    ]


def test_a_duration_is_a_percentile_by_nearest_rank() -> None:
    how = {"type": "duration", "start": 20, "target": 5}
    sample = read(how, took(*range(10, 0, -1)))
    assert (sample.value, sample.rule) == (9, "cycle time, percentile 85 by nearest rank v1")
    assert read({**how, "percentile": 50}, took(*range(10, 0, -1))).value == 5
    created = NOON - timedelta(days=100)
    assert read({**how, "of": "lead", "percentile": 100}, took(*range(10), created=created)).value == 109


@pytest.mark.parametrize(("percentile", "value"), [(5, 15), (30, 20), (40, 20), (50, 35), (100, 50)])
def test_nearest_rank_is_a_value_that_occurred(percentile: float, value: float) -> None:
    assert nearest_rank([15, 20, 35, 40, 50], percentile) == value


def test_nearest_rank_reaches_the_largest_of_many() -> None:
    assert [nearest_rank([*range(1, 201)], percent) for percent in (99.5, 100)] == [199, 200]


def test_nearest_rank_is_not_led_astray_by_binary_fractions() -> None:
    assert [nearest_rank([*range(1, 101)], percent) for percent in (7, 14, 28, 55, 56, 57, 0.1)] == [
        7, 14, 28, 55, 56, 57, 1,
    ]  # fmt: skip


def test_fewer_than_ten_finished_items_have_no_percentile() -> None:
    unseen = part(item("99", done=True, closed=NOON))
    sample = read({"type": "duration", "start": 20, "target": 5}, [*took(*range(9)), unseen, part(item("98"))])
    assert (sample.value, sample.excluded) == (None, 2)
    assert sample.flags == ("9 finished items, and a percentile needs 10",)


def test_epics_that_are_not_broken_down_are_flagged() -> None:
    sample = read({"type": "completion"}, items(5, type="epic"))
    assert sample.flags == ("not broken down: SHOP-0, SHOP-1, SHOP-2 and 2 more",)


def test_a_number_no_ticket_can_mean_is_taken_for_none() -> None:
    sample = read({"type": "completion", "by": "points"}, points(1e308, 1e308, float("nan"), 2, done=4))
    assert (sample.unestimated, sample.value) == (3, 1)


def test_what_changed_since_a_sample_was_taken_is_a_row_of_its_own() -> None:
    old, now = items(4, done=2), items(5, done=3)
    sample = read({"type": "completion"}, old)
    rows = list(contributions(placed(), now, Evidence(at=NOON), sample))
    assert [(row.key, row.adds, row.of) for row in rows if not row.connection] == [("since then", -1, -1)]
