"""Clean: everything of ours goes, ticket by ticket, and nothing else."""

from __future__ import annotations

import msgspec
from plan_builders import TARGET, item, kinds, planner, shown_as_wanted, ticket

from okrsync.connector import WriteBack
from okrsync.marker import Namespace
from okrsync.model.change import AddLabel, Change, DeleteNote, RemoveLabel, ShownNote, UndefineLabel
from okrsync.model.run import LeftAlone, Plan
from okrsync.model.ticket import Showing, Ticket
from okrsync.model.work import LabelDefinition
from okrsync.plan import Target, clean_plan

OURS = LabelDefinition("1", "okr:checkout-1")


def clean(*tickets: Ticket, target: Target = TARGET, defined: dict[tuple[str, str], list[LabelDefinition]]) -> Plan:
    return clean_plan(tickets, planner(target), defined, lambda change: 2)


def test_every_ticket_is_cleaned_whatever_the_others_are() -> None:
    lost = msgspec.structs.replace(shown_as_wanted(ticket("1")), unreachable="deleted")
    foreign = ticket("2", connection="jira", labels=("okr:checkout-1",))
    one, other = (shown_as_wanted(ticket(name)) for name in ("3", "4"))
    plan = clean(lost, foreign, one, other, defined={})
    assert plan.changes == (
        RemoveLabel(one.item.ref, "okr:checkout-1"),
        DeleteNote(one.item.ref, "77"),
        RemoveLabel(other.item.ref, "okr:checkout-1"),
        DeleteNote(other.item.ref, "77"),
    )
    assert plan.cost == {"github": 8}
    assert (plan.removals, plan.owned, plan.unsafe) == (4, 4, False)


def test_however_much_is_removed_clean_was_asked_for() -> None:
    many = [shown_as_wanted(ticket(str(number))) for number in range(20)]
    plan = clean(*many, defined={})
    assert (plan.removals, plan.unsafe) == (40, False)


def test_a_ticket_that_cannot_be_cleaned_is_left_alone_with_its_reason() -> None:
    shown = shown_as_wanted(ticket("1"))
    locked = msgspec.structs.replace(shown, item=msgspec.structs.replace(shown.item, writable=False))
    bare = ticket("2", writable=False)
    fine = shown_as_wanted(ticket("3"))
    plan = clean(locked, bare, fine, defined={})
    assert plan.left_alone == (LeftAlone(locked.item.ref, "it is locked"),)
    assert kinds(plan) == [RemoveLabel, DeleteNote]


def test_a_ticket_that_refused_once_is_tried_again() -> None:
    shown = shown_as_wanted(ticket("1"))
    refused = msgspec.structs.replace(shown, showing=msgspec.structs.replace(shown.showing, blocked="not allowed"))
    plan = clean(refused, defined={})
    assert plan.left_alone == ()
    assert kinds(plan) == [RemoveLabel, DeleteNote]


def undefined(plan: Plan) -> list[Change]:
    return [change for change in plan.changes if isinstance(change, UndefineLabel)]


def test_definitions_go_from_every_scope_that_takes_writes() -> None:
    target = msgspec.structs.replace(TARGET, archived=frozenset({"30"}))
    scopes = [("github", "10"), ("github", "20"), ("github", "30"), ("jira", "10")]
    plan = clean(target=target, defined={scope: [OURS, LabelDefinition("2", "bug")] for scope in scopes})
    assert undefined(plan) == [
        UndefineLabel("github", "10", "okr:checkout-1"),
        UndefineLabel("github", "20", "okr:checkout-1"),
    ]


def test_what_any_other_installation_claims_stays_defined_in_that_scope_only() -> None:
    claimed = Showing(known=True, claimed=("OKR:Checkout-1",))
    first = Ticket(item("1", labels=("okr:checkout-1",)), (), claimed)
    later = ticket("2")
    plan = clean(first, later, defined={("github", "10"): [OURS], ("github", "20"): [OURS]})
    assert undefined(plan) == [UndefineLabel("github", "20", "okr:checkout-1")]


def test_a_forgotten_label_is_undefined_where_any_note_of_ours_names_it() -> None:
    note = ShownNote("77", "0", labels=("okr:Forgotten-1",))
    first = Ticket(item("1"), (), Showing(known=True, note=note))
    forgotten = LabelDefinition("1", "okr:forgotten-1")
    plan = clean(first, ticket("2"), defined={("github", "10"): [forgotten], ("github", "20"): [forgotten]})
    assert undefined(plan) == [UndefineLabel("github", "10", "okr:forgotten-1")]


def test_clean_knows_its_labels_by_the_template_of_each_connection() -> None:
    target = Target(Namespace("goal/{key_result}"), WriteBack(label="goal/{key_result}"))
    one = ticket("1", labels=("goal/checkout-1", "okr:checkout-1"))
    plan = clean(one, target=target, defined={("github", "10"): [OURS, LabelDefinition("2", "goal/old")]})
    assert plan.changes == (
        RemoveLabel(one.item.ref, "goal/checkout-1"),
        UndefineLabel("github", "10", "goal/old"),
    )
    assert not any(isinstance(change, AddLabel) for change in plan.changes)
