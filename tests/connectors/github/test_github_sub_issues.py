"""Parents and their sub-issues, on servers old and new."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from github_repository import Items
from okrsync_github.connector import GitHubConnector

from okrsync.connector import Context
from okrsync.errors import BadAnswer
from okrsync.model.work import Scope
from okrsync.sandbox.github import GitHubState
from okrsync.sandbox.server import Sandbox


class TestSubIssues:
    @pytest.fixture
    def family(self, hub: GitHubState) -> GitHubState:
        """Issue 1 is the parent of 2 and 3; 4 stands alone."""
        parent = hub.create("acme/shop", "Tracking")
        hub.create("acme/shop", "First", parent=parent)
        hub.create("acme/shop", "Second", parent=parent)
        hub.create("acme/shop", "Alone")
        return hub

    @pytest.mark.parametrize("told", [True, False])
    def test_parents_are_known_on_servers_old_and_new(self, told: bool, family: GitHubState, items: Items) -> None:
        family.tells_parent = told
        assert {key: item.parent for key, item in items().items()} == {
            "acme/shop#1": None,
            "acme/shop#2": "acme/shop#1",
            "acme/shop#3": "acme/shop#1",
            "acme/shop#4": None,
        }

    def test_no_extra_request_where_the_list_names_the_parent(
        self, family: GitHubState, items: Items, connector: GitHubConnector, scope: Scope, context: Context
    ) -> None:
        before = context.meter.requests
        pages = list(connector.pull(scope, None))
        assert context.meter.requests - before == 3
        assert all(page.scope is None for page in pages)

    def test_a_child_that_changes_alone_keeps_its_parent_on_an_old_server(
        self, family: GitHubState, connector: GitHubConnector, scope: Scope, sandbox: Sandbox
    ) -> None:
        family.tells_parent = False
        *_, last = connector.pull(scope, None)
        assert last.scope is not None
        sandbox.clock.advance(timedelta(hours=1))
        family.close("acme/shop", 2)
        pages = list(connector.pull(last.scope, sandbox.clock.now()))
        assert pages[0].items[0].parent == "acme/shop#1"
        assert {item.key: item.parent for page in pages for item in page.items}["acme/shop#2"] == "acme/shop#1"

    def test_an_old_server_is_asked_nothing_more_when_nothing_changed(
        self, family: GitHubState, connector: GitHubConnector, scope: Scope, sandbox: Sandbox, context: Context
    ) -> None:
        family.tells_parent = False
        *_, last = connector.pull(scope, None)
        assert last.scope is not None
        sandbox.clock.advance(timedelta(hours=1))
        before = context.meter.requests
        assert [page.scope for page in connector.pull(last.scope, sandbox.clock.now())] == [None]
        assert context.meter.requests - before == 3

    def test_a_server_without_sub_issues_has_no_parents(
        self, family: GitHubState, items: Items, context: Context
    ) -> None:
        family.tells_parent = family.sub_issues = False
        assert {item.parent for item in items().values()} == {None}


class TestOldServersInTrouble:
    """A list of sub-issues that is not there, on a server that does not name parents."""

    @pytest.fixture
    def family(self, hub: GitHubState) -> GitHubState:
        """Issues 1, 3 and 5 are parents of the ones after them."""
        for _ in range(3):
            parent = hub.create("acme/shop", "Tracking")
            hub.create("acme/shop", "Child", parent=parent)
        hub.tells_parent = False
        return hub

    @pytest.mark.parametrize("status", [404, 410])
    def test_nothing_is_concluded_when_one_list_is_refused_for_an_issue_that_is_there(
        self, family: GitHubState, connector: GitHubConnector, scope: Scope, sandbox: Sandbox, status: int
    ) -> None:
        sandbox.faults.add("status", status=status, path="/issues/1/sub_issues")
        with pytest.raises(BadAnswer, match="acme/shop#1"):
            list(connector.pull(scope, None))

    def test_a_parent_that_goes_between_the_page_and_its_list_stops_no_other(
        self, family: GitHubState, connector: GitHubConnector, scope: Scope, sandbox: Sandbox
    ) -> None:
        for path in ("/issues/1/sub_issues", "/issues/1$"):
            sandbox.faults.add("status", status=404, path=path, times=None)
        found = {item.key: item.parent for page in connector.pull(scope, None) for item in page.items}
        assert found["acme/shop#2"] is None
        assert (found["acme/shop#4"], found["acme/shop#6"]) == ("acme/shop#3", "acme/shop#5")

    def test_a_remembered_parent_that_is_gone_is_forgotten_and_the_others_are_not(
        self, family: GitHubState, connector: GitHubConnector, scope: Scope
    ) -> None:
        remembering = msgspec.structs.replace(scope, data={**scope.data, "parents": "1 99"})
        *_, last = connector.pull(remembering, None)
        assert last.scope is not None
        assert last.scope.data["parents"] == "1 3 5"

    def test_a_remembered_parent_that_has_no_children_any_more_is_forgotten(
        self, family: GitHubState, connector: GitHubConnector, scope: Scope
    ) -> None:
        family.sub_issues = False
        remembering = msgspec.structs.replace(scope, data={**scope.data, "parents": "1 3"})
        *_, last = connector.pull(remembering, None)
        assert last.scope is not None
        assert not last.scope.data["parents"]
