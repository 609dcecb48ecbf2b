"""Faults, latency, log, clock and the control address."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
import requests
from sandbox_github import SHOP, GitHubClient

from okrsync.sandbox.clock import SandboxClock
from okrsync.sandbox.faults import FaultBook
from okrsync.sandbox.server import Sandbox

COMMENTS = f"{SHOP}/issues/1/comments"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        running.github.add_repository("acme/shop")
        for count in range(3):
            running.github.create("acme/shop", f"Issue {count}", body="x" * 500)
        yield running


@pytest.fixture
def github(sandbox: Sandbox) -> GitHubClient:
    return GitHubClient(sandbox)


def comments(sandbox: Sandbox) -> int:
    return len(sandbox.github.issue("acme/shop", 1).comments)


@pytest.mark.parametrize(("kind", "committed"), [("reset", 0), ("committed-then-reset", 1), ("cut-off", 1)])
def test_a_reset_breaks_the_connection_before_or_after_the_write(
    sandbox: Sandbox, github: GitHubClient, kind: str, committed: int
) -> None:
    sandbox.faults.add(kind, method="POST")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        github("POST", COMMENTS, {"body": "hello"})
    assert comments(sandbox) == committed
    assert github("POST", COMMENTS, {"body": "hello"}).status_code == 201
    first = sandbox.log.entries[0]
    assert (first.handled, first.fault) == (201 if committed else None, kind)


@pytest.mark.parametrize("status", [401, 403, 404, 409, 410, 422, 500, 502, 503, 504])
def test_a_status_keeps_the_write_from_the_tracker(sandbox: Sandbox, github: GitHubClient, status: int) -> None:
    sandbox.faults.add("status", status=status)
    answer = github("POST", COMMENTS, {"body": "hello"})
    assert (answer.status_code, comments(sandbox)) == (status, 0)
    assert answer.json()["message"]
    assert "x-ratelimit-remaining" not in answer.headers


def test_a_write_can_happen_although_the_answer_is_502(sandbox: Sandbox, github: GitHubClient) -> None:
    sandbox.faults.add("committed-then-status", status=502)
    assert github("POST", COMMENTS, {"body": "hello"}).status_code == 502
    assert comments(sandbox) == 1
    assert sandbox.log.entries[-1].handled == 201


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ({"retry_after": 7}, "7"),
        ({"retry_after": 0}, "0"),
        ({"retry_after": 60, "retry_after_date": True}, "Mon, 05 Oct 2026 08:01:00 GMT"),
        ({}, None),
    ],
)
@pytest.mark.parametrize(("kind", "status"), [("rate-limit", 429), ("secondary-limit", 403)])
def test_limits_come_with_and_without_retry_after(
    sandbox: Sandbox, github: GitHubClient, kind: str, status: int, details: dict[str, object], expected: str | None
) -> None:
    sandbox.faults.add(kind, **details)
    answer = github.get(SHOP)
    assert (answer.status_code, answer.headers.get("retry-after")) == (status, expected)


def test_the_primary_limit_names_its_reset(sandbox: Sandbox, github: GitHubClient) -> None:
    sandbox.faults.add("primary-limit", retry_after=90)
    headers = github.get(SHOP).headers
    assert headers["x-ratelimit-remaining"] == "0"
    assert int(headers["x-ratelimit-reset"]) == int(sandbox.clock.now().timestamp()) + 90


def test_bodies_can_be_html_empty_or_truncated(sandbox: Sandbox, github: GitHubClient) -> None:
    for kind in ("html", "html-error", "empty", "truncated"):
        sandbox.faults.add(kind)
    html, error, empty, truncated = (github.get(SHOP) for _ in range(4))
    assert (html.status_code, html.headers["content-type"].partition(";")[0]) == (200, "text/html")
    assert (error.status_code, error.text[:6]) == (502, "<html>")
    assert (empty.status_code, empty.content) == (200, b"")
    with pytest.raises(requests.exceptions.JSONDecodeError):
        truncated.json()


def test_a_page_repeats_with_its_link(sandbox: Sandbox, github: GitHubClient) -> None:
    sandbox.faults.add("repeated-page", path="/issues", skip=1, times=1)
    pages = github.pages(f"{SHOP}/issues?per_page=1")
    first, second = next(pages), next(pages)
    assert (first.content, first.links["next"]) == (second.content, second.links["next"])


def test_an_answer_can_come_too_late_for_what_was_done(sandbox: Sandbox, github: GitHubClient) -> None:
    sandbox.faults.add("delay", seconds=2)
    with pytest.raises(requests.ReadTimeout):
        github.session.post(github.url + COMMENTS, json={"body": "x"}, timeout=0.1)
    assert comments(sandbox) == 1


def test_a_fault_skips_strikes_and_ends() -> None:
    book = FaultBook()
    book.add("status", method="GET|PATCH", path=r"/issues\?", skip=1, times=2)
    taken = [book.take("GET", "/x/issues?page=1") is not None for _ in range(5)]
    assert taken == [False, True, True, False, False]
    assert book.take("POST", "/x/issues?page=1") is None
    assert book.pending() == []


def test_a_fault_may_last_for_ever_and_be_cleared(sandbox: Sandbox, github: GitHubClient) -> None:
    sandbox.faults.add("status", times=None, status=503)
    assert {github.get(SHOP).status_code for _ in range(3)} == {503}
    sandbox.faults.clear()
    assert github.get(SHOP).status_code == 200


def test_a_typo_in_a_fault_is_an_error() -> None:
    with pytest.raises(msgspec.ValidationError):
        FaultBook().add("statsu")
    with pytest.raises(msgspec.ValidationError):
        FaultBook().add("status", stauts=500)


def test_latency_delays_every_request(sandbox: Sandbox, github: GitHubClient) -> None:
    sandbox.latency = 0.05
    began = time.perf_counter()
    github.get(SHOP)
    assert time.perf_counter() - began >= 0.05


def test_the_log_tells_reads_from_writes(sandbox: Sandbox, github: GitHubClient) -> None:
    github.get(f"{SHOP}/issues?page=1")
    github("POST", COMMENTS, {"body": "hello"})
    github("POST", "/app/installations/1/access_tokens")
    assert [(entry.method, entry.write) for entry in sandbox.log] == [("GET", False), ("POST", True), ("POST", False)]
    assert sandbox.log.counts() == {"github GET": 1, "github POST": 2}
    assert sandbox.log.writes("github")[0].body == '{"body": "hello"}'
    assert [entry.query for entry in sandbox.log.select(method="GET", path=r"page=\d")] == ["page=1"]
    sandbox.log.clear()
    assert len(sandbox.log) == 0


def test_the_clock_stands_still_and_only_goes_forward() -> None:
    clock = SandboxClock(datetime(2026, 10, 5, tzinfo=UTC))
    assert clock.now() == clock.now()
    assert clock.advance(timedelta(hours=1)) == datetime(2026, 10, 5, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="backwards"):
        clock.advance(timedelta(seconds=-1))


def test_another_process_can_steer_the_sandbox(sandbox: Sandbox, github: GitHubClient) -> None:
    control = f"{sandbox.url}/_sandbox"
    requests.post(f"{control}/faults", json={"kind": "status", "status": 503}, timeout=5)
    assert [fault["status"] for fault in requests.get(f"{control}/faults", timeout=5).json()] == [503]
    assert github.get(SHOP).status_code == 503
    requests.post(f"{control}/advance", json={"seconds": 3600}, timeout=5)
    assert requests.get(control, timeout=5).json()["now"] == "2026-10-05T09:00:00Z"
    assert [entry["status"] for entry in requests.get(f"{control}/log", timeout=5).json()] == [503]
    requests.delete(f"{control}/log", timeout=5)
    assert len(sandbox.log) == 0
    requests.put(f"{control}/latency", json={"seconds": 0.01}, timeout=5)
    assert sandbox.latency == 0.01
    assert requests.post(f"{control}/faults", json={"kind": "nonsense"}, timeout=5).status_code == 400


def test_another_process_sees_labels_and_comments(sandbox: Sandbox, github: GitHubClient) -> None:
    github("POST", f"{SHOP}/issues/1/labels", ["okr:a"])
    github("POST", COMMENTS, {"body": "note"})
    ticket = requests.get(f"{sandbox.url}/_sandbox/github", timeout=5).json()["acme/shop#1"]
    assert ticket["labels"] == ["okr:a"]
    assert [(comment["author"], comment["body"]) for comment in ticket["comments"]] == [("okrsync-bot", "note")]


def test_a_stopped_sandbox_can_be_stopped_again_and_refuses_connections() -> None:
    sandbox = Sandbox().start()
    url = sandbox.github_url
    sandbox.stop()
    sandbox.stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=1)


def test_a_port_that_is_taken_is_an_error(sandbox: Sandbox) -> None:
    taken = int(sandbox.url.rpartition(":")[2])
    with pytest.raises(OSError, match="in use"):
        Sandbox(port=taken).start()


def test_a_repeated_page_is_forgotten_with_its_fault(sandbox: Sandbox, github: GitHubClient) -> None:
    for _ in range(2):
        sandbox.faults.add("repeated-page", path="/issues", times=None)
        first = github.get(f"{SHOP}/issues").content
        sandbox.github.comment("acme/shop", 1, "news")
        assert github.get(f"{SHOP}/issues").content == first
        sandbox.faults.clear()
    assert github.get(f"{SHOP}/issues").content != first
