"""What is still there, and what became of the rest."""

from __future__ import annotations

from github_repository import Items, fill
from okrsync_github.connector import GitHubConnector

from okrsync.model.work import Scope
from okrsync.sandbox.github import GitHubState


def test_it_finds_everything(connector: GitHubConnector, scope: Scope, hub: GitHubState, items: Items) -> None:
    fill(hub, 150)
    assert set(connector.census(scope)) == {item.id for item in items().values()}


def test_what_it_missed_is_confirmed_with_a_reason(connector: GitHubConnector, hub: GitHubState, items: Items) -> None:
    fill(hub, 4)
    hub.add_repository("acme/api")
    refs = {key: item.ref for key, item in items().items()}
    hub.delete("acme/shop", 1)
    hub.transfer("acme/shop", 2, "acme/api")
    reasons = connector.confirm(list(refs.values()))
    assert set(reasons) == {refs["acme/shop#1"].id, refs["acme/shop#2"].id}
    assert "deleted" in reasons[refs["acme/shop#1"].id]
    assert reasons[refs["acme/shop#2"].id] == "transferred to another repository"
