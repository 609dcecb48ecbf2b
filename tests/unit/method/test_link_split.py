"""Progress does not depend on how its links are written: one link, or two that together say the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from okr_builders import NOON, item, placed

from okrsync.mapping import Mapper, Surroundings
from okrsync.measure import Evidence, measure
from okrsync.model.okr import Placed
from okrsync.model.sample import Sample
from okrsync.model.work import Item, Outcome, State

LABELS = ("a", "b", "c", "d")
MEASURES: tuple[dict[str, Any], ...] = (
    {"type": "completion", "in_progress_credit": 0.25},
    {"type": "completion", "by": "points"},
    {"type": "count", "of": "done", "target": 5},
    {"type": "sum", "field": "points", "target": 20},
    {"type": "ratio", "of": {"state": "done"}, "target": 1},
    {"type": "duration", "of": "lead", "start": 9, "target": 1},
)

items = st.builds(
    lambda labels, state, points: item(
        labels=tuple(sorted(labels)),
        state=state,
        outcome=Outcome.DELIVERED if state is State.DONE else None,
        closed=NOON + timedelta(days=3) if state is State.DONE else None,
        points=points,
    ),
    st.sets(st.sampled_from(LABELS)),
    st.sampled_from([State.TODO, State.DOING, State.DONE]),
    st.sampled_from([None, 1.0, 3.0, 8.0]),
)


def read(one: Placed, work: list[Item]) -> Sample:
    mapper = Mapper([one], Surroundings())
    parts = [(found, linked) for found in work for linked in mapper.links(found)]
    return measure(one, parts, Evidence(at=NOON))


@given(
    st.lists(items, max_size=25),
    st.sets(st.sampled_from(LABELS)),
    st.sampled_from(MEASURES),
    st.sampled_from([1.0, 2.5]),
)
def test_a_link_split_in_two_reads_the_same(
    found: list[Item], first: set[str], measured: dict[str, Any], weight: float
) -> None:
    work = [msgspec.structs.replace(one, id=str(place), key=f"SHOP-{place}") for place, one in enumerate(found)]
    halves = [half for half in (first, set(LABELS) - first) if half]
    whole = placed({"labels": {"any": LABELS}, "weight": weight}, measure=measured)
    parted = placed(*({"labels": {"any": tuple(half)}, "weight": weight} for half in halves), measure=measured)
    overlapping = placed(
        {"labels": {"any": LABELS}, "weight": weight},
        {"labels": {"any": LABELS[:2]}, "weight": weight},
        measure=measured,
    )
    assert read(parted, work) == read(whole, work) == read(overlapping, work)
