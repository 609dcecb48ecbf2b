"""What every request to the sandbox GitHub passes: credentials, rate limits, API version, ETags, errors."""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from okrsync.sandbox.github.call import Call, Handler, Refusal
from okrsync.sandbox.github.records import Person
from okrsync.sandbox.github.render import Renderer
from okrsync.sandbox.github.state import GitHubState

API_VERSIONS = ("2022-11-28", "2026-03-10")
_JWT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+")
_WINDOWS = {"core": timedelta(hours=1), "search": timedelta(minutes=1)}
_KEPT_BYTES = 700_000_000
_WORTH_KEEPING = 20_000


class Gate:
    """Lets requests in and answers out. Must be used under the state's lock."""

    def __init__(self, state: GitHubState) -> None:
        self._state = state
        self._render = Renderer(state)
        self._used: dict[tuple[str, str], tuple[int, int]] = {}
        self._pages: OrderedDict[tuple[object, ...], tuple[bytes, dict[str, str]]] = OrderedDict()
        self._kept = 0

    def endpoint(
        self, handler: Handler, *, resource: str = "core", free: bool = False, by_app: bool = False
    ) -> Callable[[Request], Awaitable[Response]]:
        """``free`` answers cost nothing; ``by_app`` wants an App's JWT instead of a token."""

        async def serve(request: Request) -> Response:
            sent = await request.body()
            with self._state.lock:
                return self._serve(request, sent, handler, resource, free, by_app)

        return serve

    def _serve(
        self, request: Request, sent: bytes, handler: Handler, resource: str, free: bool, by_app: bool
    ) -> Response:
        token = request.headers.get("authorization", "").partition(" ")[2].strip()
        try:
            call = self._admit(request, sent, token, by_app)
            if not free:
                self._check_limit(token, resource)
            body, headers = self._answer(request, call, handler, token)
            status = int(headers.pop("status"))
            if request.method == "GET" and request.headers.get("if-none-match") == headers["etag"]:
                return Response(None, 304, {**headers, **self._standing(token, resource)})
        except Refusal as refusal:
            body, headers, status = msgspec.json.encode(refusal.body), refusal.headers, refusal.status
        if not free and status != 401:
            self._spend(token, resource)
        headers = {"content-type": "application/json; charset=utf-8", **headers, **self._standing(token, resource)}
        return Response(body, status, headers)

    def _admit(self, request: Request, sent: bytes, token: str, by_app: bool) -> Call:
        if by_app:
            if not _JWT.fullmatch(token):
                raise Refusal(401, "A JSON web token could not be decoded")
        elif token not in self._state.tokens and token not in self._state.installation_tokens:
            raise Refusal(401, "Bad credentials" if token else "Requires authentication")
        version = request.headers.get("x-github-api-version", API_VERSIONS[0])
        if version not in API_VERSIONS:
            raise Refusal(400, f"Version {version} is not a supported version. Supported: {', '.join(API_VERSIONS)}.")
        writable = self._state.tokens.get(token, True)
        if request.method != "GET" and not writable:
            raise Refusal(403, "Resource not accessible by personal access token")
        return Call(
            self._state,
            self._render,
            request.method,
            request.url.path.removeprefix(request.scope.get("root_path", "")),
            request.path_params,
            dict(request.query_params),
            _decoded(sent),
            self.who(token),
            token,
            writable,
        )

    def who(self, token: str) -> Person:
        if token in self._state.installation_tokens:
            return self._state.person(f"{self._state.me.login}[bot]", "Bot")
        return self._state.me

    def _answer(self, request: Request, call: Call, handler: Handler, token: str) -> tuple[bytes, dict[str, str]]:
        """Encoded; large pages are kept until anything changes, so that benchmarks measure clients."""
        state = self._state
        switches = (
            state.sub_issues,
            state.tells_parent,
            state.tells_sub_issues,
            state.searches_one_kind,
            state.deepest_page,
            state.largest_page,
            *state.spoiled,
            state.administrator,
        )
        key = (state.revision, str(request.url), token, *switches)
        if request.method == "GET" and key in self._pages:
            body, headers = self._pages[key]
            return body, dict(headers)
        made = handler(call)
        body = b"" if made.data is None else msgspec.json.encode(made.data)
        headers = {**made.headers, "status": str(made.status)}
        if request.method == "GET":
            headers["etag"] = _etag(body, token)
            if len(body) > _WORTH_KEEPING:
                self._keep(key, body, headers)
        return body, dict(headers)

    def _keep(self, key: tuple[object, ...], body: bytes, headers: dict[str, str]) -> None:
        self._pages[key] = (body, headers)
        self._kept += len(body)
        while self._pages and (self._kept > _KEPT_BYTES or next(iter(self._pages))[0] != key[0]):
            _, (dropped, _) = self._pages.popitem(last=False)
            self._kept -= len(dropped)

    def usage(self, token: str, resource: str) -> tuple[int, int]:
        """Requests used in the current window, and the epoch second at which it ends."""
        now = int(self._state.now().timestamp())
        used, reset = self._used.get((token, resource), (0, 0))
        if now >= reset:
            used, reset = 0, now + int(_WINDOWS[resource].total_seconds())
            self._used[token, resource] = (used, reset)
        return used, reset

    def _check_limit(self, token: str, resource: str) -> None:
        limit = self._state.limits[resource]
        if limit is not None and self.usage(token, resource)[0] >= limit:
            raise Refusal(403, f"API rate limit exceeded for user ID {self._state.me.id}.")

    def _spend(self, token: str, resource: str) -> None:
        used, reset = self.usage(token, resource)
        limit = self._state.limits[resource]
        self._used[token, resource] = (used + 1 if limit is None else min(used + 1, limit), reset)

    def _standing(self, token: str, resource: str) -> dict[str, str]:
        out = {"x-github-api-version-selected": API_VERSIONS[0], "x-github-media-type": "github.v3; format=json"}
        if self._state.enterprise:
            out["x-github-enterprise-version"] = self._state.enterprise
        if self._state.oauth_scopes is not None and token in self._state.tokens:
            out["x-oauth-scopes"] = self._state.oauth_scopes
        limit = self._state.limits[resource]
        if limit is not None and (token in self._state.tokens or token in self._state.installation_tokens):
            used, reset = self.usage(token, resource)
            out |= {
                "x-ratelimit-limit": str(limit),
                "x-ratelimit-remaining": str(max(limit - used, 0)),
                "x-ratelimit-used": str(used),
                "x-ratelimit-reset": str(reset),
                "x-ratelimit-resource": resource,
            }
        return out


def _decoded(sent: bytes) -> Any:
    try:
        return msgspec.json.decode(sent) if sent else None
    except msgspec.DecodeError:
        raise Refusal(400, "Problems parsing JSON") from None


def _etag(body: bytes, token: str) -> str:
    return f'W/"{hashlib.blake2b(body + token.encode(), digest_size=16).hexdigest()}"'
