"""Every web test has an installation with something in its store, and a browser without a screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from installation import Installation
from small_team import small_team
from visiting import Visit

from okrsync.web.room import Room
from okrsync.web.server import create


@pytest.fixture
def acme(tmp_path: Path) -> Iterator[Installation]:
    """A small team whose trackers were read once."""
    with small_team(tmp_path / "acme") as team:
        team.run()
        yield team


@pytest.fixture
def visit(acme: Installation) -> Iterator[Visit]:
    """``visit(serve=…, connections=…)`` writes more into okrsync.yaml and opens the dashboard."""
    rooms: list[Room] = []

    def opened(more: str = "", **given: object) -> TestClient:
        acme.config.write_text(acme.config.read_text() + more)
        rooms.append(Room(acme.open, acme.config, acme.sandbox.clock.now))
        app = create(rooms[-1], session_key="a key for tests")
        return TestClient(app, "http://localhost", follow_redirects=False, **given)

    yield opened
    for room in rooms:
        room.close()
