"""The sandbox Jira's addresses, by flavour."""

from __future__ import annotations

import re

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from okrsync.sandbox.jira import routes_comment as comments
from okrsync.sandbox.jira import routes_issue as issues
from okrsync.sandbox.jira import routes_link as links
from okrsync.sandbox.jira import routes_search as search
from okrsync.sandbox.jira import routes_site as site
from okrsync.sandbox.jira.gate import Gate, Handler
from okrsync.sandbox.jira.state import JiraState

_READING_POST = re.compile(r"/search|bulkfetch$")

Table = list[tuple[str, str, Handler]]


def jira_app(state: JiraState) -> Starlette:
    """The REST API, to be mounted where ``state.base_url`` says."""
    gate = Gate(state)
    versions = ("2", "3") if state.cloud else ("2", "latest")
    table = [*(_cloud(state) if state.cloud else _data_center(state)), *_shared()]
    routes = [
        Route(
            f"/rest/api/{version}{path}",
            gate.endpoint(
                handler,
                api=version,
                reads=bool(_READING_POST.search(path)),
                anonymous=path == "/serverInfo",
            ),
            methods=[method],
        )
        for version in versions
        for method, path, handler in table
    ]
    board = gate.endpoint(site.board_configuration)
    routes.append(Route("/rest/agile/1.0/board/{board:int}/configuration", board, methods=["GET"]))
    return Starlette(routes=routes, exception_handlers={404: _not_found, 405: _not_allowed})


def _shared() -> Table:
    one, comment, link = "/issue/{issue}", "/issue/{issue}/comment/{comment}", "/issue/{issue}/remotelink/{link}"
    property_ = "/comment/{comment}/properties/{key}"
    return [
        ("GET", "/serverInfo", site.server_info),
        ("GET", "/myself", site.myself),
        ("GET", "/mypermissions", site.my_permissions),
        ("GET", "/field", site.list_fields),
        ("GET", "/status", site.list_statuses),
        ("GET", "/project/{project}", site.get_project),
        ("GET", "/project/{project}/versions", site.list_versions),
        ("GET", "/jql/autocompletedata", site.autocomplete_data),
        ("GET", f"{one}/comment", comments.list_comments),
        ("POST", f"{one}/comment", comments.create_comment),
        ("GET", comment, comments.get_comment),
        ("PUT", comment, comments.edit_comment),
        ("DELETE", comment, comments.delete_comment),
        ("GET", "/comment/{comment}/properties", comments.list_properties),
        ("GET", property_, comments.get_property),
        ("PUT", property_, comments.put_property),
        ("DELETE", property_, comments.delete_property),
        ("GET", f"{one}/remotelink", links.list_links),
        ("POST", f"{one}/remotelink", links.put_link),
        ("DELETE", f"{one}/remotelink", links.delete_by_global_id),
        ("GET", link, links.get_link),
        ("DELETE", link, links.delete_link),
        ("GET", one, issues.get_issue),
        ("PUT", one, issues.edit_issue),
    ]


def _cloud(state: JiraState) -> Table:
    searches = search.Searches(state)
    return [
        ("GET", "/project/search", site.search_projects),
        ("GET", "/search/jql", searches.by_token),
        ("POST", "/search/jql", searches.by_token),
        ("POST", "/search/approximate-count", searches.count),
        ("GET", "/search", search.removed),
        ("POST", "/search", search.removed),
        ("POST", "/issue/bulkfetch", search.bulk_fetch),
        ("POST", "/changelog/bulkfetch", issues.fetch_changelogs),
        ("GET", "/issue/{issue}/changelog", issues.list_changelog),
    ]


def _data_center(state: JiraState) -> Table:
    searches = search.Searches(state)
    return [("GET", "/search", searches.by_offset), ("POST", "/search", searches.by_offset)]


async def _not_found(request: Request, error: Exception) -> Response:
    return _error(404, f"null for uri: {request.url.path}")


async def _not_allowed(request: Request, error: Exception) -> Response:
    return _error(405, f"Method {request.method} is not allowed here.")


def _error(status: int, message: str) -> Response:
    body = msgspec.json.encode({"message": message, "status-code": status})
    return Response(body, status, media_type="application/json")
