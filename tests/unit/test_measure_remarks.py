"""What a sample says: its numbers, the name of its rule, and every remark in the words a reader gets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from okr_builders import NOON, item, part, placed

from okrsync.measure import Evidence, contributions, measure
from okrsync.model.sample import Contribution, Linked, Sample
from okrsync.model.work import Item, Outcome, State

Parts = Sequence[tuple[Item, Linked]]
COMPLETION = {"type": "completion"}
POINTS = {"type": "completion", "by": "points"}
FINISHED = {"done": True, "started": NOON, "closed": NOON}
DURATION = {"type": "duration", "start": 20, "target": 5}
RATIO = {"type": "ratio", "of": {"labels": ["a"]}, "over": {"state": "open"}, "target": 1}


def read(how: dict[str, Any], parts: Parts = (), **known: Any) -> Sample:
    return measure(placed(measure=how), iter(parts), Evidence(at=NOON, **known))


def explain(how: dict[str, Any], parts: Parts, **known: Any) -> list[Contribution]:
    evidence = Evidence(at=NOON, **known)
    one = placed(measure=how)
    return list(contributions(one, parts, evidence, measure(one, parts, evidence)))


def test_a_sample_repeats_every_number_of_its_reading() -> None:
    parts = [part(item("1", points=3, done=True)), part(item("2")), part(item("3", cancelled=True))]
    assert read({**POINTS, "start": 0.5}, parts) == Sample(
        key_result="checkout-1",
        at=NOON,
        value=0.5,
        raw=0.0,
        numerator=3,
        denominator=6,
        scope=6,
        done=3,
        excluded=1,
        unestimated=1,
        flags=("1 of 2 items without an estimate, counted as the median of 3 points each",),
        rule="completion by points, unestimated median v1",
    )


def test_a_scope_that_is_its_baseline_needs_no_remark() -> None:
    how, parts = {**COMPLETION, "denominator": "baseline"}, [part(item("1")), part(item("2", done=True))]
    assert len(explain(how, parts, baseline=2.0)) == 2
    assert read(how, parts, baseline=2.0).flags == ()
    assert read(COMPLETION, parts, baseline=5.0).denominator == 2


@pytest.mark.parametrize(
    ("baseline", "flag"),
    [
        (None, "the baseline is not locked before the cycle's 14th day; this is of the current scope"),
        (0.0, "nothing was in scope when the baseline was locked; this is of the current scope"),
        (2.5, "the scope went from 2.5 to 1 since the baseline was locked"),
    ],
)
@pytest.mark.parametrize("how", [COMPLETION, POINTS])
def test_a_baseline_that_is_not_todays_scope_is_said(how: dict[str, Any], baseline: float, flag: str) -> None:
    found = read({**how, "denominator": "baseline"}, [part(item(points=1))], baseline=baseline)
    assert found.flags == (flag,)
    assert found.denominator == (baseline or 1)


def test_a_baseline_of_points_counts_what_is_done_in_points() -> None:
    parts = [part(item("1", points=3, done=True)), part(item("2", points=1))]
    found = read({**POINTS, "denominator": "baseline"}, parts, baseline=6.0)
    assert (found.value, found.scope, found.done) == (0.5, 4, 3)


def test_a_number_of_a_thousand_billion_is_the_largest_a_ticket_can_mean() -> None:
    largest = [part(item("1", points=1e15, done=True)), part(item("2", points=2e15))]
    assert read({**POINTS, "unestimated": "exclude"}, largest).denominator == 1e15
    assert read({"type": "sum", "field": "points", "target": 9}, largest).value == 1e15
    negative = [part(item("1", points=-1e15, done=True)), part(item("2", points=-2e15, done=True))]
    assert read({"type": "sum", "field": "points", "target": 9}, negative).value == -1e15


def test_an_estimate_of_zero_is_an_estimate() -> None:
    found = read(POINTS, [part(item("1", points=0)), part(item("2", points=4, done=True)), part(item("3"))])
    assert (found.denominator, found.unestimated) == (6, 1)


@pytest.mark.parametrize(
    ("how", "rule"),
    [
        ({"type": "count", "of": "created", "target": 9}, "count of created v1"),
        ({"type": "sum", "field": "cost", "of": "open", "target": 9}, "sum of cost, open v1"),
        (RATIO, "ratio v1"),
        ({**DURATION, "of": "lead", "percentile": 99.5}, "lead time, percentile 99.5 by nearest rank v1"),
        ({**POINTS, "unestimated": "one"}, "completion by points, unestimated one v1"),
        ({**POINTS, "denominator": "baseline"}, "completion by points, unestimated median, of the baseline v1"),
        ({"type": "boolean"}, "boolean yes of manual v1"),
        ({"type": "boolean", "of": {"type": "manual", "target": 2.5}}, "boolean at 2.5 of manual v1"),
        ({"type": "maintain", "within": (1, 2.5), "of": RATIO}, "maintain within 1 and 2.5 of ratio v1"),
    ],
)
def test_a_rule_has_a_name_and_a_version(how: dict[str, Any], rule: str) -> None:
    assert read(how).rule == rule


@pytest.mark.parametrize(
    ("bound", "wish"),
    [
        ({"within": (1, 2)}, "within 1 and 2"),
        ({"within": (1, 2), "inclusive": True}, "within 1 and 2 (inclusive)"),
        ({"above": 3.5}, "above 3.5"),
        ({"above": 3.5, "inclusive": True}, "above 3.5 (inclusive)"),
        ({"below": 3}, "below 3"),
        ({"below": 2, "inclusive": True}, "below 2 (inclusive)"),
        ({"above": 1, "below": 2}, "above 1 and below 2"),
        ({"above": 1, "below": 2, "inclusive": True}, "above 1 and below 2 (inclusive)"),
        ({}, "at 9"),
    ],
)
def test_an_unmet_bound_says_what_was_wished_for(bound: dict[str, Any], wish: str) -> None:
    found = read({"type": "boolean", **bound, "of": {"type": "manual", "target": 9}}, checkin=3)
    assert found.flags == (f"it is 3 and should be {wish}",)
    assert (found.value, found.raw) == (0.0, 0.0)


def test_a_boolean_that_is_not_reached_says_yes_is_wanted() -> None:
    assert read({"type": "boolean"}, checkin=0).flags == ("it is 0 and should be yes",)
    assert read({"type": "boolean"}, checkin=1).flags == ()
    assert read({"type": "boolean"}).flags == ("no check-in gave a value yet",)


def test_an_unmet_bound_keeps_the_other_remarks() -> None:
    how = {"type": "maintain", "above": 0.5, "of": {**RATIO, "over": {}}}
    assert read(how, [part(item())]).flags == (
        "fewer than 5 in the denominator",
        "it is 0 and should be above 0.5",
    )


def test_a_value_so_far_off_that_no_number_holds_its_progress_has_none() -> None:
    found = read({"type": "manual", "start": 0, "target": 1e-300}, checkin=1e300)
    assert (found.value, found.raw) == (1e300, None)
    target = {"type": "manual", "start": 0, "target": 1e-300}
    assert read({"type": "boolean", "of": target}, checkin=1e300).value == 0


def test_a_ratio_that_divides_by_nothing_says_so_and_keeps_its_parts() -> None:
    labelled = item("1", labels=("a",), done=True)
    found = read(RATIO, [part(labelled)])
    assert (found.value, found.numerator, found.denominator, found.scope, found.done) == (None, 1, 0, 0, 0)
    assert found.flags == ("nothing to divide by",)


def test_five_in_the_denominator_are_enough_and_count_by_weight() -> None:
    parts = [part(item(str(number), labels=("a",) if number < 2 else ()), weight=2) for number in range(5)]
    found = read(RATIO, parts)
    assert (found.value, found.numerator, found.denominator, found.scope, found.flags) == (0.4, 4, 10, 10, ())
    assert [(row.adds, row.of) for row in explain(RATIO, parts)] == [(2, 2), (2, 2), (0, 2), (0, 2), (0, 2)]


@pytest.mark.parametrize(("wanted", "found"), [("todo", 1), ("doing", 1), ("done", 1), ("open", 3), (None, 4)])
def test_a_filter_by_state_finds_that_state(wanted: str | None, found: int) -> None:
    states = [item("1"), item("2", state=State.DOING), item("3", done=True), item("4", state=State.UNKNOWN)]
    how = {"type": "ratio", "of": {"state": wanted} if wanted else {}, "over": {}, "target": 1}
    assert read(how, [part(one) for one in states]).numerator == found


def test_a_filter_by_type_and_labels_asks_for_both() -> None:
    parts = [
        part(item("1", type="Bug", labels=("A", "b"))),
        part(item("2", type="Bug", labels=("a",))),
        part(item("3", type="Task", labels=("a", "b"))),
    ]
    how = {"type": "ratio", "of": {"type": "bug", "labels": ["a", "b"]}, "over": {"type": "BUG"}, "target": 1}
    assert (read(how, parts).numerator, read(how, parts).denominator) == (1, 2)


def test_counts_weigh_what_they_find_and_tell_the_whole_scope() -> None:
    parts = [part(item("1"), weight=2), part(item("2", done=True), weight=3)]
    found = read({"type": "count", "of": "open", "target": 9}, parts)
    assert (found.value, found.numerator, found.denominator, found.scope, found.done) == (2, 2, None, 5, 3)


def test_sums_tell_the_whole_scope_and_what_is_done() -> None:
    parts = [part(item("1", points=3, done=True), weight=2), part(item("2", points=5)), *[part(item("3"))] * 2]
    found = read({"type": "sum", "field": "points", "target": 9}, parts)
    assert (found.numerator, found.denominator, found.scope, found.done) == (6, None, 11, 6)
    assert found.flags == ("2 items without points, left out",)
    assert [row.of for row in explain({"type": "sum", "field": "points", "target": 9}, parts)] == [6, 5, 0, 0]
    assert read({"type": "sum", "field": "points", "target": 9}, parts[:2]).flags == ()


def test_ten_finished_items_are_enough_for_a_percentile() -> None:
    parts = [part(item(str(n), **{**FINISHED, "closed": NOON + timedelta(days=n)})) for n in range(10)]
    found = read({**DURATION, "percentile": 100}, parts)
    assert (found.value, found.scope, found.done, found.flags) == (9, 10, 10, ())
    few = read(DURATION, parts[:1])
    assert (few.value, few.scope, few.done) == (None, 1, 1)
    assert few.flags == ("1 finished item, and a percentile needs 10",)


@pytest.mark.parametrize(("count", "rest"), [(2, ""), (3, ""), (4, " and 1 more")])
def test_up_to_three_epics_that_are_not_broken_down_are_named(count: int, rest: str) -> None:
    parts = [part(item(str(number), type="Epic")) for number in reversed(range(count))]
    named = ", ".join(f"SHOP-{number}" for number in range(min(count, 3)))
    assert read(COMPLETION, parts).flags == (f"not broken down: {named}{rest}",)


def test_a_manual_or_milestone_measure_never_says_that_nothing_is_linked() -> None:
    assert read({"type": "manual", "target": 3}, checkin=2).flags == ()
    assert "nothing is linked" not in read({"type": "milestones"}).flags


def test_what_is_done_counts_unestimated_work_at_what_it_is_taken_for() -> None:
    parts = [part(item("1", points=4)), part(item("2", done=True), weight=2), part(item("3"))]
    assert read(POINTS, parts).done == 8


def test_what_is_done_of_a_ratio_is_what_is_delivered_of_its_denominator() -> None:
    parts = [part(item("1", done=True), weight=2), part(item("2")), part(item("3", done=True, labels=("a",)))]
    assert read({**RATIO, "over": {}}, parts).done == 3
    assert read({**RATIO, "over": {"labels": ["a"]}}, parts).done == 1


@pytest.mark.parametrize(("of", "value"), [("done", 1), ("open", 3)])
def test_dropped_work_is_neither_open_nor_done(of: str, value: int) -> None:
    states = [item("1"), item("2", state=State.DOING), item("3", done=True), item("4", state=State.UNKNOWN)]
    dropped = [item("5", cancelled=True), item("6", state=State.DONE, outcome=Outcome.DUPLICATE)]
    assert read({"type": "count", "of": of, "target": 9}, [part(one) for one in [*states, *dropped]]).value == value
