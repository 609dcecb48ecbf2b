"""What a key result says of itself: where its number comes from, and who answers for it."""

from __future__ import annotations

from typing import Any

import pytest

from okrsync.model.okr import Cycle, KeyResult, Objective, Placed

COMPLETION = {"type": "completion"}


def key_result(measure: dict[str, Any], **more: Any) -> KeyResult:
    return KeyResult.model_validate({"id": "checkout-1", "title": "Ship it", "measure": measure, **more})


@pytest.mark.parametrize(
    ("measure", "told"),
    [
        ({"type": "manual", "target": 3}, True),
        ({"type": "boolean"}, True),
        ({"type": "maintain", "of": {"type": "manual", "target": 3}, "above": 2}, True),
        ({"type": "boolean", "of": COMPLETION}, False),
        (COMPLETION, False),
    ],
)
def test_people_give_what_no_ticket_tells_also_where_it_is_bounded(measure: dict[str, Any], told: bool) -> None:
    assert key_result(measure).by_people is told


@pytest.mark.parametrize(
    ("measure", "locked"),
    [
        (COMPLETION, False),
        (COMPLETION | {"denominator": "baseline"}, True),
        ({"type": "maintain", "of": COMPLETION | {"denominator": "baseline"}, "above": 0.5}, True),
        ({"type": "manual", "target": 3}, False),
    ],
)
def test_only_a_completion_of_a_baseline_has_one(measure: dict[str, Any], locked: bool) -> None:
    assert key_result(measure).has_baseline is locked


@pytest.mark.parametrize(
    ("measure", "way"),
    [
        (COMPLETION, (0.0, 1.0)),
        ({"type": "count", "of": "open", "start": 40, "target": 5}, (40.0, 5.0)),
        ({"type": "boolean"}, None),
        ({"type": "maintain", "of": {"type": "manual", "target": 3}, "above": 2}, None),
    ],
)
def test_a_value_goes_from_its_start_to_its_target_and_a_bound_goes_nowhere(
    measure: dict[str, Any], way: tuple[float, float] | None
) -> None:
    assert key_result(measure).way == way


def test_a_value_is_told_in_the_unit_of_the_key_result_or_else_of_what_people_give() -> None:
    given = {"type": "manual", "target": 3, "unit": "%"}
    assert key_result(given).value_unit == "%"
    assert key_result(given, unit="points").value_unit == "points"
    assert key_result(COMPLETION).value_unit == ""


def test_who_owns_an_objective_answers_for_what_nobody_else_owns() -> None:
    cycle = Cycle.model_validate({"id": "2026-Q4", "start": "2026-10-01", "end": "2026-12-31"})
    objective = Objective(id="checkout", title="Buying is effortless", owner="ana")
    assert Placed(key_result=key_result(COMPLETION), objective=objective, cycle=cycle).owner == "ana"
    assert Placed(key_result=key_result(COMPLETION, owner="max"), objective=objective, cycle=cycle).owner == "max"
