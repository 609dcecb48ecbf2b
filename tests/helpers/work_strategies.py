"""Work as it may be: items at two moments, and items with labels, for what must hold whatever happens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from okr_builders import NOON, item, part

from okrsync.model.sample import Linked
from okrsync.model.work import Item, Outcome, State

Part = tuple[Item, Linked]

MEASURES: tuple[dict[str, Any], ...] = (
    {"type": "completion"},
    {"type": "completion", "in_progress_credit": 0.25, "target": 0.8},
    {"type": "completion", "by": "points"},
    {"type": "completion", "by": "points", "unestimated": "exclude"},
    {"type": "completion", "denominator": "baseline"},
    {"type": "count", "of": "open", "start": 9, "target": 1},
    {"type": "sum", "field": "points", "of": "done", "target": 30},
    {"type": "ratio", "of": {"labels": ["bug"]}, "over": {"state": "done"}, "target": 0.5},
    {"type": "duration", "of": "lead", "percentile": 50, "start": 9, "target": 1},
    {"type": "maintain", "below": 4, "of": {"type": "count", "of": "open", "target": 1}},
)

LABELS = ("a", "b", "c", "d")
SPLITTABLE: tuple[dict[str, Any], ...] = (
    {"type": "completion", "in_progress_credit": 0.25},
    {"type": "completion", "by": "points"},
    {"type": "count", "of": "done", "target": 5},
    {"type": "sum", "field": "points", "target": 20},
    {"type": "ratio", "of": {"state": "done"}, "target": 1},
    {"type": "duration", "of": "lead", "start": 9, "target": 1},
)

labelled = st.builds(
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


@st.composite
def moments(draw: st.DrawFn) -> tuple[list[Part], list[Part], dict[tuple[str, str], str]]:
    """Items at two moments: each may be linked at either, and everything about it may change in between."""
    before: list[Part] = []
    after: list[Part] = []
    lost: dict[tuple[str, str], str] = {}
    for number in range(draw(st.integers(0, 14))):
        born = NOON - timedelta(days=draw(st.integers(1, 9)))
        for parts in (before, after):
            state, outcome = draw(
                st.sampled_from(
                    [
                        (State.TODO, None),
                        (State.DOING, None),
                        (State.DONE, Outcome.DELIVERED),
                        (State.DONE, Outcome.DELIVERED),
                        (State.DONE, Outcome.CANCELLED),
                    ]
                )
            )
            one = item(
                str(number),
                created=born,
                state=state,
                outcome=outcome,
                closed=born + timedelta(days=draw(st.integers(0, 5))) if state is State.DONE else None,
                points=draw(st.sampled_from([None, 0.0, 1.0, 2.0, 5.0])),
                labels=draw(st.sampled_from([(), ("bug",)])),
            )
            if draw(st.integers(0, 4)):
                parts.append(
                    part(one, weight=draw(st.sampled_from([1.0, 1.0, 2.5])), supports=draw(st.integers(0, 9)) == 0)
                )
        if draw(st.integers(0, 9)) == 0:
            lost["jira", str(number)] = "deleted"
    return before, after, lost
