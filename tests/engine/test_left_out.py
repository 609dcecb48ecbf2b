"""What a run left out is brought in by a later one, which may have been asked otherwise."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from installation import Installation
from small_team import small_team

from okrsync.app import RunRequest
from okrsync.errands import Errands
from okrsync.model.run import RunReport
from okrsync.store.lock import lock_of

pytestmark = pytest.mark.real_time


@pytest.fixture
def acme(tmp_path: Path) -> Iterator[Installation]:
    """A team in sync, and a new ticket whose note takes a while."""
    with small_team(tmp_path / "acme") as team:
        team.run()
        team.run()
        team.sandbox.faults.add("delay", path="^/jira/.*/comment", method="POST", seconds=2.5)
        team.sandbox.jira.create("SHOP", "New", epic="SHOP-1")
        yield team


class Runs:
    """Runs of one process that share their errands, as a daemon's do."""

    def __init__(self, acme: Installation) -> None:
        self._acme = acme
        self.others = True
        self._errands = Errands(time.monotonic, lambda: None, lambda: self.others)

    def run(self, *connections: str) -> RunReport:
        with self._acme.open(errands=self._errands) as app:
            self._errands.share(lock_of(app.settings.store))
            return app.sync(RunRequest(connections=connections))


def test_nothing_is_concluded_from_what_was_read_before_the_options_changed(acme: Installation) -> None:
    runs = Runs(acme)
    assert runs.run().unfinished == ("jira",)
    acme.config.write_text(
        acme.config.read_text().replace("projects: [SHOP]", "projects: [SHOP], cancelled_resolutions: [Declined]")
    )
    runs.others = False
    brought = runs.run()
    assert [one.connection for one in brought.connections] == ["github", "jira"]
    assert brought.stale == ("checkout-1", "checkout-2")
