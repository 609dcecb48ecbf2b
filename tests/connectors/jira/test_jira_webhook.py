"""What Jira's webhooks hint at. The payloads are those of developer.atlassian.com and of the sandbox, cut short."""

from __future__ import annotations

import json
from typing import Any

import pytest
from okrsync_jira.webhook import DELIVERY, SIGNATURE, hints

from okrsync.model.hint import Hint
from okrsync.sandbox.hooks import Delivery
from okrsync.sandbox.server import Sandbox

ISSUE: dict[str, Any] = {"id": "99291", "key": "JRA-20002", "fields": {"project": {"id": "10000", "key": "JRA"}}}


def heard(payload: dict[str, Any]) -> tuple[Hint, ...]:
    return tuple(hints({}, json.dumps(payload).encode()))


@pytest.mark.parametrize("event", ["jira:issue_created", "jira:issue_updated", "jira:issue_deleted", "comment_created"])
def test_an_event_about_an_issue_names_it(event: str) -> None:
    assert heard({"webhookEvent": event, "issue": ISSUE}) == (Hint("10000", "99291", "JRA-20002"),)


def test_a_version_that_changed_concerns_the_whole_project() -> None:
    version = {"id": "10000", "name": "New version", "projectId": 10000, "released": True}
    assert heard({"webhookEvent": "jira:version_released", "version": version}) == (Hint("10000"),)


@pytest.mark.parametrize(
    "payload",
    [
        {"webhookEvent": "user_created", "user": {"name": "fred"}},
        {"webhookEvent": "sprint_started", "sprint": {"id": 4}},
        {"webhookEvent": "comment_created", "issue": {"id": "1", "key": "A-1"}},
        {},
    ],
)
def test_what_names_no_issue_of_a_project_is_passed_over(payload: dict[str, Any]) -> None:
    assert heard(payload) == ()


@pytest.mark.parametrize("tracker", ["jira", "jira_dc"])
def test_what_the_sandbox_sends_is_understood(sandbox: Sandbox, tracker: str) -> None:
    sent: list[Delivery] = []
    sandbox.postman.take = sent.append  # type: ignore[method-assign]
    sandbox.hook(tracker.replace("_", "-"), "http://127.0.0.1:1/hooks/jira", "a secret")
    state = getattr(sandbox, tracker)
    state.add_project("SHOP", "Shop")
    issue = state.create("SHOP", "Saved card")
    state.transition(issue.key, "Done", "Done")
    state.add_version("SHOP", "2026.4")
    told = [tuple(hints(one.headers, one.body)) for one in sent]
    about = (Hint(issue.project.id, issue.id, issue.key),)
    assert told == [about, about, (Hint(issue.project.id),)]
    assert {one.signature for one in sent} == {SIGNATURE}
    assert len({one.headers[DELIVERY] for one in sent}) == 3
