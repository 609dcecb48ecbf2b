"""Dirt: what has to be mapped when an item changed, how far that spreads, and how long it stays."""

from __future__ import annotations

from datetime import timedelta

from okr_builders import NOON, item

from okrsync.model.work import Item
from okrsync.store import Store

LATER = NOON + timedelta(minutes=1)


def keep(store: Store, *found: Item) -> None:
    with store.transaction():
        store.items.keep(found, lambda label: False)


def clean(store: Store) -> None:
    with store.transaction():
        store.dirt.clean("jira")


def dirty(store: Store) -> set[str]:
    with store.transaction():
        return {one.id for chunk in store.dirt.to_map("jira") for one in chunk}


def spread(store: Store) -> set[str]:
    with store.transaction():
        store.dirt.spread("jira")
    return dirty(store)


def test_a_change_reaches_what_is_below_and_what_is_right_above(store: Store) -> None:
    keep(
        store,
        item("top"),
        item("epic", parent="top"),
        item("story", parent="epic"),
        item("by-key", parent="SHOP-story"),
        item("beside", parent="top"),
        item("elsewhere"),
    )
    clean(store)
    keep(store, item("epic", parent="top", title="renamed", updated=LATER))
    assert spread(store) == {"top", "epic", "story", "by-key"}


def test_dirt_stays_within_its_connection(store: Store) -> None:
    keep(store, item("2", parent="1"))
    keep(store, item("2", connection="github", parent="1"))
    clean(store)
    with store.transaction():
        store.dirt.mark("jira", ["1", None])
        store.dirt.clean("jira")
        store.dirt.spread("github")
        assert [one.connection for chunk in store.dirt.to_map("github") for one in chunk] == ["github"]


def test_a_circle_of_parents_ends_the_spreading(store: Store) -> None:
    keep(store, item("1", parent="2"), item("2", parent="1"))
    clean(store)
    keep(store, item("1", parent="2", title="renamed", updated=LATER))
    assert spread(store) == {"1", "2"}


def test_a_parent_that_loses_a_child_has_to_be_mapped_again(store: Store) -> None:
    keep(store, item("epic"), item("story", parent="SHOP-epic"))
    clean(store)
    keep(store, item("story", updated=LATER))
    assert dirty(store) == {"epic", "story"}


def test_a_broken_run_leaves_its_dirt_to_the_next(store: Store) -> None:
    keep(store, item("1"))
    with Store(store.url) as after_a_kill:
        keep(after_a_kill, item("1"))
        assert dirty(after_a_kill) == {"1"}


def test_everything_can_be_mapped_again(store: Store) -> None:
    keep(store, item("1"), item("2"), item("3", connection="github"))
    clean(store)
    with store.transaction():
        store.dirt.mark_all("jira")
    assert dirty(store) == {"1", "2"}
