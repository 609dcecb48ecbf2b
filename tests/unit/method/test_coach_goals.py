"""Rules on how key results are measured."""

from __future__ import annotations

from typing import Any

import pytest
from coach_facts import facts, found, key_result, objective, reasons

COMPLETION: dict[str, Any] = {"type": "completion"}
BUGS: dict[str, Any] = {"type": "count", "of": "open", "start": 40, "target": 5}


def _one(**changed: Any) -> Any:
    return facts(objective(key_result(**changed), key_result("other")))


def test_a_reported_number_without_a_unit_is_found() -> None:
    given = _one(measure={"type": "manual", "start": 10, "target": 40})
    assert reasons("KR-NUM", given) == ["checkout-1 goes to 40, and nobody says of what."]


@pytest.mark.parametrize(
    "changed",
    [
        {"measure": {"type": "manual", "start": 10, "target": 40, "unit": "customers"}},
        {"measure": {"type": "manual", "start": 10, "target": 40}, "unit": "points"},
        {"measure": COMPLETION},
        {"measure": BUGS},
        {"measure": {"type": "boolean"}, "due": "2026-12-01"},
        {"measure": {"type": "boolean"}, "title": "At least 3 customers signed"},
        {"measure": {"type": "maintain", "below": 5, "of": BUGS}},
    ],
)
def test_what_has_a_number_with_a_unit_or_a_date_is_fine(changed: dict[str, Any]) -> None:
    assert not found("KR-NUM", _one(**changed))


def test_a_bare_yes_or_no_is_found() -> None:
    given = _one(measure={"type": "boolean"}, title="The rota is in force")
    assert reasons("KR-NUM", given) == ["checkout-1 is a yes or no, with neither a number nor a day by which."]


@pytest.mark.parametrize(
    "measure",
    [
        {"type": "manual", "target": 40, "unit": "customers"},
        {"type": "count", "of": "open", "target": 40},
        {"type": "sum", "field": "points", "of": "all", "target": 40},
        {"type": "ratio", "of": {"state": "done"}, "target": 0.4},
    ],
)
def test_a_target_without_a_start_is_found(measure: dict[str, Any]) -> None:
    [one] = found("KR-BASE", _one(measure=measure))
    assert "no start, so it counts from 0" in one.reason
    assert not found("KR-BASE", _one(measure={**measure, "start": 0}))


@pytest.mark.parametrize(
    "measure",
    [
        COMPLETION,
        {"type": "milestones"},
        {"type": "count", "of": "done", "target": 40},
        {"type": "count", "of": "created", "target": 40},
        {"type": "sum", "field": "points", "target": 40},
        {"type": "maintain", "below": 5, "of": {"type": "count", "of": "open", "target": 9}},
    ],
)
def test_what_a_cycle_brings_about_starts_at_nothing(measure: dict[str, Any]) -> None:
    assert not found("KR-BASE", _one(measure=measure))


def _quantity(id: str, title: str = "Orders", **changed: Any) -> dict[str, Any]:
    measure = {"type": "manual", "start": 100, "target": 200, "unit": "a day"}
    return key_result(id, **{"title": title, "measure": measure, **changed})


def test_quantities_alone_are_found() -> None:
    given = facts(objective(_quantity("orders"), _quantity("visits", "Visits")))
    assert "quantities only (orders and visits)" in reasons("NOCOUNTER", given)[0]


@pytest.mark.parametrize(
    "guard",
    [
        _quantity("g", "Customer satisfaction"),
        _quantity("g", "Orders without complaints"),
        _quantity("g", measure=BUGS),
        _quantity("g", measure={"type": "duration", "start": 9, "target": 4}),
        _quantity("g", measure={"type": "ratio", "of": {"type": "Bug"}, "start": 0.5, "target": 0.6}),
        _quantity("g", measure={"type": "maintain", "below": 5, "of": {"type": "manual", "target": 9}}),
    ],
)
def test_one_guard_of_the_quality_is_enough(guard: dict[str, Any]) -> None:
    assert not found("NOCOUNTER", facts(objective(_quantity("orders"), guard)))


def test_a_guard_that_was_abandoned_guards_nothing() -> None:
    guard = _quantity("g", "Customer satisfaction", state="abandoned")
    assert found("NOCOUNTER", facts(objective(_quantity("orders"), guard)))


def test_an_objective_that_only_counts_tickets_is_found() -> None:
    counting = objective(key_result("a", measure=COMPLETION), key_result("b", measure=BUGS))
    assert reasons("OUTPUT-ONLY", facts(counting)) == ["Every key result of `checkout` counts tickets: a and b."]


@pytest.mark.parametrize(
    "measure",
    [
        {"type": "manual", "start": 1, "target": 2},
        {"type": "duration", "start": 9, "target": 4},
        {"type": "ratio", "of": {"type": "Bug"}, "start": 0.5, "target": 0.6},
        {"type": "boolean"},
    ],
)
def test_one_outcome_among_outputs_is_enough(measure: dict[str, Any]) -> None:
    assert not found(
        "OUTPUT-ONLY", facts(objective(key_result("a", measure=COMPLETION), key_result("b", measure=measure)))
    )


def test_an_objective_without_key_results_is_a_matter_of_another_rule() -> None:
    bare = facts(objective() | {"key_results": ()})
    assert not found("OUTPUT-ONLY", bare)
    assert not found("NOCOUNTER", bare)
