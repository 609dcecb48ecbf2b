"""Which repositories a connection reads."""

from __future__ import annotations

import msgspec
import pytest
from github_repository import Connect, fill
from okrsync_github.connector import GitHubConnector

from okrsync.connector import Context
from okrsync.errors import ConnectionFailed, Gone
from okrsync.model.work import Scope
from okrsync.sandbox.github import GitHubState


def test_a_known_repository_costs_no_request(
    connect: Connect, connector: GitHubConnector, scope: Scope, context: Context
) -> None:
    before = context.meter.requests
    assert connect().scopes([scope]) == (scope,)
    assert context.meter.requests == before


def test_a_repository_that_was_renamed_keeps_its_id_and_the_name_people_wrote(
    connect: Connect, scope: Scope, hub: GitHubState
) -> None:
    hub.rename_repository("acme/shop", "acme/store")
    [found] = connect().scopes(())
    assert (found.id, found.name, found.data["full_name"]) == (scope.id, "acme/shop", "acme/store")


def test_a_rename_noticed_in_a_pull_makes_the_next_one_full(
    connector: GitHubConnector, scope: Scope, hub: GitHubState
) -> None:
    fill(hub, 1)
    hub.rename_repository("acme/shop", "acme/store")
    *_, last = connector.pull(scope, None)
    assert last.scope is not None
    assert connector.asks(last.scope) != connector.asks(scope)
    assert msgspec.structs.replace(last.scope, data={}) == msgspec.structs.replace(scope, data={})


def test_one_that_does_not_exist_is_named(connect: Connect, hub: GitHubState) -> None:
    with pytest.raises(Gone, match="acme/nothing"):
        connect("acme/shop", "acme/nothing").scopes(())


def test_two_names_of_one_repository_are_refused(connect: Connect, hub: GitHubState) -> None:
    hub.rename_repository("acme/shop", "acme/store")
    with pytest.raises(ConnectionFailed, match="same repository"):
        connect("acme/shop", "acme/store").scopes(())


def test_an_organisation_means_all_its_repositories(connect: Connect, hub: GitHubState) -> None:
    for number in range(120):
        hub.add_repository(f"acme/tool-{number}", archived=number == 7)
    scopes = connect(organization="acme").scopes(())
    assert len({scope.id for scope in scopes}) == 121
    assert [scope.name for scope in scopes if scope.archived] == ["acme/tool-7"]


@pytest.mark.parametrize(("names", "more"), [((), {"organization": "acme"}), (("acme/shop", "acme/wiki"), {})])
def test_a_repository_without_issues_is_left_out_with_the_reason(
    connect: Connect, hub: GitHubState, names: tuple[str, ...], more: dict[str, str]
) -> None:
    hub.add_repository("acme/wiki")
    hub.switch_issues("acme/wiki", on=False)
    left = {scope.name: scope.left_out for scope in connect(*names, **more).scopes(())}
    assert left["acme/shop"] == ""
    assert "issues are switched off" in left["acme/wiki"]


def test_an_unknown_organisation_is_named(connect: Connect, hub: GitHubState) -> None:
    with pytest.raises(Gone, match="nobody"):
        connect(organization="nobody").scopes(())


def test_an_archived_repository_is_looked_at_again(connect: Connect, scope: Scope, hub: GitHubState) -> None:
    hub.archive("acme/shop")
    [archived] = connect().scopes(())
    assert archived.archived
    hub.archive("acme/shop", False)
    assert not connect().scopes([archived])[0].archived
