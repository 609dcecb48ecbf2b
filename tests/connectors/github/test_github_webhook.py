"""What GitHub's webhooks hint at, tried with the payloads that GitHub publishes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from npm_packages import npm_package
from okrsync_github.webhook import hints


@pytest.fixture(scope="module")
def published() -> list[tuple[str, dict[str, Any]]]:
    """Event and payload of every published example, of github.com and of the Enterprise Servers."""
    folder = npm_package("@octokit/webhooks-examples")
    return [
        (kind["name"], example)
        for file in sorted(Path(folder).rglob("index.json"))
        for kind in json.loads(file.read_text("utf-8"))
        for example in kind["examples"]
    ]


def of(published: list[tuple[str, dict[str, Any]]], *events: str) -> Iterator[dict[str, Any]]:
    yield from (payload for event, payload in published if event in events)


def heard(event: str, payload: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(hints({"X-GitHub-Event": event}, json.dumps(payload).encode()))


def test_every_published_payload_is_understood(published: list[tuple[str, dict[str, Any]]]) -> None:
    assert len(published) > 200
    for event, payload in published:
        heard(event, payload)


@pytest.mark.parametrize("event", ["issues", "issue_comment"])
def test_an_event_about_an_issue_names_it(published: list[tuple[str, dict[str, Any]]], event: str) -> None:
    payloads = list(of(published, event))
    assert payloads
    for payload in payloads:
        hint = heard(event, payload)[0]
        issue, repository = payload["issue"], payload["repository"]
        assert hint.scope == str(repository["id"])
        assert hint.item == issue["node_id"]
        assert hint.key == f"{repository['full_name']}#{issue['number']}"


def test_an_event_about_a_pull_request_names_it(published: list[tuple[str, dict[str, Any]]]) -> None:
    payloads = list(of(published, "pull_request"))
    assert payloads
    for payload in payloads:
        (hint,) = heard("pull_request", payload)
        assert hint.item == payload["pull_request"]["node_id"]


@pytest.mark.parametrize("event", ["milestone", "label", "repository"])
def test_what_concerns_a_whole_repository_names_no_ticket(
    published: list[tuple[str, dict[str, Any]]], event: str
) -> None:
    payloads = list(of(published, event))
    assert payloads
    for payload in payloads:
        (hint,) = heard(event, payload)
        assert (hint.scope, hint.item) == (str(payload["repository"]["id"]), "")


@pytest.mark.parametrize("event", ["ping", "push", "star", "workflow_run", "security_advisory"])
def test_what_moves_no_number_is_passed_over(published: list[tuple[str, dict[str, Any]]], event: str) -> None:
    payloads = list(of(published, event))
    assert payloads
    assert all(heard(event, payload) == () for payload in payloads)


SHOP, API = {"id": 1, "full_name": "acme/shop"}, {"id": 2, "full_name": "acme/api"}


@pytest.mark.parametrize(
    ("action", "elsewhere"),
    [
        ("sub_issue_added", "sub_issue"),
        ("sub_issue_removed", "sub_issue"),
        ("parent_issue_added", "parent_issue"),
        ("parent_issue_removed", "parent_issue"),
    ],
)
def test_a_parent_and_its_child_are_looked_up_where_each_of_them_lives(action: str, elsewhere: str) -> None:
    payload = {
        "action": action,
        "repository": SHOP,
        f"{elsewhere}_repo": API,
        "parent_issue": {"number": 7, "node_id": "I_parent"},
        "sub_issue": {"number": 9, "node_id": "I_child"},
    }
    found = {hint.item: (hint.scope, hint.key) for hint in heard("sub_issues", payload)}
    homes = {"parent_issue": ("1", "acme/shop"), "sub_issue": ("1", "acme/shop"), elsewhere: ("2", "acme/api")}
    assert found["I_parent"] == (homes["parent_issue"][0], f"{homes['parent_issue'][1]}#7")
    assert found["I_child"] == (homes["sub_issue"][0], f"{homes['sub_issue'][1]}#9")


@pytest.mark.parametrize(
    ("event", "promised"),
    [
        ("sub-issues-sub-issue-added", "sub_issue_repo"),
        ("sub-issues-sub-issue-removed", "sub_issue_repo"),
        ("sub-issues-parent-issue-added", "parent_issue_repo"),
        ("sub-issues-parent-issue-removed", "parent_issue_repo"),
    ],
)
def test_the_published_schema_names_the_repository_of_the_other_one(event: str, promised: str) -> None:
    folder = npm_package("@octokit/openapi-webhooks")
    described = json.loads((folder / "generated" / "api.github.com.json").read_text("utf-8"))
    schema = described["webhooks"][event]["post"]["requestBody"]["content"]["application/json"]["schema"]
    if "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    assert {"parent_issue", "sub_issue", promised} <= set(schema["required"])
