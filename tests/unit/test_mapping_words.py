"""The sentences that tell why an item is linked, to the letter."""

from __future__ import annotations

from typing import Any

import pytest
from okr_builders import item, placed, version

from okrsync.mapping import Mapper, Surroundings
from okrsync.model.sample import Linked
from okrsync.model.work import Item

SCOPES = {("jira", "100"): "SHOP", ("github", "1"): "acme/shop"}


def around(*parents: Item, **known: Any) -> Surroundings:
    return Surroundings(scopes=SCOPES, parents={(one.connection, one.id): one for one in parents}, **known)


def why(one: Item, link: dict[str, Any], surroundings: Surroundings | None = None) -> str:
    (linked,) = Mapper([placed(link)], surroundings or around()).links(one)
    (reason,) = linked.reasons
    return reason


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ({"labels": {"all": ["a", "b"]}}, "has label a, b"),
        ({"labels": {"any": ["A"]}}, "has label A"),
        ({"labels": {"any": ["x", "a"]}}, "has one of the labels x, a"),
        ({"labels": {"all": ["a"], "any": ["b", "x"]}}, "has label a and has one of the labels b, x"),
        ({"labels": "a", "type": "task", "assignee": "ana"}, "has label a, assigned to ana, of type task"),
        ({"labels": "a", "project": "shop"}, "has label a, in project shop"),
        ({"version": "1.0", "project": "SHOP"}, "in version 1.0"),
        ({"milestone": "1.0", "labels": "a"}, "in milestone 1.0, has label a"),
        ({"query": "q", "project": "SHOP"}, "matches query q"),
        ({"items": ["SHOP-1"], "project": "SHOP"}, "named by the key result itself"),
        ({"epic": "SHOP-9", "project": "SHOP"}, "under epic SHOP-9"),
        ({"parent": "SHOP-9"}, "under SHOP-9"),
        (
            {"items": ["SHOP-1"], "query": "q", "type": "Task"},
            "named by the key result itself, matches query q, of type Task",
        ),
    ],
)
def test_conditions_are_named_with_the_most_selective_first(link: dict[str, Any], reason: str) -> None:
    one = item(labels=("a", "b"), assignees=("ana",), milestones=("1",), parent="SHOP-9")
    surroundings = around(milestones=(version("1", "1.0"),), memberships={("jira", "q"): frozenset({"1"})})
    assert why(one, link, surroundings) == reason


def test_a_repository_is_not_called_a_project() -> None:
    one = item(connection="github", scope="1")
    assert why(one, {"connection": "github", "repository": "Acme/Shop"}) == "in repository Acme/Shop"


def test_an_epic_itself_is_linked_by_what_it_is_and_meets_the_rest() -> None:
    epic = item("9", type="Epic", labels=("a",))
    assert why(epic, {"epic": "SHOP-9"}) == "is epic SHOP-9"
    assert why(epic, {"parent": "SHOP-9", "project": "SHOP"}) == "is SHOP-9"
    assert why(epic, {"epic": "SHOP-9", "labels": "a"}) == "has label a"
    assert why(epic, {"epic": "9"}) == "is epic 9"


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("x" * 60, "x" * 60),
        ("x" * 61, "x" * 59 + "…"),
        ("x" * 58 + " yy", "x" * 58 + "…"),
        ("type  =\n Bug ", "type = Bug"),
    ],
)
def test_long_text_is_cut_at_sixty_characters_and_stays_on_one_line(query: str, shown: str) -> None:
    surroundings = around(memberships={("jira", query): frozenset({"1"})})
    assert why(item(), {"query": query}, surroundings) == f"matches query {shown}"


def test_an_epic_without_a_title_goes_by_its_key_alone() -> None:
    assert why(item(parent="9"), {"epic": "SHOP-9"}, around(item("9", title=" "))) == "under epic SHOP-9"
    assert why(item(parent="9"), {"labels": "a"}, around(item("9", title="", labels=("a",)))) == (
        "through SHOP-9: has label a"
    )


def test_what_links_an_epic_several_levels_up_is_told_with_the_nearest() -> None:
    top, middle = item("9", labels=("a",)), item("8", parent="9", labels=("a",))
    assert why(item(parent="8"), {"labels": "a"}, around(top, middle)) == "through SHOP-8 (Task 8): has label a"
    bare = item("8", parent="9")
    assert why(item(parent="8"), {"labels": "a"}, around(top, bare)) == "through SHOP-9 (Task 9): has label a"


def test_an_inner_node_meets_conditions_about_what_is_above_it() -> None:
    top, middle = item("9"), item("8", parent="9", labels=("a",))
    assert why(item(parent="8"), {"epic": "SHOP-9", "labels": "a"}, around(top, middle)) == (
        "through SHOP-8 (Task 8): under epic SHOP-9 (Task 9), has label a"
    )


def test_a_link_says_whose_it_is_and_what_it_weighs() -> None:
    first, second = (
        placed({"labels": "a", "weight": 2.5}, id="b-1"),
        placed({"type": "Task", "role": "supports"}, id="a-1"),
    )
    assert Mapper([first, second], around()).links(item(labels=("a",))) == [
        Linked("b-1", "jira", "1", 2.5, False, ("has label a",)),
        Linked("a-1", "jira", "1", 1.0, True, ("of type Task",)),
    ]


def test_several_links_of_one_key_result_are_one_with_all_reasons() -> None:
    one = placed(
        {"labels": "a", "weight": 2},
        {"type": "Task", "weight": 3},
        {"project": "SHOP", "role": "supports", "weight": 9},
    )
    assert Mapper([one], around()).links(item(labels=("a",))) == [
        Linked("checkout-1", "jira", "1", 3.0, False, ("has label a", "in project SHOP", "of type Task"))
    ]


def test_two_supporting_links_support_with_the_larger_weight() -> None:
    one = placed({"labels": "a", "weight": 2, "role": "supports"}, {"type": "Task", "weight": 3, "role": "supports"})
    (linked,) = Mapper([one], around()).links(item(labels=("a",)))
    assert (linked.weight, linked.supports) == (3, True)


@pytest.mark.parametrize(
    "link",
    [
        {"labels": {"all": ["a", "x"]}},
        {"labels": {"all": ["a"], "any": ["x", "y"]}},
        {"labels": {"all": ["a", "x"], "any": ["a"]}},
        {"labels": {"any": ["x", "y"]}},
        {"items": ["SHOP-1"], "type": "Bug"},
        {"items": ["SHOP-1"], "query": "never asked"},
        {"query": "q", "assignee": "ben"},
        {"parent": "SHOP-9", "labels": "x"},
        {"version": "1.0", "query": "other"},
        {"labels": "a", "version": "2.0"},
        {"labels": "a", "items": ["SHOP-2"]},
        {"items": ["SHOP-1"], "parent": "SHOP-8"},
    ],
)
def test_every_condition_beside_the_first_is_verified(link: dict[str, Any]) -> None:
    one = item(labels=("a",), assignees=("ana",), milestones=("1",), parent="SHOP-9")
    members = {("jira", "q"): frozenset({"1"}), ("jira", "other"): frozenset({"2"})}
    surroundings = around(milestones=(version("1", "1.0"), version("2", "2.0")), memberships=members)
    assert Mapper([placed(link)], surroundings).links(one) == []


def test_conditions_that_all_hold_link_whichever_comes_first() -> None:
    one = item(labels=("a", "b"), assignees=("ana",), milestones=("1",), parent="SHOP-9")
    surroundings = around(milestones=(version("1", "1.0"),), memberships={("jira", "q"): frozenset({"1"})})
    everything = {
        "items": ["SHOP-1"],
        "query": "q",
        "parent": "SHOP-9",
        "version": "1.0",
        "labels": {"all": ["b", "a"], "any": ["x", "a"]},
        "assignee": "ANA",
        "type": "TASK",
        "created_since": "2026-11-01",
        "project": "Shop",
    }
    for first in everything:
        names = [*everything][[*everything].index(first) :]
        assert Mapper([placed({name: everything[name] for name in names})], surroundings).links(one), first
