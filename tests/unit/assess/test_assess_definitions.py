"""What of a key result's definition changed is said on the sample after it, with the progress under the old one."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from okr_builders import NOON, item, placed

from okrsync.assess import Assessor
from okrsync.model.okr import Okrs, Placed
from okrsync.model.run import Movement
from okrsync.model.sample import Sample
from okrsync.model.work import Item
from okrsync.store import Store

DAY = timedelta(days=1)
WORK = tuple(item(str(number), done=number <= 2, labels=("a",) if number <= 4 else ("b",)) for number in range(1, 9))


def keep(store: Store, *found: Item) -> None:
    with store.transaction():
        store.items.keep(found, lambda label: False)


def measured(store: Store, one: Placed, day: int = 0) -> Sample:
    moved(store, one, day)
    sample = store.history.sample(one.key_result.id)
    assert sample is not None
    return sample


def moved(store: Store, one: Placed, day: int = 0) -> list[Movement]:
    return Assessor(store, Okrs(placed=(one,)), ["jira"], NOON + day * DAY).assess([])


@pytest.fixture
def shop(store: Store) -> Store:
    """Eight tickets of which two are done; the first four wear a, the others b."""
    keep(store, *WORK)
    return store


def links(*labels: str) -> Placed:
    return placed(*({"labels": [label]} for label in labels))


def test_a_sample_keeps_what_it_was_taken_under(shop: Store) -> None:
    found = measured(shop, placed({"labels": ["a"]}, measure={"type": "count", "of": "done", "start": 1, "target": 5}))
    assert (found.start, found.target, found.weight) == (1, 5, 1)
    assert found.definition
    assert (found.changed, found.before) == ((), None), "the first one has nothing to differ from"


def test_a_moved_target_is_said_with_progress_before_and_after(shop: Store) -> None:
    one = {"labels": ["a"]}
    measured(shop, placed(one, measure={"type": "count", "of": "done", "target": 5}))
    found = measured(shop, placed(one, measure={"type": "count", "of": "done", "target": 10}), 1)
    assert found.changed == ("target 5 -> 10",)
    assert (found.before, found.raw) == (0.4, 0.2)


def test_the_progress_before_is_of_the_same_moment(shop: Store) -> None:
    one = {"labels": ["a"]}
    measured(shop, placed(one, measure={"type": "count", "of": "done", "target": 5}))
    keep(shop, item("3", done=True, labels=("a",), updated=NOON + DAY))
    found = measured(shop, placed(one, measure={"type": "count", "of": "done", "start": 1, "target": 10}), 1)
    assert found.changed == ("start 0 -> 1", "target 5 -> 10")
    assert (found.before, found.raw) == (0.6, pytest.approx(2 / 9))


def test_links_that_change_are_said_with_what_the_old_ones_would_show(shop: Store) -> None:
    measured(shop, links("a"))
    found = measured(shop, links("a", "b"), 1)
    assert found.changed == ("links changed",)
    assert (found.before, found.raw) == (0.5, 0.25)
    back = measured(shop, links("a"), 2)
    assert (back.before, back.raw) == (0.25, 0.5)


def test_links_that_change_before_a_reading_is_possible_are_said_at_the_next_one(shop: Store) -> None:
    measured(shop, links("a"))
    unread = Assessor(shop, Okrs(placed=(links("b"),)), [], NOON + DAY)
    assert unread.assess([]) == []
    found = measured(shop, links("b"), 2)
    assert (found.changed, found.before, found.raw) == (("links changed",), 0.5, 0.0)


def test_another_way_to_measure_is_said_field_by_field(shop: Store) -> None:
    measured(shop, placed({"labels": ["a"]}))
    found = measured(shop, placed({"labels": ["a"]}, measure={"type": "completion", "in_progress_credit": 0.25}), 1)
    assert found.changed == ("in_progress_credit 0 -> 0.25",)
    found = measured(shop, placed({"labels": ["a"]}, measure={"type": "count", "of": "done", "target": 8}), 2)
    assert found.changed == ("target 1 -> 8", "measure completion -> count")
    assert (found.before, found.raw) == (0.5, 0.25)


def test_a_bound_that_moves_is_said_too(shop: Store) -> None:
    def below(bound: float) -> Placed:
        counted = {"type": "count", "of": "open", "target": 0, "start": 9}
        return placed({"labels": ["a"]}, measure={"type": "maintain", "below": bound, "of": counted})

    measured(shop, below(2))
    found = measured(shop, below(3), 1)
    assert (found.start, found.target) == (None, None)
    assert (found.changed, found.before, found.raw) == (("measure changed",), 0.0, 1.0)


def test_a_pure_change_of_weight_makes_a_new_sample(shop: Store) -> None:
    measured(shop, placed({"labels": ["a"]}))
    (movement,) = moved(shop, placed({"labels": ["a"]}, weight=3), 1)
    assert movement.after.changed == ("weight 1 -> 3",)
    assert movement.before is not None
    assert movement.before.raw == movement.after.before == movement.after.raw == 0.5


def test_links_that_are_written_otherwise_and_reach_the_same_make_a_new_sample(shop: Store) -> None:
    measured(shop, placed({"labels": ["a"]}))
    found = measured(shop, placed({"labels": {"any": ["a"]}}), 1)
    assert (found.changed, found.before, found.raw) == (("links changed",), 0.5, 0.5)


def test_nothing_new_is_written_while_nothing_changes(shop: Store) -> None:
    one = placed({"labels": ["a"]}, measure={"type": "count", "of": "done", "target": 5})
    other = placed({"labels": ["a"]}, measure={"type": "count", "of": "done", "target": 10})
    measured(shop, one)
    measured(shop, other, 1)
    for day in range(2, 5):
        assert moved(shop, other, day) == []
    assert [sample.at for sample in shop.history.samples("checkout-1")] == [NOON, NOON + DAY]


def test_a_title_is_no_definition(shop: Store) -> None:
    measured(shop, placed({"labels": ["a"]}))
    renamed = placed({"labels": ["a"]})
    other = renamed.model_copy(update={"key_result": renamed.key_result.model_copy(update={"title": "Another name"})})
    assert moved(shop, other, 1) == []


def test_a_sample_of_an_older_okrsync_says_nothing_of_its_definition(shop: Store) -> None:
    with shop.transaction():
        shop.history.add_sample(Sample("checkout-1", datetime(2026, 10, 30, tzinfo=NOON.tzinfo), 0.5, 0.5))
    found = measured(shop, placed({"labels": ["a"]}))
    assert (found.changed, found.before) == ((), None)
