"""References that lead nowhere, circles, selectors that mean nothing, and the targets of milestone measures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from okr_builders import CYCLE, item, placed, version

from okrsync.mapping import Known, Mapper, Surroundings, Words
from okrsync.model.okr import GoalState, Objective, Phase, Placed
from okrsync.model.run import Dangling
from okrsync.model.work import Item

WORDS = Words({"Task", "Story", "Bug"}, {"Checkout", "blocked", "okr:checkout-1"}, {"ana", "ben"})
READ = Known({"jira": WORDS}, items={"jira": frozenset({"shop-12"})})
SCOPES = {("jira", "100"): "SHOP", ("jira", "200"): "API"}


def around(*parents: Item, **known: Any) -> Surroundings:
    return Surroundings(scopes=SCOPES, parents={(one.connection, one.id): one for one in parents}, **known)


def aside(life: GoalState) -> Objective:
    return Objective(id="checkout", title="Buying is effortless", state=life)


def references(*names: str, known: Sequence[Placed]) -> list[str]:
    mapper = Mapper(known, around())
    return [f"{one.names}: {one.reason}" for one in mapper.dangling(item(references=names))]


def test_a_reference_that_is_no_list_of_ids_says_how_to_write_one() -> None:
    assert references("the first half", known=[placed(id="checkout-1")]) == [
        "the first half: which is not understood; write ids with commas between them"
    ]


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
        ({"state": GoalState.ABANDONED}, "is abandoned"),
        ({"objective": aside(GoalState.POSTPONED)}, "belongs to objective checkout, which is postponed"),
        ({"objective": aside(GoalState.DRAFT)}, "belongs to objective checkout, which is still a draft"),
    ],
)
def test_a_reference_to_a_key_result_that_is_not_live_says_why(where: dict[str, Any], reason: str) -> None:
    assert references("checkout-1", known=[placed(**where)]) == [f"checkout-1: checkout-1 {reason}"]


def test_a_reference_from_a_sub_task_that_does_not_count_is_not_dropped_silently() -> None:
    mapper = Mapper([placed()], around())
    (found,) = mapper.dangling(item(subtask=True, references=("checkout-1",)))
    assert found == Dangling(
        "SHOP-1",
        "https://jira.example/browse/SHOP-1",
        "checkout-1",
        "sub-tasks do not count for checkout-1; write it on the ticket above",
    )


def test_a_circle_of_parents_is_an_error_that_names_the_items() -> None:
    circle = [item("2", parent="3"), item("3", parent="4"), item("4", parent="SHOP-2")]
    tail = item("5", parent="2")
    mapper = Mapper([placed({"epic": "SHOP-2"})], around(*circle, tail))
    (problem,) = [one for one in mapper.problems(READ) if one.level == "error"]
    assert (problem.subject, problem.message, problem.hint) == (
        "jira",
        "The parents of SHOP-2, SHOP-3, SHOP-4 form a circle; they are taken to have no parent.",
        "Remove the parent of one of them, of SHOP-2 say.",
    )
    assert len(mapper.links(item(parent="5"))) == 1
    assert mapper.links(item(parent="3")) == []
    assert mapper.links(item(parent="4")) == [], "what stands in a circle is below nothing, also of what it names"


def test_an_item_that_is_its_own_parent_is_a_circle() -> None:
    own = item("2", parent="2")
    mapper = Mapper([placed({"epic": "SHOP-2"})], around(own))
    assert ["SHOP-2 form" in one.message for one in mapper.problems(READ)] == [True]
    assert len(mapper.links(item(parent="2"))) == 1


@pytest.mark.parametrize(
    ("link", "message", "hint"),
    [
        ({"project": "SHOPP"}, "jira has no project 'SHOPP'.", "Did you mean 'SHOP'?"),
        ({"repository": "acme/web"}, "jira has no repository 'acme/web'.", ""),
        ({"version": "Checkout 2"}, "jira has no version 'Checkout 2'.", "Did you mean 'Checkout 1'?"),
        ({"milestone": "zzz", "project": "API"}, "jira has no milestone 'zzz' in API.", ""),
        (
            {"epic": "SHOP-12"},
            "Nothing is known below 'SHOP-12' in jira: wrong key, or not broken down yet.",
            "Did you mean 'SHOP-120'?",
        ),
        (
            {"epic": "SHPO-120"},
            "Nothing is known below 'SHPO-120' in jira: wrong key, or not broken down yet.",
            "Did you mean 'SHOP-120'?",
        ),
        (
            {"epic": "SHOP-1204"},
            "Nothing is known below 'SHOP-1204' in jira: wrong key, or not broken down yet.",
            "Did you mean 'SHOP-120'?",
        ),
        (
            {"epic": "SHOP-121"},
            "Nothing is known below 'SHOP-121' in jira: wrong key, or not broken down yet.",
            "",
        ),
    ],
)
def test_a_selector_that_means_nothing_known_is_a_warning_with_the_nearest_name(
    link: dict[str, Any], message: str, hint: str
) -> None:
    surroundings = around(item("120", type="Epic"), milestones=(version("1", "Checkout 1"),))
    (found,) = Mapper([placed(link)], surroundings).problems(Known({"jira": WORDS}))
    assert (found.level, found.subject, found.message, found.hint) == ("warning", "checkout-1", message, hint)


def test_an_epic_that_is_there_without_anything_below_it_is_no_typo() -> None:
    surroundings = around(item("120", type="Epic"))
    (found,) = Mapper([placed({"epic": "SHOP-12"})], surroundings).problems(READ)
    assert (found.message, found.hint) == ("'SHOP-12' has nothing below it in jira: it counts by itself.", "")


@pytest.mark.parametrize(
    ("link", "message", "hint"),
    [
        ({"assignee": "anna"}, "No ticket in jira is assigned to 'anna'.", "Did you mean 'ana'?"),
        ({"assignee": "zoe"}, "No ticket in jira is assigned to 'zoe'.", ""),
        ({"assignee": "pull request"}, "No ticket in jira is assigned to 'pull request'.", ""),
        ({"type": "Stroy"}, "No ticket in jira is of type 'Stroy'.", "Did you mean 'Story'?"),
        ({"type": "Pull Requests"}, "No ticket in jira is of type 'Pull Requests'.", "Did you mean 'pull request'?"),
        ({"labels": "chekout"}, "No ticket in jira has the label 'chekout'.", "Did you mean 'Checkout'?"),
        ({"labels": {"any": ["blocked", "bug"]}}, "No ticket in jira has the label 'bug'.", ""),
        ({"labels": "or:checkout-1"}, "No ticket in jira has the label 'or:checkout-1'.", "Did you mean 'Checkout'?"),
        ({"items": ["SHOP-12", "SHPO-12"]}, "jira has no ticket 'SHPO-12'.", "Did you mean 'SHOP-12'?"),
        ({"items": ["SHPO-13"]}, "jira has no ticket 'SHPO-13'.", ""),
        ({"items": ["somewhere"]}, "jira has no ticket 'somewhere'.", ""),
    ],
)
def test_a_word_that_no_ticket_uses_is_told_with_the_nearest_one(link: dict[str, Any], message: str, hint: str) -> None:
    (found,) = Mapper([placed(link)], around()).problems(READ)
    assert (found.level, found.subject, found.message, found.hint) == ("warning", "checkout-1", message, hint)


@pytest.mark.parametrize(
    "link",
    [
        {"assignee": "ANA", "type": "story", "labels": {"all": ["checkout"], "any": ["Blocked"]}},
        {"type": "pull request"},
        {"items": ["shop-12"]},
    ],
)
def test_words_that_tickets_use_are_no_problem_whatever_their_case(link: dict[str, Any]) -> None:
    assert Mapper([placed(link)], around()).problems(READ) == ()


def test_a_person_may_be_called_like_a_key_result() -> None:
    known = Known({"jira": Words({"Task"}, set(), {"team-checkout-1"})})
    (found,) = Mapper([placed({"assignee": "taem-checkout-1"})], around()).problems(known)
    assert found.hint == "Did you mean 'team-checkout-1'?"


def test_tickets_that_links_name_are_asked_for_with_those_that_may_be_meant() -> None:
    listed = {"items": ["SHPO-12", "OTHERS-7", "somewhere"]}
    short = {"connection": "github", "repository": "acme/shop", "items": ["#12"]}
    mapper = Mapper([placed(listed, short, {"epic": "SHPO-120"})], around())
    assert mapper.asked() == {
        "jira": {"SHPO-12", "SHOP-12", "OTHERS-7", "somewhere", "SHPO-120"},
        "github": {"acme/shop#12"},
    }


def test_words_are_those_of_all_items() -> None:
    heard = Words().hear([item("1", type="Bug", labels=("a", "b")), item("2", type="Task", assignees=("ana",))])
    assert (heard.types, heard.labels, heard.assignees) == ({"Bug", "Task"}, {"a", "b"}, {"ana"})


def ratio(**parts: Any) -> dict[str, Any]:
    return {"measure": {"type": "ratio", "target": 1, "over": {}, **parts}}


@pytest.mark.parametrize(
    ("measure", "message", "hint"),
    [
        (ratio(of={"type": "Stroy"}), "No ticket in jira is of type 'Stroy'.", "Did you mean 'Story'?"),
        (ratio(of={}, over={"labels": "chekout"}), "No ticket in jira has the label 'chekout'.", "'Checkout'"),
        (ratio(of={"type": "Bgu"}, over={"type": "Bgu"}), "No ticket in jira is of type 'Bgu'.", "Did you mean 'Bug'?"),
        (
            {"measure": {"type": "maintain", "below": 1, "of": ratio(of={"labels": "zzz"})["measure"]}},
            "No ticket in jira has the label 'zzz'.",
            "",
        ),
    ],
)
def test_a_word_in_a_filter_of_a_ratio_that_no_ticket_uses_is_told_once_at_the_measure(
    measure: dict[str, Any], message: str, hint: str
) -> None:
    where = {"file": "okrs/shop.yaml", "measure_line": 11, "link_lines": (12,)}
    one = placed({"project": "SHOP"}, **measure).model_copy(update=where)
    (found,) = Mapper([one], around()).problems(READ)
    assert (found.level, found.subject, found.message) == ("warning", "checkout-1", f"okrs/shop.yaml:11: {message}")
    assert hint in found.hint


def test_a_filter_of_a_ratio_is_right_when_one_of_the_trackers_that_feed_it_uses_its_words() -> None:
    links = [{"project": "SHOP"}, {"connection": "github", "type": "issue"}]
    known = Known({"jira": WORDS, "github": Words({"Feature"}, {"ux"}, set())})
    for right in ({"type": "bug"}, {"type": "feature"}, {"labels": ["ux"]}, {"state": "done"}):
        assert Mapper([placed(*links, **ratio(of=right))], around()).problems(known) == ()
    (found,) = Mapper([placed(*links, **ratio(of={"type": "Featrue"}))], around()).problems(known)
    assert (found.message, found.hint) == (
        "No ticket in jira or github is of type 'Featrue'.",
        "Did you mean 'Feature'?",
    )


def test_nothing_is_said_of_a_ratio_while_one_of_the_trackers_that_feed_it_was_not_read() -> None:
    links = [{"project": "SHOP"}, {"connection": "github", "type": "issue"}]
    assert Mapper([placed(*links, **ratio(of={"type": "Stroy"}))], around()).problems(READ) == ()
    by_lines_in_tickets_alone = placed(**ratio(of={"type": "Stroy"}))
    assert Mapper([by_lines_in_tickets_alone], around()).problems(READ) == ()


def test_a_problem_names_the_line_of_the_link() -> None:
    where = {"file": "okrs/shop.yaml", "link_lines": (12, 14)}
    one = placed({"assignee": "ana"}, {"assignee": "anna"}).model_copy(update=where)
    (found,) = Mapper([one], around()).problems(READ)
    assert found.message == "okrs/shop.yaml:14: No ticket in jira is assigned to 'anna'."


def test_an_epic_that_is_not_read_itself_is_no_problem_where_tickets_name_it() -> None:
    known = Known({"jira": WORDS}, parents={"jira": frozenset({"big-7"})})
    assert Mapper([placed({"epic": "BIG-7"})], around()).problems(known) == ()


def test_where_no_ticket_was_seen_at_all_no_word_is_a_typo() -> None:
    assert Mapper([placed({"assignee": "anna"})], around()).problems(Known({"jira": Words()})) == ()


def test_what_is_asked_about_tickets_includes_what_may_have_been_meant() -> None:
    mapper = Mapper([placed({"items": ["SHPO-12", "10012"]}, {"epic": "SHOP-3"})], around())
    assert mapper.asked() == {"jira": {"SHPO-12", "SHOP-12", "10012", "SHOP-3"}}


def test_nothing_is_said_about_a_connection_that_was_not_read_completely() -> None:
    links = {"project": "SHOPP"}, {"assignee": "anna"}, {"items": ["SHPO-12"]}, {"epic": "SHPO-1"}
    assert Mapper([placed(*links)], around()).problems(Known()) == ()


def test_a_connection_without_any_milestones_has_no_nearest_one() -> None:
    (found,) = Mapper([placed({"version": "1.0"})], around()).problems(READ)
    assert (found.message, found.hint) == ("jira has no version '1.0'.", "")


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
