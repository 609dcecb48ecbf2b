"""Key results of private objectives: tickets show none of them, and what they showed before is taken away."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from plan_builders import kinds, linked, placed, plan_of, planner, ticket

from okrsync.model.change import AddLabel, DeleteNote, PutNote, RemoveLabel, ShownNote, UndefineLabel
from okrsync.model.okr import Phase, Placed
from okrsync.model.ticket import Showing
from okrsync.model.work import Outcome, State
from okrsync.plan import Planner, Wanted

CLOSED = {"state": State.DONE, "outcome": Outcome.DELIVERED}
BOTH = (linked(), linked("hush-1"))
DEFINED = ("okr:checkout-1", "okr:ignore")


def private(key_result: str = "hush-1", phase: Phase = Phase.ACTIVE) -> Placed:
    one = placed(key_result, phase=phase)
    return one.model_copy(update={"objective": one.objective.model_copy(update={"visibility": "team"})})


def discreet(*over: str) -> Planner:
    made = planner(planner().targets["github"], 0.36, placed(), private())
    return msgspec.structs.replace(made, private=frozenset({"hush-1"}), over=frozenset(over))


def showing(*key_results: str) -> Showing:
    return Showing(known=True, note=ShownNote("77", "0", tenths=dict.fromkeys(key_results, 4)))


def test_a_ticket_of_a_private_key_result_shows_nothing() -> None:
    assert discreet().wanted(ticket(links=(linked("hush-1"),))) == Wanted()
    assert plan_of(ticket(links=(linked("hush-1"),)), by=discreet()).changes == ()


def test_beside_a_public_one_only_that_is_shown() -> None:
    plan = plan_of(ticket(links=BOTH), by=discreet())
    assert {change.label for change in plan.changes if isinstance(change, AddLabel)} == {"okr:checkout-1"}
    (note,) = [change.note for change in plan.changes if isinstance(change, PutNote)]
    assert [line.key_result for line in note.lines] == ["checkout-1"]


def test_what_was_shown_before_is_taken_away() -> None:
    one = ticket(links=(linked("hush-1"),), showing=showing("hush-1"), labels=("okr:hush-1",))
    assert kinds(plan_of(one, by=discreet())) == [RemoveLabel, DeleteNote]


@pytest.mark.parametrize("over", [(), ("hush-1",)])
def test_a_closed_ticket_keeps_nothing_of_it(over: tuple[str, ...]) -> None:
    one = ticket(links=BOTH, showing=showing("checkout-1", "hush-1"), labels=("okr:checkout-1", "okr:Hush-1"), **CLOSED)
    plan = plan_of(one, by=discreet(*over))
    assert [change.label for change in plan.changes if isinstance(change, RemoveLabel)] == ["okr:Hush-1"]
    (note,) = [change.note for change in plan.changes if isinstance(change, PutNote)]
    assert [line.key_result for line in note.lines] == ["checkout-1"]


def test_a_closed_ticket_whose_note_alone_tells_of_it_is_corrected() -> None:
    one = ticket(links=BOTH, showing=showing("checkout-1", "hush-1"), labels=("okr:checkout-1",), **CLOSED)
    assert kinds(plan_of(one, by=discreet())) == [PutNote]


@pytest.mark.parametrize("tells", [{"labels": ("okr:hush-1",)}, {"statuses": {"hush-1": "behind"}}])
def test_a_closed_ticket_whose_note_tells_of_it_by_a_label_or_a_status_alone_is_corrected(tells: Any) -> None:
    """The label itself may be gone by hand, and what was never measured has no progress to tell."""
    note = ShownNote("77", "0", tenths={"checkout-1": 4}, **tells)
    one = ticket(links=BOTH, showing=Showing(known=True, note=note), labels=("okr:checkout-1",), **CLOSED)
    assert kinds(plan_of(one, by=discreet())) == [PutNote]


def test_a_closed_ticket_that_shows_only_what_all_may_know_stays_as_it_is() -> None:
    one = ticket(links=BOTH, showing=showing("checkout-1"), labels=("okr:checkout-1",), **CLOSED)
    assert plan_of(one, by=discreet()).changes == ()


def test_the_definition_of_its_label_goes_since_it_says_what_it_is_about() -> None:
    plan = plan_of(by=discreet(), defined=(*DEFINED, "okr:Hush-1"))
    assert plan.changes == (UndefineLabel("github", "10", "okr:Hush-1"),)
    assert plan.cost == {"github": 1}


def test_a_definition_that_another_installation_uses_stays() -> None:
    other = ticket(links=(), showing=Showing(known=True, claimed=("okr:hush-1",)))
    assert plan_of(other, by=discreet(), defined=(*DEFINED, "okr:hush-1")).changes == ()


def test_a_label_of_people_that_is_called_like_it_behind_another_prefix_stays() -> None:
    assert plan_of(ticket(links=()), by=discreet(), defined=(*DEFINED, "was:hush-1", "hush-1")).changes == ()


def test_making_it_private_is_no_accident_that_the_guard_stops() -> None:
    tickets = [
        ticket(str(number), (linked("hush-1", str(number)),), showing("hush-1"), labels=("okr:hush-1",))
        for number in range(12)
    ]
    plan = plan_of(*tickets, by=discreet())
    assert (len(plan.changes), plan.removals, plan.unsafe) == (24, 0, False)
