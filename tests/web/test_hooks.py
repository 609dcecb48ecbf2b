"""Deliveries of webhooks: checked, noted once, and never believed."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from installation import Installation
from visiting import Visit

from okrsync.model.hint import Hint
from okrsync.store.inbox import Inbox, inbox_beside
from okrsync.web import hooks
from okrsync.web.hooks import LARGEST, signed

SECRET = "It's a Secret to Everybody"
ISSUE: dict[str, Any] = {
    "action": "closed",
    "issue": {"number": 2, "node_id": "I_2"},
    "repository": {"id": 1002, "full_name": "acme/shop"},
}


def signature(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


@pytest.fixture
def github(acme: Installation, visit: Visit) -> Any:
    """Sends a delivery of GitHub's and returns the answer."""
    acme.environ["OKRSYNC_CONNECTIONS__GITHUB__WEBHOOK_SECRET"] = SECRET
    browser = visit()

    def send(body: bytes | dict[str, Any] = ISSUE, delivery: str = "d-1", event: str = "issues", **more: str) -> Any:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"X-Hub-Signature-256": signature(raw), "X-GitHub-Delivery": delivery, "X-GitHub-Event": event}
        return browser.post("/hooks/github", content=raw, headers=headers | more)

    return send


def waiting(acme: Installation) -> dict[str, tuple[Hint, ...]]:
    inbox = Inbox(inbox_beside(acme.store))
    try:
        return inbox.waiting()
    finally:
        inbox.close()


def test_the_published_vector_of_a_signature() -> None:
    """docs.github.com, Validating webhook deliveries: the example for testing one's own code."""
    published = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert signed(b"Hello, World!", published, SECRET)
    assert not signed(b"Hello, World?", published, SECRET)
    assert not signed(b"Hello, World!", published.removeprefix("sha256="), SECRET)
    assert not signed(b"Hello, World!", "", SECRET)
    assert not signed(b"Hello, World!", "sha256=ü", SECRET)


def test_a_delivery_is_noted_as_a_place_to_look(github: Any, acme: Installation) -> None:
    assert github().status_code == 202
    (hint,) = waiting(acme)["github"]
    assert (hint.scope, hint.item, hint.key) == ("1002", "I_2", "acme/shop#2")


def test_a_delivery_that_comes_twice_is_heard_once(github: Any, acme: Installation) -> None:
    assert (github().status_code, github().status_code) == (202, 200)
    assert len(waiting(acme)["github"]) == 1


def test_many_events_about_one_ticket_are_one_hint(github: Any, acme: Installation) -> None:
    for number in range(20):
        assert github(delivery=f"d-{number}").status_code == 202
    assert len(waiting(acme)["github"]) == 1


def test_a_delivery_signed_with_another_secret_is_refused(github: Any, acme: Installation) -> None:
    wrong = signature(json.dumps(ISSUE).encode(), "another")
    assert github(**{"X-Hub-Signature-256": wrong}).status_code == 401
    assert github(**{"X-Hub-Signature-256": ""}).status_code == 401
    assert waiting(acme) == {}


def test_a_tracker_without_a_secret_has_no_door(visit: Visit) -> None:
    assert visit().post("/hooks/github", content=b"{}").status_code == 404
    assert visit().post("/hooks/nothing", content=b"{}").status_code == 404


def test_a_body_that_is_too_large_is_not_read(github: Any) -> None:
    assert github(b" " * (LARGEST + 1)).status_code == 413


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"repository": 1}', b'{"issue": {"number": "x"}}', b"[" * 5000])
def test_a_body_that_makes_no_sense_is_refused_and_changes_nothing(
    github: Any, acme: Installation, body: bytes
) -> None:
    assert github(body).status_code == 400
    assert waiting(acme) == {}


def test_an_event_that_moves_no_number_is_taken_and_forgotten(github: Any, acme: Installation) -> None:
    assert github({"zen": "Keep it logically awesome."}, event="ping").status_code == 202
    assert waiting(acme) == {}


def test_a_hint_that_came_again_while_a_run_looked_stays(tmp_path: Path, acme: Installation) -> None:
    now, inbox = acme.sandbox.clock.now(), Inbox(tmp_path / "inbox")
    inbox.put("github", "1", [Hint("5", "a", "k#1")], now)
    seen = inbox.waiting()["github"]
    inbox.put("github", "2", [Hint("5", "a", "k#1")], now)
    inbox.seen("github", seen)
    assert len(inbox.waiting()["github"]) == 1
    inbox.seen("github", inbox.waiting()["github"])
    assert inbox.waiting() == {}
    inbox.close()


def spoken(visit: Visit, acme: Installation, *said: dict[str, Any], path: str = "/hooks/github") -> dict[str, Any]:
    """What the application answers first when a client says this and then nothing more."""
    acme.environ["OKRSYNC_CONNECTIONS__GITHUB__WEBHOOK_SECRET"] = SECRET
    application, answers, parts = visit().app, list[dict[str, Any]](), iter(said)

    async def receive() -> dict[str, Any]:
        if (part := next(parts, None)) is None:
            await asyncio.Event().wait()
        assert part is not None
        return part

    async def send(message: Any) -> None:
        answers.append(message)

    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b""}
    scope |= {"headers": [(b"host", b"localhost")], "scheme": "http", "server": ("localhost", 80)}
    told = application({**scope, "client": ("127.0.0.1", 5), "http_version": "1.1"}, receive, send)
    with ThreadPoolExecutor(1) as apart:  # a browser test before this one may have left its loop running here
        apart.submit(asyncio.run, told).result()
    return answers[0]


def test_a_client_that_leaves_in_the_middle_of_a_body_is_no_error_of_ours(visit: Visit, acme: Installation) -> None:
    part = {"type": "http.request", "body": b"abc", "more_body": True}
    assert spoken(visit, acme, part, {"type": "http.disconnect"})["status"] == 400


def test_a_body_that_does_not_arrive_is_not_waited_for(
    visit: Visit, acme: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "SLOWEST", 0.05)
    part = {"type": "http.request", "body": b"abc", "more_body": True}
    assert spoken(visit, acme, part)["status"] == 408


def test_nothing_is_read_for_a_tracker_that_has_no_door(visit: Visit, acme: Installation) -> None:
    assert spoken(visit, acme, path="/hooks/nothing")["status"] == 404
