"""Scopes read at the same time and pages read ahead: everything is delivered, and no thread is left behind."""

from __future__ import annotations

import _thread
import signal
import threading
from collections.abc import Iterator
from queue import Queue

import pytest
from fake_connector import FakeTracker
from okr_builders import item
from pulling import DAY, Clock, Pull, cursor, page

from okrsync.errors import Interrupted, Transient
from okrsync.model.work import Page, Scope
from okrsync.pull.puller import TOGETHER
from okrsync.store import Store
from okrsync.store.scopes import Cursor


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


def started_since(threads: set[threading.Thread]) -> set[threading.Thread]:
    """Those that are still there; one that an earlier test left may end at any moment."""
    return set(threading.enumerate()) - threads


def breaks_before(tracker: FakeTracker, broken: str, other: str) -> None:
    """The scope ``broken`` fails after its pages, and ``other`` gives none before the thread of that one has ended."""
    readers: Queue[threading.Thread] = Queue()
    pages, others = tracker.pages[broken], tracker.pages[other]

    def failing() -> Iterator[Page | Exception]:
        readers.put(threading.current_thread())
        yield from pages
        yield Transient("down")

    def waiting() -> Iterator[Page | Exception]:
        readers.get(timeout=5).join(timeout=5)
        yield from others

    tracker.pages |= {broken: failing(), other: waiting()}


def test_scopes_read_at_the_same_time_deliver_every_page(
    pull: Pull, store: Store, tracker: FakeTracker, threads: set[threading.Thread]
) -> None:
    scopes = many(tracker)
    reports = pull(*scopes, parallel=2)
    assert {(one.id, one.seen) for one in reports} == {(scope.id, 9) for scope in scopes}
    assert store.items.count() == 54
    assert all(cursor(store, scope.id).since for scope in scopes)
    assert not started_since(threads)
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
    tracker.pages["200"] = tracker.pages["200"][:2]
    breaks_before(tracker, "200", "100")
    with pytest.raises(Transient):
        pull(*scopes, parallel=2)
    assert cursor(store, "200") == Cursor()
    assert cursor(store, "600") == Cursor()
    assert not started_since(threads)
    assert all(client.closed for client in tracker.clients[1:])


def test_after_an_error_the_other_scopes_are_not_read_to_their_end(pull: Pull, tracker: FakeTracker) -> None:
    scopes = many(tracker, pages=100)
    tracker.pages["100"] = []
    breaks_before(tracker, "100", "200")
    pages: list[None] = []
    tracker.on_page = lambda: pages.append(None)
    with pytest.raises(Transient):
        pull(*scopes, parallel=2)
    assert len(pages) < 10


def test_threads_end_when_the_run_is_stopped(
    pull: Pull, store: Store, tracker: FakeTracker, threads: set[threading.Thread]
) -> None:
    with pytest.raises(Interrupted):
        pull(*many(tracker, pages=2 * TOGETHER), parallel=3, stopping=lambda: store.items.count() > 0)
    assert not started_since(threads)
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
    assert not started_since(threads)


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
    (reader,) = started_since(threads)
    assert reader.daemon, "it cannot keep the process alive"
    tracker.on_page = lambda: None
    answered.set()
    reader.join(timeout=5)
    assert not reader.is_alive()
