"""Lines ``OKR: id`` that name a key result of an earlier cycle count for what it was carried over to, and are told."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from okr_builders import CYCLE, item, placed

from okrsync.mapping import Mapper, Surroundings, heirs_of
from okrsync.model.okr import Cycle, GoalState, Phase, Placed
from okrsync.model.run import Dangling

CLOSED = CYCLE.model_copy(update={"state": Phase.CLOSED})
SPRING = Cycle(id="2027-Q1", start=date(2027, 1, 1), end=date(2027, 3, 31))
SUMMER = Cycle(id="2027-Q2", start=date(2027, 4, 1), end=date(2027, 6, 30))
OLD = placed(cycle=CLOSED)
NEW = placed(id="one-page", cycle=SPRING, carried_from="checkout-1")
OVER = "checkout-1 belongs to cycle 2026-Q4, which is closed; it was carried over to one-page and counts for that"


def mapper(*known: Placed) -> Mapper:
    return Mapper(known, Surroundings())


def told(*known: Placed, name: str = "checkout-1", subtask: bool = False) -> list[tuple[str, str]]:
    return [(one.reason, one.counts_for) for one in mapper(*known).dangling(item(references=(name,), subtask=subtask))]


def counts_for(*known: Placed, names: tuple[str, ...] = ("checkout-1",)) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.key_result, one.reasons) for one in mapper(*known).links(item(references=names))]


def test_a_line_with_the_old_id_counts_for_the_new_one_and_says_so() -> None:
    reason = "its description says OKR: checkout-1, carried over to one-page"
    assert counts_for(OLD, NEW) == [("one-page", (reason,))]
    assert counts_for(OLD, NEW, names=("Checkout-1",)) == [("one-page", (reason,))]


def test_it_is_told_with_its_address_all_the_same() -> None:
    assert mapper(OLD, NEW).dangling(item(references=("checkout-1",))) == [
        Dangling("SHOP-1", "https://jira.example/browse/SHOP-1", "checkout-1", OVER, "one-page")
    ]


def test_a_line_that_names_both_counts_once() -> None:
    ((name, reasons),) = counts_for(OLD, NEW, names=("checkout-1", "one-page"))
    assert (name, len(reasons)) == ("one-page", 2)
    assert [one.weight for one in mapper(OLD, NEW).links(item(references=("checkout-1", "one-page")))] == [1.0]


def test_what_is_live_counts_for_itself_alone() -> None:
    live = placed()
    assert [name for name, _ in counts_for(live, NEW)] == ["checkout-1"]
    assert told(live, NEW) == []


def test_a_draft_takes_nothing_over_yet() -> None:
    draft = placed(id="one-page", cycle=SPRING.model_copy(update={"state": Phase.DRAFT}), carried_from="checkout-1")
    assert counts_for(OLD, draft) == []
    assert told(OLD, draft) == [("checkout-1 belongs to cycle 2026-Q4, which is closed", "")]


def test_it_is_followed_through_several_cycles() -> None:
    between = placed(id="one-page", cycle=SPRING.model_copy(update={"state": Phase.CLOSED}), carried_from="CHECKOUT-1")
    last = placed(id="last", cycle=SUMMER, carried_from="one-page")
    assert [name for name, _ in counts_for(OLD, between, last)] == ["last"]
    assert [name for name, _ in counts_for(OLD, between, last, names=("one-page",))] == ["last"]


def test_it_is_followed_where_the_file_of_the_old_cycle_is_gone() -> None:
    assert [name for name, _ in counts_for(NEW)] == ["one-page"]
    assert told(NEW) == [
        ("there is no key result checkout-1 any more; it was carried over to one-page and counts for that", "one-page")
    ]


def test_what_was_carried_over_to_two_counts_for_none_of_them() -> None:
    other = placed(id="other", cycle=SPRING, carried_from="checkout-1")
    assert counts_for(OLD, NEW, other) == []
    assert told(OLD, NEW, other) == [("checkout-1 belongs to cycle 2026-Q4, which is closed", "")]


def test_what_was_given_up_afterwards_takes_nothing_over() -> None:
    given_up = placed(id="one-page", cycle=SPRING, carried_from="checkout-1", state=GoalState.ABANDONED)
    assert counts_for(OLD, given_up) == []


def test_a_sub_task_that_does_not_count_is_told_so() -> None:
    assert told(OLD, NEW, subtask=True) == [("sub-tasks do not count for one-page; write it on the ticket above", "")]


def test_a_sub_task_that_counts_is_told_as_a_ticket_is() -> None:
    fine = placed({"epic": "SHOP-9", "subtasks": True}, id="one-page", cycle=SPRING, carried_from="checkout-1")
    assert told(OLD, fine, subtask=True) == [(OVER, "one-page")]
    assert told(OLD, fine, name="one-page", subtask=True) == []


def test_the_old_id_is_told_as_the_files_write_it() -> None:
    old = placed(id="Checkout-One", cycle=CLOSED)
    new = placed(id="one-page", cycle=SPRING, carried_from="checkout-one")
    (reason,) = [why for _, reasons in counts_for(old, new, names=("CHECKOUT-ONE",)) for why in reasons]
    assert reason == "its description says OKR: Checkout-One, carried over to one-page"


def test_a_circle_ends() -> None:
    one = placed(id="one", cycle=CLOSED, carried_from="two")
    two = placed(id="two", cycle=CLOSED, carried_from="one")
    assert heirs_of([one, two]) == {}


@given(st.integers(1, 8), st.integers(1, 3))
def test_in_a_chain_everything_before_the_only_live_one_leads_to_it(count: int, branches: int) -> None:
    """Each of the chain is carried over to the next; with several live ends nobody knows which one is meant."""
    chain = [placed(id=f"k{n}", cycle=CLOSED, carried_from=f"k{n - 1}" if n else None) for n in range(count)]
    ends = [placed(id=f"end{n}", cycle=SPRING, carried_from=f"k{count - 1}") for n in range(branches)]
    assert heirs_of([*chain, *ends]) == ({f"k{n}": "end0" for n in range(count)} if branches == 1 else {})
