"""The room behind the pages: what it reads anew, and when what was answered no longer holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from fastapi.testclient import TestClient
from installation import Installation
from practising import OKRS, practise

from okrsync.app import App
from okrsync.web.room import Room
from okrsync.web.server import create


def test_a_file_that_changes_while_it_is_read_is_read_again(acme: Installation) -> None:
    def opened() -> App:
        app = acme.open()
        acme.okrs.write_text(acme.okrs.read_text().replace("Buying is effortless", "Nobody waits at the till"))
        return app

    room = Room(acme.open, acme.config, acme.sandbox.clock.now)
    room.app  # noqa: B018 - read once while nobody writes
    room.open_app = opened
    acme.okrs.write_text(acme.okrs.read_text().replace("Ship the one-page checkout", "One page"))
    room.app  # noqa: B018
    titles = [objective.title for objective, _ in room.app.okrs.objectives]
    room.close()
    assert titles == ["Nobody waits at the till"]


def test_a_day_that_begins_where_a_cycle_lives_is_seen_at_once(tmp_path: Path) -> None:
    acme = practise(tmp_path / "acme", okrs=OKRS.replace("Europe/Berlin", "Asia/Kolkata"))
    acme.now = datetime(2026, 11, 3, 18, 29, tzinfo=UTC)
    room = Room(acme.open, acme.config, lambda: acme.now)
    browser = TestClient(create(room), "http://localhost")

    def expected() -> float:
        rows = {row["status"]["key_result"]: row["status"] for row in browser.get("/api/v1/key-results").json()}
        found: float = rows["checkout-1"]["verdict"]["expected"]
        return found

    before = expected()
    acme.now += timedelta(minutes=2)
    assert expected() > before
    room.close()
