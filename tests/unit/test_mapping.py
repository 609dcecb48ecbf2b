"""Which items count for which key result, and the sentences that say why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from okr_builders import CYCLE, item, placed, version

from okrsync.mapping import Known, Mapper, Surroundings, Words
from okrsync.model.okr import Phase
from okrsync.model.work import Item, Kind

READ = Known({"jira": Words()})
SCOPES = {("jira", "100"): "SHOP", ("jira", "200"): "API"}


def around(*parents: Item, **known: Any) -> Surroundings:
    return Surroundings(scopes=SCOPES, parents={(one.connection, one.id): one for one in parents}, **known)


def mapped(one: Item, *links: dict[str, Any], surroundings: Surroundings | None = None) -> Sequence[tuple[str, ...]]:
    """The reasons an item is linked for, one tuple a link made."""
    mapper = Mapper([placed(*links)], surroundings or around())
    return [linked.reasons for linked in mapper.links(one)]


@pytest.mark.parametrize(
    ("link", "changed", "reason"),
    [
        ({"project": "shop"}, {}, "in project shop"),
        ({"labels": ["Latency"]}, {"labels": ("latency",)}, "has label Latency"),
        ({"labels": {"any": ["a", "b"]}}, {"labels": ("B",)}, "has one of the labels a, b"),
        ({"labels": ["x"], "project": "SHOP"}, {"labels": ("X",)}, "has label x, in project SHOP"),
        ({"type": "bug"}, {"type": "Bug"}, "of type bug"),
        ({"type": "Pull Request"}, {"kind": Kind.PULL_REQUEST}, "of type Pull Request"),
        ({"assignee": "Ana"}, {"assignees": ("ben", "ana")}, "assigned to Ana"),
        ({"created_since": date(2026, 11, 1)}, {}, "created since 2026-11-01"),
        ({"items": ["shop-1"]}, {}, "named by the key result itself"),
        ({"items": ["1"]}, {}, "named by the key result itself"),
        ({"epic": "SHOP-9", "type": "task"}, {"parent": "SHOP-9"}, "under epic SHOP-9, of type task"),
    ],
)
def test_an_item_that_meets_every_selector_is_linked_with_its_reason(
    link: dict[str, Any], changed: dict[str, Any], reason: str
) -> None:
    assert mapped(item(**changed), link) == [(reason,)]


@pytest.mark.parametrize(
    "link",
    [
        {"project": "API"},
        {"project": "NOWHERE"},
        {"labels": ["latency", "other"]},
        {"labels": {"all": ["latency"], "any": ["a", "b"]}},
        {"type": "Bug"},
        {"assignee": "ben"},
        {"created_since": date(2026, 11, 2)},
        {"items": ["SHOP-2"]},
        {"version": "1.0"},
        {"query": "type = Bug"},
        {"epic": "SHOP-9"},
        {"labels": ["latency"], "type": "Bug"},
        {"labels": ["latency"], "project": "API"},
        {"labels": ["latency"], "created_since": date(2026, 11, 2)},
        {"items": ["SHOP-1"], "labels": ["other"]},
        {"connection": "github", "labels": ["latency"]},
    ],
)
def test_an_item_that_misses_one_selector_is_not_linked(link: dict[str, Any]) -> None:
    assert mapped(item(labels=("latency",), assignees=("ana",)), link) == []


def test_a_milestone_is_found_by_title_by_id_and_by_number_within_its_repository() -> None:
    ours = version("77", "One-page  checkout", url="https://github.example/acme/shop/milestone/3")
    theirs = version("78", "one-page checkout", scope="200")
    surroundings = around(milestones=(ours, theirs))
    for link in (
        {"milestone": "One-page Checkout"},
        {"milestone": "77"},
        {"milestone": "3", "project": "SHOP"},
        {"version": "one-page checkout", "project": "SHOP"},
    ):
        assert mapped(item(milestones=("77",)), link, surroundings=surroundings), link
    assert not mapped(item(milestones=("77",)), {"milestone": "3"}, surroundings=surroundings)
    assert not mapped(
        item(milestones=("78",)), {"milestone": "One-page checkout", "project": "SHOP"}, surroundings=surroundings
    )


def test_a_milestone_of_another_repository_is_not_meant_by_its_id_or_number() -> None:
    theirs = version("78", "Two", scope="200", url="https://github.example/acme/api/milestone/3/")
    surroundings = around(milestones=(theirs,))
    one = item(scope="200", milestones=("78",))
    assert mapped(one, {"milestone": "3", "project": "API"}, surroundings=surroundings)
    assert mapped(one, {"milestone": "78", "project": "API"}, surroundings=surroundings)
    for name in ("78", "3"):
        (problem,) = Mapper([placed({"milestone": name, "project": "SHOP"})], surroundings).problems(READ)
        assert problem.message == f"jira has no milestone '{name}' in SHOP."


def test_the_reason_names_the_milestone_by_its_title() -> None:
    surroundings = around(milestones=(version("77", "One-page checkout"),))
    assert mapped(item(milestones=("77",)), {"milestone": "77"}, surroundings=surroundings) == [
        ("in milestone One-page checkout",)
    ]


def test_a_query_links_its_members_and_the_reason_quotes_it() -> None:
    query = "type = Bug AND priority = Highest AND component in (checkout, payment, cart)"
    surroundings = around(memberships={("jira", query): frozenset({"1"})})
    link = {"query": query}
    assert mapped(item("1"), link, surroundings=surroundings) == [
        ("matches query type = Bug AND priority = Highest AND component in (checkou…",)
    ]
    assert mapped(item("2"), link, surroundings=surroundings) == []


def test_an_item_of_several_queries_is_linked_by_each_of_them() -> None:
    members = {("jira", "a"): frozenset("13"), ("jira", "b"): frozenset("123"), ("jira", "c"): frozenset("23")}
    mapper = Mapper([placed(*({"query": name} for name in "abc"))], around(memberships=members))
    reasons = {id: [linked.reasons for linked in mapper.links(item(id))] for id in "1234"}
    assert reasons == {
        "1": [("matches query a", "matches query b")],
        "2": [("matches query b", "matches query c")],
        "3": [("matches query a", "matches query b", "matches query c")],
        "4": [],
    }


def test_an_epic_expands_to_the_leaves_at_every_depth_and_counts_nothing_itself() -> None:
    epic = item("120", type="Epic", title="Payment in one step")
    story = item("7", type="Story", parent="120")
    mapper = Mapper([placed({"epic": "shop-120"})], around(epic, story))
    assert mapper.links(epic) == mapper.links(story) == []
    for leaf in (item("1", parent="120"), item("2", parent="7"), item("3", parent="SHOP-7")):
        (linked,) = mapper.links(leaf)
        assert linked.reasons == ("under epic SHOP-120 (Payment in one step)",)
    assert mapper.links(item("4", parent="8")) == []


def test_an_epic_without_anything_below_it_is_one_leaf() -> None:
    assert mapped(item("120", type="Epic"), {"epic": "SHOP-120"}) == [("is epic SHOP-120",)]


def test_a_parent_that_was_never_read_still_links_by_its_key() -> None:
    assert mapped(item(parent="OTHER-5"), {"parent": "other-5"}) == [("under other-5",)]
    story = item("7", parent="OTHER-5")
    assert mapped(item(parent="7"), {"parent": "OTHER-5"}, surroundings=around(story)) == [("under OTHER-5",)]


def test_a_short_number_beside_a_repository_is_completed() -> None:
    surroundings = Surroundings(scopes={("github", "1"): "acme/api"})
    leaf = item(connection="github", scope="1", key="acme/api#3", parent="acme/api#12")
    links = (
        {"connection": "github", "repository": "acme/api", "parent": "#12"},
        {"connection": "github", "repository": "acme/api", "items": ["#3"]},
    )
    assert mapped(leaf, *links, surroundings=surroundings) == [("named by the key result itself", "under #12")]


def test_a_leaf_below_a_matching_parent_is_linked_and_told_through_which() -> None:
    epic = item("120", type="Epic", title="Payment", labels=("latency",))
    assert mapped(item(parent="120"), {"labels": ["latency"]}, surroundings=around(epic)) == [
        ("through SHOP-120 (Payment): has label latency",)
    ]


def test_what_an_item_matches_itself_is_told_rather_than_what_its_parent_matches() -> None:
    epic = item("120", type="Epic", labels=("latency",))
    leaf = item(parent="120", labels=("latency",))
    assert mapped(leaf, {"labels": ["latency"]}, surroundings=around(epic)) == [("has label latency",)]


def test_all_conditions_of_a_link_must_hold_for_the_same_item() -> None:
    epic = item("120", type="Epic", labels=("latency",))
    link = {"labels": ["latency"], "type": "Bug"}
    assert mapped(item(parent="120", type="Bug"), link, surroundings=around(epic)) == []


def test_a_line_in_the_description_links_to_a_live_key_result_of_any_objective() -> None:
    mapper = Mapper([placed(id="checkout-1"), placed(id="Api-1")], around())
    (linked,) = mapper.links(item(references=("api-1",)))
    assert (linked.key_result, linked.weight, linked.supports) == ("Api-1", 1.0, False)
    assert linked.reasons == ("its description says OKR: Api-1",)


def test_a_line_that_names_an_unknown_key_result_links_nothing_and_spoils_nothing() -> None:
    mapper = Mapper([placed()], around())
    (linked,) = mapper.links(item(references=("checkot-1", "checkout-1")))
    assert linked.key_result == "checkout-1"


def test_a_line_in_a_sub_task_links_it_where_sub_tasks_count() -> None:
    fine, coarse = placed({"labels": "a", "subtasks": True}), placed({"labels": "a"}, id="checkout-2")
    mapper = Mapper([fine, coarse], around())
    sub_task = item("8", parent="7", subtask=True, references=("checkout-1", "checkout-2"))
    assert [one.key_result for one in mapper.links(sub_task)] == ["checkout-1"]


def test_a_line_in_an_epic_links_the_leaves_below_it() -> None:
    epic = item("120", type="Epic", title="Payment", references=("checkout-1",))
    (linked,) = Mapper([placed()], around(epic)).links(item(parent="120"))
    assert linked.reasons == ("through SHOP-120 (Payment): its description says OKR: checkout-1",)


def test_an_item_reached_by_several_links_is_linked_once_with_the_largest_weight() -> None:
    mapper = Mapper(
        [placed({"labels": ["a"], "weight": 2}, {"project": "SHOP", "weight": 3}, {"type": "Task"})], around()
    )
    (linked,) = mapper.links(item(labels=("a",)))
    assert linked.weight == 3
    assert linked.reasons == ("has label a", "in project SHOP", "of type Task")


def test_a_supporting_link_supports_only_where_no_contributing_link_reaches() -> None:
    links = ({"labels": ["a"], "role": "supports", "weight": 9}, {"type": "Bug", "weight": 2})
    mapper = Mapper([placed(*links)], around())
    (supporting,) = mapper.links(item(labels=("a",)))
    (contributing,) = mapper.links(item(labels=("a",), type="Bug"))
    assert (supporting.supports, supporting.weight) == (True, 9)
    assert (contributing.supports, contributing.weight) == (False, 2)


def test_sub_tasks_neither_count_nor_make_their_parent_an_inner_node() -> None:
    story = item("7", labels=("a",))
    mapper = Mapper([placed({"labels": ["a"]})], around(split={("jira", "7"): story}))
    assert mapper.links(item("8", labels=("a",), parent="7", subtask=True)) == []
    assert len(mapper.links(story)) == 1


def test_a_key_result_that_asks_for_sub_tasks_counts_them_instead_of_their_parent() -> None:
    story = item("7", labels=("a",), parent="120")
    fine, coarse = placed({"epic": "SHOP-120", "subtasks": True}), placed({"epic": "SHOP-120"}, id="checkout-2")
    mapper = Mapper([fine, coarse], around(item("120", type="Epic"), split={("jira", "7"): story}))
    assert [one.key_result for one in mapper.links(item("8", parent="7", subtask=True))] == ["checkout-1"]
    assert [one.key_result for one in mapper.links(story)] == ["checkout-2"]
    assert len(mapper.links(item("9", parent="120"))) == 2


def test_only_live_key_results_are_linked() -> None:
    closed = CYCLE.model_copy(update={"state": Phase.CLOSED})
    assert Mapper([placed({"project": "SHOP"}, cycle=closed)], around()).links(item()) == []


def test_a_day_begins_at_midnight_of_the_cycles_time_zone() -> None:
    cycle = CYCLE.model_copy(update={"timezone": "Asia/Tokyo"})
    mapper = Mapper([placed({"created_since": date(2026, 11, 2)}, cycle=cycle)], around())
    assert mapper.links(item(created=datetime(2026, 11, 1, 15, tzinfo=UTC)))
    assert not mapper.links(item(created=datetime(2026, 11, 1, 14, 59, tzinfo=UTC)))


def test_the_same_id_in_another_connection_is_another_item() -> None:
    surroundings = around(item("120", type="Epic"), memberships={("jira", "q"): frozenset({"1"})})
    mapper = Mapper([placed({"query": "q"}, {"epic": "SHOP-120"})], surroundings)
    assert mapper.links(item("1", connection="github", parent="120")) == []
    assert len(mapper.links(item("1"))) == 1
