"""What holds for any work, whatever the measure."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from math import isclose
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from okr_builders import NOON, item, part, placed

from okrsync.measure import Evidence, contributions, measure
from okrsync.model.sample import Linked, Sample
from okrsync.model.work import Item, Outcome, State

Parts = list[tuple[Item, Linked]]

completions = st.fixed_dictionaries(
    {"type": st.just("completion"), "by": st.sampled_from(["count", "points"])},
    optional={
        "unestimated": st.sampled_from(["median", "one", "exclude"]),
        "in_progress_credit": st.sampled_from([0.0, 0.25, 0.3]),
        "denominator": st.sampled_from(["current", "baseline"]),
    },
)
filters = st.fixed_dictionaries(
    {},
    optional={
        "state": st.sampled_from(["open", "todo", "doing", "done"]),
        "labels": st.lists(st.sampled_from(["a", "b"]), min_size=1, max_size=2),
        "type": st.sampled_from(["task", "epic", "issue"]),
    },
)
ratios = st.fixed_dictionaries({"type": st.just("ratio"), "of": filters, "over": filters, "target": st.just(1)})
numbers = st.sampled_from(
    [
        {"type": "count", "of": "open", "target": 5},
        {"type": "count", "of": "created", "target": 5},
        {"type": "sum", "field": "points", "of": "all", "target": 5},
        {"type": "duration", "start": 9, "target": 1},
        {"type": "maintain", "above": 0.3, "of": {"type": "completion"}},
        {"type": "manual", "target": 5},
    ]
)

ENDED = [(State.DONE, outcome) for outcome in Outcome]
states = st.sampled_from([(State.TODO, None), (State.DOING, None), (State.UNKNOWN, None), *ENDED])


@st.composite
def work(draw: st.DrawFn) -> Parts:
    found = []
    for number in range(draw(st.integers(0, 12))):
        state, outcome = draw(states)
        one = item(
            str(number),
            state=state,
            outcome=outcome,
            points=draw(st.none() | st.floats(0, 100)),
            labels=tuple(draw(st.lists(st.sampled_from(["a", "b"]), max_size=2))),
            type=draw(st.sampled_from(["Task", "Epic"])),
        )
        found.append(part(one, weight=draw(st.sampled_from([1.0, 2.0, 0.1])), supports=draw(st.booleans())))
    return found


baselines = st.none() | st.floats(0, 50)
lost = st.sets(st.integers(0, 12)).map(lambda found: {("jira", str(number)): "deleted" for number in found})


def read(how: dict[str, Any], parts: Parts, evidence: Evidence) -> Sample:
    return measure(placed(measure=how), iter(parts), evidence)


@given(completions | ratios, work(), baselines, lost)
def test_the_parts_add_up_to_the_sample(how: dict[str, Any], parts: Parts, baseline: float | None, gone: Any) -> None:
    evidence = Evidence(at=NOON, baseline=baseline, unreachable=gone)
    sample = read(how, parts, evidence)
    rows = list(contributions(placed(measure=how), iter(parts), evidence, sample))
    assert sample.numerator is not None
    assert sample.denominator is not None
    assert isclose(sum(row.adds for row in rows), sample.numerator, abs_tol=1e-9)
    assert isclose(sum(row.of for row in rows), sample.denominator, abs_tol=1e-9)
    assert {row.item for row in rows} >= {one.id for one, _ in parts}
    assert all(row.adds == row.of == 0 for row in rows if row.left_out)


@given(completions | ratios | numbers, work(), lost)
def test_what_is_excluded_is_what_is_explained_as_left_out(how: dict[str, Any], parts: Parts, gone: Any) -> None:
    evidence = Evidence(at=NOON, unreachable=gone)
    sample = read(how, parts, evidence)
    rows = contributions(placed(measure=how), parts, evidence, sample)
    supporting = {one.id for one, linked in parts if linked.supports}
    assert sample.excluded == sum(bool(row.left_out) for row in rows if row.item not in supporting)


@given(completions | ratios | numbers, work(), st.randoms(), baselines)
def test_the_order_of_items_does_not_matter(how: dict[str, Any], parts: Parts, dice: Any, baseline: Any) -> None:
    shuffled = parts[:]
    dice.shuffle(shuffled)
    evidence = Evidence(at=NOON, baseline=baseline)
    assert read(how, parts, evidence) == read(how, shuffled, evidence)


@given(
    completions | ratios | numbers, work(), st.sampled_from([Outcome.CANCELLED, Outcome.DUPLICATE]), st.floats(0, 99)
)
def test_one_more_cancelled_item_changes_no_number(
    how: dict[str, Any], parts: Parts, outcome: Outcome, points: float
) -> None:
    evidence = Evidence(at=NOON)
    more = part(item("99", state=State.DONE, outcome=outcome, points=points))
    before, after = read(how, parts, evidence), read(how, [*parts, more], evidence)
    assert after.excluded == before.excluded + 1
    assert msgspec.structs.replace(after, excluded=before.excluded, flags=before.flags) == before


@given(work(), st.sampled_from(["one", "exclude"]), st.sampled_from(["count", "points"]), st.data())
def test_cancelling_open_work_never_lowers_progress(parts: Parts, policy: str, by: str, data: st.DataObject) -> None:
    still_open = [n for n, (one, _) in enumerate(parts) if one.state is not State.DONE]
    assume(still_open)
    chosen = data.draw(st.sampled_from(still_open))
    one, linked = parts[chosen]
    cancelled = msgspec.structs.replace(one, state=State.DONE, outcome=Outcome.CANCELLED)
    how = {"type": "completion", "by": by, "unestimated": policy}
    before = read(how, parts, Evidence(at=NOON))
    after = read(how, [*parts[:chosen], (cancelled, linked), *parts[chosen + 1 :]], Evidence(at=NOON))
    if before.value is not None and after.value is not None:
        assert after.value >= before.value or isclose(after.value, before.value)


@given(completions, work())
def test_progress_is_a_share_and_raw_follows_the_value(how: dict[str, Any], parts: Parts) -> None:
    sample = read(how, parts, Evidence(at=NOON))
    assert sample.raw == sample.value
    assert sample.progress is None or 0 <= sample.progress <= 1
    assert sample.done <= sample.scope or isclose(sample.done, sample.scope)


@pytest.mark.parametrize(
    "how",
    [
        {"type": "completion", "by": "points"},
        {"type": "duration", "of": "lead", "start": 9, "target": 1},
        {"type": "ratio", "of": {"labels": ["a"]}, "target": 1},
    ],
)
def test_memory_does_not_grow_with_the_items_but_by_a_few_numbers(how: dict[str, Any]) -> None:
    count = 10_000

    def streamed() -> Iterator[tuple[Item, Linked]]:
        for number in range(count):
            yield part(item(str(number), points=3.0, done=True, closed=NOON))

    tracemalloc.start()
    try:
        measure(placed(measure=how), streamed(), Evidence(at=NOON))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < count * 80
