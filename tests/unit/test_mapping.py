"""Which items count for which key result, and the sentences that say why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from okr_builders import CYCLE, item, placed, version

from okrsync.mapping import Mapper, Surroundings
from okrsync.model.okr import Life, Phase, Placed
from okrsync.model.work import Item, Kind

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


def references(*names: str, known: Sequence[Placed]) -> list[str]:
    mapper = Mapper(known, around())
    return [f"{one.names}: {one.reason}" for one in mapper.dangling(item(references=names))]


def test_a_reference_to_an_unknown_key_result_names_the_nearest() -> None:
    known = [placed(id="checkout-1"), placed(id="api-1")]
    assert references("Checkout-1", "checkot-1", "zzz", known=known) == [
        "checkot-1: there is no key result checkot-1; did you mean checkout-1?",
        "zzz: there is no key result zzz",
    ]


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ({"cycle": CYCLE.model_copy(update={"state": Phase.CLOSED})}, "belongs to cycle 2026-Q4, which is closed"),
        (
            {"cycle": CYCLE.model_copy(update={"state": Phase.DRAFT})},
            "belongs to cycle 2026-Q4, which is still a draft",
        ),
        ({"state": Life.ABANDONED}, "is abandoned"),
    ],
)
def test_a_reference_to_a_key_result_that_is_not_live_says_why(where: dict[str, Any], reason: str) -> None:
    assert references("checkout-1", known=[placed(**where)]) == [f"checkout-1: checkout-1 {reason}"]


def test_a_reference_from_a_sub_task_that_does_not_count_is_not_dropped_silently() -> None:
    mapper = Mapper([placed()], around())
    (found,) = mapper.dangling(item(subtask=True, references=("checkout-1",)))
    assert found.reason == "sub-tasks do not count for checkout-1; write it on the ticket above"
    assert found.url == "https://jira.example/browse/SHOP-1"


def test_a_circle_of_parents_is_an_error_that_names_the_items() -> None:
    circle = [item("2", parent="3"), item("3", parent="4"), item("4", parent="SHOP-2")]
    tail = item("5", parent="2")
    mapper = Mapper([placed({"epic": "SHOP-2"})], around(*circle, tail))
    (problem,) = [one for one in mapper.problems if one.level == "error"]
    assert "SHOP-2, SHOP-3, SHOP-4 form a circle" in problem.message
    assert len(mapper.links(item(parent="5"))) == 1
    assert mapper.links(item(parent="3")) == []


def test_an_item_that_is_its_own_parent_is_a_circle() -> None:
    own = item("2", parent="2")
    mapper = Mapper([placed({"epic": "SHOP-2"})], around(own))
    assert ["SHOP-2 form" in one.message for one in mapper.problems] == [True]
    assert len(mapper.links(item(parent="2"))) == 1


@pytest.mark.parametrize(
    ("link", "message", "hint"),
    [
        ({"project": "SHOPP"}, "jira has no project 'SHOPP'.", "Did you mean 'SHOP'?"),
        ({"version": "Checkout 2"}, "jira has no version 'Checkout 2'.", "Did you mean 'Checkout 1'?"),
        ({"milestone": "zzz", "project": "API"}, "jira has no milestone 'zzz' in API.", ""),
        (
            {"epic": "SHOP-12"},
            "Nothing is known below 'SHOP-12' in jira: wrong key, or not broken down yet.",
            "Did you mean 'SHOP-120'?",
        ),
    ],
)
def test_a_selector_that_means_nothing_known_is_a_warning_with_the_nearest_name(
    link: dict[str, Any], message: str, hint: str
) -> None:
    surroundings = around(item("120", type="Epic"), milestones=(version("1", "Checkout 1"),))
    (found,) = Mapper([placed(link)], surroundings).problems
    assert (found.level, found.subject, found.message, found.hint) == ("warning", "checkout-1", message, hint)


def test_nothing_is_said_about_a_connection_that_was_never_read() -> None:
    assert Mapper([placed({"project": "SHOPP"})], Surroundings()).problems == ()


def test_targets_are_the_milestones_and_epics_of_contributing_links_once_with_the_largest_weight() -> None:
    epic, story = item("120", type="Epic", title="Payment"), item("7", parent="120")
    surroundings = around(epic, story, milestones=(version("1", "1.0"),))
    links = (
        {"epic": "SHOP-120"},
        {"parent": "120", "weight": 2},
        {"version": "1.0"},
        {"epic": "SHOP-50"},
        {"epic": "SHOP-51", "role": "supports"},
    )
    one = placed(*links, measure={"type": "milestones"})
    epic_found, unknown, milestone = Mapper([one], surroundings).targets(one)
    assert (epic_found.key, epic_found.weight, epic_found.below) == (
        "SHOP-120",
        2,
        frozenset({"120", "shop-120", "7", "shop-7"}),
    )
    assert (unknown.key, unknown.state, milestone.title) == ("SHOP-50", "unknown", "1.0")
    assert milestone.spans(item(milestones=("1",)))
    assert not milestone.spans(item(milestones=("2",)))
    assert epic_found.spans(item(parent="7"))
    assert unknown.spans(item("50"))


def test_only_milestone_measures_have_targets() -> None:
    one = placed({"epic": "SHOP-120"})
    assert Mapper([one], around(item("120"))).targets(one) == ()
