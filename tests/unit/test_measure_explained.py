"""Every row of an explanation, and every remark, in the words a reader gets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from okr_builders import NOON, item, part, placed

from okrsync.measure import Evidence, contributions, measure
from okrsync.model.sample import Contribution, Linked, Sample
from okrsync.model.work import Item, State

Parts = Sequence[tuple[Item, Linked]]
COMPLETION = {"type": "completion"}
POINTS = {"type": "completion", "by": "points"}


def read(how: dict[str, Any], parts: Parts = (), **known: Any) -> Sample:
    return measure(placed(measure=how), iter(parts), Evidence(at=NOON, **known))


def explain(how: dict[str, Any], parts: Parts, **known: Any) -> list[Contribution]:
    evidence = Evidence(at=NOON, **known)
    one = placed(measure=how)
    return list(contributions(one, parts, evidence, measure(one, parts, evidence)))


def left_out(how: dict[str, Any], one: Item, **known: Any) -> str:
    (row,) = explain(how, [part(one)], **known)
    assert row.adds == row.of == 0
    return row.left_out


def test_a_row_tells_everything_about_an_item() -> None:
    one = item("7", state=State.DOING, word="In Review")
    (row,) = explain({**COMPLETION, "in_progress_credit": 0.25}, [part(one, weight=2)])
    assert row == Contribution(
        connection="jira",
        item="7",
        key="SHOP-7",
        title="Task 7",
        url="https://jira.example/browse/SHOP-7",
        state="doing",
        word="In Review",
        adds=0.5,
        of=2.0,
        left_out="",
        reasons=("has label x",),
    )


FINISHED = {"done": True, "started": NOON, "closed": NOON}
DURATION = {"type": "duration", "start": 20, "target": 5}
RATIO = {"type": "ratio", "of": {"labels": ["a"]}, "over": {"state": "open"}, "target": 1}


@pytest.mark.parametrize(
    ("how", "changed", "reason"),
    [
        ({"type": "manual", "target": 3}, {}, "people give the value at check-ins"),
        ({**POINTS, "unestimated": "exclude"}, {}, "has no estimate"),
        ({"type": "sum", "field": "cost", "target": 9}, {}, "has no cost"),
        (RATIO, {"done": True}, "is in neither part of the ratio"),
        (DURATION, {}, "is not done yet"),
        (DURATION, {**FINISHED, "started": None}, "nobody saw it begin"),
        (DURATION, {**FINISHED, "closed": None}, "nobody knows when it was done"),
        (DURATION, {**FINISHED, "closed": NOON - timedelta(seconds=1)}, "was done before it began"),
        (COMPLETION, {"cancelled": True}, "cancelled"),
    ],
)
def test_what_is_left_out_says_why(how: dict[str, Any], changed: dict[str, Any], reason: str) -> None:
    assert left_out(how, item(**changed)) == reason
    assert read(how, [part(item(**changed))]).excluded == 1


def test_what_was_done_the_moment_it_began_took_no_time() -> None:
    (row,) = explain(DURATION, [part(item(**FINISHED), weight=3)])
    assert (row.left_out, row.adds, row.of) == ("", 0, 1)


def test_unreachable_work_without_a_reason_is_unreachable() -> None:
    assert left_out(COMPLETION, item(), unreachable={("jira", "1"): ""}) == "unreachable"
    assert left_out(COMPLETION, item(), unreachable={("jira", "1"): "deleted", ("github", "1"): "x"}) == "deleted"


def test_supporting_work_is_in_the_explanation() -> None:
    (row,) = explain(COMPLETION, [part(item(done=True), supports=True)])
    assert (row.left_out, row.adds, row.of) == ("supports it, not counted", 0, 0)


@pytest.mark.parametrize(
    ("count", "title", "of"),
    [(12, "scope added since the baseline was locked", -2), (8, "scope gone since the baseline was locked", 2)],
)
def test_the_distance_to_the_baseline_is_the_first_row(count: int, title: str, of: float) -> None:
    parts = [part(item(str(number))) for number in range(count)]
    first, *rows = explain({**COMPLETION, "denominator": "baseline"}, parts, baseline=10.0)
    assert len(rows) == count
    assert first == Contribution(
        connection="",
        item="baseline",
        key="baseline",
        title=title,
        url="",
        state="",
        word="",
        adds=0.0,
        of=of,
        left_out="",
        reasons=("the denominator is the scope of the cycle's 14th day",),
    )


def test_work_that_changed_since_is_the_row_that_makes_up_the_difference() -> None:
    sample = read(COMPLETION, [part(item(str(number), done=number < 2)) for number in range(4)])
    today = [part(item("0", done=True))]
    since, row = contributions(placed(), today, Evidence(at=NOON), sample)
    assert row.item == "0"
    assert since == Contribution(
        connection="",
        item="since",
        key="since then",
        title="work that changed after this was measured",
        url="",
        state="",
        word="",
        adds=1.0,
        of=3.0,
        left_out="",
        reasons=("the next complete sync measures it",),
    )


def test_a_change_of_what_is_done_alone_is_a_difference_too() -> None:
    parts = [part(item("1")), part(item("2"))]
    sample = msgspec.structs.replace(read(COMPLETION, parts), numerator=1.0)
    assert [row.adds for row in contributions(placed(), parts, Evidence(at=NOON), sample)] == [1, 0, 0]


def test_rounding_and_a_first_look_are_no_differences() -> None:
    parts = [part(item(str(number), points=1e6)) for number in range(3)]
    sample = read(POINTS, parts)
    hardly = msgspec.structs.replace(sample, denominator=3e6 + 1e-4)
    never = Sample("checkout-1", NOON, None, None)
    for one in (sample, hardly, never):
        assert len(list(contributions(placed(measure=POINTS), parts, Evidence(at=NOON), one))) == 3


@pytest.mark.parametrize(
    ("weight", "drift", "told"),
    [(1e6, 0.9e-3, False), (1e6, 1.1e-3, True), (1.0, 1.5e-9, True), (0.1, 0.9e-9, False)],
)
def test_a_billionth_of_the_scope_is_rounding_and_more_is_a_change(weight: float, drift: float, told: bool) -> None:
    parts = [part(item(), weight=weight)]
    sample = msgspec.structs.replace(read(COMPLETION, parts), numerator=drift)
    rows = list(contributions(placed(), parts, Evidence(at=NOON), sample))
    assert [row.item for row in rows] == (["since", "1"] if told else ["1"])


@pytest.mark.parametrize(("policy", "of"), [("median", 6.0), ("one", 2.0), ("exclude", 0.0)])
def test_an_item_without_an_estimate_is_explained_with_what_it_was_counted_as(policy: str, of: float) -> None:
    parts = [part(item("1", points=2)), part(item("2", points=4)), part(item("3", done=True), weight=2)]
    *_, row = explain({**POINTS, "unestimated": policy}, parts)
    assert (row.adds, row.of) == (of, of)
