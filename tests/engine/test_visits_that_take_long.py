"""Writing and looking are independent, too: a ticket that is waited for holds up no other connection's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from installation import Installation
from kill_harness import notes_created, unanswered
from small_team import small_team
from test_independent import asked, jira_notes, seconds_to_the_ticket
from waking import SECRET, Told, daemon, hooked, wait_for

from okrsync.events import Event

pytestmark = pytest.mark.real_time

A_NOTE: dict[str, Any] = {"kind": "delay", "path": "^/jira/.*/comment", "method": "POST"}
A_LABEL: dict[str, Any] = {"kind": "delay", "path": "^/jira/.*/issue/", "method": "PUT"}
A_LOOK: dict[str, Any] = {"kind": "delay", "path": "^/jira/.*/comment", "method": "GET"}


@pytest.fixture
def acme(tmp_path: Path) -> Iterator[Installation]:
    """A team in sync; `checkout-3` is GitHub's alone."""
    with small_team(tmp_path / "acme") as team:
        alone = "- {connection: github, repository: acme/shop, milestone: One page}"
        okrs = team.okrs.read_text().replace(f"          {alone}\n", "")
        more = "      - id: checkout-3\n        title: Ship the other half\n        measure: {type: completion}\n"
        team.okrs.write_text(f"{okrs}{more}        links: [{alone[2:]}]\n")
        for name in ("GITHUB", "JIRA"):
            team.environ[f"OKRSYNC_CONNECTIONS__{name}__WEBHOOK_SECRET"] = SECRET
        team.run()
        team.run()
        team.sandbox.latency = 0.05
        yield team


def hanging(acme: Installation, fault: dict[str, Any], seconds: float) -> None:
    """From now on one request to Jira of this kind hangs, and there is something to do on Jira that needs one."""
    acme.sandbox.faults.add(**fault, seconds=seconds)
    for number in range(2):
        made = acme.sandbox.jira.create("SHOP", f"New {number}", epic="SHOP-1")
        if fault is A_LOOK:
            acme.sandbox.jira.add_comment(made.key, "Who does this?", author="ben")
    acme.sandbox.log.clear()


def met(acme: Installation, fault: dict[str, Any]) -> bool:
    return bool(acme.sandbox.log.select(method=fault["method"], path=fault["path"]))


def requests_told(acme: Installation, since: int) -> int:
    with acme.open() as app:
        return sum(run.requests for run in app.runs(99) if run.id > since)


def last_run(acme: Installation) -> int:
    with acme.open() as app:
        return app.runs(1)[0].id


def rests(log: Told) -> None:
    """Wait until no run has begun for a while."""
    seen = -1
    while seen != len(log.of(Event.RUN_STARTED)):
        seen = len(log.of(Event.RUN_STARTED))
        time.sleep(2)


@pytest.mark.parametrize("fault", [A_NOTE, A_LABEL, A_LOOK], ids=["a note", "a label", "a look"])
def test_an_event_reaches_its_ticket_while_a_ticket_of_the_other_tracker_is_waited_for(
    acme: Installation, fault: dict[str, Any]
) -> None:
    hanging(acme, fault, 20)
    with hooked(acme), daemon(acme, rested=False) as log:
        wait_for(lambda: met(acme, fault))
        before = asked(acme, "/jira/")
        took = [seconds_to_the_ticket(acme) for _ in range(3)]
        assert asked(acme, "/jira/") == before, "it hangs still, and nobody asks Jira for anything else"
        assert any(run.get("unfinished") == ["jira"] for run in log.of(Event.RUN_FINISHED))
        assert log.of(Event.CONNECTION_WAITS) == []
    print(f"GitHub: events to label and note in {[round(seconds, 2) for seconds in took]} s")


@pytest.mark.parametrize("fault", [A_NOTE, A_LABEL, A_LOOK], ids=["a note", "a label", "a look"])
def test_what_was_waited_for_is_kept_and_the_rest_follows_at_once(acme: Installation, fault: dict[str, Any]) -> None:
    before, since = jira_notes(acme), last_run(acme)
    hanging(acme, fault, 4)
    with hooked(acme), daemon(acme, rested=False) as log:
        wait_for(lambda: met(acme, fault))
        seconds_to_the_ticket(acme)
        assert jira_notes(acme) < before + 2
        wait_for(lambda: jira_notes(acme) == before + 2 and unanswered(acme) == 0)
        rests(log)
    assert log.of(Event.CONNECTION_WAITS) == []
    assert notes_created(acme) == 3
    assert requests_told(acme, since) == len(acme.sandbox.log), "what it cost is told, and once"
    assert acme.run().plan.changes == ()


def test_a_write_that_is_refused_after_a_while_is_told_and_its_connection_waits(acme: Installation) -> None:
    hanging(acme, A_NOTE, 3)
    acme.sandbox.faults.add("status", path="^/jira/.*/comment", method="POST", status=503, times=None)
    with hooked(acme), daemon(acme, rested=False) as log:
        wait_for(lambda: met(acme, A_NOTE))
        seconds_to_the_ticket(acme)
        wait_for(lambda: bool(log.of(Event.CONNECTION_WAITS)))
    assert {told["connection"] for told in log.of(Event.CONNECTION_WAITS)} == {"jira"}
    assert any("jira" in run.get("failed", {}) for run in log.of(Event.RUN_FINISHED))


def test_changed_files_wait_for_nobody_and_yet_no_write_is_given_up(acme: Installation) -> None:
    hanging(acme, A_NOTE, 8)
    with daemon(acme, rested=False):
        wait_for(lambda: met(acme, A_NOTE))
        before = asked(acme, "/jira/")
        acme.okrs.write_text(acme.okrs.read_text().replace("Ship the other half", "Ship all of it"))
        acme.config.write_text(
            acme.config.read_text().replace("installation: ", "status: {preset: google}\ninstallation: ")
        )
        note = acme.sandbox.github.issue("acme/shop", 3).comments[-1]
        wait_for(lambda: "Ship all of it" in note.body)
        assert asked(acme, "/jira/") == before, "it hangs still, and nobody asks Jira for anything else"
        wait_for(lambda: unanswered(acme) == 0 and asked(acme, "/jira/") > before)
    assert set(acme.notes().values()) == {1}


def test_a_daemon_that_ends_does_not_wait_for_a_write_that_hangs(acme: Installation) -> None:
    since = last_run(acme)
    hanging(acme, A_NOTE, 15)
    with daemon(acme, rested=False):
        wait_for(lambda: met(acme, A_NOTE))
        began = time.monotonic()
    assert time.monotonic() - began < 8
    assert unanswered(acme) == 1
    assert requests_told(acme, since) == len(acme.sandbox.log), "no later run can tell what it cost"
    acme.sandbox.faults.clear()
    assert acme.run().exit_code == 0
    assert set(acme.notes().values()) == {1}
    assert acme.run().plan.changes == ()


def test_a_kill_while_a_write_is_out_is_made_good(acme: Installation) -> None:
    hanging(acme, A_NOTE, 15)
    command = [sys.executable, "-m", "okrsync", "-c", str(acme.config), "daemon"]
    with subprocess.Popen(command, env={**os.environ, **acme.environ}, stderr=subprocess.DEVNULL) as process:
        wait_for(lambda: met(acme, A_NOTE))
        acme.sandbox.github.edit("acme/shop", 4, body="Something else again")
        time.sleep(1.5)
        process.send_signal(signal.SIGKILL)
    assert unanswered(acme) == 1
    acme.sandbox.faults.clear()
    assert acme.run().exit_code == 0
    assert set(acme.notes().values()) == {1}
    assert notes_created(acme) == 1, "the one that was carried out unheard was found"
    assert acme.run().plan.changes == ()
