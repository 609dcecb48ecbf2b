"""The operations page: how things are, and runs that admins begin from it, one at a time."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from fastapi.testclient import TestClient
from installation import Installation
from small_team import work_on
from visiting import Visit

from okrsync import redact
from okrsync.errors import Busy
from okrsync.events import Event, logger
from okrsync.model.hint import Hint
from okrsync.model.run import RunReport
from okrsync.store.inbox import Inbox, inbox_beside
from okrsync.web.access import token_hash
from okrsync.web.pages.operations import RUNS_OPEN
from okrsync.web.room import Room
from okrsync.web.work import Work

TOKEN = "cem's own token"
GUARDED = f"serve: {{users: {{cem: {{role: viewer, token: {token_hash(TOKEN)}}}}}}}\n"


def room_of(browser: TestClient) -> Room:
    found: Any = browser.app
    return found.state.room  # type: ignore[no-any-return]


def press(browser: TestClient, what: str) -> Any:
    csrf = browser.get("/api/v1/me").json()["csrf"]
    return browser.post(f"/operations/{what}", data={"csrf": csrf})


def after(browser: TestClient, what: str) -> str:
    """The page when what was begun has ended."""
    assert press(browser, what).headers["location"] == "/operations#work"
    room_of(browser).work.wait()
    return browser.get("/operations").text


def test_connections_and_runs_are_told(visit: Visit) -> None:
    page = visit().get("/operations").text
    for told in ("github", "jira", "fine", "just now", "/operations/runs/1", "of 5,000", "Nothing waits"):
        assert told in page


def test_a_connection_that_fails_is_told_with_what_to_do(acme: Installation, visit: Visit) -> None:
    acme.environ["GITHUB_TOKEN"] = "expired"
    acme.run()
    browser = visit()
    (failed,) = [one for one in browser.get("/api/v1/connections").json() if one["error"]]
    assert failed["name"] == "github"
    assert failed["hint"]
    page = browser.get("/operations").text
    assert failed["hint"].split("'")[0] in page


def test_the_last_runs_stand_open_and_those_before_are_folded(acme: Installation, visit: Visit) -> None:
    for _ in range(10):
        acme.run()
    page = visit().get("/operations").text
    open_, folded = page[page.index('id="runs"') :].split('<details class="more">')
    assert open_.count('href="/operations/runs/') == RUNS_OPEN
    assert "<summary>3 more</summary>" in folded


def test_before_the_first_run_operations_say_what_makes_one(visit: Visit) -> None:
    page = visit("store: sqlite:///fresh.db\n").get("/operations").text
    assert "No run yet; <code>okrsync sync</code> makes one." in page
    assert "Began (UTC)" not in page


def test_hints_that_wait_are_counted(acme: Installation, visit: Visit) -> None:
    inbox = Inbox(inbox_beside(acme.store))
    inbox.put("github", "d-1", [Hint("1002", "I_2", "acme/shop#2")], acme.sandbox.clock.now())
    inbox.close()
    waiting = {one["name"]: one["hints"] for one in visit().get("/api/v1/connections").json()}
    assert waiting == {"github": 1, "jira": 0}


def test_a_run_has_a_page_with_every_change(visit: Visit) -> None:
    page = visit().get("/operations/runs/1").text
    assert "label okr:checkout-1" in page
    assert "acme/shop#2" in page
    assert visit().get("/operations/runs/99").status_code == 404


def test_looking_writes_nothing_and_applying_does(acme: Installation, visit: Visit) -> None:
    browser = visit()
    work_on(acme.sandbox)
    before = acme.labels()
    page = after(browser, "plan")
    assert "label okr:checkout-1" in page
    assert "acme/shop#5" in page
    assert acme.labels() == before
    page = after(browser, "apply")
    assert "Applied by you" in page
    assert "okr:checkout-1" in acme.labels()["acme/shop#5"]
    assert "nothing to change" in after(browser, "plan")


def test_where_nothing_is_to_be_written_looking_says_so(acme: Installation, visit: Visit) -> None:
    acme.config.write_text(acme.config.read_text() + "write_back: false\n")
    page = after(visit(), "plan")
    assert "nothing to change: <code>write_back: false</code> leaves the tickets of github, jira alone." in page
    assert "every ticket shows what it should" not in page


def test_programs_read_what_waits_and_what_was_looked_at_last(acme: Installation, visit: Visit) -> None:
    browser = visit()
    work_on(acme.sandbox)
    assert browser.get("/api/v1/deferred").json() == []
    assert browser.get("/api/v1/work").json() == {"underway": None, "ended": None}
    after(browser, "plan")
    ended = browser.get("/api/v1/work").json()["ended"]
    assert (ended["kind"], ended["who"], ended["error"]) == ("plan", "you", "")
    assert "okr:checkout-1" in {one.get("label") for one in ended["report"]["plan"]["changes"]}


def test_nothing_runs_twice(acme: Installation, visit: Visit) -> None:
    browser = visit()
    room, gate = room_of(browser), threading.Event()
    opened = room.open_app

    def held() -> Any:
        assert gate.wait(10)
        return opened()

    room.open_app = held
    assert press(browser, "apply").status_code == 303
    page = browser.get("/operations").text
    assert "running" in page
    assert "Apply now" not in page
    assert browser.get("/operations/work").json() == {"underway": True}
    refused = press(browser, "apply")
    assert refused.status_code == 409
    assert "goes on already" in refused.text
    gate.set()
    room.work.wait()
    assert browser.get("/operations/work").json() == {"underway": False}
    assert [one.kind for one in acme.open().runs(9)] == ["sync", "sync"]


def test_another_process_that_has_the_store_is_named(acme: Installation, visit: Visit) -> None:
    browser = visit()
    with acme.open() as app, app.store.held("sync", acme.sandbox.clock.now()):
        assert "The store is in use by `sync`" in after(browser, "apply")


def test_a_crash_is_told_and_does_not_block_the_next(acme: Installation) -> None:
    work, now = Work(), acme.sandbox.clock.now

    def broken() -> Any:
        raise Busy("The store is in use by somebody.", hint="Wait.")

    assert work.begin("sync", "max", broken, now)
    work.wait()
    assert work.ended is not None
    assert (work.ended.error, work.ended.hint) == ("The store is in use by somebody.", "Wait.")
    assert work.begin("plan", "max", acme.open, now)
    work.wait()
    assert isinstance(work.ended.report, RunReport)


def test_what_nobody_foresaw_is_told_in_the_log_without_secrets(
    acme: Installation, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    redact.learn("s3cret-token-abcdef")
    app = acme.open(log=logger())

    def breaks(request: object) -> Any:
        raise RuntimeError("s3cret-token-abcdef is wrong")

    monkeypatch.setattr(app, "sync", breaks)
    work = Work()
    assert work.begin("sync", "max", lambda: app, acme.sandbox.clock.now)
    work.wait()
    assert work.ended is not None
    assert work.ended.error == "It broke off."
    said = capsys.readouterr().err
    assert Event.RUN_CRASHED in said
    assert "*** is wrong" in said
    assert "s3cret" not in said


def test_a_dashboard_that_closes_begins_nothing_more(acme: Installation) -> None:
    work = Work()
    work.leave()
    assert not work.begin("sync", "max", acme.open, acme.sandbox.clock.now)


@pytest.mark.parametrize("what", ["plan", "apply"])
def test_viewers_read_and_press_nothing(visit: Visit, what: str) -> None:
    browser = visit(GUARDED, headers={"Authorization": f"Bearer {TOKEN}"})
    page = browser.get("/operations")
    assert page.status_code == 200
    assert "Apply now" not in page.text
    assert press(browser, what).status_code == 403
    assert browser.get("/operations/work").status_code == 403


def test_a_button_pressed_from_elsewhere_does_nothing(visit: Visit) -> None:
    browser = visit()
    assert browser.post("/operations/apply").status_code == 403
    assert room_of(browser).work.underway is None
