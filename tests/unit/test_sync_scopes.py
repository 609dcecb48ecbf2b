"""What a run remembers of repositories and projects, and when it asks for them anew."""

from __future__ import annotations

from datetime import timedelta

from fake_connector import FakeTracker
from okr_builders import NOON

from okrsync.connector import Meter
from okrsync.house import House, Line, RunRequest
from okrsync.marker import Namespace
from okrsync.model.okr import Okrs
from okrsync.model.work import Page, Scope
from okrsync.store import Store
from okrsync.sync import run

SHOP = Scope("100", "SHOP", data={"key": "SHOP"})


def sync(store: Store, tracker: FakeTracker, *, days: float = 0, full: bool = False) -> None:
    line = Line("jira", tracker.connect, Meter(), Namespace(), write_back=None)
    house = House(store, Okrs(), {"jira": line}, lambda: NOON + timedelta(days=days))
    assert run(house, RunRequest(full=full), "sync").exit_code == 0


def test_scopes_are_resolved_anew_once_a_day(store: Store) -> None:
    tracker = FakeTracker(scopes=(SHOP,))
    for days in (0, 0.5, 1.1, 1.2):
        sync(store, tracker, days=days)
    assert tracker.of("scopes") == [(), (SHOP,), (), (SHOP,)]


def test_what_cannot_be_read_at_all_is_named_and_nothing_else_suffers(store: Store) -> None:
    wiki = Scope("200", "WIKI", left_out="its issues are switched off")
    tracker = FakeTracker(scopes=(SHOP, wiki))
    line = Line("jira", tracker.connect, Meter(), Namespace(), write_back=None)
    report = run(House(store, Okrs(), {"jira": line}, lambda: NOON), RunRequest(), "sync")
    assert [(one.subject, one.message) for one in report.warnings] == [
        ("jira", "WIKI is left out: its issues are switched off.")
    ]
    assert (report.exit_code, tracker.of("pull")) == (0, [("100", None)])
    assert [scope.name for scope in store.scopes.known("jira")] == ["SHOP"]


def test_resolving_scopes_anew_keeps_what_was_learned_while_pulling(store: Store) -> None:
    learned = Scope("100", "SHOP", data={"key": "SHOP", "parents": "4 7"})
    tracker = FakeTracker(scopes=(SHOP,), pages={"100": [Page(as_of=NOON, scope=learned)]})
    sync(store, tracker)
    tracker.pages.clear()
    tracker.scopes = (Scope("100", "SHOP", data={"key": "STORE"}),)
    sync(store, tracker, days=2)
    assert store.scopes.known("jira")[0].data == {"key": "STORE", "parents": "4 7"}
    sync(store, tracker, days=2, full=True)
    assert store.scopes.known("jira")[0].data == {"key": "STORE"}
