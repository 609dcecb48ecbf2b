"""Limits of the trackers: a reserve is kept, writes are paced, and the rest comes in order of value."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from crowd import crowd, run
from installation import Installation

from okrsync.model.change import AddLabel, PutNote

TICKETS = 600


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[Installation]:
    with crowd(tmp_path, tickets=TICKETS) as made:
        yield made


def test_no_hour_sees_more_writes_than_the_tracker_takes(busy: Installation) -> None:
    reports = []
    while not reports or reports[-1].exit_code:
        reports.append(run(busy))
        busy.sandbox.clock.advance(timedelta(minutes=30))
        assert len(reports) < 12
    times = busy.written()
    assert len(times) == 2 * TICKETS + 2
    for window, most in ((timedelta(minutes=1), 80), (timedelta(hours=1), 500)):
        assert all(sum(one - window < other <= one for other in times) <= most for one in times)
    assert set(busy.notes().values()) == {1}
    assert len(busy.notes()) == TICKETS
    assert run(busy).plan.changes == ()


def test_what_is_deferred_is_told_and_the_freshest_tickets_come_first(busy: Installation) -> None:
    report = run(busy)
    done = [write.change for write in report.writes if write.receipt]
    deferred = [write for write in report.writes if write.receipt is None]
    assert report.exit_code == 4
    assert len(done) == 500
    assert len(deferred) == len(report.plan.changes) - 500
    assert report.connections[0].paused > 60
    assert report.connections[0].error == ""
    written = {change.ref.key for change in done if isinstance(change, AddLabel | PutNote)}
    assert written == {f"acme/shop#{number}" for number in range(TICKETS, TICKETS - 249, -1)}


def test_a_reserve_of_the_hour_is_left_for_others(busy: Installation) -> None:
    busy.sandbox.github.limits["core"] = 300
    report = run(busy)
    assert report.exit_code == 4
    (connection,) = report.connections
    assert "kept for others" in connection.error
    assert len(busy.sandbox.log.select(tracker="github")) == 270
    busy.sandbox.clock.advance(timedelta(hours=1))
    assert len([write for write in run(busy).writes if write.receipt]) > 200


def test_the_next_run_keeps_the_reserve_from_its_first_request_on(busy: Installation) -> None:
    busy.sandbox.github.limits["core"] = 300
    run(busy)
    before = len(busy.sandbox.log.select(tracker="github"))
    report = run(busy)
    assert (before, len(busy.sandbox.log.select(tracker="github"))) == (270, 0)
    assert "30 of 300 requests are left" in report.connections[0].error
    assert report.connections[0].remaining == 30


def test_what_a_limit_defers_is_no_failed_change(busy: Installation) -> None:
    busy.sandbox.github.limits["core"] = 300
    report = run(busy)
    assert not [write.error for write in report.writes if write.error]
    assert sum(write.receipt is None for write in report.writes) == len(report.plan.changes) - len(busy.written())
    assert len(busy.written()) == len(busy.sandbox.log.writes())


def test_new_links_come_first_then_statuses_that_turned_then_refreshed_numbers(tmp_path: Path) -> None:
    with crowd(tmp_path, tickets=1) as acme:
        acme.okrs.write_text(KINDS)
        acme.config.write_text(f"{acme.config.read_text()}status: {{preset: google}}\n")
        moving, turning = opened(acme, "moving", 10), opened(acme, "turning", 10)
        close(acme, [*moving[:5], *turning[:3]])
        run(acme)
        close(acme, [moving[5], *turning[3:5]])
        fresh = opened(acme, "fresh", 1)
        acme.sandbox.github.limits["core"] = 12
        reports = []
        while not reports or reports[-1].exit_code:
            acme.sandbox.clock.advance(timedelta(hours=2))
            reports.append(run(acme))
            assert len(reports) < 12
        assert any(write.deferred for write in reports[0].writes)
        done = [write.change for report in reports for write in report.writes if write.receipt]
        numbers = [int(one.ref.key.split("#")[1]) for one in done if isinstance(one, AddLabel | PutNote)]
        assert numbers[:2] == fresh * 2
        assert sorted(numbers[2:7]) == turning[5:]
        assert sorted(numbers[7:]) == moving[6:]


KINDS = """\
cycle: {id: 2026-Q4, start: 2026-10-01, end: 2026-12-31}
objectives:
  - id: everything
    title: Everything gets better
    key_results:
      - {id: a-1, title: A, measure: {type: completion}, links: [{connection: github, labels: [moving]}]}
      - {id: b-1, title: B, measure: {type: completion}, links: [{connection: github, labels: [turning]}]}
      - {id: c-1, title: C, measure: {type: completion}, links: [{connection: github, labels: [fresh]}]}
"""


def opened(acme: Installation, label: str, count: int) -> list[int]:
    return [acme.sandbox.github.create("acme/shop", label, labels=[label]).number for _ in range(count)]


def close(acme: Installation, numbers: list[int]) -> None:
    for number in numbers:
        acme.sandbox.github.close("acme/shop", number)
