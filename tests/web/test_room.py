"""The room behind the pages: what it reads anew, and when what was answered no longer holds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fastapi.testclient import TestClient
from installation import Installation
from practising import OKRS, practise
from small_team import work_on

from okrsync.app import App
from okrsync.practice.checkins import Words, check_in
from okrsync.practice.closing import close, ending
from okrsync.web.room import Room
from okrsync.web.server import create

ADDRESSES = (
    *("/", "/coach", "/orphans", "/figures", "/figures?period=4w", "/figures?period=2026-10-01..2026-10-20"),
    *("/review/2026-Q4", "/review/2026-Q4/1/checkout-1.svg", "/key-results/checkout-1", "/charts/checkout-1.json"),
    *("/charts/checkout-1.svg", "/badge/checkout-1.svg", "/feed.ics", "/api/v1/objectives", "/api/v1/figures"),
    *("/api/v1/key-results", "/api/v1/key-results/checkout-1", "/api/v1/cycles/2026-Q4/review", "/api/v1/coach"),
)
"""Of everything that is kept once it was answered."""


def test_a_dashboard_that_has_answered_before_tells_what_a_new_one_tells(acme: Installation) -> None:
    room = Room(acme.open, acme.config, acme.sandbox.clock.now)
    browser = TestClient(create(room), "http://localhost")
    for change in (_works, _says, _rewrites, _closes, _sleeps, _closes, _works):
        told(browser)
        change(acme)
        other = Room(acme.open, acme.config, acme.sandbox.clock.now)
        fresh = told(TestClient(create(other), "http://localhost"))
        other.close()
        kept = told(browser)
        assert [address for address in ADDRESSES if kept[address] != fresh[address]] == [], change.__name__
    room.close()


def told(browser: TestClient) -> dict[str, str]:
    """What is to be read at each address, without the secrets of forms."""
    found = {address: browser.get(address) for address in ADDRESSES}
    assert {one.status_code for one in found.values()} == {200}
    return {address: re.sub(r'name="csrf" value="[^"]*"', "", one.text) for address, one in found.items()}


def _works(acme: Installation) -> None:
    work_on(acme.sandbox)
    acme.run()


def _says(acme: Installation) -> None:
    with acme.open() as app:
        check_in(app.desk(), "checkout-1", Words(confidence=3, note="It is slow."), "ana")


def _rewrites(acme: Installation) -> None:
    acme.okrs.write_text(acme.okrs.read_text().replace("Buying is effortless", "Nobody waits at the till"))


def _closes(acme: Installation) -> None:
    with acme.open() as app:
        desk = app.desk()
        close(desk, ending(desk, "2026-Q4"), {}, who="ana", accept=True, reopen=True)


def _sleeps(acme: Installation) -> None:
    acme.sandbox.clock.advance(timedelta(days=3))


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
