"""What every request to the sandbox Jira passes: credentials, quota, JSON, permissions, errors as Jira words them."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from okrsync.sandbox.answer import Answer
from okrsync.sandbox.jira.records import Comment, Issue, Project
from okrsync.sandbox.jira.render import Renderer
from okrsync.sandbox.jira.state import JiraState
from okrsync.sandbox.jira.tickets import Tickets

Shape = TypeVar("Shape")

NO_ISSUE = "Issue does not exist or you do not have permission to see it."
_UNAUTHENTICATED = "Client must be authenticated to access this resource."
_WINDOW = timedelta(hours=1)


class Refusal(Exception):
    """An answer other than the one hoped for. ``errors`` are by field."""

    def __init__(
        self,
        status: int,
        *messages: str,
        errors: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(*messages)
        self.status = status
        self.headers = dict(headers or {})
        self.body = dict(body or {"errorMessages": list(messages), "errors": dict(errors or {})})


@dataclass(slots=True)
class Call:
    """One admitted request. ``query`` has the last value of every name, ``repeats`` all of them."""

    state: JiraState
    render: Renderer
    tickets: Tickets
    method: str
    params: dict[str, Any]
    query: dict[str, str]
    sent: bytes
    repeats: list[tuple[str, str]]

    def body(self, shape: type[Shape]) -> Shape:
        """What was sent. Raises Refusal (400) where it is no JSON of that shape."""
        try:
            return msgspec.json.decode(self.sent, type=shape)
        except msgspec.MsgspecError as error:
            if self.state.cloud:
                told = "Invalid request payload. Refer to the REST API documentation and try again."
                raise Refusal(400, f"{told} ({error})") from None
            raise Refusal(400, f"Unexpected request body: {error}") from None

    def number(self, name: str, default: int) -> int:
        text = self.query.get(name, "")
        if text and not text.isdecimal():
            raise Refusal(400, f"The value of '{name}' must be a number, not '{text}'.")
        return int(text) if text else default

    def listed(self, name: str) -> list[str]:
        """A comma-separated parameter."""
        return [part.strip() for part in self.query.get(name, "").split(",") if part.strip()]

    def repeated(self, name: str) -> list[str]:
        """A parameter that may be given several times."""
        return [value for given, value in self.repeats if given == name]

    def project(self, key_or_id: str) -> Project:
        """Raises Refusal (404) for one that the account cannot see, as for one that there is not."""
        try:
            found = self.state.project(key_or_id)
        except KeyError:
            found = None
        if found is None or not self.state.visible(found):
            raise Refusal(404, f"No project could be found with key '{key_or_id}'.")
        return found

    def find(self, id_or_key: str) -> Issue | None:
        try:
            issue = self.state.issue(id_or_key)
        except KeyError:
            return None
        return issue if self.state.visible(issue.project) else None

    def issue(self) -> Issue:
        """The issue in the path, by id or by any key it ever had. Raises Refusal (404)."""
        issue = self.find(str(self.params["issue"]))
        if issue is None:
            raise Refusal(404, NO_ISSUE)
        return issue

    def writable(self, permission: str, status: int, told: str) -> Issue:
        """The issue in the path, for a write. Raises Refusal: 404, 403 when archived, ``status`` without permission."""
        issue = self.issue()
        self.need(permission, status, told)
        if issue.project.archived:
            raise Refusal(403, f"The project {issue.project.key} is archived. Its issues are read-only.")
        return issue

    def need(self, permission: str, status: int, told: str) -> None:
        if not self.state.may(permission):
            raise Refusal(status, told)

    def comment(self, issue: Issue) -> Comment:
        id_ = str(self.params["comment"])
        for comment in issue.comments:
            if comment.id == id_:
                return comment
        raise Refusal(404, f"Can not find a comment for the id: {id_}.")


Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class _Place:
    """One address: who answers it, in which version's words, and what it asks of callers."""

    handler: Handler
    render: Renderer
    tickets: Tickets
    reads: bool
    anonymous: bool


class Gate:
    """Lets requests in and answers out, under the state's lock."""

    def __init__(self, state: JiraState) -> None:
        self._state = state
        self._used = 0
        self._reset = datetime.min.replace(tzinfo=UTC)

    def endpoint(
        self, handler: Handler, *, api: str = "2", reads: bool = False, anonymous: bool = False
    ) -> Callable[[Request], Awaitable[Response]]:
        """``reads`` marks a POST that changes nothing; ``anonymous`` needs no credentials."""
        render = Renderer(self._state, api)
        place = _Place(handler, render, Tickets(render), reads, anonymous)

        async def serve(request: Request) -> Response:
            sent = await request.body()
            with self._state.lock:
                return self._serve(request, sent, place)

        return serve

    def _serve(self, request: Request, sent: bytes, place: _Place) -> Response:
        try:
            self._check_credentials(request.headers.get("authorization", ""), place.anonymous)
            self._spend()
            if self._state.read_only and request.method != "GET" and not place.reads:
                raise Refusal(403, "The token's scope does not permit this operation.")
            query = dict(request.query_params)
            params = request.path_params
            repeats = request.query_params.multi_items()
            call = Call(self._state, place.render, place.tickets, request.method, params, query, sent, repeats)
            answer = place.handler(call)
        except Refusal as refusal:
            answer = Answer(refusal.body, refusal.status, refusal.headers)
        body = b"" if answer.data is None else _encode(answer.data)
        headers = {"content-type": "application/json;charset=UTF-8", **answer.headers, **self._standing()}
        return Response(body, answer.status, headers)

    def _check_credentials(self, header: str, anonymous: bool) -> None:
        state = self._state
        if anonymous and not header:
            return
        scheme, _, secret = header.partition(" ")
        if state.cloud:
            wanted = base64.b64encode(f"{state.email}:{state.token}".encode()).decode()
            accepted = (scheme.lower(), secret.strip()) == ("basic", wanted)
        else:
            accepted = (scheme.lower(), secret.strip()) == ("bearer", state.token)
        if not accepted:
            denied = {"x-seraph-loginreason": "AUTHENTICATED_FAILED" if header else "OUT"}
            raise Refusal(401, body={"message": _UNAUTHENTICATED, "status-code": 401}, headers=denied)

    def _spend(self) -> None:
        """Raises Refusal (429) when the hour's quota is used up."""
        now, quota = self._state.now(), self._state.quota
        if now >= self._reset:
            self._used, self._reset = 0, now + _WINDOW
        self._used += 1
        if quota is not None and self._used > quota:
            wait = str(int((self._reset - now).total_seconds()))
            headers = {"retry-after": wait, "ratelimit-reason": "jira-quota-global-based"}
            raise Refusal(429, "Rate limit exceeded.", headers=headers)

    def _standing(self) -> dict[str, str]:
        quota = self._state.quota
        if quota is None:
            return {}
        left = max(quota - self._used, 0)
        return {
            "x-ratelimit-limit": str(quota),
            "x-ratelimit-remaining": str(left),
            "x-ratelimit-reset": f"{self._reset:%Y-%m-%dT%H:%MZ}",
            "x-ratelimit-nearlimit": "true" if left < quota / 5 else "false",
        }


def _encode(data: Any) -> bytes:
    return data if isinstance(data, bytes) else msgspec.json.encode(data)
