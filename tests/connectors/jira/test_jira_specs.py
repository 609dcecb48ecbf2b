"""Every request and every shape against Atlassian's own descriptions, where they are at hand."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jsonschema
import msgspec
import pytest
import responses
from jira_canned import API, SITE, raw_issue, ref, site_with
from jira_specs import FILES, MISSING, folder
from okrsync_jira import check, connector, fields, flavour, site
from okrsync_jira.connector import JiraConnector

from okrsync.model.change import AddLabel, DeleteLink, DeleteNote, Note, NoteLine, PutLink, PutNote, RemoveLabel

NOTE = Note((NoteLine("kr", "Title", "Objective", 4, "1 item", ("epic",)),), "okr:ignore")
UNDESCRIBED = {("Cloud", "/rest/agile/1.0/board/3/configuration")}

pytestmark = pytest.mark.skipif(not folder().is_dir(), reason=MISSING)


@cache
def spec(product: str) -> dict[str, Any]:
    """Data Center's describes a property's value as the Java field behind it, a string; on the wire it is any JSON."""
    loaded: dict[str, Any] = json.loads((folder() / FILES[product]).read_text())
    if product == "Server":
        loaded["components"]["schemas"]["EntityPropertyBean"]["properties"]["value"] = {}
    return loaded


def described(product: str, path: str, method: str) -> dict[str, Any]:
    """The operation; version 2 and 3 of Cloud's API differ only in how text is written."""
    known = path.replace("/rest/api/2/", "/rest/api/3/") if product == "Cloud" else path.removeprefix("/rest")
    literal_first = sorted(spec(product)["paths"].items(), key=lambda item: item[0].count("{"))
    for template, operations in literal_first:
        if method in operations and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), known):
            operation: dict[str, Any] = operations[method]
            return operation
    raise AssertionError(f"{product} has no {method} {known}")


def exercise(rsps: responses.RequestsMock, connect: Callable[..., JiraConnector], product: str) -> None:
    """Makes the connector send every kind of request it knows."""
    site_with(rsps, product)
    rsps.get(f"{API}/myself", json={"displayName": "Ana"})
    rsps.get(f"{API}/mypermissions", json={"permissions": {}})
    rsps.get(f"{SITE}/rest/agile/1.0/board/3/configuration", json={"name": "Shop"})
    found = {"issues": [raw_issue(1)], "total": 1}
    rsps.post(f"{API}/search/jql", json=found | {"nextPageToken": "t"})
    rsps.post(f"{API}/search/jql", json=found)
    rsps.post(f"{API}/search", json=found)
    rsps.post(f"{API}/issue/bulkfetch", json={"issues": []})
    rsps.get(f"{API}/issue/10001", json=raw_issue(1))
    rsps.get(f"{API}/issue/10001/comment", json={"comments": [{"id": "5", "body": "okr:ignore"}], "total": 1})
    rsps.get(f"{API}/comment/5/properties/okrsync", status=404)
    rsps.post(f"{API}/issue/10001/comment", json={"id": "5"})
    rsps.put(f"{API}/issue/10001/comment/5", json={"id": "5"})
    rsps.delete(f"{API}/issue/10001/comment/5", status=204)
    rsps.put(f"{API}/issue/10001", status=204)
    rsps.post(f"{API}/issue/10001/remotelink", json={"id": 1})
    rsps.delete(f"{API}/issue/10001/remotelink", status=204)
    jira = connect(board=3, remote_link=True)
    list(jira.check())
    (scope,) = jira.scopes(())
    list(jira.pull(scope, None))
    list(jira.census(scope))
    jira.select([scope], "type = Bug")
    list(jira.observe([ref(1)]))
    jira.confirm([ref(1)])
    for change in (
        AddLabel(ref(1), "okr:a"),
        RemoveLabel(ref(1), "okr:a"),
        PutNote(ref(1), NOTE),
        PutNote(ref(1), NOTE, "5"),
        DeleteNote(ref(1), "5"),
        PutLink(ref(1), "kr", "Title", "https://okr.example/kr"),
        DeleteLink(ref(1), "kr"),
    ):
        jira.apply(change)


@pytest.mark.parametrize("product", ["Cloud", "Server"])
def test_every_request_is_one_that_the_description_knows(
    product: str, rsps: responses.RequestsMock, connect: Callable[..., JiraConnector]
) -> None:
    exercise(rsps, connect, product)
    checked = 0
    for call in rsps.calls:
        parts = urlsplit(str(call.request.url))
        if (product, parts.path) in UNDESCRIBED:
            continue
        operation = described(product, parts.path, str(call.request.method).lower())
        known = {parameter["name"] for parameter in operation.get("parameters", [])}
        assert set(parse_qs(parts.query)) <= known | {"expand", "permissions"}, parts.path
        if call.request.body:
            content = operation["requestBody"]["content"]["application/json"]
            jsonschema.validate(
                json.loads(call.request.body), content["schema"] | {"components": spec(product)["components"]}
            )
            checked += 1
    assert checked >= 8


def _examples() -> Iterator[tuple[str, str, Callable[[bytes], Any]]]:
    yield "get", "/rest/api/2/serverInfo", site._read_server
    yield "get", "/rest/api/2/myself", check._read_user
    yield "get", "/rest/api/2/mypermissions", check._read_permissions
    yield "get", "/rest/api/2/field", fields._read_fields
    yield "get", "/rest/api/2/project/EX", connector._read_project
    yield "get", "/rest/api/2/project/EX/versions", connector._read_versions
    yield "get", "/rest/api/2/project/search", flavour._read_projects
    yield "post", "/rest/api/2/issue/bulkfetch", flavour._read_places
    yield "post", "/rest/api/2/search/jql", connector._read_ids


@pytest.mark.parametrize(("method", "path", "decode"), list(_examples()))
def test_published_examples_of_answers_are_understood(method: str, path: str, decode: Callable[[bytes], Any]) -> None:
    example = described("Cloud", path, method)["responses"]["200"]["content"]["application/json"]["example"]
    text = example if isinstance(example, str) else json.dumps(example)
    assert msgspec.json.encode(decode(text.encode())) not in (b"[]", b"{}")
