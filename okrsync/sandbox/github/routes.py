"""The sandbox GitHub's addresses, and the few answers about accounts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from okrsync.sandbox.answer import Answer
from okrsync.sandbox.github import routes_events as events
from okrsync.sandbox.github import routes_issues as issues
from okrsync.sandbox.github import routes_repository as repository
from okrsync.sandbox.github.call import Call, Handler, Refusal
from okrsync.sandbox.github.gate import Gate
from okrsync.sandbox.github.search import search_issues
from okrsync.sandbox.github.state import GitHubState

_NOT_FOUND = b'{"message":"Not Found","documentation_url":"https://docs.github.com/rest","status":"404"}'


def github_app(state: GitHubState) -> Starlette:
    """The REST API, to be mounted where ``state.base_url`` says."""
    gate = Gate(state)
    routes = [
        *_account_routes(gate),
        *(
            Route(prefix + path, gate.endpoint(handler), methods=[method])
            for prefix in ("/repositories/{repository_id:int}", "/repos/{owner}/{repo}")
            for method, path, handler in _repository_routes()
        ),
    ]
    return Starlette(routes=routes, exception_handlers={404: _not_found, 405: _not_found})


def _repository_routes() -> list[tuple[str, str, Handler]]:
    one = "/issues/{number:int}"
    comment = "/issues/comments/{comment_id:int}"
    return [
        ("GET", "", repository.get_repository),
        ("GET", "/labels", repository.list_labels),
        ("POST", "/labels", repository.create_label),
        ("GET", "/labels/{name:path}", repository.get_label),
        ("PATCH", "/labels/{name:path}", repository.edit_label),
        ("DELETE", "/labels/{name:path}", repository.delete_label),
        ("GET", "/milestones", repository.list_milestones),
        ("GET", "/milestones/{number:int}", repository.get_milestone),
        ("PATCH", "/milestones/{number:int}", repository.edit_milestone),
        ("GET", "/issues", issues.issue_lists()),
        ("GET", "/issues/comments", issues.list_repository_comments),
        ("GET", "/issues/events", events.repository_events()),
        ("GET", comment, issues.get_comment),
        ("PATCH", comment, issues.edit_comment),
        ("DELETE", comment, issues.delete_comment),
        ("GET", one, issues.get_issue),
        ("PATCH", one, issues.edit_issue),
        ("GET", f"{one}/labels", issues.list_issue_labels),
        ("POST", f"{one}/labels", issues.add_issue_labels),
        ("PUT", f"{one}/labels", issues.set_issue_labels),
        ("DELETE", f"{one}/labels", issues.clear_issue_labels),
        ("DELETE", f"{one}/labels/{{name:path}}", issues.remove_issue_label),
        ("GET", f"{one}/comments", issues.list_issue_comments),
        ("POST", f"{one}/comments", issues.create_comment),
        ("GET", f"{one}/sub_issues", issues.list_sub_issues),
        ("GET", f"{one}/parent", issues.get_parent),
        ("GET", f"{one}/timeline", events.issue_timeline),
    ]


def _account_routes(gate: Gate) -> list[Route]:
    def rate_limit(call: Call) -> Answer:
        return _rate_limit(gate, call)

    tokens = "/app/installations/{installation_id:int}/access_tokens"
    return [
        Route("/user", gate.endpoint(_user), methods=["GET"]),
        Route("/rate_limit", gate.endpoint(rate_limit, free=True), methods=["GET"]),
        Route("/search/issues", gate.endpoint(search_issues, resource="search"), methods=["GET"]),
        Route("/orgs/{org}/repos", gate.endpoint(repository.list_organization), methods=["GET"]),
        Route("/installation/repositories", gate.endpoint(_installation_repositories), methods=["GET"]),
        Route(tokens, gate.endpoint(_installation_token, free=True, by_app=True), methods=["POST"]),
    ]


async def _not_found(request: Request, error: Exception) -> Response:
    return Response(_NOT_FOUND, 404, {"content-type": "application/json; charset=utf-8"})


def _user(call: Call) -> Answer:
    if call.who.kind == "Bot":
        raise Refusal(403, "Resource not accessible by integration")
    nothing: dict[str, Any] = dict.fromkeys(("bio", "blog", "company", "email", "hireable", "location"))
    counts = dict.fromkeys(("followers", "following", "public_gists", "public_repos"), 0)
    since = datetime(2020, 1, 1, tzinfo=UTC)
    person = call.render.person(call.who)
    return Answer({**person, **nothing, **counts, "name": call.who.login, "created_at": since, "updated_at": since})


def _rate_limit(gate: Gate, call: Call) -> Answer:
    if call.state.limits["core"] is None:
        raise Refusal(404, "Rate limiting is not enabled.")
    resources = {}
    for name, limit in call.state.limits.items():
        used, reset = gate.usage(call.token, name)
        granted = limit or 0
        resources[name] = {"limit": granted, "used": used, "remaining": max(granted - used, 0), "reset": reset}
    return Answer({"resources": resources, "rate": resources["core"]})


def _installation_repositories(call: Call) -> Answer:
    if call.who.kind != "Bot":
        raise Refusal(403, "You must authenticate with an installation access token")
    homes = list(call.state.repositories.values())
    data = [call.render.repository(home, writable=call.writable) for home in homes]
    return Answer({"total_count": len(homes), "repository_selection": "all", "repositories": data})


def _installation_token(call: Call) -> Answer:
    """``expires_at`` is by the machine's clock, not the sandbox's: clients compare it with their own."""
    number = len(call.state.installation_tokens) + 1
    token = f"ghs_sandbox{number:04d}"
    call.state.installation_tokens.add(token)
    expires = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    rights = {"issues": "write", "metadata": "read", "pull_requests": "write"}
    data = {"token": token, "expires_at": expires, "permissions": rights, "repository_selection": "all"}
    return Answer(data, 201)
