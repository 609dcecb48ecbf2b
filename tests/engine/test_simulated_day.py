"""A day in the life of an installation that has far more to write than its tracker takes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from crowd import crowd, run

TICKETS = 20_000
EVERY = timedelta(minutes=30)
LIMIT = 5_000
RESERVE = 500


@pytest.mark.soak
def test_a_day_with_twenty_thousand_linked_tickets_stays_within_every_limit(tmp_path: Path) -> None:
    with crowd(tmp_path, tickets=TICKETS, closed=TICKETS // 10) as acme:
        begun = acme.sandbox.clock.now()
        acme.sandbox.github.limits["core"] = LIMIT
        remaining = []
        while acme.sandbox.clock.now() < begun + timedelta(days=1):
            report = run(acme)
            assert report.exit_code == 4, "there is more to do than a day takes"
            assert report.connections[0].error == ""
            remaining.append(report.connections[0].remaining)
            acme.sandbox.clock.advance(EVERY)
        times = acme.written()
        assert all(left is not None and left >= RESERVE for left in remaining)
        for window, most in ((timedelta(minutes=1), 80), (timedelta(hours=1), 500)):
            for index, moment in enumerate(times[most:], most):
                assert moment - times[index - most] >= window
        assert 21 * 500 <= len(times) <= 24 * 500
        notes = acme.notes()
        assert set(notes.values()) == {1}
        freshest = {f"acme/shop#{number}" for number in range(TICKETS - len(notes) + 1, TICKETS + 1)}
        assert len(freshest & notes.keys()) >= 0.99 * len(notes)
