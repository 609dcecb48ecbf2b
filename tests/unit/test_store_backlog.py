"""Which items' past is still to be read, and what is kept of it once it was told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
import pytest
from okr_builders import NOON, item

from okrsync.model.backfill import Due, Told
from okrsync.model.life import Moment
from okrsync.model.sample import Linked
from okrsync.model.work import Item, Outcome, State
from okrsync.store import Store

DAY = timedelta(days=1)
MEASURED = {"checkout-1": NOON + 10 * DAY, "checkout-2": NOON + 20 * DAY}


def keep(store: Store, *found: Item) -> None:
    with store.transaction():
        store.items.keep(found, lambda label: False)


def link(store: Store, one: Item, *key_results: str) -> None:
    linked = [Linked(name, one.connection, one.id, 1.0, False, ("because",)) for name in key_results]
    with store.transaction():
        store.links.replace(one.connection, [one.id], linked)


def due(store: Store) -> dict[str, datetime]:
    with store.reading():
        return {one.item.id: one.until for one in store.backlog.due(MEASURED)}


def tell(store: Store, one: Item, *moments: Moment, until: datetime = NOON + 10 * DAY) -> None:
    with store.transaction():
        store.backlog.keep([Told(Due(one, until), moments)])


def moment(days: float, state: State = State.TODO, **given: object) -> Moment:
    return Moment(NOON + days * DAY, state, rebuilt=True, **given)  # type: ignore[arg-type]


def moments(store: Store, key_result: str = "checkout-1") -> list[tuple[float, State, bool]]:
    with store.reading():
        return [
            ((one.at - NOON) / DAY, one.state, one.rebuilt)
            for life in store.lives.of(key_result)
            for one in life.moments
        ]


@pytest.fixture
def linked(store: Store) -> Item:
    one = item("1", updated=NOON + 5 * DAY)
    keep(store, one)
    link(store, one, "checkout-1")
    return one


def test_linked_items_are_due_until_the_first_reading_of_any_of_their_key_results(store: Store, linked: Item) -> None:
    both, unlinked = item("2"), item("3")
    keep(store, both, unlinked)
    link(store, both, "checkout-2", "Checkout-1")
    assert due(store) == {"1": MEASURED["checkout-1"], "2": MEASURED["checkout-1"]}


def test_items_of_key_results_that_were_never_measured_wait(store: Store) -> None:
    one = item("1")
    keep(store, one)
    link(store, one, "new-1")
    assert due(store) == {}


def test_what_was_created_after_the_first_reading_has_no_past_to_read(store: Store) -> None:
    one = item("1", created=MEASURED["checkout-1"], updated=NOON + 11 * DAY)
    keep(store, one)
    link(store, one, "checkout-1")
    assert due(store) == {}


def test_an_item_that_was_linked_once_is_due_and_one_that_is_unreachable_is_not(store: Store, linked: Item) -> None:
    lost = item("2")
    keep(store, lost)
    link(store, lost, "checkout-1")
    with store.transaction():
        store.items.mark_unreachable("jira", {"2": "deleted"})
        store.links.replace("jira", ["1"], [], now=NOON + 12 * DAY)
    assert due(store) == {"1": MEASURED["checkout-1"]}


def test_what_was_read_is_due_no_more(store: Store, linked: Item) -> None:
    tell(store, linked, moment(0))
    assert due(store) == {}


def test_what_changed_since_is_due_again_while_its_past_was_not_over(store: Store, linked: Item) -> None:
    tell(store, linked, moment(0))
    keep(store, msgspec.structs.replace(linked, title="Anew", updated=NOON + 6 * DAY))
    assert due(store) == {"1": MEASURED["checkout-1"]}


def test_what_changed_after_the_first_reading_is_not_due_again(store: Store, linked: Item) -> None:
    later = msgspec.structs.replace(linked, updated=MEASURED["checkout-1"])
    keep(store, later)
    tell(store, later, moment(0))
    keep(store, msgspec.structs.replace(later, updated=NOON + 30 * DAY, title="Anew"))
    assert due(store) == {}


def test_an_item_of_which_nothing_was_told_is_not_asked_for_again(store: Store, linked: Item) -> None:
    tell(store, linked)
    assert due(store) == {}
    assert moments(store) == []


def test_what_was_told_is_its_past_up_to_the_first_reading(store: Store, linked: Item) -> None:
    tell(store, linked, moment(0), moment(2, State.DOING), moment(10, State.DONE, outcome=Outcome.DELIVERED))
    assert moments(store) == [(0, State.TODO, True), (2, State.DOING, True)]


def test_it_takes_the_place_of_what_was_concluded_and_leaves_what_was_seen(store: Store, linked: Item) -> None:
    done = msgspec.structs.replace(
        linked, state=State.DONE, outcome=Outcome.DELIVERED, updated=NOON + 12 * DAY, closed=NOON + 12 * DAY
    )
    keep(store, done)
    assert moments(store) == [(0, State.TODO, False), (12, State.DONE, False)]
    tell(store, done, moment(0), moment(1, State.DOING), moment(3), moment(12, State.DONE))
    assert moments(store) == [
        (0, State.TODO, True),
        (1, State.DOING, True),
        (3, State.TODO, True),
        (12, State.DONE, False),
    ]


def test_telling_it_twice_is_telling_it_once(store: Store, linked: Item) -> None:
    for _ in range(2):
        tell(store, linked, moment(0, points=3.0, numbers={"effort": 1.5}), moment(2, State.DOING))
    with store.reading():
        (life,) = store.lives.of("checkout-1")
    assert [(one.points, one.numbers) for one in life.moments] == [(3.0, {"effort": 1.5}), (None, {})]


@pytest.mark.parametrize(
    ("known", "told", "begun"),
    [
        (None, (moment(0), moment(2, State.DOING), moment(3), moment(4, State.DOING)), 2),
        (NOON + 4 * DAY, (moment(0), moment(2, State.DOING)), 2),
        (NOON + 1 * DAY, (moment(0), moment(2, State.DOING)), 1),
        (None, (moment(0, State.DOING), moment(2)), None),
    ],
    ids=["unknown", "known too late", "known to be earlier", "as it was created"],
)
def test_an_item_learns_when_work_on_it_began(
    store: Store, known: datetime | None, told: Sequence[Moment], begun: int | None
) -> None:
    one = item("1", started=known)
    keep(store, one)
    link(store, one, "checkout-1")
    with store.transaction():
        store.dirt.clean("jira")
    tell(store, one, *told)
    found = store.items.get("jira", "1")
    assert found is not None
    assert found.started == (None if begun is None else NOON + begun * DAY)
    with store.reading():
        dirty = [one.id for chunk in store.dirt.to_map("jira") for one in chunk]
    assert bool(dirty) == (found.started != known)
