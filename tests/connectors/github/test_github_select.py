"""Queries: what they find, what they cost, and which of them are refused."""

from __future__ import annotations

from urllib.parse import unquote_plus

import pytest
from github_repository import Items, fill
from okrsync_github.connector import GitHubConnector

from okrsync.errors import Rejected
from okrsync.model.work import Scope
from okrsync.sandbox.github import GitHubState
from okrsync.sandbox.server import Sandbox


def test_ids_of_what_a_search_finds(connector: GitHubConnector, scope: Scope, hub: GitHubState, items: Items) -> None:
    fill(hub, 2)
    hub.create("acme/shop", "Slow", labels=["latency"])
    found = connector.select([scope], "label:latency")
    assert found == {items()["acme/shop#3"].id}


def test_other_repositories_are_not_searched(connector: GitHubConnector, scope: Scope, hub: GitHubState) -> None:
    hub.add_repository("acme/api")
    hub.create("acme/api", "Slow", labels=["latency"])
    assert connector.select([scope], "label:latency") == frozenset()


def test_more_than_a_search_can_give_is_refused(connector: GitHubConnector, scope: Scope, hub: GitHubState) -> None:
    fill(hub, 1001)
    with pytest.raises(Rejected, match="more than 1000"):
        connector.select([scope], "is:issue")


@pytest.mark.parametrize("query", ["label:a OR (label:b", "label:a) OR label:b", 'label:"a'])
def test_a_query_that_would_reach_beyond_its_brackets_is_refused(
    connector: GitHubConnector, scope: Scope, query: str
) -> None:
    with pytest.raises(Rejected, match="unbalanced"):
        connector.select([scope], query)


def test_a_probe_asks_for_one_result_of_one_repository(
    connector: GitHubConnector, scope: Scope, sandbox: Sandbox
) -> None:
    sandbox.log.clear()
    connector.probe([scope, scope], "label:latency")
    (entry,) = sandbox.log.select(path="/search/issues")
    assert "per_page=1&" in f"{entry.query}&"
    connector.probe([], "label:latency")
    assert len(sandbox.log.select(path="/search/issues")) == 1


@pytest.mark.parametrize("query", ["a OR b OR c OR d OR e OR f OR g", "label:a OR (label:b", "is:issue"])
def test_a_probe_tells_what_github_would_refuse(
    connector: GitHubConnector, scope: Scope, hub: GitHubState, query: str
) -> None:
    fill(hub, 1001)
    with pytest.raises(Rejected):
        connector.probe([scope], query)


def test_issues_and_pull_requests_are_searched_apart_and_united(
    connector: GitHubConnector, scope: Scope, hub: GitHubState, items: Items, sandbox: Sandbox
) -> None:
    hub.create("acme/shop", "Slow", labels=["latency"])
    hub.create("acme/shop", "Faster", labels=["latency"], pull_request=True)
    sandbox.log.clear()
    assert connector.select([scope], "label:latency") == {item.id for item in items().values()}
    assert [
        unquote_plus(entry.query).partition("q=")[2].partition("&")[0]
        for entry in sandbox.log.select(path="/search/issues")
    ] == ["repo:acme/shop is:issue label:latency", "repo:acme/shop is:pull-request label:latency"]


@pytest.mark.parametrize("kind", ["is:issue", "IS:pr", "is:pull-request", "type:issue", "type:pr"])
def test_a_query_that_says_what_it_wants_is_asked_once_as_it_is(
    connector: GitHubConnector, scope: Scope, sandbox: Sandbox, kind: str
) -> None:
    sandbox.log.clear()
    connector.select([scope], f"label:latency {kind}")
    assert len(sandbox.log.select(path="/search/issues")) == 1


@pytest.mark.parametrize("query", ['"is:issue"', "-is:issue", "(is:issue OR label:bug)", "this:issue", "is:issues"])
def test_words_that_only_look_like_it_do_not_count(
    connector: GitHubConnector, scope: Scope, sandbox: Sandbox, query: str
) -> None:
    sandbox.log.clear()
    connector.select([scope], query)
    assert len(sandbox.log.select(path="/search/issues")) == 2


def test_words_between_terms_ask_for_the_advanced_search(
    connector: GitHubConnector, scope: Scope, sandbox: Sandbox
) -> None:
    connector.select([scope], "label:a OR label:b")
    connector.select([scope], 'label:"a OR b"')
    advanced = ["advanced_search=true" in entry.query for entry in sandbox.log.select(path="/search/issues")]
    assert advanced == [True, True, False, False]
