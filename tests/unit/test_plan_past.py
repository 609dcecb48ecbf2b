"""Tickets that show key results of a cycle that is over."""

from __future__ import annotations

import msgspec
import pytest
from plan_builders import item, kinds, placed, planner, ticket

from okrsync.model.change import DeleteNote, RemoveLabel, ShownNote
from okrsync.model.okr import Phase
from okrsync.model.ticket import Showing, Ticket
from okrsync.model.work import Outcome, State
from okrsync.plan import Planner, make_plan

OVER = msgspec.structs.replace(
    planner(), placed={"checkout-1": placed(phase=Phase.CLOSED)}, over=frozenset({"checkout-1"})
)
SHOWING = Showing(known=True, note=ShownNote("77", "0"))
CLOSED = {"state": State.DONE, "outcome": Outcome.DELIVERED}


def showing(*labels: str, name: str = "1", **fields: object) -> Ticket:
    return ticket(name, showing=SHOWING, labels=labels, **fields)


@pytest.mark.parametrize(
    ("labels", "stays"),
    [
        (("okr:checkout-1",), True),
        (("bug", "OKR:Checkout-1"), False),
        (("bug", "okr:Checkout-1"), True),
        (("okr:checkout-1", "okr:old"), False),
        (("okr:old",), False),
        (("bug",), False),
        ((), False),
    ],
)
def test_a_closed_ticket_keeps_showing_the_past_if_that_is_all_it_shows(labels: tuple[str, ...], stays: bool) -> None:
    plan = make_plan([showing(*labels, **CLOSED)], OVER, {}, lambda change: 1)
    assert (plan.changes == ()) is stays


def by_the_dozen(planner: Planner, *labels: str) -> tuple[int, int, bool]:
    tickets = [showing(*labels, name=str(number)) for number in range(12)]
    plan = make_plan(tickets, planner, {}, lambda change: 1)
    assert {*kinds(plan)} == {RemoveLabel, DeleteNote}
    return plan.removals, plan.owned, plan.unsafe


def test_taking_down_a_cycle_that_is_over_is_no_accident() -> None:
    assert by_the_dozen(OVER, "okr:checkout-1") == (0, 0, False)


def test_losing_key_results_from_the_files_may_be_one() -> None:
    assert by_the_dozen(OVER, "okr:checkout-1", "okr:old") == (36, 36, True)


def test_the_past_is_what_a_ticket_itself_shows() -> None:
    bare = Ticket(item(), (), Showing())
    assert not OVER.shows_the_past(bare)
    assert OVER.shows_the_past(showing("okr:checkout-1"))
