"""From an event in a tracker, by its webhook, to the ticket: at once, once, and nothing lost on the way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from installation import Installation
from small_team import small_team
from waking import SECRET, daemon, hooked, wait_for

from okrsync.events import Event
from okrsync.model.hint import Hint
from okrsync.store.inbox import Inbox, inbox_beside

pytestmark = pytest.mark.real_time


@pytest.fixture
def acme(tmp_path: Path) -> Iterator[Installation]:
    with small_team(tmp_path / "acme") as team:
        team.run()
        team.run()
        for name in ("GITHUB", "JIRA"):
            team.environ[f"OKRSYNC_CONNECTIONS__{name}__WEBHOOK_SECRET"] = SECRET
        yield team


def waiting(acme: Installation) -> dict[str, tuple[Hint, ...]]:
    inbox = Inbox(inbox_beside(acme.store))
    try:
        return inbox.waiting()
    finally:
        inbox.close()


def reads(acme: Installation, path: str) -> int:
    return sum(entry.method == "GET" and entry.path.endswith(path) for entry in acme.sandbox.log)


def test_a_new_ticket_wears_its_label_and_its_note_long_before_the_next_poll(acme: Installation) -> None:
    acme.sandbox.latency = 0.05
    with hooked(acme), daemon(acme):
        made = acme.sandbox.github.create("acme/shop", "New", milestone="One page")
        key = f"acme/shop#{made.number}"
        seconds = wait_for(lambda: key in acme.notes() and acme.labels()[key] == ["okr:checkout-1"])
    print(f"GitHub: event to label and note in {seconds:.2f} s")


def test_a_ticket_that_is_done_moves_the_notes_of_the_others_long_before_the_next_poll(acme: Installation) -> None:
    acme.sandbox.latency = 0.05

    def note() -> str:
        return acme.sandbox.jira.issue("SHOP-4").comments[-1].body

    before = note()
    with hooked(acme), daemon(acme):
        acme.sandbox.jira.transition("SHOP-3", "Done", "Done")
        seconds = wait_for(lambda: note() != before)
    print(f"Jira: event to note in {seconds:.2f} s")


def test_what_okrsync_writes_itself_comes_back_as_webhooks_and_ends_there(acme: Installation) -> None:
    with hooked(acme), daemon(acme) as log:
        acme.sandbox.github.close("acme/shop", 2)
        wait_for(lambda: len(log.of(Event.RUN_FINISHED)) > 2)
        acme.sandbox.postman.wait()
        wait_for(lambda: waiting(acme) == {})
        time.sleep(1.5)
        runs = log.of(Event.RUN_FINISHED)
    assert len(runs) <= 4
    assert runs[-1]["planned"] == 0
    assert set(acme.sandbox.postman.answers) == {202}


def test_a_burst_is_read_once_per_ticket(acme: Installation) -> None:
    with hooked(acme), daemon(acme) as log:
        acme.sandbox.log.clear()
        for number in range(40):
            acme.sandbox.github.edit("acme/shop", 4, body=f"Edit {number}")
        acme.sandbox.postman.wait()
        wait_for(lambda: waiting(acme) == {})
        wait_for(lambda: len(log.of(Event.RUN_FINISHED)) >= 2)
    assert 1 <= reads(acme, "/issues/4") <= 2


def test_ten_thousand_events_about_many_tickets_cost_a_few_requests(acme: Installation) -> None:
    now, scope = acme.sandbox.clock.now(), str(acme.sandbox.github.repository("acme/shop").id)
    for number in range(100):
        acme.sandbox.github.create("acme/shop", f"Bulk {number}")
    issues = acme.sandbox.github.repository("acme/shop").issues.values()
    found = [Hint(scope, f"I_{issue.id:08x}", f"acme/shop#{issue.number}") for issue in issues]
    inbox = Inbox(inbox_beside(acme.store))
    for turn in range(100):
        for hint in found[-100:]:
            inbox.put("github", f"{turn}-{hint.item}", [hint], now)
    assert len(inbox.waiting()["github"]) == 100
    inbox.close()
    with daemon(acme):
        wait_for(lambda: waiting(acme) == {})
    assert len(acme.sandbox.log) < 40


def test_a_hint_that_came_while_no_daemon_ran_is_looked_at_by_the_next(acme: Installation) -> None:
    with hooked(acme):
        acme.sandbox.github.delete("acme/shop", 2)
        acme.sandbox.postman.wait()
    (hint,) = waiting(acme)["github"]
    with daemon(acme):
        wait_for(lambda: waiting(acme) == {})
    with acme.open() as app:
        assert [id for _, id in app.store.items.unreachable("checkout-1")] == [hint.item]


def test_a_hint_stays_while_its_tracker_is_down_and_is_looked_at_afterwards(acme: Installation) -> None:
    with hooked(acme), daemon(acme) as log:
        acme.sandbox.faults.add(kind="status", path="/issues/2$", status=502, times=None)
        acme.sandbox.github.close("acme/shop", 2)
        wait_for(lambda: bool(log.of(Event.CONNECTION_WAITS)))
        assert waiting(acme)["github"]
        time.sleep(1.0)
        assert len(log.of(Event.CONNECTION_WAITS)) == 1, "it does not try again and again"
        acme.sandbox.faults.clear()
    with daemon(acme):
        wait_for(lambda: waiting(acme) == {})


def test_hints_for_a_connection_that_is_no_more_are_forgotten(acme: Installation) -> None:
    inbox = Inbox(inbox_beside(acme.store))
    inbox.put("former", "1", [Hint("1", "2", "X-1")], acme.sandbox.clock.now())
    inbox.close()
    with daemon(acme):
        pass
    assert waiting(acme) == {}
