"""What tickets show of ours is remembered until somebody looks again, or nobody can know any more."""

from __future__ import annotations

import pytest
from okr_builders import item

from okrsync.model.change import Shown, ShownNote
from okrsync.model.ticket import Showing
from okrsync.store import Store

NOTE = ShownNote("77", "d1", {"checkout-1": 3}, statuses={"checkout-1": "behind"})


@pytest.fixture
def shop(store: Store) -> Store:
    """Two tickets nobody looked at yet."""
    with store.transaction():
        store.items.keep([item("1"), item("2")], lambda label: False)
    return store


def showing(store: Store, id: str = "1") -> Showing:
    with store.reading():
        return {one.item.id: one.showing for one in store.links.tickets(everything=True)}[id]


def test_a_ticket_nobody_looked_at_shows_nothing_known(shop: Store) -> None:
    assert showing(shop) == Showing()
    assert shop.showings.remote_links("jira", "1") == {}


def test_a_note_under_way_is_not_known_until_its_receipt(shop: Store) -> None:
    with shop.transaction():
        shop.showings.set_note("jira", "1", NOTE)
        shop.showings.begin_note("jira", "1")
    assert showing(shop) == Showing(known=False, under_way=True, note=NOTE)
    with shop.transaction():
        shop.showings.set_note("jira", "1", NOTE)
    assert showing(shop) == Showing(known=True, note=NOTE)


def test_an_observation_replaces_what_was_remembered(shop: Store) -> None:
    with shop.transaction():
        shop.showings.begin_note("jira", "1")
        shop.showings.keep_shown(Shown(item("1").ref, note=NOTE, surplus=("78", "79")))
    assert showing(shop) == Showing(known=True, note=NOTE, surplus=("78", "79"), as_of=item("1").updated)
    with shop.transaction():
        shop.showings.keep_shown(Shown(item("1").ref))
    assert showing(shop) == Showing(known=True, as_of=item("1").updated)


def test_an_edited_note_keeps_the_notes_too_many_in_mind(shop: Store) -> None:
    with shop.transaction():
        shop.showings.keep_shown(Shown(item("1").ref, note=NOTE, surplus=("78",)))
        shop.showings.set_note("jira", "1", ShownNote("77", "d2"))
    assert showing(shop).surplus == ("78",)


def test_a_deleted_note_is_forgotten_and_no_other(shop: Store) -> None:
    with shop.transaction():
        shop.showings.keep_shown(Shown(item("1").ref, note=NOTE, surplus=("78", "79")))
        shop.showings.forget_note("jira", "1", "78")
    assert showing(shop) == Showing(known=True, note=NOTE, surplus=("79",), as_of=item("1").updated)
    with shop.transaction():
        shop.showings.forget_note("jira", "1", "77")
    assert showing(shop) == Showing(known=True, surplus=("79",), as_of=item("1").updated)


def test_remote_links_and_notes_are_remembered_apart(shop: Store) -> None:
    with shop.transaction():
        shop.showings.set_links("jira", "1", {"checkout-1": "f1"})
    assert showing(shop) == Showing(links={"checkout-1": "f1"}), "the note is still to be looked for"
    with shop.transaction():
        shop.showings.set_note("jira", "1", NOTE)
    assert showing(shop) == Showing(known=True, note=NOTE, links={"checkout-1": "f1"})


def test_a_blocked_ticket_is_unblocked_and_no_other(shop: Store) -> None:
    with shop.transaction():
        shop.showings.block("jira", "1", "it is locked")
        shop.showings.block("jira", "2", "it is locked")
        shop.showings.unblock("jira", ["1", "3"])
        shop.showings.unblock("github", ["2"])
    assert (showing(shop, "1").blocked, showing(shop, "2").blocked) == ("", "it is locked")


def test_doubt_spares_other_connections_and_what_is_blocked_stays_so(shop: Store) -> None:
    with shop.transaction():
        shop.showings.set_note("jira", "1", NOTE)
        shop.showings.block("jira", "1", "it is locked")
        shop.showings.doubt("github")
    assert showing(shop).known
    with shop.transaction():
        shop.showings.doubt("jira")
    assert showing(shop) == Showing(known=False, note=NOTE, blocked="it is locked")
