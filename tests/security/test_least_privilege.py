"""`check` warns of credentials that can do much more than label tickets and comment on them."""

from __future__ import annotations

import pytest
from installation import Installation
from okrsync_github import excess
from okrsync_github.payload import Permissions

from okrsync.connector import Finding, Level


def warnings(acme: Installation, place: str) -> list[Finding]:
    with acme.open() as app:
        return [found for where, found in app.check(offline=False) if where == place and found.level is not Level.OK]


@pytest.fixture
def modest(acme: Installation) -> Installation:
    """Both trackers give what okrsync needs, and no more."""
    acme.sandbox.jira.denied |= {"ADMINISTER_PROJECTS"}
    return acme


def test_credentials_that_can_just_enough_are_not_talked_about(modest: Installation) -> None:
    assert not warnings(modest, "github")
    assert not warnings(modest, "jira")


@pytest.mark.parametrize(
    ("scopes", "named"),
    [
        ("repo, admin:org, delete_repo, read:org", "admin:org, delete_repo"),
        ("public_repo, workflow", "workflow"),
        ("repo", "scope repo"),
        ("repo, read:org", "scope repo"),
    ],
)
def test_a_classic_token_is_told_what_it_can_do(modest: Installation, scopes: str, named: str) -> None:
    modest.sandbox.github.oauth_scopes = scopes
    (finding,) = warnings(modest, "github")
    assert (finding.level, finding.subject) == (Level.WARNING, "token")
    assert named in finding.message
    assert "fine-grained" in finding.hint


@pytest.mark.parametrize("scopes", ["public_repo", "public_repo, read:org", ""])
def test_a_classic_token_for_public_work_is_modest(modest: Installation, scopes: str) -> None:
    modest.sandbox.github.oauth_scopes = scopes
    assert not warnings(modest, "github")


@pytest.mark.parametrize(("version", "warned"), [("3.9.2", False), ("3.10.0", True), ("3.17.1", True)])
def test_a_server_without_fine_grained_tokens_is_not_asked_for_one(
    modest: Installation, version: str, warned: bool
) -> None:
    modest.sandbox.github.oauth_scopes, modest.sandbox.github.enterprise = "repo", version
    assert bool(warnings(modest, "github")) is warned
    modest.sandbox.github.oauth_scopes = "repo, admin:org"
    assert ("fine-grained" in warnings(modest, "github")[0].hint) is warned


@pytest.mark.parametrize("scopes", [None, "public_repo"])
def test_an_administrator_is_told_for_each_repository(modest: Installation, scopes: str | None) -> None:
    modest.sandbox.github.administrator, modest.sandbox.github.oauth_scopes = True, scopes
    found = warnings(modest, "github")
    assert [one.subject for one in found] == ["acme/shop", "acme/api"]
    assert all("administers" in one.message for one in found)
    assert all(("so does the token" in one.message) is (scopes is not None) for one in found)


def test_an_app_is_measured_by_its_permissions() -> None:
    modest = {"metadata": "read", "contents": "read", "issues": "write", "pull_requests": "write"}
    assert not list(excess.of_app(modest))
    (finding,) = excess.of_app(modest | {"contents": "write", "administration": "admin"})
    assert "admin administration, write contents" in finding.message
    assert not list(excess.of_role("acme/shop", Permissions(push=True, maintain=True), {}))


@pytest.mark.parametrize(
    ("permission", "words"),
    [
        ("ADMINISTER", "administer Jira"),
        ("ADMINISTER_PROJECTS", "administer the project"),
        ("DELETE_ISSUES", "delete issues"),
        ("EDIT_ALL_COMMENTS", "edit all comments"),
        ("DELETE_ALL_COMMENTS", "delete all comments"),
    ],
)
def test_an_account_with_powers_on_jira_is_told(modest: Installation, permission: str, words: str) -> None:
    modest.sandbox.jira.denied.discard(permission)
    modest.sandbox.jira.granted.add(permission)
    (finding,) = warnings(modest, "jira")
    assert (finding.level, finding.subject) == (Level.WARNING, "project SHOP")
    assert finding.message.endswith(words)
    assert finding.hint


def test_powers_are_told_where_nothing_is_written_too(modest: Installation) -> None:
    modest.config.write_text(
        modest.config.read_text().replace("projects: [SHOP]", "projects: [SHOP], write_back: false")
    )
    modest.sandbox.jira.granted.add("DELETE_ISSUES")
    assert [one.level for one in warnings(modest, "jira")] == [Level.WARNING]


def test_check_still_succeeds(modest: Installation) -> None:
    modest.sandbox.github.administrator = True
    modest.sandbox.jira.granted.add("ADMINISTER")
    assert {one.level for place in ("github", "jira") for one in warnings(modest, place)} == {Level.WARNING}
