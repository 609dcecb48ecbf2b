"""Links, dangling references, and the tickets that concern a plan."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from okr_builders import item

from okrsync.model.change import Shown, ShownNote
from okrsync.model.run import Dangling
from okrsync.model.sample import Linked
from okrsync.model.ticket import Showing, Ticket
from okrsync.store import Store
from okrsync.store.rows import CHUNK

NOTE = ShownNote("77", "d1", {"checkout-1": 3}, statuses={"checkout-1": "behind"})


def linked(id: str = "1", to: str = "checkout-1", **changed: Any) -> Linked:
    return msgspec.structs.replace(Linked(to, "jira", id, 1.0, False, ("in project SHOP",)), **changed)


@pytest.fixture
def shop(store: Store) -> Store:
    """Three tickets nobody linked yet."""
    with store.transaction():
        store.items.keep([item("1"), item("2"), item("3")], lambda label: label.startswith("okr:"))
    return store


def link(store: Store, *found: Linked, ids: tuple[str, ...] = ("1", "2", "3")) -> set[str]:
    with store.transaction():
        return store.links.replace("jira", ids, found)


def tickets(store: Store, *, everything: bool = False) -> dict[str, Ticket]:
    with store.reading():
        return {one.item.id: one for one in store.links.tickets(everything=everything)}


def test_links_are_replaced_and_every_key_result_concerned_is_told(shop: Store) -> None:
    assert link(shop, linked("1"), linked("2", "api-1")) == {"checkout-1", "api-1"}
    assert link(shop, linked("1", weight=2.0), linked("2", "api-2")) == {"checkout-1", "api-1", "api-2"}
    assert {one.item.id: one.linked for one in tickets(shop).values()} == {
        "1": (linked("1", weight=2.0),),
        "2": (linked("2", "api-2"),),
    }
    assert link(shop) == {"checkout-1", "api-2"}
    assert tickets(shop) == {}


def test_links_of_other_items_stay(shop: Store) -> None:
    link(shop, linked("1"), linked("2"))
    link(shop, ids=("1",))
    assert set(tickets(shop)) == {"2"}


def test_the_same_links_again_still_name_the_key_results_they_feed(shop: Store) -> None:
    link(shop, linked("1"))
    assert link(shop, linked("1")) == {"checkout-1"}, "the item changed, so the key result must be measured"


def test_the_parts_of_a_key_result_come_with_their_items(shop: Store) -> None:
    link(shop, linked("2", supports=True), linked("1"), linked("1", "api-1"))
    with shop.reading():
        assert list(shop.links.parts("checkout-1")) == [
            (item("1"), linked("1")),
            (item("2"), linked("2", supports=True)),
        ]
    assert (shop.links.count("checkout-1"), shop.links.count("api-1"), shop.links.count("nothing")) == (2, 1, 0)
    assert shop.links.key_results_of("jira", ["1", "3"]) == {"checkout-1", "api-1"}
    assert shop.links.connections_by_key_result() == {"checkout-1": {"jira"}, "api-1": {"jira"}}


def test_more_links_than_a_chunk_are_all_streamed(store: Store) -> None:
    ids = [f"{number:05}" for number in range(CHUNK + 3)]
    with store.transaction():
        store.items.keep([item(id) for id in ids], lambda label: False)
        store.links.replace("jira", ids, [linked(id, to) for id in ids for to in ("a", "b")])
    with store.reading():
        assert [one.id for one, _ in store.links.parts("a")] == ids
        assert [one.item.id for one in store.links.tickets()] == ids


def dangle(store: Store, id: str, *names: str, of: tuple[str, ...] = ()) -> None:
    found = [(id, Dangling(f"SHOP-{id}", "https://x", name, "there is no such key result")) for name in names]
    with store.transaction():
        store.links.keep_dangling("jira", [item(one) for one in (of or (id,))], found)


def test_dangling_references_are_kept_per_item(shop: Store) -> None:
    dangle(shop, "1", "checkout-9", "api-9")
    dangle(shop, "2", "checkout-8")
    assert [(one.key, one.names) for one in shop.links.dangling()] == [
        ("SHOP-1", "api-9"),
        ("SHOP-1", "checkout-9"),
        ("SHOP-2", "checkout-8"),
    ]
    dangle(shop, "1", "api-9")
    dangle(shop, "2")
    assert [(one.key, one.names) for one in shop.links.dangling()] == [("SHOP-1", "api-9")]


def test_what_an_unreachable_ticket_names_is_nobodys_trouble(shop: Store) -> None:
    dangle(shop, "1", "checkout-9")
    with shop.transaction():
        shop.items.mark_unreachable("jira", {"1": "deleted"})
    assert shop.links.dangling() == ()


def shows(store: Store, id: str, **what: Any) -> None:
    with store.transaction():
        store.showings.keep_shown(Shown(item(id).ref, note=what.get("note"), surplus=what.get("surplus", ())))
        if "links" in what:
            store.showings.set_links("jira", id, what["links"])


@pytest.mark.parametrize("what", [{"note": NOTE}, {"surplus": ("78",)}, {"links": {"checkout-1": "f1"}}])
def test_a_ticket_that_shows_something_of_ours_concerns_a_plan_without_any_link(
    shop: Store, what: dict[str, Any]
) -> None:
    shows(shop, "1", **what)
    shows(shop, "2")
    assert set(tickets(shop)) == {"1"}


def test_so_does_one_that_wears_our_label_or_has_a_note_under_way(shop: Store) -> None:
    with shop.transaction():
        shop.items.keep([item("1", labels=("okr:old",))], lambda label: label.startswith("okr:"))
        shop.showings.begin_note("jira", "2")
    assert set(tickets(shop)) == {"1", "2"}
    assert set(tickets(shop, everything=True)) == {"1", "2", "3"}


def test_a_ticket_comes_once_with_all_it_counts_for(shop: Store) -> None:
    link(shop, linked("1", "b"), linked("1", "a"))
    with shop.transaction():
        shop.items.mark_unreachable("jira", {"1": "deleted"})
    with shop.reading():
        (ticket,) = shop.links.tickets()
    assert ticket == Ticket(item("1"), (linked("1", "a"), linked("1", "b")), Showing(), "deleted")
