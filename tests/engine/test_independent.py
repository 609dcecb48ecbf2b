"""Connections are independent: what one of them waits for, or has to do for long, holds up nobody else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from installation import Installation
from small_team import small_team
from waking import SECRET, daemon, hooked, wait_for

from okrsync.events import Event

pytestmark = pytest.mark.real_time


@pytest.fixture
def acme(tmp_path: Path) -> Iterator[Installation]:
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
        team.run()
        team.run()
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
