"""What a milestones measure counts, as mapping hands it over."""

from __future__ import annotations

from typing import Any

import pytest
from okr_builders import item, placed, version

from okrsync.mapping import Mapper, Surroundings
from okrsync.model.target import Target
from okrsync.model.work import Item, Outcome, State


def targets(*links: dict[str, Any], parents: tuple[Item, ...] = (), **known: Any) -> tuple[Target, ...]:
    one = placed(*links, measure={"type": "milestones"})
    surroundings = Surroundings(parents={(node.connection, node.id): node for node in parents}, **known)
    return Mapper([one], surroundings).targets(one)


@pytest.mark.parametrize("word", ["milestone", "version"])
def test_a_milestone_reaches_below_the_epics_that_are_in_it(word: str) -> None:
    inside, below = item("120", type="Epic", milestones=("1",)), item("7", parent="120")
    outside = item("130", type="Epic", milestones=("2",))
    elsewhere = item("140", connection="github", milestones=("1",))
    done = version("1", "1.0", url="https://jira.example/1", state=State.DONE)
    assert targets({word: "1.0", "weight": 2}, parents=(inside, below, outside, elsewhere), milestones=(done,)) == (
        Target(
            connection="jira",
            kind="milestone",
            id="1",
            key=word,
            title="1.0",
            url="https://jira.example/1",
            weight=2,
            state=State.DONE,
            below=frozenset({"120", "shop-120", "7", "shop-7"}),
        ),
    )


def test_an_epic_is_told_with_its_state_and_outcome() -> None:
    epic = item("120", type="Epic", title="Payment", cancelled=True)
    assert targets({"epic": "SHOP-120"}, parents=(epic,)) == (
        Target(
            connection="jira",
            kind="epic",
            id="120",
            key="SHOP-120",
            title="Payment",
            url="https://jira.example/browse/SHOP-120",
            state=State.DONE,
            outcome=Outcome.CANCELLED,
            below=frozenset({"120", "shop-120"}),
        ),
    )


def test_an_epic_that_nobody_has_read_goes_by_its_full_key() -> None:
    assert targets({"repository": "acme/Shop", "parent": "#12", "weight": 3}) == (
        Target(
            "jira", "epic", "acme/Shop#12", "acme/Shop#12", weight=3, below=frozenset({"acme/Shop#12", "acme/shop#12"})
        ),
    )


def test_of_two_links_of_one_weight_to_one_milestone_the_first_names_it() -> None:
    (found,) = targets({"version": "1.0"}, {"milestone": "1.0"}, milestones=(version("1", "1.0"),))
    assert found.key == "version"
