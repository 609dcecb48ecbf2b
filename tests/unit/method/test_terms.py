"""The files of today under the terms of another day."""

from __future__ import annotations

import pytest
from okr_builders import CYCLE, key_result

from okrsync.method.terms import terms, under
from okrsync.model.okr import GoalState, Objective, Okrs, Placed


def files(**changed: object) -> Okrs:
    objective = Objective(id="checkout", title="Buying", weight=2, key_results=(key_result(**changed),))  # type: ignore[arg-type]
    placed = tuple(Placed(key_result=one, objective=objective, cycle=CYCLE) for one in objective.key_results)
    return Okrs(placed=placed, objectives=((objective, CYCLE),))


def test_under_their_own_terms_files_are_themselves() -> None:
    assert under(files(), terms(files())) == under(files(), {}) == files()


def test_a_key_result_and_its_objective_are_as_they_were_asked_for_then() -> None:
    old = terms(files(weight=3, due="2026-11-01", plan=[{"date": "2026-10-15", "value": 0.5}]))
    (found,) = under(files(state="abandoned"), old).placed
    assert (found.key_result.weight, str(found.key_result.due), found.key_result.state) == (3, "2026-11-01", "active")
    assert found.objective.key_results == (found.key_result,)


def test_a_due_day_that_was_the_cycles_end_stays_when_the_cycle_gets_longer() -> None:
    old, objective = terms(files()), files().objectives[0][0]
    longer = CYCLE.model_copy(update={"end": CYCLE.end.replace(year=2027)})
    placed = Placed(key_result=key_result(), objective=objective, cycle=longer)
    (found,) = under(Okrs(placed=(placed,), objectives=((objective, longer),)), old).placed
    assert found.key_result.due == CYCLE.end


@pytest.mark.parametrize("text", ["", "3", "{", '{"weight": "heavy"}', '{"measure": {"type": "of a later version"}}'])
def test_terms_that_nobody_understands_are_those_of_today(text: str) -> None:
    asked = files(state="abandoned")
    (found,) = under(asked, dict.fromkeys(terms(asked), text)).placed
    assert found.key_result.state is GoalState.ABANDONED
