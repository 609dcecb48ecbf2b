"""What the real GitHub answered once, understood whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from npm_packages import npm_package
from okrsync_github import payload, translate
from okrsync_github.client import Client
from okrsync_github.failures import failure
from okrsync_github.repositories import fetch
from okrsync_github.search import select

from okrsync.errors import Gone, Rejected
from okrsync.model.work import Kind, Scope, State


@pytest.fixture(scope="session")
def home() -> Path:
    """Scenarios, each a list of exchanges."""
    return npm_package("@octokit/fixtures") / "scenarios"


@pytest.fixture(scope="session")
def recorded(home: Path) -> list[dict[str, Any]]:
    """Every object anywhere in the scenarios and in the payloads of webhooks."""
    folders = (home, npm_package("@octokit/webhooks-examples"))
    paths = [path for folder in folders for path in sorted(folder.rglob("*.json"))]
    telling = [path for path in paths if path.name not in ("package.json", "raw-fixture.json")]
    return [found for path in telling for found in _objects(msgspec.json.decode(path.read_bytes()))]


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(inner)


def _issues(recorded: list[dict[str, Any]]) -> list[dict[str, Any]]:
    marks = {"node_id", "repository_url", "labels_url", "number", "title", "events_url"}
    return [found for found in recorded if marks <= found.keys()]


def _scenario(home: Path, name: str) -> list[dict[str, Any]]:
    path = home / f"api.github.com/{name}/normalized-fixture.json"
    exchanges: list[dict[str, Any]] = msgspec.json.decode(path.read_bytes())
    return exchanges


def _replay(web: Any, exchanges: list[dict[str, Any]]) -> None:
    for one in exchanges:
        headers = {
            name: str(value)
            for name, value in one["headers"].items()
            if name not in ("content-type", "content-length", "content-encoding", "transfer-encoding")
        }
        path, _, query = one["path"].partition("?")
        web.add(
            one["method"].upper(),
            f"https://api.github.com{path}",
            json=one["response"],
            status=one["status"],
            headers=headers,
            match=[_same_page(query)],
        )


def _same_page(query: str) -> Callable[[Any], tuple[bool, str]]:
    """The recorded pages are smaller than ours: anything but the page number may differ."""
    wanted = parse_qs(query).get("page")
    return lambda request: (parse_qs(urlsplit(request.url).query).get("page") == wanted, "another page")


def test_every_recorded_issue_and_pull_request_is_understood(recorded: list[dict[str, Any]]) -> None:
    found = _issues(recorded)
    assert len(found) >= 60
    page = translate.decode_issues(msgspec.json.encode(found))
    assert page.bad == ()
    items = [translate.item("github", "1", issue) for issue in page.good]
    assert {item.kind for item in items} == {Kind.ISSUE, Kind.PULL_REQUEST}
    assert {item.state for item in items} >= {State.TODO, State.DOING, State.DONE}
    for item, raw in zip(items, found, strict=True):
        assert item.key == f"{'/'.join(raw['repository_url'].split('/')[-2:])}#{raw['number']}"
        assert item.url == raw["html_url"]
        assert item.created <= item.updated
        assert (item.outcome is not None) == (item.state is State.DONE)


@pytest.mark.parametrize(
    ("shape", "marks"),
    [
        (payload.Milestone, {"due_on", "open_issues", "closed_issues", "title"}),
        (payload.Label, {"id", "color", "default", "name"}),
        (payload.Comment, {"issue_url", "body", "user", "author_association"}),
        (payload.Repository, {"id", "full_name", "archived", "has_issues"}),
    ],
)
def test_every_recorded_object_of_a_kind_is_understood(
    shape: type[Any], marks: set[str], recorded: list[dict[str, Any]]
) -> None:
    found = [one for one in recorded if marks <= one.keys()]
    assert found
    assert len(msgspec.json.decode(msgspec.json.encode(found), type=list[shape])) == len(found)


def test_recorded_pages_are_walked_to_the_last(home: Path, web: Any, client: Client) -> None:
    _replay(web, exchanges := _scenario(home, "paginate-issues"))
    pages = list(client.pages("/repos/octokit-fixture-org/paginate-issues/issues", translate.decode_issues))
    assert len(pages) == len(exchanges) == 5
    numbers = [issue.number for page in pages for issue in page.value.good]
    assert len(numbers) == len(set(numbers)) == 13


def test_a_repository_that_was_renamed_is_found_by_its_id(home: Path, web: Any, client: Client) -> None:
    _replay(web, _scenario(home, "rename-repository"))
    assert fetch(client, "octokit-fixture-org/rename-repository").full_name.endswith("rename-repository-newname")


def test_a_recorded_search_is_understood(home: Path, web: Any, client: Client) -> None:
    [exchange] = _scenario(home, "search-issues")
    web.get("https://api.github.com/search/issues", json=exchange["response"])
    scopes = [Scope("1000", "octokit-fixture-org/search-issues")]
    assert len(select(client, scopes, "sesame")) == len({one["node_id"] for one in exchange["response"]["items"]})


def test_a_recorded_refusal_says_which_field(home: Path, client: Client) -> None:
    [exchange] = [one for one in _scenario(home, "errors") if one["status"] == 422]
    body = msgspec.json.encode(exchange["response"])
    error = failure(422, exchange["headers"], body, "POST /labels", client._context.now())
    assert isinstance(error, Rejected)
    assert not isinstance(error, Gone)
    assert "color invalid" in error.message
