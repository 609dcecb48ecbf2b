"""Connections are independent: what one of them waits for, or has to do for long, holds up nobody else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
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
def acme(team: Installation) -> Installation:
    team.run()
    team.run()
    return team


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Installation]:
    """A team whose trackers were never read; `checkout-3` is GitHub's alone."""
    with small_team(tmp_path / "acme") as team:
        okrs = team.okrs.read_text()
        alone = "- {connection: github, repository: acme/shop, milestone: One page}"
        team.okrs.write_text(
            okrs.replace(f"          {alone}\n", "")
            + f"""\
      - id: checkout-3
        title: Ship the other half
        measure: {{type: completion}}
        links: [{alone[2:]}]
"""
        )
        for name in ("GITHUB", "JIRA"):
            team.environ[f"OKRSYNC_CONNECTIONS__{name}__WEBHOOK_SECRET"] = SECRET
        team.sandbox.latency = 0.05
        yield team


def seconds_to_the_ticket(acme: Installation) -> float:
    """From the event on GitHub to the new ticket's label and note."""
    made = acme.sandbox.github.create("acme/shop", "New", milestone="One page")
    key = f"acme/shop#{made.number}"
    return wait_for(lambda: key in acme.notes() and acme.labels()[key] == ["okr:checkout-3"])


def jira_notes(acme: Installation) -> int:
    return sum(key.startswith("SHOP-") for key in acme.notes())


@pytest.mark.parametrize(
    "trouble",
    [
        {"kind": "rate-limit", "retry_after": 50},
        {"kind": "rate-limit", "retry_after": 1},
        {"kind": "status", "status": 503},
    ],
    ids=["429 for 50 s", "429 for a second, again and again", "503"],
)
def test_an_event_reaches_its_ticket_while_the_other_tracker_wants_to_be_left_alone(
    acme: Installation, trouble: dict[str, object]
) -> None:
    acme.sandbox.faults.add(path="^/jira/", times=None, **trouble)
    with hooked(acme), daemon(acme, rested=False):
        wait_for(lambda: any(entry.path.startswith("/jira/") for entry in acme.sandbox.log))
        seconds = seconds_to_the_ticket(acme)
    print(f"GitHub: event to label and note in {seconds:.2f} s")


def test_a_tracker_that_named_a_time_is_asked_again_then_and_no_sooner(acme: Installation) -> None:
    acme.sandbox.faults.add(kind="rate-limit", path="^/jira/", retry_after=50, times=None)
    with daemon(acme) as log:
        wait_for(lambda: bool(log.of(Event.CONNECTION_WAITS)))
        acme.sandbox.log.clear()
        time.sleep(1.0)
    (told,) = log.of(Event.CONNECTION_WAITS)
    assert told["connection"] == "jira"
    assert 50 <= told["seconds"] <= 63
    assert not any(entry.path.startswith("/jira/") for entry in acme.sandbox.log)


def test_an_event_reaches_its_ticket_while_the_other_tracker_has_five_hundred_writes_to_take(
    acme: Installation,
) -> None:
    for number in range(250):
        acme.sandbox.jira.create("SHOP", f"Bulk {number}", epic="SHOP-1")
    before = jira_notes(acme)
    with hooked(acme), daemon(acme, rested=False) as log:
        wait_for(lambda: jira_notes(acme) > before + 2)
        took = [seconds_to_the_ticket(acme) for _ in range(3)]
        written = jira_notes(acme)
        assert written < 200, "it was still at it"
        wait_for(lambda: jira_notes(acme) > written + 20)
    print(f"GitHub: events to label and note in {[round(seconds, 2) for seconds in took]} s")
    assert log.of(Event.CONNECTION_WAITS) == []


def test_what_gave_way_goes_on_at_once_until_everything_is_written(acme: Installation) -> None:
    for number in range(60):
        acme.sandbox.jira.create("SHOP", f"Bulk {number}", epic="SHOP-1")
    before = jira_notes(acme)
    with hooked(acme), daemon(acme, rested=False) as log:
        wait_for(lambda: jira_notes(acme) > before + 2)
        seconds_to_the_ticket(acme)
        wait_for(lambda: jira_notes(acme) == before + 60)
        acme.sandbox.postman.wait()
        wait_for(lambda: log.of(Event.RUN_FINISHED)[-1]["exit_code"] == 0)
    cut = [run for run in log.of(Event.RUN_FINISHED) if run["deferred"]]
    assert 1 <= len(cut) <= 6, "it was cut for the event, and not for each echo of what it wrote"
    assert all(run["exit_code"] == 4 and "failed" not in run for run in cut)


def waiting(acme: Installation) -> dict[str, tuple[Hint, ...]]:
    inbox = Inbox(inbox_beside(acme.store))
    try:
        return inbox.waiting()
    finally:
        inbox.close()


def asked(acme: Installation, path: str) -> int:
    return sum(path in entry.path for entry in acme.sandbox.log)


def test_an_event_reaches_its_ticket_while_a_request_to_the_other_tracker_hangs(acme: Installation) -> None:
    acme.sandbox.log.clear()
    acme.sandbox.faults.add(kind="delay", path="^/jira/", seconds=20)
    with hooked(acme), daemon(acme, rested=False) as log:
        wait_for(lambda: asked(acme, "/jira/") == 1)
        took = [seconds_to_the_ticket(acme) for _ in range(3)]
        assert asked(acme, "/jira/") == 1, "it hangs still"
        assert any(run.get("unfinished") == ["jira"] for run in log.of(Event.RUN_FINISHED))
        assert log.of(Event.CONNECTION_WAITS) == []
    print(f"GitHub: events to label and note in {[round(seconds, 2) for seconds in took]} s")


def test_an_event_reaches_its_ticket_while_the_other_tracker_is_read_for_the_first_time(team: Installation) -> None:
    for number in range(400):
        team.sandbox.jira.create("SHOP", f"Bulk {number}")
    team.sandbox.faults.add(kind="delay", path="^/jira/.*search", seconds=2.5, times=None)
    with hooked(team), daemon(team, rested=False) as log:
        wait_for(lambda: asked(team, "/search") > 1)
        took = [seconds_to_the_ticket(team) for _ in range(3)]
        with team.open() as app:
            assert not app.store.scopes.state("jira").complete
            assert app.store.history.sample("checkout-1") is None, "half of Jira says nothing of what it feeds"
        wait_for(lambda: jira_notes(team) > 2)
        pages = asked(team, "/search")
        wait_for(lambda: team.notes().get("acme/shop#2") == 1 and "okr:checkout-1" in team.labels()["SHOP-3"])
    print(f"GitHub: events to label and note in {[round(seconds, 2) for seconds in took]} s")
    assert pages < 20, "what was read is not read again"
    assert log.of(Event.CONNECTION_WAITS) == []


def test_what_others_missed_while_they_went_first_is_made_good_at_once(team: Installation) -> None:
    """`checkout-1` is fed by both, and nothing can be said of it before Jira was read."""
    both = "- {connection: jira, epic: SHOP-1}\n          - {connection: github, repository: acme/shop, labels: [ux]}"
    team.okrs.write_text(team.okrs.read_text().replace("- {connection: jira, epic: SHOP-1}", both))
    team.sandbox.faults.add(kind="delay", path="^/jira/.*search", seconds=9)

    def note() -> str:
        return "".join(one.body for one in team.sandbox.github.issue("acme/shop", 3).comments)

    with daemon(team, rested=False):
        wait_for(lambda: "Ship the other half" in note())
        assert "no data yet" in note(), "Jira was not read"
        wait_for(lambda: "no data yet" not in note())


def test_what_an_okr_file_asks_while_a_tracker_is_being_read_is_asked_at_once(acme: Installation) -> None:
    acme.sandbox.log.clear()
    acme.sandbox.faults.add(kind="delay", path="^/jira/", seconds=5)
    with daemon(acme, rested=False):
        wait_for(lambda: asked(acme, "/jira/") == 1)
        acme.okrs.write_text(
            acme.okrs.read_text()
            + """\
      - id: checkout-4
        title: Ship what was asked for
        measure: {type: completion}
        links: [{connection: jira, query: "project = SHOP"}]
"""
        )

        def measured() -> bool:
            with acme.open() as app:
                return app.store.history.sample("checkout-4") is not None

        wait_for(measured, 25)


def test_a_hint_that_came_while_its_tracker_was_being_read_is_looked_at_afterwards(acme: Installation) -> None:
    with hooked(acme), daemon(acme):
        acme.sandbox.log.clear()
        acme.sandbox.faults.add(kind="delay", path="^/jira/", seconds=4)
        acme.sandbox.jira.edit("SHOP-6", summary="Something else again")
        wait_for(lambda: asked(acme, "/jira/") == 1)
        time.sleep(1.2)
        acme.sandbox.jira.edit("SHOP-4", summary="Wallets")
        acme.sandbox.github.edit("acme/shop", 4, body="Something else again")
        acme.sandbox.postman.wait()
        wait_for(lambda: waiting(acme) == {}, 20)


def test_a_changed_okr_file_is_heeded_while_a_request_hangs(acme: Installation) -> None:
    acme.sandbox.log.clear()
    acme.sandbox.faults.add(kind="delay", path="^/jira/", seconds=15)
    with daemon(acme, rested=False) as log:
        wait_for(lambda: bool(log.of(Event.RUN_FINISHED)))
        acme.okrs.write_text(acme.okrs.read_text().replace("Ship the other half", "Ship all of it"))
        note = acme.sandbox.github.issue("acme/shop", 3).comments[-1]
        wait_for(lambda: "Ship all of it" in note.body)
        assert asked(acme, "/jira/") == 1, "it hangs still"


def test_what_an_errand_cost_is_told_once_also_when_another_makes_the_run_unsafe(acme: Installation) -> None:
    for number in range(20):
        acme.sandbox.jira.create("SHOP", f"Bulk {number}")
    acme.run()
    for number in range(20):
        acme.sandbox.jira.delete(f"SHOP-{number + 7}")
    acme.sandbox.clock.advance(timedelta(days=2))
    with acme.open() as app:
        before = app.runs(1)[0].id
    acme.sandbox.log.clear()
    with daemon(acme, rested=False) as log:
        wait_for(lambda: bool(log.of(Event.CONNECTION_WAITS)))
    assert {run["exit_code"] for run in log.of(Event.RUN_FAILED)} == {5}
    with acme.open() as app:
        told = [run.requests for run in app.runs(9) if run.id > before]
    assert sum(told) == len(acme.sandbox.log)
