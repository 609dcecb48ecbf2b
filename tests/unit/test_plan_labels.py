"""Definitions of labels: created before they are worn, described as their key result is called today."""

from __future__ import annotations

import msgspec
import pytest
from plan_builders import TARGET, item, placed, planner, shown_as_wanted, ticket

from okrsync.model.change import AddLabel, DefineLabel, PutNote
from okrsync.model.okr import Phase
from okrsync.model.ticket import Showing, Ticket
from okrsync.model.work import LabelDefinition
from okrsync.plan import Planner, Target, make_plan

TEXT = "Key result: Ship the one-page checkout"
IGNORE_TEXT = "okrsync leaves a ticket with this label alone"
OURS = LabelDefinition("1", "okr:checkout-1", TEXT)
OLD = LabelDefinition("1", "okr:checkout-1", "Key result: an old title")
IGNORE = LabelDefinition("2", "okr:ignore", IGNORE_TEXT)


def definitions(
    *tickets: Ticket, by: Planner | None = None, defined: dict[tuple[str, str], list[LabelDefinition]] | None = None
) -> list[DefineLabel]:
    plan = make_plan(tickets, by or planner(), defined or {}, lambda change: 1)
    found = [change for change in plan.changes if isinstance(change, DefineLabel)]
    assert list(plan.changes[: len(found)]) == found, "definitions come first"
    return found


def created(label: str, description: str, scope: str = "10") -> DefineLabel:
    return DefineLabel("github", scope, label, description, "c5def5")


def test_each_scope_gets_the_labels_that_its_tickets_are_to_wear_once() -> None:
    found = definitions(ticket("1"), ticket("2"), ticket("3", scope="20"))
    assert found == [
        created("okr:ignore", IGNORE_TEXT),
        created("okr:checkout-1", TEXT),
        created("okr:ignore", IGNORE_TEXT, "20"),
        created("okr:checkout-1", TEXT, "20"),
    ]


def test_what_is_defined_in_any_case_is_not_created_again() -> None:
    upper = [LabelDefinition("1", "OKR:Checkout-1"), LabelDefinition("2", "OKR:Ignore")]
    assert definitions(ticket(), defined={("github", "10"): upper}) == []


def test_a_note_alone_needs_the_ignore_label_that_it_names() -> None:
    worn = ticket(labels=("okr:checkout-1",))
    assert definitions(worn, defined={("github", "10"): [OURS]}) == [created("okr:ignore", IGNORE_TEXT)]


def test_a_scope_where_our_labels_are_defined_keeps_the_ignore_label_defined() -> None:
    elsewhere = {("github", "10"): [OURS], ("github", "20"): [LabelDefinition("3", "bug")]}
    assert definitions(defined=elsewhere) == [created("okr:ignore", IGNORE_TEXT)]
    assert definitions(defined={("github", "10"): [OURS, IGNORE]}) == []


def test_a_tracker_whose_labels_need_no_definition_gets_none() -> None:
    free = msgspec.structs.replace(TARGET, defines_labels=False)
    assert definitions(ticket(), by=planner(free)) == []
    assert definitions(by=planner(free), defined={("github", "10"): [OURS]}) == []


def test_only_some_trackers_need_definitions() -> None:
    by = planner()
    by.targets["jira"] = msgspec.structs.replace(TARGET, defines_labels=False)
    first, second = ticket("1", connection="jira"), ticket("2")
    assert {change.connection for change in definitions(first, second, by=by)} == {"github"}
    unknown = {("gone", "1"): [OURS], ("jira", "1"): [OURS], ("github", "10"): [OLD]}
    found = definitions(by=by, defined=unknown)
    assert [(change.connection, change.label) for change in found] == [
        ("github", "okr:ignore"),
        ("github", "okr:checkout-1"),
    ]


def test_an_old_description_is_replaced_unless_it_is_shared_or_archived() -> None:
    refreshed = DefineLabel("github", "10", "okr:checkout-1", TEXT, "c5def5", exists=True)
    defined = {("github", "30"): [OLD], ("github", "10"): [LabelDefinition("9", "bug"), OLD, IGNORE]}
    archived = msgspec.structs.replace(TARGET, archived=frozenset({"30"}))
    assert definitions(by=planner(archived), defined=defined) == [refreshed]
    claimed = Ticket(item("1"), (), Showing(known=True, claimed=("OKR:checkout-1",)))
    calm = shown_as_wanted(ticket("2"))
    assert definitions(claimed, calm, by=planner(archived), defined=defined) == []


def test_a_key_result_out_of_its_time_is_described_no_more() -> None:
    by = planner(TARGET, 0.3, placed(phase=Phase.CLOSED))
    assert definitions(by=by, defined={("github", "10"): [OLD, IGNORE]}) == []


@pytest.mark.parametrize(
    ("title", "dashboard", "text"),
    [
        ("x" * 88, "", "Key result: " + "x" * 88),
        ("x" * 89, "", "Key result: " + "x" * 87 + "…"),
        ("x" * 86 + " yyy", "", "Key result: " + "x" * 86 + "…"),
        ("Two\n words ", "", "Key result: Two words"),
        ("Short", "https://okr.example/", "https://okr.example/key-results/checkout-1 Key result: Short"),
    ],
)
def test_a_description_is_one_line_of_at_most_a_hundred_characters(title: str, dashboard: str, text: str) -> None:
    one = placed()
    renamed = one.model_copy(update={"key_result": one.key_result.model_copy(update={"title": title})})
    target: Target = msgspec.structs.replace(TARGET, dashboard_url=dashboard)
    (_, found) = definitions(ticket(), by=planner(target, 0.3, renamed))
    assert found == created("okr:checkout-1", text)


def test_a_label_of_a_scope_that_is_no_key_results_needs_nothing() -> None:
    changes = make_plan([], planner(), {("github", "10"): [LabelDefinition("1", "okr:old", "x")]}, lambda change: 1)
    assert not any(isinstance(change, AddLabel | PutNote | DefineLabel) for change in changes.changes)
