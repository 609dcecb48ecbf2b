"""What `check` says about a GitHub connection."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from okrsync_github.check import Checker
from okrsync_github.connector import GitHubConnector
from okrsync_github.payload import Permissions

from okrsync.connector import Finding, Level
from okrsync.sandbox.github import GitHubState
from okrsync.sandbox.server import Sandbox

Connect = Callable[..., GitHubConnector]


def findings(connector: GitHubConnector, level: Level | None = None) -> list[Finding]:
    return [found for found in connector.check() if level in (None, found.level)]


def test_when_all_is_well_it_says_so(connector: GitHubConnector) -> None:
    found = findings(connector)
    assert {one.level for one in found} == {Level.OK}
    said = " ".join(f"{one.subject}: {one.message}" for one in found)
    for words in (
        "signed in as okrsync-bot",
        "clock: agrees",
        "acme/shop: readable",
        "acme/shop: writable",
        "of 5,000",
    ):
        assert words in said


def test_it_writes_nothing(connector: GitHubConnector, sandbox: Sandbox) -> None:
    findings(connector)
    assert not any(entry.write for entry in sandbox.log.entries)


def test_a_wrong_token_ends_the_check(connect: Connect, hub: GitHubState) -> None:
    [error] = findings(connect(token="wrong"))
    assert error.level is Level.ERROR
    assert "credentials" in error.message
    assert error.hint


def test_a_token_that_may_only_read_is_told(connect: Connect, hub: GitHubState) -> None:
    [error] = findings(connect(token="github-read-only-token"), Level.ERROR)
    assert "read only" in error.message


def test_a_repository_whose_issues_are_switched_off_is_named(connect: Connect, hub: GitHubState) -> None:
    hub.add_repository("acme/wiki")
    hub.switch_issues("acme/wiki", on=False)
    [warning] = [one for one in findings(connect(organization="acme"), Level.WARNING) if one.subject == "acme/wiki"]
    assert "left out: its issues are switched off" in warning.message
    assert "Switch issues on" in warning.hint


@pytest.mark.parametrize(("drift", "word"), [(300, "ahead of"), (-300, "behind")])
def test_a_clock_that_is_off_is_told(
    drift: int, word: str, connector: GitHubConnector, context: object, sandbox: Sandbox
) -> None:
    object.__setattr__(context, "now", lambda: sandbox.clock.now() + timedelta(seconds=drift))
    [warning] = findings(connector, Level.WARNING)
    assert f"300 s {word}" in warning.message


def test_archived_and_renamed_repositories_are_told(connector: GitHubConnector, hub: GitHubState) -> None:
    hub.rename_repository("acme/shop", "acme/store")
    hub.archive("acme/shop")
    said = [one.message for one in findings(connector, Level.WARNING)]
    assert any("acme/store" in message for message in said)
    assert any("archived" in message for message in said)


def test_a_label_that_differs_in_case_is_in_the_way(connector: GitHubConnector, hub: GitHubState) -> None:
    hub.add_label("acme/shop", "OKR:checkout-1")
    hub.add_label("acme/shop", "okr:checkout-2")
    [warning] = findings(connector, Level.WARNING)
    assert "OKR:checkout-1" in warning.message


def test_a_low_rate_limit_is_told(connect: Connect, hub: GitHubState) -> None:
    hub.tokens["nearly-used-up"] = True
    hub.limits["core"] = 100
    connector = connect(token="nearly-used-up")
    for _ in range(92):
        connector.scopes(())
    [warning] = findings(connector, Level.WARNING)
    assert warning.subject == "rate limit"


def test_a_server_without_limits_is_fine(connector: GitHubConnector, hub: GitHubState) -> None:
    hub.limits["core"] = None
    assert findings(connector)[-1].message == "none"


def test_a_missing_repository_hides_nothing_of_the_others(connect: Connect, hub: GitHubState) -> None:
    found = findings(connect("acme/nope", "acme/shop", "acme/gone"))
    assert [one.subject for one in found if one.level is Level.ERROR] == ["acme/nope", "acme/gone"]
    assert {one.message for one in found if one.subject == "acme/shop"} >= {"readable", "writable"}
    assert found[-1].subject == "rate limit"


def test_a_missing_repository_is_named(connect: Connect, hub: GitHubState) -> None:
    [error] = findings(connect("acme/nothing"), Level.ERROR)
    assert "acme/nothing" in error.message


def test_an_app_is_named_and_its_permissions_looked_at(app: GitHubConnector) -> None:
    found = findings(app)
    assert {one.level for one in found} == {Level.OK}
    assert "GitHub App 7, installation 99" in found[0].message


def test_a_token_of_actions_may_check_without_being_anybody(connect: Connect, hub: GitHubState) -> None:
    hub.installation_tokens.add("ghs_actions")
    identity, clock, *_ = findings(connect(token="ghs_actions"))
    assert "no person" in identity.message
    assert clock.level is Level.OK


def test_an_app_without_write_permission_is_told(app: GitHubConnector) -> None:
    installation = app._client.installation
    assert installation is not None
    findings(app)
    installation.permissions = {"issues": "read", "pull_requests": "write"}
    [error] = findings(app, Level.ERROR)
    assert error.message == "the App may not write issues"


@pytest.mark.parametrize(
    ("role", "level"), [({"triage": True}, Level.WARNING), ({"pull": True}, Level.ERROR), ({"push": True}, Level.OK)]
)
def test_what_the_account_may_do_follows_from_its_role(
    role: dict[str, bool], level: Level, connector: GitHubConnector
) -> None:
    checker = Checker(connector._client, connector._context, connector._options)
    assert checker._may_write("acme/shop", Permissions(**role)).level is level
