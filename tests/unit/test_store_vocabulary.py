"""The words that trackers use are remembered, and tickets are found by what links call them."""

from __future__ import annotations

import pytest
from former_stores import bring_back
from okr_builders import item

from okrsync.mapping import Words
from okrsync.model.work import Item, LabelDefinition, Scope
from okrsync.store import Store, vocabulary


def heard(*items: Item) -> Words:
    return Words().hear(items)


def keep(store: Store, *items: Item, anew: bool = False) -> None:
    with store.transaction():
        store.vocabulary.keep("jira", heard(*items), anew=anew)


def known(store: Store) -> Words:
    return store.vocabulary.known(["jira"], {}).words["jira"]


def test_words_of_changed_items_join_those_that_were_heard_before(store: Store) -> None:
    keep(store, item("1", labels=("x",), assignees=("ana", "u-1")))
    keep(store, item("2", type="Bug"))
    assert known(store) == Words({"Task", "Bug"}, {"x"}, {"ana", "u-1"})


def test_when_all_items_are_heard_anew_what_nobody_says_any_more_is_forgotten(store: Store) -> None:
    keep(store, item("1", labels=("x",)))
    with store.transaction():
        store.vocabulary.keep("github", heard(item("9", labels=("y",))), anew=True)
    keep(store, item("1", labels=("z",)), anew=True)
    assert known(store).labels == {"z"}
    assert store.vocabulary.known(["github"], {}).words["github"].labels == {"y"}


def test_a_label_that_is_defined_and_not_worn_is_a_word_too(store: Store) -> None:
    with store.transaction():
        store.scopes.keep("jira", [Scope("100", "SHOP")])
        store.scopes.keep_labels("jira", "100", [LabelDefinition("7", "later")])
    assert known(store) == Words(labels={"later"})


def test_tickets_are_found_by_id_and_by_key_in_any_case_and_parents_by_what_items_call_them(store: Store) -> None:
    with store.transaction():
        store.items.keep([item("12", parent="BIG-7"), item("13", connection="github")], lambda label: False)
    asked = {"jira": ["shop-12", "12", "SHOP-13", "BIG-7", "big-7"], "github": ["SHOP-12"]}
    found = store.vocabulary.known(["jira"], asked)
    assert found.items == {"jira": frozenset({"shop-12", "12"})}
    assert found.parents == {"jira": frozenset({"big-7"})}


@pytest.mark.parametrize(
    ("query", "by"), [(vocabulary._ITEMS, ("id=?", "key=?")), (vocabulary._PARENTS, ("parent=?",))]
)
def test_a_few_names_are_looked_up_and_not_every_item_looked_at(store: Store, query: str, by: tuple[str, ...]) -> None:
    steps = store._connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", ("jira", '["SHOP-1"]')).all()
    searches = [step.detail for step in steps if "SEARCH i" in step.detail]
    assert len(searches) == len(by)
    assert all(name in detail for name, detail in zip(by, searches, strict=True))


def test_a_store_of_before_hears_all_words_with_the_next_run(store: Store) -> None:
    with store.transaction():
        store.history.set_fingerprint("mapping of jira", "as ever")
        store.history.set_fingerprint("reading of jira", "as ever")
    store.close()
    bring_back(store.url, "0005")
    with Store(store.url) as opened:
        assert opened.history.fingerprints() == {"reading of jira": "as ever"}
        assert known(opened) == Words()
