"""The sandbox GitHub's answers against GitHub's own OpenAPI description."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator
from npm_packages import npm_package
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from sandbox_github import GitHubClient

from okrsync.sandbox.server import Sandbox
from okrsync.sandbox.world import build_github

Json = Any
ISSUE = "/repos/{owner}/{repo}/issues/{issue_number}"
COMMENT = "/repos/{owner}/{repo}/issues/comments/{comment_id}"
LABEL = "/repos/{owner}/{repo}/labels/{name}"
_JWT = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOjF9.c2ln"

CALLS: list[tuple[str, str, str, Json, int]] = [
    ("GET", "/user", "", None, 200),
    ("GET", "/rate_limit", "", None, 200),
    ("GET", "/search/issues", "?q=repo:acme/shop+is:issue", None, 200),
    ("GET", "/search/issues", "?q=repo:acme/shop", None, 422),
    ("GET", "/search/issues", "?q=", None, 422),
    ("GET", "/orgs/{org}/repos", "", None, 200),
    ("GET", "/repos/{owner}/{repo}", "", None, 200),
    ("GET", "/repos/{owner}/{repo}/issues", "?state=all&per_page=100", None, 200),
    ("GET", "/repos/{owner}/{repo}/issues", "?state=wrong", None, 422),
    ("GET", "/repos/{owner}/{repo}/milestones", "", None, 200),
    ("GET", "/repos/{owner}/{repo}/milestones/{milestone_number}", "", None, 200),
    ("PATCH", "/repos/{owner}/{repo}/milestones/{milestone_number}", "", {"description": "soon"}, 200),
    ("GET", "/repos/{owner}/{repo}/labels", "", None, 200),
    ("POST", "/repos/{owner}/{repo}/labels", "", {"name": "okr:new", "color": "0e8a16"}, 201),
    ("POST", "/repos/{owner}/{repo}/labels", "", {"name": "bug"}, 422),
    ("GET", LABEL, "", None, 200),
    ("PATCH", LABEL, "", {"description": "broken"}, 200),
    ("GET", "/repos/{owner}/{repo}/issues/comments", "", None, 200),
    ("GET", COMMENT, "", None, 200),
    ("PATCH", COMMENT, "", {"body": "edited"}, 200),
    ("GET", ISSUE, "", None, 200),
    ("PATCH", ISSUE, "", {"state": "closed"}, 200),
    ("GET", f"{ISSUE}/labels", "", None, 200),
    ("POST", f"{ISSUE}/labels", "", {"labels": ["ux"]}, 200),
    ("PUT", f"{ISSUE}/labels", "", {"labels": ["bug"]}, 200),
    ("DELETE", f"{ISSUE}/labels/{{name}}", "", None, 200),
    ("GET", f"{ISSUE}/comments", "", None, 200),
    ("POST", f"{ISSUE}/comments", "", {"body": "hello"}, 201),
    ("POST", f"{ISSUE}/comments", "", {"body": ""}, 422),
    ("GET", f"{ISSUE}/sub_issues", "", None, 200),
    ("GET", "/repos/{owner}/{repo}/issues/events", "?per_page=100", None, 200),
    ("GET", f"{ISSUE}/timeline", "", None, 200),
]


class Description:
    """GitHub's OpenAPI 3.0 document as JSON Schema."""

    def __init__(self, document: Json) -> None:
        self.paths = document["paths"]
        self.components = _without_nullable(document["components"])
        resource = Resource(contents={"components": self.components}, specification=DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource("urn:github", resource)

    def check(self, method: str, path: str, status: int, body: Json) -> list[str]:
        """What is wrong with an answer, as ``place: message``."""
        response = self.paths[path][method.lower()]["responses"][str(status)]
        if "$ref" in response:
            response = self.components["responses"][response["$ref"].rpartition("/")[2]]
        schema = _absolute(_without_nullable(response["content"]["application/json"]["schema"]))
        validator = Draft202012Validator(schema, registry=self._registry)
        return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(body)]


def _without_nullable(node: Json) -> Json:
    if isinstance(node, list):
        return [_without_nullable(each) for each in node]
    if not isinstance(node, dict):
        return node
    out = {name: _without_nullable(value) for name, value in node.items()}
    return {"anyOf": [out, {"type": "null"}]} if out.pop("nullable", None) is True else out


def _absolute(node: Json) -> Json:
    if isinstance(node, list):
        return [_absolute(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {name: f"urn:github{value}" if name == "$ref" else _absolute(value) for name, value in node.items()}


@pytest.fixture(scope="module")
def description() -> Description:
    folder = npm_package("@octokit/openapi")
    return Description(msgspec.json.decode((folder / "generated" / "api.github.com.json").read_bytes()))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        build_github(running.github)
        yield running


@pytest.fixture
def places(sandbox: Sandbox) -> dict[str, str]:
    comment = next(iter(sandbox.github.repository("acme/shop").comments))
    sandbox.github.label("acme/shop", 6, "bug")
    return {
        "{owner}": "acme",
        "{org}": "acme",
        "{repo}": "shop",
        "{issue_number}": "6",
        "{milestone_number}": "1",
        "{comment_id}": str(comment),
        "{name}": "bug",
    }


def filled(path: str, places: dict[str, str]) -> str:
    for name, value in places.items():
        path = path.replace(name, value)
    return path


@pytest.mark.parametrize(("method", "path", "query", "body", "status"), CALLS)
def test_an_answer_has_the_shape_that_github_describes(
    description: Description,
    sandbox: Sandbox,
    places: dict[str, str],
    method: str,
    path: str,
    query: str,
    body: Json,
    status: int,
) -> None:
    answer = GitHubClient(sandbox)(method, filled(path, places) + query, body)
    assert answer.status_code == status, answer.text
    assert description.check(method, path, status, answer.json()) == []


def test_an_apps_answers_have_the_shape_that_github_describes(description: Description, sandbox: Sandbox) -> None:
    path = "/app/installations/{installation_id}/access_tokens"
    granted = GitHubClient(sandbox, _JWT)("POST", path.replace("{installation_id}", "1")).json()
    assert description.check("POST", path, 201, granted) == []
    listed = GitHubClient(sandbox, granted["token"]).get("/installation/repositories").json()
    assert description.check("GET", "/installation/repositories", 200, listed) == []


@pytest.mark.parametrize(("number", "status"), [(999, 404), (14, 301), (15, 410)])
def test_an_issue_that_is_not_there_says_so_as_github_describes(
    description: Description, sandbox: Sandbox, number: int, status: int
) -> None:
    if number == 14:
        sandbox.github.transfer("acme/shop", number, "acme/api")
    if number == 15:
        sandbox.github.delete("acme/shop", number)
    answer = GitHubClient(sandbox).get(f"/repos/acme/shop/issues/{number}")
    assert answer.status_code == status
    assert description.check("GET", ISSUE, status, answer.json()) == []


def test_the_check_notices_a_wrong_shape(description: Description, sandbox: Sandbox) -> None:
    issue = GitHubClient(sandbox).get("/repos/acme/shop/issues/1").json()
    assert description.check("GET", ISSUE, 200, {**issue, "locked": "no"}) != []
    assert description.check("GET", ISSUE, 200, {**issue, "closed_at": 3}) != []


def test_an_issue_tells_nothing_that_github_does_not_know(description: Description, sandbox: Sandbox) -> None:
    known = set(description.components["schemas"]["issue"]["properties"])
    rows = GitHubClient(sandbox).get("/repos/acme/api/issues?state=all").json()
    assert rows
    assert [set(row) - known for row in rows if set(row) - known] == []
