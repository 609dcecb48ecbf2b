"""Webhooks of the sandbox: signed, in order, with the headers of the real trackers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import msgspec
import pytest
import requests

from okrsync.sandbox.server import Sandbox
from okrsync.web.hooks import signed

SECRET = "It's a Secret to Everybody"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        running.github.add_repository("acme/shop")
        running.jira.add_project("SHOP", "Shop")
        yield running


@pytest.fixture
def listener() -> Iterator[tuple[str, list[tuple[Any, bytes]]]]:
    """Where to send to, and what came: headers and body."""
    came: list[tuple[Any, bytes]] = []

    class Listens(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append((self.headers, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(202)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Listens)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hooks/x", came
    server.shutdown()
    server.server_close()


def test_github_tells_what_people_do_in_order(sandbox: Sandbox, listener: Any) -> None:
    url, came = listener
    sandbox.hook("github", url, SECRET)
    github = sandbox.github
    github.create("acme/shop", "Guest checkout")
    github.label("acme/shop", 1, "ux")
    github.comment("acme/shop", 1, "How far is it?")
    github.add_milestone("acme/shop", "One page")
    github.close("acme/shop", 1)
    github.delete("acme/shop", 1)
    sandbox.postman.wait()
    told = [(headers["X-GitHub-Event"], msgspec.json.decode(body)["action"]) for headers, body in came]
    assert told == [
        ("issues", "opened"),
        ("label", "created"),
        ("issues", "labeled"),
        ("issue_comment", "created"),
        ("milestone", "created"),
        ("issues", "closed"),
        ("issues", "deleted"),
    ]
    assert all(signed(body, headers["X-Hub-Signature-256"], SECRET) for headers, body in came)
    assert len({headers["X-GitHub-Delivery"] for headers, _ in came}) == len(came)
    assert sandbox.postman.answers == [202] * len(came)


def test_jira_tells_what_people_do_in_order(sandbox: Sandbox, listener: Any) -> None:
    url, came = listener
    requests.post(
        f"{sandbox.url}/_sandbox/hooks", json={"tracker": "jira", "url": url, "secret": SECRET}, timeout=10
    ).raise_for_status()
    sandbox.jira.create("SHOP", "Saved card")
    sandbox.jira.transition("SHOP-1", "Done", "Done")
    sandbox.jira.delete("SHOP-1")
    sandbox.postman.wait()
    told = [msgspec.json.decode(body) for _, body in came]
    assert [one["webhookEvent"] for one in told] == [f"jira:issue_{what}" for what in ("created", "updated", "deleted")]
    assert {one["issue"]["key"] for one in told} == {"SHOP-1"}
    assert all(signed(body, headers["X-Hub-Signature"], SECRET) for headers, body in came)
    assert len({headers["X-Atlassian-Webhook-Identifier"] for headers, _ in came}) == 3


def test_a_listener_that_is_not_there_holds_up_nobody(sandbox: Sandbox) -> None:
    sandbox.hook("github", "http://127.0.0.1:9/hooks/github", SECRET)
    sandbox.github.create("acme/shop", "Guest checkout")
    sandbox.postman.wait()
    assert sandbox.postman.answers == [0]


def test_a_tracker_that_does_not_exist_is_refused(sandbox: Sandbox) -> None:
    asked = {"tracker": "trello", "url": "http://127.0.0.1:9/", "secret": SECRET}
    assert requests.post(f"{sandbox.url}/_sandbox/hooks", json=asked, timeout=10).status_code == 400
