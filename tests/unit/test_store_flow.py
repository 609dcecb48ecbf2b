"""What was worked on, as the store tells it: the links are those of lives, and what is a leaf is as of today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import count

from hypothesis import given
from hypothesis import strategies as st
from okr_builders import NOON, item

from okrsync.model.sample import Linked
from okrsync.model.work import Item, Kind
from okrsync.store import Store

NAMES = ("checkout-1", "api-1")
IDS = count(1)
STEPS = st.lists(st.tuples(st.sets(st.sampled_from(NAMES)), st.booleans()), max_size=5)


def keep(store: Store, *found: Item) -> None:
    with store.transaction():
        store.items.keep(found, lambda label: False)


def link(store: Store, day: int, *names: str, id: str = "1", told: bool = False) -> None:
    """From that day on it counts for these; unless it is told since when, it does since it was created."""
    at = NOON + timedelta(days=day)
    links = [Linked(name, "jira", id, 1.0, False, ("has label x",)) for name in names]
    with store.transaction():
        store.links.replace("jira", [id], links, now=at, begins=lambda _: at if told else None)


def leaves(store: Store, names: Sequence[str] = NAMES) -> list[str]:
    return sorted(one.key[1] for one in store.flow.work(names, lambda _, labels: "leave" in labels) if one.leaf)


@given(STEPS)
def test_links_count_from_when_to_when_lives_say(scratch: Store, steps: list[tuple[set[str], bool]]) -> None:
    keep(scratch, item())
    for day, (names, told) in enumerate(steps):
        link(scratch, day, *sorted(names), told=told)
    lives = [
        (one.linked.key_result, one.since, one.until) for some in scratch.lives.all(NAMES).values() for one in some
    ]
    found = [(one.key_result, one.since, one.until) for one in scratch.flow.links(NAMES)]
    assert sorted(found, key=repr) == sorted(lives, key=repr)


def test_a_leaf_is_reachable_work_that_nobody_leaves_alone(store: Store) -> None:
    keep(
        store,
        item("1"),
        item("2", subtask=True, parent="1"),
        item("3", kind=Kind.PULL_REQUEST),
        item("4", labels=("leave",)),
        item("5"),
        item("6", parent="5"),
        item("7"),
        item("8", parent="SHOP-7"),
    )
    link(store, 0, "checkout-1")
    assert leaves(store) == ["1", "6", "8"]


def test_only_repositories_and_projects_with_linked_work_are_read(store: Store) -> None:
    keep(store, item("1"), item("2"), item("3", scope="200"))
    link(store, 0, "checkout-1")
    link(store, 1)
    assert leaves(store) == ["1", "2"], "it counted once"
    assert leaves(store, ["api-1"]) == []
