"""Items: what is news and has to be mapped, and what a later look may not overwrite."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import chain, count
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from okr_builders import NOON, item
from sqlalchemy import select

from okrsync.model.sample import Linked
from okrsync.model.work import Item, Outcome, State
from okrsync.store import Store
from okrsync.store.items import News
from okrsync.store.rows import CHUNK
from okrsync.store.tables import items as table
from okrsync.store.tables import transitions

names = (f"jira {number}" for number in count())
"""A connection of its own for every example, so that one store does for all."""


def owns(label: str) -> bool:
    return label.startswith("okr:")


def keep(store: Store, *found: Item) -> list[News]:
    with store.transaction():
        return store.items.keep(found, owns)


def held(store: Store, id: str = "1") -> Item:
    kept = store.items.get("jira", id)
    assert kept is not None
    return kept


def dirty(store: Store) -> set[str]:
    with store.transaction():
        return {one.id for chunk in store.dirt.to_map("jira") for one in chunk}


def clean(store: Store) -> None:
    with store.transaction():
        store.dirt.clean("jira")


def lose(store: Store, id: str = "1", reason: str = "deleted") -> None:
    with store.transaction():
        store.items.mark_unreachable("jira", {id: reason})


def later(minutes: int = 1) -> datetime:
    return NOON + timedelta(minutes=minutes)


def history(store: Store) -> list[tuple[str, str, str | None, datetime]]:
    rows = store._connection.execute(select(transitions).order_by(transitions.c.id)).all()
    return [(row.state, row.word, row.outcome, row.at) for row in rows]


def test_a_new_item_is_news_and_has_to_be_mapped(store: Store) -> None:
    assert keep(store, item("1")) == [News(None, item("1"))]
    assert held(store) == item("1")
    assert dirty(store) == {"1"}


def test_the_same_item_again_is_no_news(store: Store) -> None:
    keep(store, item("1", labels=("bug",), points=3.0))
    clean(store)
    assert keep(store, item("1", labels=("bug",), points=3.0)) == []
    assert dirty(store) == set()


def test_a_changed_item_is_news_with_what_it_was(store: Store) -> None:
    keep(store, item("1"))
    clean(store)
    changed = item("1", title="Pay in one step", updated=later())
    assert keep(store, changed) == [News(item("1"), changed)]
    assert dirty(store) == {"1"}


def test_a_page_without_items_is_no_news(store: Store) -> None:
    assert keep(store) == []


def test_an_older_version_never_overwrites_a_newer_one(store: Store) -> None:
    newer = item("1", title="new", updated=later(5))
    keep(store, newer)
    clean(store)
    assert keep(store, item("1", title="old", updated=later(4))) == []
    assert held(store) == newer
    assert dirty(store) == set()


def test_a_change_that_does_not_touch_the_time_is_kept(store: Store) -> None:
    keep(store, item("1", milestones=("7",)))
    keep(store, item("1"))
    assert held(store).milestones == ()


def test_of_two_versions_on_one_page_the_newer_stays(store: Store) -> None:
    old, new = item("1", title="old"), item("1", title="new", updated=later())
    assert keep(store, new, old) == [News(None, new)]
    assert held(store) == new


@given(st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=4), min_size=1, max_size=6))
def test_whatever_the_order_the_newest_version_is_held(scratch: Store, pages: list[list[int]]) -> None:
    name = next(names)
    for page in pages:
        versions = [item("1", connection=name, title=f"version {one}", updated=later(one)) for one in page]
        keep(scratch, *versions)
    newest = max(number for page in pages for number in page)
    kept = scratch.items.get(name, "1")
    assert kept is not None
    assert kept.title == f"version {newest}"


def test_two_connections_may_use_the_same_id(store: Store) -> None:
    keep(store, item("1"))
    keep(store, item("1", connection="github", title="another thing"))
    assert held(store) == item("1")
    assert (store.items.count(), store.items.count("github"), store.items.count("gitlab")) == (2, 1, 0)
    assert store.items.get("github", "2") is None


def test_more_items_than_a_chunk_are_all_found(store: Store) -> None:
    many = [item(f"{number:05}") for number in range(CHUNK + 3)]
    assert len(keep(store, *many)) == len(many)
    assert keep(store, *many) == []
    with store.reading():
        mapped = [one.id for chunk in store.dirt.to_map("jira") for one in chunk]
    assert mapped == [one.id for one in many]
    assert {one.id for one in store.items.some("jira", [one.id for one in many])} == set(mapped)


def test_work_that_was_seen_to_begin_keeps_when_that_was(store: Store) -> None:
    keep(store, item("1", state=State.TODO))
    keep(store, item("1", state=State.DOING, updated=later(10)))
    keep(store, item("1", state=State.DOING, updated=later(20)))
    keep(store, item("1", done=True, updated=later(30)))
    assert held(store).started == later(10)


def test_the_trackers_own_word_on_when_work_began_wins(store: Store) -> None:
    keep(store, item("1", state=State.TODO))
    keep(store, item("1", state=State.DOING, updated=later(10)))
    keep(store, item("1", state=State.DOING, updated=later(20), started=later(3)))
    assert held(store).started == later(3)


def test_work_that_was_put_back_and_taken_up_again_began_the_first_time(store: Store) -> None:
    keep(store, item("1", state=State.DOING, started=later(3)))
    keep(store, item("1", state=State.TODO, updated=later(10)))
    keep(store, item("1", state=State.DOING, updated=later(20), started=later(20)))
    assert held(store).started == later(3)


def test_nobody_guesses_when_work_began_that_was_not_seen_to(store: Store) -> None:
    keep(store, item("1", state=State.DOING))
    keep(store, item("1", state=State.DOING, updated=later()))
    keep(store, item("2", state=State.TODO))
    keep(store, item("2", done=True, updated=later()))
    assert held(store).started is None
    assert held(store, "2").started is None


def test_changes_of_state_are_recorded_after_what_held_before(store: Store) -> None:
    keep(store, item("1", state=State.TODO, word="Open"))
    keep(store, item("1", state=State.TODO, word="Selected", updated=later(1)))
    keep(store, item("1", state=State.DOING, word="In Progress", updated=later(2)))
    keep(store, item("1", done=True, word="Done", updated=later(3)))
    keep(store, item("1", cancelled=True, word="Done", updated=later(4)))
    keep(store, item("1", cancelled=True, word="Done", title="renamed", updated=later(5)))
    assert history(store) == [
        ("todo", "Selected", None, NOON),
        ("doing", "In Progress", None, later(2)),
        ("done", "Done", "delivered", later(3)),
        ("done", "Done", "cancelled", later(4)),
    ]
    assert held(store).outcome is Outcome.CANCELLED


def test_parents_are_items_with_a_reachable_child_that_is_no_subtask(store: Store) -> None:
    keep(
        store,
        item("by-id"),
        item("1", parent="by-id"),
        item("by-key"),
        item("2", parent="SHOP-by-key"),
        item("only-lost"),
        item("3", parent="only-lost"),
        item("only-subtasks"),
        item("4", parent="only-subtasks", subtask=True),
        item("both"),
        item("5", parent="both", subtask=True),
        item("6", parent="both"),
    )
    lose(store, "3")
    assert {id for _, id in store.items.parents()} == {"by-id", "by-key", "both"}
    assert store.items.parents()["jira", "by-id"] == item("by-id")
    assert {id for _, id in store.items.split()} == {"only-subtasks"}


def test_what_names_its_parent_by_key_follows_it_to_a_new_key_and_waits_to_be_mapped(store: Store) -> None:
    keep(store, item("above"), item("by-key", parent="SHOP-above"), item("by-id", parent="above"), item("other"))
    clean(store)
    keep(store, item("above", key="API-7", scope="200", updated=later()))
    assert [held(store, id).parent for id in ("by-key", "by-id", "other")] == ["API-7", "above", None]
    assert dirty(store) == {"above", "by-key"}


def test_more_items_than_one_statement_holds_are_all_kept_and_kept_again(store: Store) -> None:
    found = [item(str(number)) for number in range(2 * CHUNK + 1)]
    keep(store, *found)
    assert [store.items.get("jira", one.id) for one in found] == found
    changed = [msgspec.structs.replace(one, title="changed", updated=later()) for one in found]
    keep(store, *changed)
    assert [store.items.get("jira", one.id) for one in found] == changed
    assert store.items.count() == len(found)


def test_an_unreachable_item_leaves_the_scope_with_a_reason(store: Store) -> None:
    keep(store, item("1"), item("2"))
    with store.transaction():
        store.links.replace("jira", ["1", "2"], [linked("1"), linked("2")])
    clean(store)
    lose(store, "1", "deleted")
    assert set(chain.from_iterable(store.items.ids("jira", "100"))) == {"2"}
    assert store.items.lost("jira", "100") == {"1"}
    assert store.items.unreachable("checkout-1") == {("jira", "1"): "deleted"}
    assert store.items.unreachable("checkout-2") == {}
    assert store.items.unreachable() == {("jira", "1"): "deleted"}
    assert dirty(store) == {"1"}


def test_an_unreachable_item_that_is_seen_again_is_news_even_when_it_is_the_same(store: Store) -> None:
    keep(store, item("1"))
    lose(store)
    clean(store)
    assert keep(store, item("1")) == [News(item("1"), item("1"))]
    assert set(chain.from_iterable(store.items.ids("jira", "100"))) == {"1"}
    assert dirty(store) == {"1"}


def test_what_we_write_ourselves_has_not_to_be_mapped_again(store: Store) -> None:
    keep(store, item("1"), item("2"))
    clean(store)
    keep(store, item("2", title="renamed", updated=later()))
    with store.transaction():
        for id in ("1", "2"):
            store.items.rewrite(msgspec.structs.replace(held(store, id), labels=("okr:checkout-1",)), owns)
    assert held(store).labels == ("okr:checkout-1",)
    assert dirty(store) == {"2"}, "what was dirty stays dirty"


def labelled(store: Store) -> dict[str, bool]:
    return {row.id: row.labelled for row in store._connection.execute(select(table.c.id, table.c.labelled))}


def test_our_own_labels_are_known_without_reading_the_items(store: Store) -> None:
    keep(store, item("1", labels=("bug", "okr:x")), item("2", labels=("bug",)))
    assert labelled(store) == {"1": True, "2": False}


def rename(store: Store, renamed: dict[str, str | None], scope: str = "100") -> None:
    with store.transaction():
        store.items.rename_labels("jira", scope, renamed, owns)


def test_renamed_and_deleted_labels_are_carried_over_to_the_items_of_the_scope(store: Store) -> None:
    keep(
        store,
        item("1", labels=("latency", "bug")),
        item("2", labels=("bug",)),
        item("3", labels=("okr:old",)),
        item("4", labels=("latency",), scope="200"),
    )
    clean(store)
    rename(store, {"latency": "slow", "okr:old": None})
    assert [held(store, id).labels for id in "1234"] == [("slow", "bug"), ("bug",), (), ("latency",)]
    assert dirty(store) == {"1", "3"}
    assert labelled(store)["3"] is False


def test_a_renamed_label_brings_no_unreachable_item_back(store: Store) -> None:
    keep(store, item("1", labels=("latency",)))
    lose(store)
    rename(store, {"latency": "slow"})
    assert set(chain.from_iterable(store.items.ids("jira", "100"))) == set()
    assert held(store).labels == ("slow",)


def linked(id: str, to: str = "checkout-1", **changed: Any) -> Linked:
    return msgspec.structs.replace(Linked(to, "jira", id, 1.0, False, ("in project SHOP",)), **changed)


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.none() | st.sampled_from("abcd"), st.booleans()), max_size=12),
)
def test_parents_and_split_items_follow_from_the_children_alone(
    scratch: Store, moves: Sequence[tuple[str, str | None, bool]]
) -> None:
    name = next(names)
    now: dict[str, tuple[str | None, bool]] = {}
    for number, (child, parent, subtask) in enumerate(moves):
        keep(scratch, item(child, connection=name, parent=parent, subtask=subtask, updated=later(number)))
        now[child] = (parent, subtask)
    with_children = {parent for parent, subtask in now.values() if parent in now and not subtask}
    with_subtasks = {parent for parent, subtask in now.values() if parent in now and subtask}
    assert {id for owner, id in scratch.items.parents() if owner == name} == with_children
    assert {id for owner, id in scratch.items.split() if owner == name} == with_subtasks - with_children
