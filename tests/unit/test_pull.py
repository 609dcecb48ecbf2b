"""Pull: pages are kept one by one, nothing is concluded from part of a read, absence is not deletion."""

from __future__ import annotations

import _thread
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

import pytest
from fake_connector import FakeTracker
from okr_builders import NOON, item, version

from okrsync.errors import BadAnswer, Interrupted, Transient, UnsafePlan
from okrsync.marker import Namespace
from okrsync.model.run import ScopePull
from okrsync.model.sample import Linked
from okrsync.model.work import Item, LabelDefinition, Page, Quarantined, Scope
from okrsync.progress import NoProgress
from okrsync.pull import TOGETHER, Puller
from okrsync.store import Store
from okrsync.store.scopes import Cursor

SHOP = Scope("100", "SHOP")
DAY = timedelta(days=1)
OVERLAP = timedelta(minutes=2)


class Clock:
    """Tells NOON until somebody moves it."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tracker() -> FakeTracker:
    return FakeTracker()


@pytest.fixture
def pull(store: Store, tracker: FakeTracker, clock: Clock) -> Callable[..., list[ScopePull]]:
    """Read the scopes (SHOP unless told otherwise) as one run does; ``news`` collects what came."""

    def pull(*scopes: Scope, news: list[Any] | None = None, **asked: Any) -> list[ScopePull]:
        chosen = scopes or (SHOP,)
        with store.transaction():
            store.scopes.keep("jira", chosen)
        puller = Puller(store, "jira", Namespace(), tracker.connect, clock, NoProgress(), **asked)
        try:
            return list(puller.pull(chosen, tracker.connect()))
        finally:
            if news is not None:
                news.extend(puller.news)

    return pull


Pull = Callable[..., list[ScopePull]]


def page(*items: Item, **more: Any) -> Page:
    return Page(items=items, **more)


def cursor(store: Store, scope: str = "100") -> Cursor:
    return store.scopes.cursor("jira", scope)


def reachable(store: Store, scope: str = "100") -> set[str]:
    return set(chain.from_iterable(store.items.ids("jira", scope)))


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


def test_a_run_that_is_stopped_leaves_the_cursor_where_it_was(pull: Pull, store: Store, tracker: FakeTracker) -> None:
    names = [str(number) for number in range(TOGETHER + 1)]
    tracker.pages = {"100": [page(item(name)) for name in names]}
    with pytest.raises(Interrupted, match="SHOP"):
        pull(stopping=lambda: len(tracker.calls) > 0 and store.items.count() > 0)
    assert cursor(store) == Cursor()
    assert reachable(store) == set(names[:TOGETHER])


def many(tracker: FakeTracker, scopes: int = 6, pages: int = 9) -> tuple[Scope, ...]:
    """Scopes with more pages than the queue between the threads holds."""
    names = [str(100 * number) for number in range(1, scopes + 1)]
    tracker.pages = {
        scope: [page(item(f"{scope}-{number}", scope=scope)) for number in range(pages)] for scope in names
    }
    return tuple(Scope(name, f"P{name}") for name in names)


@pytest.fixture
def threads() -> set[threading.Thread]:
    return set(threading.enumerate())


def test_scopes_read_at_the_same_time_deliver_every_page(
    pull: Pull, store: Store, tracker: FakeTracker, threads: set[threading.Thread]
) -> None:
    scopes = many(tracker)
    reports = pull(*scopes, parallel=2)
    assert {(one.id, one.seen) for one in reports} == {(scope.id, 9) for scope in scopes}
    assert store.items.count() == 54
    assert all(cursor(store, scope.id).since for scope in scopes)
    assert set(threading.enumerate()) == threads
    own, *clients = tracker.clients
    assert len(clients) == len(scopes)
    assert all(client.closed for client in clients)
    assert not own.closed, "the caller's own client stays open"


def test_two_scopes_really_are_read_at_the_same_time(pull: Pull, tracker: FakeTracker) -> None:
    scopes = many(tracker, scopes=2, pages=1)
    meeting = threading.Barrier(2, timeout=5)
    tracker.on_page = meeting.wait
    assert len(pull(*scopes, parallel=2)) == 2


def test_an_error_in_one_scope_is_raised_and_leaves_no_thread_behind(
    pull: Pull, store: Store, tracker: FakeTracker, threads: set[threading.Thread]
) -> None:
    scopes = many(tracker)
    tracker.pages["200"] = [*tracker.pages["200"][:2], Transient("down")]
    with pytest.raises(Transient):
        pull(*scopes, parallel=2)
    assert cursor(store, "200") == Cursor()
    assert cursor(store, "600") == Cursor()
    assert set(threading.enumerate()) == threads
    assert all(client.closed for client in tracker.clients[1:])


def test_after_an_error_the_other_scopes_are_not_read_to_their_end(pull: Pull, tracker: FakeTracker) -> None:
    scopes = many(tracker, pages=100)
    tracker.pages["100"] = [Transient("down")]
    pages: list[None] = []
    tracker.on_page = lambda: pages.append(None)
    with pytest.raises(Transient):
        pull(*scopes, parallel=2)
    assert len(pages) < 100


def test_threads_end_when_the_run_is_stopped(
    pull: Pull, store: Store, tracker: FakeTracker, threads: set[threading.Thread]
) -> None:
    with pytest.raises(Interrupted):
        pull(*many(tracker, pages=2 * TOGETHER), parallel=3, stopping=lambda: store.items.count() > 0)
    assert set(threading.enumerate()) == threads
    assert store.items.count() == TOGETHER


def test_one_scope_alone_needs_no_client_of_its_own(pull: Pull, tracker: FakeTracker) -> None:
    (scope,) = many(tracker, scopes=1)
    pull(scope, parallel=4)
    assert len(tracker.clients) == 1


def test_the_next_page_is_read_while_the_last_one_is_stored(
    pull: Pull, store: Store, tracker: FakeTracker, threads: set[threading.Thread]
) -> None:
    (scope,) = many(tracker, scopes=1, pages=2)
    asked: list[None] = []
    both = threading.Event()

    def count() -> None:
        asked.append(None)
        if len(asked) == 2:
            both.set()

    tracker.on_page = count
    pull(scope, stopping=lambda: not both.wait(timeout=5))
    assert store.items.count() == 2
    assert set(threading.enumerate()) == threads


def test_a_client_is_never_asked_two_things_at_once(pull: Pull, tracker: FakeTracker, clock: Clock) -> None:
    scopes = many(tracker, scopes=2, pages=3)
    pull(*scopes)
    clock.time += DAY
    tracker.existing = {
        "100": {f"100-{number}" for number in range(3)},
        "200": {f"200-{number}" for number in range(3)},
    }
    tracker.calls.clear()
    pull(*scopes)
    assert [name for name, _ in tracker.calls] == ["pull", "census", "pull", "census"]


def test_a_failure_leaves_the_scopes_behind_it_unasked(pull: Pull, tracker: FakeTracker) -> None:
    scopes = many(tracker, scopes=3)
    tracker.pages["100"] = [Transient("down")]
    with pytest.raises(Transient):
        pull(*scopes)
    assert tracker.of("pull") == [("100", None)]


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C raises KeyboardInterrupt, as it does in a program that a person started."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_a_person_who_interrupts_does_not_wait_for_the_tracker(
    pull: Pull, tracker: FakeTracker, threads: set[threading.Thread]
) -> None:
    (scope,) = many(tracker, scopes=1)
    answered = threading.Event()

    def hang() -> None:
        _thread.interrupt_main()
        answered.wait(timeout=30)

    tracker.on_page = hang
    with pytest.raises(KeyboardInterrupt):
        pull(scope)
    (reader,) = set(threading.enumerate()) - threads
    assert reader.daemon, "it cannot keep the process alive"
    tracker.on_page = lambda: None
    answered.set()
    reader.join(timeout=5)
    assert not reader.is_alive()
