"""The daemon reminds people on the day of the check-ins, once, and no trouble with that holds up a run."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
import time_machine
from letterbox import Letterbox, letterbox
from practising import FRIDAY, Practice, practise

from okrsync.app import App
from okrsync.daemon import Daemon
from okrsync.model.message import Delivery, Outcome
from okrsync.model.run import ConnectionRun, Plan, RunReport


@pytest.fixture
def box() -> Iterator[Letterbox]:
    with letterbox() as opened:
        yield opened


@pytest.fixture
def shop(tmp_path: Path, box: Letterbox) -> Practice:
    made = practise(tmp_path / "shop")
    made.configure("schedule: {every: 1h}")
    made.rewrite("roles: {coach: kim, champion: lea}\n", "")
    made.know()
    made.environ = {"OKRSYNC_NOTIFY": box.address("team"), "GITHUB_TOKEN": "t"}
    return made


def watch(
    shop: Practice, start: datetime, hours: float, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[float], list[Any]]:
    """Let a daemon run for so long: the hours at which it synced, and what it told."""
    log, runs = structlog.testing.LogCapture(), list[float]()
    with time_machine.travel(start, tick=False) as traveller:
        began = time.time()

        def sync(app: App, request: Any) -> RunReport:
            now = datetime.now(UTC)
            runs.append((time.time() - began) / 3600)
            return RunReport(len(runs), "sync", now, now, (ConnectionRun("github", requests=1),), Plan())

        def sleep(seconds: float) -> None:
            traveller.shift(seconds)
            if time.time() >= began + hours * 3600:
                daemon.stop()

        monkeypatch.setattr(App, "sync", sync)
        monkeypatch.setattr("okrsync.daemon.loop.NAP", 300.0)
        daemon = Daemon(
            lambda **given: App.open(shop.config, environ=shop.environ, **given),
            structlog.wrap_logger(None, processors=[log]),
            sleep,
        )
        assert daemon.run() == 0
    return runs, log.entries


def told(entries: list[Any], event: str) -> list[dict[str, Any]]:
    return [entry for entry in entries if entry["event"] == event]


def test_a_day_of_many_runs_has_one_reminder(shop: Practice, box: Letterbox, monkeypatch: pytest.MonkeyPatch) -> None:
    runs, entries = watch(shop, FRIDAY - timedelta(hours=8), 30, monkeypatch)
    assert len(runs) > 25
    assert box.titles() == ["3 check-ins to give"]
    (sent,) = told(entries, "reminder sent")
    assert (sent["role"], sent["who"]) == ("owner", "everybody")


def test_what_surely_failed_is_tried_at_the_next_tick(
    shop: Practice, box: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.answers += [401, 401]
    _, entries = watch(shop, FRIDAY, 5, monkeypatch)
    assert box.titles() == ["3 check-ins to give"]
    assert [entry["outcome"] for entry in told(entries, "reminder failed")] == ["failed", "failed"]
    assert len(told(entries, "reminder sent")) == 1


@pytest.mark.parametrize("trouble", [ZeroDivisionError("a bug"), OSError("no network")])
def test_trouble_with_reminders_holds_up_no_run(
    shop: Practice, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    def fails(*_: object) -> None:
        raise trouble

    monkeypatch.setattr("okrsync.daemon.postman.send", fails)
    runs, entries = watch(shop, FRIDAY, 4, monkeypatch)
    assert len(runs) >= 3
    assert len(told(entries, "reminder failed")) == 1, "it may have been sent, so it is not tried again"
    assert not told(entries, "run crashed")


def test_a_messenger_that_hangs_holds_up_no_run_and_is_given_nothing_else_meanwhile(
    shop: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    released, asked = threading.Event(), []

    def hangs(*given: object) -> Delivery:
        asked.append(given)
        assert released.wait(60)
        return Delivery(Outcome.SENT)

    monkeypatch.setattr("okrsync.daemon.postman.PROMPT", 0.01)
    monkeypatch.setattr("okrsync.daemon.postman.send", hangs)
    try:
        runs, entries = watch(shop, FRIDAY, 4, monkeypatch)
    finally:
        released.set()
    assert len(runs) >= 3
    assert len(asked) == 1
    assert not told(entries, "reminder failed")


def test_another_day_is_silent(shop: Practice, box: Letterbox, monkeypatch: pytest.MonkeyPatch) -> None:
    watch(shop, FRIDAY + timedelta(days=1), 24, monkeypatch)
    assert box.letters == []
