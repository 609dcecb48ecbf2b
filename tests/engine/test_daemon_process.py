"""The daemon as a process: what signals do to it, and what its log looks like."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from installation import Installation
from kill_harness import notes_created, unanswered
from small_team import small_team

from okrsync.app import RunRequest
from okrsync.clock import utc_now
from okrsync.daemon.signals import GRACE

pytestmark = pytest.mark.real_time

COMMAND = "from okrsync import cli; from okrsync.daemon import signals; signals.GRACE = {grace}; cli.main()"
LONGEST = 30.0
"""Seconds after which a daemon that does not do what a test waits for is ended."""


class Daemon:
    """A daemon that writes its log as JSON."""

    def __init__(self, acme: Installation, grace: int = GRACE) -> None:
        command = [sys.executable, "-c", COMMAND.format(grace=grace)]
        self._process = subprocess.Popen(
            [*command, "--config", str(acme.config), "daemon", "--log-json"],
            env={**os.environ, **acme.environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._end = threading.Timer(LONGEST, self._process.kill)
        self._end.start()

    def __enter__(self) -> Daemon:
        return self

    def __exit__(self, *_: object) -> None:
        self._end.cancel()
        self._process.kill()
        self._process.communicate()

    def until(self, event: str) -> dict[str, Any]:
        """The first line from here on that tells of this event."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            told: dict[str, Any] = json.loads(line)
            if told["event"] == event:
                return told
        raise AssertionError(f"it ended without {event}")

    def hang_up(self) -> None:
        self._process.send_signal(signal.SIGHUP)

    def signalled(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float, list[str]]:
        """Exit code, seconds it took, and what it told that nobody has read yet."""
        began = time.monotonic()
        self._process.send_signal(number)
        out, _ = self._process.communicate(timeout=LONGEST)
        return (
            self._process.returncode,
            time.monotonic() - began,
            [json.loads(line)["event"] for line in out.splitlines()],
        )


@pytest.fixture
def acme(tmp_path: Path) -> Iterator[Installation]:
    with small_team(tmp_path / "acme") as made:
        yield made


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + LONGEST
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_an_idle_daemon_at_once(acme: Installation, number: signal.Signals) -> None:
    with Daemon(acme) as running:
        assert running.until("daemon started")["every_s"] == {"github": 300, "jira": 300}
        finished = running.until("run finished")
        assert finished["connections"] == ["github", "jira"]
        assert finished["exit_code"] == 0
        assert finished["written"] == finished["planned"] > 0
        code, seconds, told = running.signalled(number)
    assert (code, told) == (0, ["daemon stopped"])
    assert seconds < 3


def test_a_connection_that_is_refused_is_named_and_the_other_synced(acme: Installation) -> None:
    acme.sandbox.faults.add("status", path="^/jira/", status=401, times=None)
    with Daemon(acme) as running:
        finished = running.until("run finished")
    assert finished["level"] == "warning"
    assert finished["exit_code"] == 4
    assert list(finished["failed"]) == ["jira"]
    assert "acme/shop#3" in acme.notes(mark="checkout-")


def test_sigterm_finishes_the_write_in_hand_on_each_connection_and_begins_no_other(acme: Installation) -> None:
    acme.sandbox.faults.add("delay", path="/comments?$", method="POST", seconds=1, times=None)
    with Daemon(acme) as running:
        wait_for(lambda: notes_created(acme) == 2)
        code, seconds, told = running.signalled()
    assert (code, told) == (0, ["daemon started", "run finished", "daemon stopped"])
    assert seconds < 10
    assert sorted(key.partition("-")[0] for key in acme.notes()) == ["SHOP", "acme/shop#2"], "one on each"
    assert notes_created(acme) == 2
    assert unanswered(acme) == 0
    acme.sandbox.faults.clear()
    assert acme.run().exit_code == 0
    assert set(acme.notes(mark="checkout-").values()) == {1}


def test_a_tracker_that_hangs_is_not_waited_for(acme: Installation) -> None:
    assert GRACE < 10
    acme.sandbox.faults.add("delay", path="/comments?$", method="POST", seconds=60)
    with Daemon(acme, grace=1) as running:
        wait_for(lambda: not acme.sandbox.faults.pending())
        code, seconds, _ = running.signalled()
    assert code == 0
    assert seconds < 5
    assert unanswered(acme) == 1
    assert acme.run().exit_code == 0
    assert set(acme.notes(mark="checkout-").values()) == {1}


def test_sigterm_ends_a_wait_for_a_rate_limit(acme: Installation) -> None:
    acme.sandbox.faults.add("rate-limit", path="/github/", retry_after=50, times=None)
    with Daemon(acme) as running:
        wait_for(lambda: len(acme.sandbox.log) > 0)
        code, seconds, told = running.signalled()
    assert (code, told) == (0, ["daemon started", "run interrupted", "daemon stopped"])
    assert seconds < 5


def test_a_daemon_that_was_killed_is_repaired_by_the_next(acme: Installation) -> None:
    with Daemon(acme) as running:
        wait_for(lambda: notes_created(acme) > 2)
        assert running.signalled(signal.SIGKILL)[0] == -signal.SIGKILL
    with Daemon(acme) as running:
        assert running.until("run finished")["exit_code"] == 0
        running.signalled()
    assert set(acme.notes(mark="checkout-").values()) == {1}
    with acme.open(now=utc_now) as app:
        assert app.plan(RunRequest()).plan.changes == ()


def test_the_daemon_serves_the_dashboard_listens_to_webhooks_and_tells_systemd(
    acme: Installation, tmp_path: Path
) -> None:
    acme.config.write_text(acme.config.read_text() + "serve: {port: 0}\n")
    systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    systemd.bind(str(tmp_path / "notify"))
    secret = "It's a Secret to Everybody"
    acme.environ |= {
        "OKRSYNC_CONNECTIONS__GITHUB__WEBHOOK_SECRET": secret,
        "NOTIFY_SOCKET": str(tmp_path / "notify"),
        "WATCHDOG_USEC": "600000",
    }
    heard: list[bytes] = []
    listening = threading.Thread(target=lambda: heard.extend(iter(lambda: systemd.recv(100), b"enough")), daemon=True)
    listening.start()
    with Daemon(acme) as running:
        url = running.until("dashboard served")["url"]
        running.until("run finished")
        assert requests.get(f"{url}/healthz", timeout=LONGEST).json()["alive"] is True
        assert requests.get(f"{url}/readyz", timeout=LONGEST).json() == {"ready": True, "reasons": []}
        assert 'okrsync_runs_total{kind="sync",result="ok"} 1.0' in requests.get(f"{url}/metrics", timeout=LONGEST).text
        acme.sandbox.hook("github", f"{url}/hooks/github", secret)
        acme.sandbox.github.close("acme/shop", 2)
        hinted = running.until("run finished")
        assert (hinted["hints"], hinted["moved"]) == (1, ["checkout-1"])
        running.signalled(signal.SIGTERM)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as last:
        last.sendto(b"enough", str(tmp_path / "notify"))
    listening.join(LONGEST)
    assert (heard[0], heard[-1]) == (b"READY=1", b"STOPPING=1")
    assert b"WATCHDOG=1" in heard


def test_sighup_reads_a_changed_file_and_a_broken_one_changes_nothing(acme: Installation) -> None:
    with Daemon(acme) as running:
        running.until("run finished")
        okrs = acme.okrs.read_text()
        acme.okrs.write_text(okrs.replace("measure:", "measures:"))
        running.hang_up()
        assert "measures" in str(running.until("configuration broken")["problems"])
        acme.okrs.write_text(okrs.replace("target: 0", "target: 1"))
        running.hang_up()
        running.until("configuration mended")
        assert running.until("run finished")["moved"] == ["checkout-2"]
        running.signalled()


def test_trackers_that_hang_while_they_are_read_hold_up_no_end(acme: Installation) -> None:
    acme.sandbox.faults.add("delay", seconds=60, times=None)
    with Daemon(acme) as running:
        wait_for(lambda: len(acme.sandbox.log) >= 2)
        code, seconds, told = running.signalled()
    assert (code, told) == (0, ["daemon started", "run interrupted", "daemon stopped"])
    assert seconds < 5
    acme.sandbox.faults.clear()
    assert acme.run().exit_code == 0
