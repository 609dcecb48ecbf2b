"""What a full pull or a census does not find: absence is not deletion, and a second look decides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fake_connector import FakeTracker
from okr_builders import NOON, item
from pulling import DAY, Clock, Pull, cursor, page, reachable

from okrsync.errors import UnsafePlan
from okrsync.model.sample import Linked
from okrsync.model.work import Quarantined
from okrsync.store import Store


def test_a_full_pull_finds_what_is_missing_without_a_census(pull: Pull, store: Store, tracker: FakeTracker) -> None:
    tracker.pages = {"100": [page(item("1"), item("2"))]}
    pull()
    tracker.pages, tracker.gone = {"100": [page(item("1"))]}, {"2": "deleted"}
    (report,) = pull(full=True)
    assert report.unreachable == 1
    assert reachable(store) == {"1"}
    assert tracker.of("census") == []


def test_a_quarantined_item_is_not_missing(pull: Pull, store: Store, tracker: FakeTracker) -> None:
    tracker.pages = {"100": [page(item("1"), item("2"))]}
    pull()
    tracker.pages = {"100": [page(item("1"), quarantined=(Quarantined("2", "SHOP-2", "no state"),))]}
    tracker.gone = {"2": "would be said if anybody asked"}
    pull(full=True)
    assert tracker.of("confirm") == []
    assert reachable(store) == {"1", "2"}


@pytest.fixture
def known(pull: Pull, tracker: FakeTracker) -> FakeTracker:
    """A scope of twelve tickets that was read completely; since then nothing changed."""
    ids = [f"{number:02}" for number in range(12)]
    tracker.pages = {"100": [page(*map(item, ids))]}
    pull()
    tracker.pages, tracker.existing = {"100": []}, {"100": set(ids)}
    return tracker


def test_a_census_is_taken_when_it_is_due_and_not_before(
    pull: Pull, known: FakeTracker, clock: Clock, store: Store
) -> None:
    clock.time += timedelta(hours=23)
    pull()
    assert known.of("census") == []
    assert cursor(store).census_at == NOON
    clock.time += timedelta(hours=1)
    pull()
    pull()
    assert known.of("census") == ["100"]
    assert cursor(store).census_at == clock.time
    assert known.of("confirm") == []


def test_a_census_finds_and_a_second_look_decides(pull: Pull, known: FakeTracker, clock: Clock, store: Store) -> None:
    clock.time += DAY
    known.existing["100"] -= {"03", "07"}
    known.gone = {"03": "deleted"}
    (report,) = pull()
    assert known.of("confirm") == [("03", "07")]
    assert report.unreachable == 1
    assert reachable(store) == known.existing["100"] | {"07"}
    assert store.items.lost("jira", "100") == {"03"}


def test_the_reason_names_the_scope(pull: Pull, known: FakeTracker, clock: Clock, store: Store) -> None:
    with store.transaction():
        store.links.replace("jira", ["03"], [Linked("checkout-1", "jira", "03", 1.0, False, ())])
    clock.time += DAY
    known.existing["100"] -= {"03"}
    known.gone = {"03": "moved to OPS"}
    pull()
    reasons = store.items.unreachable("checkout-1")
    assert reasons == {("jira", "03"): "not found by a census of SHOP: moved to OPS"}


def test_an_item_found_again_by_a_census_is_read_again_in_full(
    pull: Pull, known: FakeTracker, clock: Clock, store: Store
) -> None:
    everything = set(known.existing["100"])
    clock.time += DAY
    known.existing["100"] -= {"03"}
    known.gone = {"03": "hidden from this account"}
    pull()
    clock.time += DAY
    known.existing["100"], known.gone = everything, {}
    pull()
    assert "03" not in reachable(store), "what became of it meanwhile is not known yet"
    known.pages = {"100": [page(*map(item, sorted(everything)))]}
    (report,) = pull()
    assert report.full
    assert reachable(store) == everything
    (report,) = pull()
    assert not report.full


def test_too_many_missing_at_once_stop_everything(pull: Pull, known: FakeTracker, clock: Clock, store: Store) -> None:
    clock.time += DAY
    known.existing["100"] = {"00", "01"}
    known.gone = {f"{number:02}": "deleted" for number in range(2, 12)}
    before = cursor(store)
    with pytest.raises(UnsafePlan, match="10 of 12 items of SHOP") as stopped:
        pull()
    assert "--force" in stopped.value.hint
    assert "`okrsync plan --force` shows what would follow" in stopped.value.hint
    assert "SHOP-02, SHOP-03, " in stopped.value.message
    assert known.of("confirm") == []
    assert len(reachable(store)) == 12
    assert cursor(store) == before
    (report,) = pull(force=True)
    assert report.unreachable == 10


def test_nine_missing_are_not_too_many(pull: Pull, known: FakeTracker, clock: Clock) -> None:
    clock.time += DAY
    known.existing["100"] = {"00", "01", "02"}
    known.gone = {f"{number:02}": "deleted" for number in range(3, 12)}
    (report,) = pull()
    assert report.unreachable == 9
