"""Limits of the trackers: a reserve is kept, writes are paced, and the rest comes in order of value."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from installation import CONFIG, Installation, install

from okrsync.app import RunRequest
from okrsync.model.change import AddLabel, PutNote
from okrsync.model.run import RunReport
from okrsync.sandbox.server import Sandbox

TICKETS = 600
OKRS = """\
cycle: {id: 2026-Q4, start: 2026-10-01, end: 2026-12-31}
objectives:
  - id: everything
    title: Everything gets better
    key_results:
      - id: better-1
        title: Every open ticket is done
        measure: {type: completion}
        links: [{connection: github, repository: acme/shop}]
"""


@pytest.fixture
def crowd(tmp_path: Path) -> Installation:
    """One repository full of open tickets, newest updated last."""
    sandbox = Sandbox().start()
    sandbox.github.add_repository("acme/shop")
    sandbox.github.add_repository("acme/api")
    for number in range(TICKETS):
        at = sandbox.clock.now() - timedelta(minutes=2 * TICKETS - number)
        sandbox.github.create("acme/shop", f"Ticket {number}", at=at)
    jira = CONFIG.index("  jira:")
    return install(tmp_path / "acme", sandbox, config=CONFIG[:jira] + CONFIG[CONFIG.index("write_back:") :], okrs=OKRS)


def hourly(acme: Installation) -> RunReport:
    """One run; waiting moves the sandbox's clock."""
    acme.sandbox.log.clear()

    def sleep(seconds: float) -> None:
        acme.sandbox.clock.advance(timedelta(seconds=seconds))

    with acme.open(sleep=sleep) as app:
        return app.sync(RunRequest())


def sent(acme: Installation) -> list[datetime]:
    with acme.open() as app:
        return app.store.journal.written_since("github", datetime.min.replace(tzinfo=acme.sandbox.clock.now().tzinfo))


def test_no_hour_sees_more_writes_than_the_tracker_takes(crowd: Installation) -> None:
    reports = []
    while not reports or reports[-1].exit_code:
        reports.append(hourly(crowd))
        crowd.sandbox.clock.advance(timedelta(minutes=30))
        assert len(reports) < 12
    times = sent(crowd)
    assert len(times) == 2 * TICKETS + 2
    for window, most in ((timedelta(minutes=1), 80), (timedelta(hours=1), 500)):
        assert all(sum(one - window < other <= one for other in times) <= most for one in times)
    assert set(crowd.notes().values()) == {1}
    assert len(crowd.notes()) == TICKETS
    assert hourly(crowd).plan.changes == ()


def test_what_is_deferred_is_told_and_the_freshest_tickets_come_first(crowd: Installation) -> None:
    report = hourly(crowd)
    done = [write.change for write in report.writes if write.receipt]
    deferred = [write for write in report.writes if write.receipt is None]
    assert report.exit_code == 4
    assert len(done) == 500
    assert len(deferred) == len(report.plan.changes) - 500
    assert report.connections[0].paused > 60
    assert report.connections[0].error == ""
    written = {change.ref.key for change in done if isinstance(change, AddLabel | PutNote)}
    assert written == {f"acme/shop#{number}" for number in range(TICKETS, TICKETS - 249, -1)}


def test_a_reserve_of_the_hour_is_left_for_others(crowd: Installation) -> None:
    crowd.sandbox.github.limits["core"] = 300
    report = hourly(crowd)
    assert report.exit_code == 4
    (connection,) = report.connections
    assert "kept for others" in connection.error
    assert len(crowd.sandbox.log.select(tracker="github")) == 270
    crowd.sandbox.clock.advance(timedelta(hours=1))
    assert len([write for write in hourly(crowd).writes if write.receipt]) > 200
