"""The sandbox Jira's answers against Atlassian's own descriptions of its two products."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from jira_specs import FILES, MISSING, folder
from jsonschema import Draft202012Validator
from sandbox_jira import JiraClient

from okrsync.sandbox.jira import JiraState
from okrsync.sandbox.server import Sandbox
from okrsync.sandbox.world import build_jira

Json = Any

ISSUE = "/issue/{issueIdOrKey}"
COMMENT = f"{ISSUE}/comment/{{id}}"
PROPERTY = "/comment/{commentId}/properties/{propertyKey}"
LINK = {
    "globalId": "okrsync:new",
    "object": {"url": "https://okrs.example/a", "title": "A"},
    "relationship": "counts for",
}
TEXT = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Hi"}]}]}
SEARCH = {"jql": "project = SHOP", "fields": ["*all"], "maxResults": 50}

SHARED: list[tuple[str, str, str, Json]] = [
    ("GET", "/serverInfo", "/serverInfo", None),
    ("GET", "/myself", "/myself", None),
    ("GET", "/mypermissions", "/mypermissions?permissions=EDIT_ISSUES,ADD_COMMENTS&projectKey=SHOP", None),
    ("GET", "/field", "/field", None),
    ("GET", "/status", "/status", None),
    ("GET", "/project/{projectIdOrKey}", "/project/SHOP", None),
    ("GET", "/project/{projectIdOrKey}/versions", "/project/SHOP/versions", None),
    ("GET", "/jql/autocompletedata", "/jql/autocompletedata", None),
    ("GET", ISSUE, "/issue/SHOP-121?expand=changelog", None),
    ("PUT", ISSUE, "/issue/SHOP-121", {"update": {"labels": [{"add": "okr:a"}]}}),
    ("GET", f"{ISSUE}/comment", "/issue/SHOP-120/comment?expand=properties", None),
    ("POST", f"{ISSUE}/remotelink", "/issue/SHOP-121/remotelink", LINK),
    ("POST", f"{ISSUE}/remotelink", "/issue/SHOP-121/remotelink", LINK | {"globalId": "okrsync:known"}),
    ("DELETE", f"{ISSUE}/remotelink", "/issue/SHOP-121/remotelink?globalId=okrsync:doomed", None),
]
CLOUD: list[tuple[str, str, str, Json]] = [
    ("GET", "/project/search", "/project/search?keys=SHOP&keys=NOPE&maxResults=50", None),
    ("GET", "/search/jql", "/search/jql?jql=project%3DSHOP&maxResults=3", None),
    ("POST", "/search/jql", "/search/jql", SEARCH),
    ("POST", "/search/approximate-count", "/search/approximate-count", {"jql": "project = SHOP"}),
    ("POST", "/issue/bulkfetch", "/issue/bulkfetch", {"issueIdsOrKeys": ["SHOP-120", "SHOP-121", "SHOP-999"]}),
    ("POST", "/changelog/bulkfetch", "/changelog/bulkfetch", {"issueIdsOrKeys": ["SHOP-121", "SHOP-122"]}),
    ("GET", f"{ISSUE}/changelog", "/issue/SHOP-121/changelog?maxResults=1", None),
    ("POST", f"{ISSUE}/comment", "/issue/SHOP-121/comment", {"body": TEXT}),
]
CENTER: list[tuple[str, str, str, Json]] = [
    ("GET", "/search", "/search?jql=project%3DSHOP&maxResults=3", None),
    ("POST", "/search", "/search", SEARCH),
    ("POST", "/search", "/search", SEARCH | {"expand": ["changelog"], "validateQuery": False}),
    ("POST", f"{ISSUE}/comment", "/issue/SHOP-121/comment", {"body": "Hi"}),
]


class Spec:
    """One of the two descriptions: looks up what an address may answer and checks an answer against it."""

    def __init__(self, name: str, root: str) -> None:
        path = folder() / name
        if not path.is_file():
            pytest.skip(MISSING)
        self._description: Json = _mended(msgspec.json.decode(path.read_bytes()))
        self._root = root

    def check(self, method: str, address: str, status: int, body: Json) -> None:
        responses = self._description["paths"][self._root + address][method.lower()]["responses"]
        assert str(status) in responses, f"{method} {address} never answers {status}"
        content = responses[str(status)].get("content", {})
        schema = next(iter(content.values()), {}).get("schema")
        if schema is not None:
            several = isinstance(body, list) and "$ref" in schema
            for each in body if several else [body]:
                self._validate(schema, each)

    def _validate(self, schema: Json, body: Json) -> None:
        whole = {**schema, "components": self._description["components"]}
        errors = sorted(Draft202012Validator(whole).iter_errors(_told(body)), key=lambda error: len(error.path))
        assert not errors, "\n".join(f"{'.'.join(map(str, error.path))}: {error.message}" for error in errors[:5])


def _mended(description: Json) -> Json:
    """Data Center's description is made from Java types, where a value of any kind became an object or a text."""
    schemas = description["components"]["schemas"]
    if "EntityPropertyBean" in schemas:
        for bean, name in (("IssueBean", "fields"), ("IssueBean", "names"), ("EntityPropertyBean", "value")):
            schemas[bean]["properties"][name] = {}
        for name in ("visibleFieldNames", "visibleFunctionNames"):
            schemas["AutoCompleteResponseBean"]["properties"][name] = {"items": {"type": "object"}}
    return description


def _told(body: Json) -> Json:
    """Without nulls: the descriptions do not say which of the values may be null, and in practice many are."""
    if isinstance(body, dict):
        return {name: _told(value) for name, value in body.items() if value is not None}
    return [_told(each) for each in body] if isinstance(body, list) else body


@pytest.fixture(scope="module")
def cloud_spec() -> Spec:
    return Spec(FILES["Cloud"], "/rest/api/3")


@pytest.fixture(scope="module")
def center_spec() -> Spec:
    return Spec(FILES["Server"], "/api/2")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Holds all that any of the calls needs: calls of one test are not made before those of another."""
    with Sandbox() as sandbox:
        for state in (sandbox.jira, sandbox.jira_dc):
            build_jira(state)
            state.add_sprint("Sprint 1")
            state.edit("SHOP-121", sprint="Sprint 1")
            state.add_comment("SHOP-120", "Marked", properties={"okrsync": {"digest": "1"}})
            for name in ("okrsync:known", "okrsync:doomed"):
                state.put_link("SHOP-121", LINK | {"globalId": name})
        yield sandbox


@pytest.mark.parametrize(("method", "address", "path", "body"), [*SHARED, *CLOUD])
def test_cloud_answers_as_described(
    sandbox: Sandbox, cloud_spec: Spec, method: str, address: str, path: str, body: Json
) -> None:
    _compare(sandbox.jira, "3", cloud_spec, method, address, path, body)


@pytest.mark.parametrize(("method", "address", "path", "body"), [*SHARED, *CENTER])
def test_data_center_answers_as_described(
    sandbox: Sandbox, center_spec: Spec, method: str, address: str, path: str, body: Json
) -> None:
    _compare(sandbox.jira_dc, "2", center_spec, method, address, path, body)


def _compare(state: JiraState, api: str, spec: Spec, method: str, address: str, path: str, body: Json) -> None:
    answer = JiraClient(state, api=api)(method, path, body)
    assert answer.status_code < 400, answer.text
    spec.check(method, address, answer.status_code, answer.json() if answer.content else None)


@pytest.mark.parametrize("flavour", ["cloud", "dc"])
def test_a_comment_s_whole_life_is_as_described(sandbox: Sandbox, flavour: str, request: pytest.FixtureRequest) -> None:
    state, api, text = (sandbox.jira, "3", TEXT) if flavour == "cloud" else (sandbox.jira_dc, "2", "Hi")
    spec: Spec = request.getfixturevalue("cloud_spec" if flavour == "cloud" else "center_spec")
    jira = JiraClient(state, api=api)
    made = jira("POST", "/issue/SHOP-122/comment", {"body": text, "properties": [{"key": "a", "value": 1}]}).json()
    path = f"/issue/SHOP-122/comment/{made['id']}"
    calls: list[tuple[str, str, str, Json]] = [
        ("GET", COMMENT, path, None),
        ("PUT", COMMENT, path, {"body": text}),
        ("GET", PROPERTY, f"/comment/{made['id']}/properties/a", None),
        ("PUT", PROPERTY, f"/comment/{made['id']}/properties/a", {"digest": "2"}),
        ("PUT", PROPERTY, f"/comment/{made['id']}/properties/b", {"digest": "3"}),
        ("DELETE", PROPERTY, f"/comment/{made['id']}/properties/b", None),
        ("DELETE", COMMENT, path, None),
    ]
    for call in calls:
        _compare(state, api, spec, *call)


def test_a_wrong_answer_would_be_noticed(cloud_spec: Spec) -> None:
    with pytest.raises(AssertionError):
        cloud_spec.check("GET", "/serverInfo", 200, {"baseUrl": 1})
    with pytest.raises(AssertionError):
        cloud_spec.check("GET", "/serverInfo", 418, {})
