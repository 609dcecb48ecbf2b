"""The lives of linked items: since when each counts, until when, and what was noted of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from okr_builders import NOON, item

from okrsync.method.timeline import as_of
from okrsync.model.life import Life, Moment
from okrsync.model.sample import Linked
from okrsync.model.work import Item, Outcome, Scope, State
from okrsync.store import Store

DAY = timedelta(days=1)


def day(number: float) -> datetime:
    return NOON + number * DAY


def linked(id: str = "1", to: str = "checkout-1", **changed: Any) -> Linked:
    return msgspec.structs.replace(Linked(to, "jira", id, 1.0, False, ("in project SHOP",)), **changed)


def keep(store: Store, *found: Item, now: datetime | None = None, measured: datetime | None = None) -> None:
    with store.transaction():
        store.items.keep(found, lambda label: label.startswith("okr:"), now, measured)


def link(
    store: Store,
    *found: Linked,
    at: datetime | None = None,
    since: datetime | None = None,
    ids: tuple[str, ...] = ("1",),
) -> None:
    with store.transaction():
        store.links.replace("jira", ids, found, now=at, begins=lambda _: since)


def only(store: Store) -> Life:
    (life,) = store.lives.of("checkout-1")
    return life


def moments(store: Store) -> list[tuple[float, State, float | None]]:
    return [((one.at - NOON) / DAY, one.state, one.points) for one in only(store).moments]


@pytest.fixture
def shop(store: Store) -> Store:
    keep(store, item("1"), item("2"))
    return store


def test_a_link_counts_since_the_item_was_created_unless_it_is_said(shop: Store) -> None:
    link(shop, linked())
    assert only(shop) == Life(item("1"), linked())
    link(shop, linked("2"), ids=("2",), since=day(3), at=day(3))
    assert {life.item.id: life.since for life in shop.lives.of("checkout-1")} == {"1": None, "2": day(3)}


def test_a_link_that_goes_was_there_until_then(shop: Store) -> None:
    link(shop, linked(), since=day(1), at=day(1))
    link(shop, at=day(4))
    life = only(shop)
    assert (life.since, life.until, life.linked.reasons) == (day(1), day(4), ())
    assert [number for number in range(6) if as_of(life, day(number))] == [1, 2, 3]


@pytest.mark.parametrize("changed", [{"weight": 2.0}, {"supports": True}])
def test_a_link_that_weighs_or_means_something_else_is_another_one_from_then_on(
    shop: Store, changed: dict[str, Any]
) -> None:
    link(shop, linked())
    link(shop, linked(**changed), at=day(2))
    before, after = shop.lives.of("checkout-1")
    assert (before.linked, before.until) == (linked(reasons=()), day(2))
    assert (after.linked, after.since, after.until) == (linked(**changed), day(2), None)


def test_another_reason_for_the_same_link_keeps_its_past(shop: Store) -> None:
    link(shop, linked(), since=day(1), at=day(1))
    link(shop, linked(reasons=("has label a",)), at=day(5), since=day(5))
    assert (only(shop).since, only(shop).linked.reasons) == (day(1), ("has label a",))


def test_a_link_that_came_back_does_not_count_twice_for_the_time_before(shop: Store) -> None:
    link(shop, linked())
    link(shop, at=day(2))
    link(shop, linked(), at=day(5), since=None)
    lives = shop.lives.of("checkout-1")
    assert [(life.since, life.until) for life in lives] == [(None, day(2)), (day(2), None)]


def test_a_held_link_is_not_lost(shop: Store) -> None:
    link(shop, linked())
    with shop.transaction():
        shop.links.replace("jira", ["1"], [], {"checkout-1"}, now=day(3))
    assert only(shop).until is None


def test_all_lives_come_in_few_queries_with_an_empty_list_for_none(shop: Store) -> None:
    link(shop, linked(), linked(to="api-1"), linked("2"), ids=("1", "2"))
    found = shop.lives.all(["checkout-1", "api-1", "nothing"])
    assert {name: [life.item.id for life in lives] for name, lives in found.items()} == {
        "checkout-1": ["1", "2"],
        "api-1": ["1"],
        "nothing": [],
    }


def test_the_first_change_notes_what_held_before(shop: Store) -> None:
    link(shop, linked())
    assert moments(shop) == []
    keep(shop, item("1", points=3.0, updated=day(2)), now=day(2.1))
    assert moments(shop) == [(0, State.TODO, None), (2, State.TODO, 3.0)]
    keep(shop, item("1", points=3.0, updated=day(3), title="renamed"), now=day(3.1))
    assert len(moments(shop)) == 2, "a title is nothing that a measure could see"


def test_what_is_closed_is_noted_when_it_was_closed_and_not_when_it_was_commented_on(shop: Store) -> None:
    link(shop, linked())
    keep(shop, item("1", done=True, closed=day(2), updated=day(2.5)), now=day(3))
    assert moments(shop)[-1][0] == 2


def test_a_change_without_a_new_time_was_made_when_it_was_seen(shop: Store) -> None:
    link(shop, linked())
    keep(shop, item("1", points=3.0), now=day(4))
    assert moments(shop)[-1] == (4, State.TODO, 3.0)


def test_a_tracker_whose_clock_is_ahead_tells_nothing_of_the_future(shop: Store) -> None:
    link(shop, linked())
    keep(shop, item("1", points=3.0, updated=day(9)), now=day(4))
    assert moments(shop)[-1][0] == 4


def test_what_was_measured_without_a_change_stays_so(shop: Store) -> None:
    link(shop, linked())
    keep(shop, item("1", points=3.0, updated=day(4)), now=day(6), measured=day(5))
    noted = only(shop).moments[-1].at
    assert day(5) < noted < day(5.001)


def test_our_own_labels_are_no_moment_and_those_of_people_are(shop: Store) -> None:
    link(shop, linked())
    keep(shop, item("1", labels=("okr:checkout-1",), updated=day(1)), now=day(1))
    assert moments(shop) == []
    keep(shop, item("1", labels=("okr:checkout-1", "bug"), updated=day(2)), now=day(2))
    assert only(shop).moments[-1].labels == ("bug",)


def test_a_lost_item_is_noted_and_so_is_its_return(shop: Store) -> None:
    link(shop, linked())
    with shop.transaction():
        shop.items.mark_unreachable("jira", {"1": "deleted"}, day(2))
        shop.items.mark_unreachable("jira", {"1": "deleted"}, day(3))
    assert [one.unreachable for one in only(shop).moments] == ["", "deleted"]
    assert only(shop).unreachable == "deleted"
    keep(shop, item("1"), now=day(5))
    life = only(shop)
    assert [number for number in range(7) if as_of(life, day(number))] == [0, 1, 5, 6]


def test_a_scope_that_leaves_the_configuration_takes_its_items_along_from_then_on(shop: Store) -> None:
    link(shop, linked())
    with shop.transaction():
        shop.scopes.keep("jira", [Scope("100", "SHOP")], day(0))
        shop.scopes.keep("jira", [], day(3))
    life = only(shop)
    assert [number for number in range(6) if as_of(life, day(number))] == [0, 1, 2]
    assert life.unreachable == "its repository or project is no longer configured"


def test_a_renamed_label_had_its_old_name_before(shop: Store) -> None:
    keep(shop, item("1", labels=("bug",), updated=day(0.1)), now=day(0.1))
    link(shop, linked())
    with shop.transaction():
        shop.items.rename_labels("jira", "100", {"bug": "defect"}, lambda label: False, day(3))
    before, after = as_of(only(shop), day(2)), as_of(only(shop), day(3))
    assert before is not None
    assert after is not None
    assert (before[0].labels, after[0].labels) == (("bug",), ("defect",))


def test_a_moment_comes_back_as_it_was_noted(shop: Store) -> None:
    link(shop, linked())
    dropped = item(
        "1", cancelled=True, word="Won't do", closed=day(2), numbers={"effort": 2.5}, type="Bug", updated=day(2)
    )
    keep(shop, dropped, now=day(2))
    assert only(shop).moments[-1] == Moment(
        day(2),
        State.DONE,
        "Won't do",
        Outcome.CANCELLED,
        numbers={"effort": 2.5},
        labels=(),
        type="Bug",
        closed=day(2),
    )
