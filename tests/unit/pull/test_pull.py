"""Pull: pages are kept one by one, and nothing is concluded from part of a read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from fake_connector import FakeTracker
from okr_builders import NOON, item, version
from pulling import DAY, OVERLAP, SHOP, Clock, Pull, cursor, page, reachable

from okrsync.errors import BadAnswer, Interrupted, Transient
from okrsync.model.run import ScopePull
from okrsync.model.work import LabelDefinition, Quarantined, Scope
from okrsync.pull.puller import TOGETHER
from okrsync.store import Store
from okrsync.store.scopes import Cursor


def test_our_own_labels_and_notes_are_read_back_and_are_no_change(pull: Pull, tracker: FakeTracker) -> None:
    tracker.pages = {"100": [page(item("1", labels=("ux",)), item("2"), item("3"))]}
    pull()
    labelled = item("1", labels=("ux", "okr:checkout-1"), updated=NOON + DAY)
    noted = item("2", updated=NOON + DAY, comments=1)
    by_people = item("3", labels=("okr:checkout-1", "urgent"), updated=NOON + DAY)
    tracker.pages = {"100": [page(labelled, noted, by_people)]}
    [report] = pull()
    assert (report.seen, report.changed) == (3, 1)
    tracker.pages = {"100": [page(labelled, noted, by_people)]}
    [report] = pull()
    assert (report.seen, report.changed) == (3, 0)


def test_a_first_pull_reads_everything_and_says_how_it_went(pull: Pull, store: Store, tracker: FakeTracker) -> None:
    bad = Quarantined("9", "SHOP-9", "no state")
    tracker.pages = {"100": [page(item("1"), item("2")), page(item("3"), quarantined=(bad,))]}
    assert pull() == [ScopePull("jira", "SHOP", True, seen=3, changed=3, quarantined=(bad,), id="100")]
    assert tracker.of("pull") == [("100", None)]
    assert reachable(store) == {"1", "2", "3"}


def test_the_next_pull_begins_where_this_one_began_less_the_overlap(
    pull: Pull, store: Store, tracker: FakeTracker, clock: Clock
) -> None:
    at_the_tracker = NOON - timedelta(seconds=90)
    tracker.pages = {"100": [page(item("1"), as_of=at_the_tracker), page(item("2"), as_of=NOON + DAY)]}
    pull()
    assert cursor(store) == Cursor(at_the_tracker - OVERLAP, "fields 1", NOON, NOON)
    tracker.pages = {"100": []}
    clock.time += timedelta(minutes=5)
    (report,) = pull()
    assert tracker.of("pull")[-1] == ("100", at_the_tracker - OVERLAP)
    assert not report.full
    assert cursor(store).since == clock.time - OVERLAP


def test_without_the_trackers_own_clock_the_cursor_moves_to_when_the_pull_began(
    pull: Pull, store: Store, tracker: FakeTracker, clock: Clock
) -> None:
    def an_hour_passes() -> None:
        clock.time += timedelta(hours=1)

    tracker.on_page = an_hour_passes
    tracker.pages = {"100": [page(item("1")), page(item("2"))]}
    pull()
    assert cursor(store).since == NOON - OVERLAP, "what changed during these hours is read again"
    assert cursor(store).pulled_at == NOON + timedelta(hours=2)


def test_a_pull_that_breaks_keeps_its_pages_and_concludes_nothing(
    pull: Pull, store: Store, tracker: FakeTracker
) -> None:
    tracker.pages = {"100": [page(item("1")), page(item("2"))]}
    pull()
    before = cursor(store)
    changed = item("1", title="changed", updated=NOON + DAY)
    tracker.pages = {"100": [page(changed), Transient("down"), page(item("3"))]}
    with pytest.raises(Transient):
        pull(full=True)
    assert store.items.get("jira", "1") == changed
    assert reachable(store) == {"1", "2"}, "2 was not on the pages that came, and is not missing for that"
    assert cursor(store) == before
    with store.reading():
        assert {one.id for chunk in store.dirt.to_map("jira") for one in chunk} == {"1", "2"}


def test_the_scopes_read_before_a_failure_keep_their_cursors(pull: Pull, store: Store, tracker: FakeTracker) -> None:
    tracker.pages = {"100": [page(item("1"))], "200": [BadAnswer("a page came twice")]}
    with pytest.raises(BadAnswer):
        pull(SHOP, Scope("200", "API"))
    assert cursor(store).since is not None
    assert cursor(store, "200") == Cursor()


def test_a_different_question_makes_the_next_pull_a_full_one(pull: Pull, store: Store, tracker: FakeTracker) -> None:
    tracker.pages = {"100": [page(item("1"))]}
    pull()
    tracker.fingerprint = "fields 2"
    (report,) = pull()
    assert report.full
    assert tracker.of("pull")[-1] == ("100", None)
    assert cursor(store).fingerprint == "fields 2"
    (report,) = pull()
    assert not report.full


def test_a_full_pull_can_be_asked_for(pull: Pull, tracker: FakeTracker) -> None:
    tracker.pages = {"100": [page(item("1"))]}
    pull()
    (report,) = pull(full=True)
    assert report.full
    assert (report.seen, report.changed) == (1, 0)


def test_news_are_told_without_what_merely_came_for_the_first_time(pull: Pull, tracker: FakeTracker) -> None:
    tracker.pages = {"100": [page(item("1"))]}
    first: list[Any] = []
    pull(news=first)
    assert first == []
    again: list[Any] = []
    changed = item("1", title="changed", updated=NOON + DAY)
    tracker.pages = {"100": [page(changed, item("2"))]}
    pull(news=again)
    assert [(one.before and one.before.title, one.after.id) for one in again] == [("Task 1", "1"), (None, "2")]


def test_milestones_labels_and_the_connectors_memory_are_kept_with_the_page(
    pull: Pull, store: Store, tracker: FakeTracker
) -> None:
    learned = Scope("100", "SHOP", data={"points": "customfield_1"})
    labels = (LabelDefinition("1", "bug"),)
    tracker.pages = {"100": [page(item("1"), milestones=(version("7", "1.0"),), labels=labels, scope=learned)]}
    pull()
    assert [one.title for one in store.scopes.milestones()] == ["1.0"]
    assert store.scopes.labels("jira", "100") == labels
    assert store.scopes.known("jira") == (learned,)


def test_a_renamed_label_reaches_the_items_that_were_not_on_the_page(
    pull: Pull, store: Store, tracker: FakeTracker
) -> None:
    tracker.pages = {
        "100": [page(item("1", labels=("a",)), item("2", labels=("a",)), labels=(LabelDefinition("1", "a"),))]
    }
    pull()
    fresh = item("2", labels=("a",), updated=NOON + DAY)
    tracker.pages = {"100": [page(fresh, labels=(LabelDefinition("1", "b"), LabelDefinition("2", "a")))]}
    pull()
    worn = {one.id: one.labels for one in store.items.some("jira", ["1", "2"])}
    assert worn == {"1": ("b",), "2": ("a",)}, "2 wears the new label a"


def test_a_run_that_is_stopped_leaves_the_cursor_where_it_was(pull: Pull, store: Store, tracker: FakeTracker) -> None:
    names = [str(number) for number in range(TOGETHER + 1)]
    tracker.pages = {"100": [page(item(name)) for name in names]}
    with pytest.raises(Interrupted, match="SHOP"):
        pull(stopping=lambda: len(tracker.calls) > 0 and store.items.count() > 0)
    assert cursor(store) == Cursor()
    assert reachable(store) == set(names[:TOGETHER])


def block(store: Store, *ids: str) -> None:
    with store.transaction():
        for id in ids:
            store.showings.block("jira", id, "not permitted")


def blocked(store: Store) -> set[str]:
    with store.reading():
        return {one.item.id for one in store.links.tickets(everything=True) if one.showing.blocked}


def test_a_blocked_ticket_is_tried_again_when_it_changes(pull: Pull, store: Store, tracker: FakeTracker) -> None:
    tracker.pages = {"100": [page(item("1"), item("2"))]}
    pull()
    block(store, "1", "2")
    tracker.pages = {"100": [page(item("1", updated=NOON + DAY), item("2"))]}
    pull()
    assert blocked(store) == {"2"}


def test_and_when_it_is_read_in_full(pull: Pull, store: Store, tracker: FakeTracker) -> None:
    tracker.pages = {"100": [page(item("1"))]}
    pull()
    block(store, "1")
    pull(full=True)
    assert blocked(store) == set()
