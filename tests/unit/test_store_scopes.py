"""What a connection reads and how far, and what a scope defines: milestones, labels, memberships."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain

import pytest
from okr_builders import NOON, item, version

from okrsync.model.change import DefineLabel, UndefineLabel
from okrsync.model.work import LabelDefinition, Scope
from okrsync.store import Store
from okrsync.store.scopes import ConnectionState, Cursor

SHOP, API = Scope("100", "SHOP"), Scope("200", "API", data={"points": "customfield_1"})
EARLIER = NOON - timedelta(days=1)


def keep(store: Store, *scopes: Scope) -> None:
    with store.transaction():
        store.scopes.keep("jira", scopes)


@pytest.fixture
def shop(store: Store) -> Store:
    keep(store, SHOP)
    return store


def test_scopes_are_remembered_in_the_order_of_the_configuration(store: Store) -> None:
    keep(store, SHOP, API)
    assert store.scopes.known("jira") == (SHOP, API)
    keep(store, API, SHOP)
    assert store.scopes.known("jira") == (API, SHOP)
    assert store.scopes.known("github") == ()


def test_a_renamed_or_archived_scope_keeps_its_cursor(shop: Store) -> None:
    with shop.transaction():
        shop.scopes.promote("jira", "100", Cursor(NOON, "fields 1", NOON, EARLIER))
    keep(shop, Scope("100", "STORE", archived=True))
    assert shop.scopes.known("jira") == (Scope("100", "STORE", archived=True),)
    assert shop.scopes.cursor("jira", "100") == Cursor(NOON, "fields 1", NOON, EARLIER)


def test_what_a_connector_learned_about_a_scope_is_given_back(shop: Store) -> None:
    with shop.transaction():
        shop.scopes.learn("jira", Scope("100", "ignored", data={"points": "customfield_7"}))
    assert shop.scopes.known("jira") == (Scope("100", "SHOP", data={"points": "customfield_7"}),)


def test_an_unknown_scope_has_no_cursor(store: Store) -> None:
    assert store.scopes.cursor("jira", "100") == Cursor()


def test_a_scope_that_is_configured_no_more_is_forgotten_with_its_items(store: Store) -> None:
    keep(store, SHOP, API)
    with store.transaction():
        store.items.keep([item("1"), item("2", scope="200")], lambda label: False)
        store.dirt.clean("jira")
        store.scopes.keep_milestones("jira", "200", [version("7", "1.0", scope="200")])
        store.scopes.keep_labels("jira", "200", [LabelDefinition("1", "bug")])
        store.scopes.promote("jira", "200", Cursor(NOON))
    keep(store, SHOP)
    assert store.scopes.milestones() == ()
    assert store.scopes.labels("jira", "200") == ()
    assert store.scopes.cursor("jira", "200") == Cursor(), "configured again, it is read from the beginning"
    assert set(chain.from_iterable(store.items.ids("jira", "200"))) == set()
    assert set(chain.from_iterable(store.items.ids("jira", "100"))) == {"1"}
    with store.reading():
        assert [[one.id for one in chunk] for chunk in store.dirt.to_map("jira")] == [["2"]]


def test_every_connection_ever_read_is_known_even_when_it_is_configured_no_more(shop: Store) -> None:
    with shop.transaction():
        shop.scopes.set_state("github", ConnectionState(error="no such host"))
        shop.scopes.set_state("jira", ConnectionState(NOON))
    keep(shop)
    assert shop.scopes.connections() == ("github", "jira")


def test_a_state_is_complete_only_after_a_read_without_error(store: Store) -> None:
    states = [ConnectionState(), ConnectionState(error="down"), ConnectionState(NOON, "down"), ConnectionState(NOON)]
    assert [state.complete for state in states] == [False, False, False, True]
    for state in states:
        with store.transaction():
            store.scopes.set_state("jira", state)
        assert store.scopes.state("jira") == state
    assert store.scopes.state("github") == ConnectionState()


def test_milestones_are_replaced_by_the_complete_list(store: Store) -> None:
    with store.transaction():
        store.scopes.keep_milestones("jira", "100", [version("1", "1.0"), version("2", "2.0")])
        store.scopes.keep_milestones("jira", "200", [version("9", "API", scope="200")])
        store.scopes.keep_milestones("jira", "100", [version("2", "2.1")])
    assert [one.title for one in store.scopes.milestones()] == ["2.1", "API"]
    with store.transaction():
        store.scopes.keep_milestones("jira", "100", [])
    assert [one.title for one in store.scopes.milestones()] == ["API"]


def labels(store: Store, *found: tuple[str, str]) -> dict[str, str | None]:
    with store.transaction():
        return store.scopes.keep_labels("jira", "100", [LabelDefinition(id, name) for id, name in found])


def test_renamed_and_deleted_labels_are_told(store: Store) -> None:
    assert labels(store, ("1", "latency"), ("2", "bug"), ("3", "old")) == {}
    assert labels(store, ("1", "slow"), ("2", "bug"), ("4", "new")) == {"latency": "slow", "old": None}
    assert [one.name for one in store.scopes.labels("jira", "100")] == ["slow", "bug", "new"]
    assert labels(store) == {"slow": None, "bug": None, "new": None}
    assert store.scopes.labels("jira", "100") == ()


def define(store: Store, name: str, description: str = "") -> None:
    with store.transaction():
        store.scopes.define_label(DefineLabel("jira", "100", name, description, "c5def5"))


def test_our_own_definition_is_no_rename_once_the_tracker_lists_it(store: Store) -> None:
    define(store, "okr:checkout-1", "Key result: Ship it")
    (ours,) = store.scopes.labels("jira", "100")
    assert (ours.name, ours.description) == ("okr:checkout-1", "Key result: Ship it")
    assert labels(store, ("77", "okr:checkout-1")) == {}
    assert store.scopes.labels("jira", "100") == (LabelDefinition("77", "okr:checkout-1"),)


def test_our_own_definition_that_never_shows_up_is_deleted(store: Store) -> None:
    define(store, "okr:checkout-1")
    assert labels(store, ("2", "bug")) == {"okr:checkout-1": None}


def test_a_description_is_replaced_and_a_definition_can_be_taken_back(store: Store) -> None:
    labels(store, ("1", "okr:x"), ("2", "bug"))
    define(store, "okr:x", "new text")
    assert {one.name: one.description for one in store.scopes.labels("jira", "100")} == {"okr:x": "new text", "bug": ""}
    with store.transaction():
        store.scopes.undefine_label(UndefineLabel("jira", "100", "okr:x"))
    assert [one.name for one in store.scopes.labels("jira", "100")] == ["bug"]


def test_a_label_redescribed_by_us_and_renamed_by_a_person_is_still_a_rename(store: Store) -> None:
    labels(store, ("1", "okr:x"))
    define(store, "okr:x", "new text")
    assert labels(store, ("1", "okr:y")) == {"okr:x": "okr:y"}


def test_only_the_ids_that_came_or_went_have_to_be_mapped_again(store: Store) -> None:
    with store.transaction():
        assert store.scopes.membership("jira", "type = Bug") is None, "nobody asked yet"
        assert store.scopes.keep_membership("jira", "type = Bug", frozenset("abc")) == set("abc")
        assert store.scopes.keep_membership("jira", "type = Bug", frozenset("abc")) == set()
        assert store.scopes.keep_membership("jira", "type = Bug", frozenset("bcd")) == {"a", "d"}
        assert store.scopes.keep_membership("jira", "none", frozenset()) == set()
    assert store.scopes.membership("jira", "type = Bug") == frozenset("bcd")
    assert store.scopes.membership("jira", "none") == frozenset()
    assert store.scopes.membership("github", "type = Bug") is None
