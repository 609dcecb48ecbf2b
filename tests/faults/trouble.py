"""Makes one fault of the matrix happen to one request, on the line between okrsync and the sandbox.

What the sandbox's own fault book can do is left to it. Beyond that: pages that come again, lose their size or lead
back to themselves, connections that are refused, answers that come too late, and people who act just before.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest
import requests
from matrix import EVENTS, Cell, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from okrsync.sandbox.faults import Fault, FaultBook
from okrsync.sandbox.server import Sandbox

SHORT = 0.05
"""Seconds that a client waits for the one answer that is withheld."""

_PREFIX = {"github": "/github/", "jira": "/jira/", "jira-dc": "/jira-dc/"}
_OWN = frozenset({"refused", "page-again", "token-again", "page-shrunk", "skew", "timeout", *EVENTS})


class Trouble(FaultBook):
    """The armed cell; ``struck`` counts how often its fault happened."""

    def __init__(self) -> None:
        super().__init__()
        self.cell: Cell | None = None
        self.act: Callable[[str], None] | None = None
        self.struck = 0
        self._next: Fault | None = None

    def arm(self, cell: Cell, act: Callable[[str], None]) -> None:
        """``act`` is called with the address of the first request that is struck, just before it arrives."""
        self.cell, self.act, self.struck = cell, act, 0

    def calm(self) -> None:
        self.cell = self.act = self._next = None

    def due(self, method: str, target: str, body: bytes) -> Cell | None:
        """The armed cell when it strikes this request."""
        cell = self.cell
        if cell is None or not concerns(cell.request, method, target, body):
            return None
        page_fault = cell.fault.does in ("page-again", "token-again")
        if page_fault and not re.search(cell.request.later, target + body.decode()):
            return None
        if self.struck and not cell.fault.lasting:
            return None
        return cell

    def strike(self, target: str) -> None:
        self.struck += 1
        if self.struck == 1 and self.act:
            self.act(target)

    def hand(self, fault: Fault | None) -> None:
        self._next = fault

    def take(self, method: str, target: str) -> Fault | None:
        handed, self._next = self._next, None
        return handed


def concerns(request: Request, method: str, target: str, body: bytes) -> bool:
    """Whether what is sent is this request of the matrix."""
    return (
        request.method == method
        and target.startswith(_PREFIX[request.tracker])
        and bool(re.search(request.path, target))
        and bool(re.search(request.body, body.decode("utf-8", "replace")))
    )


class TroubledSandbox(Sandbox):
    """A sandbox whose line can be troubled, cell by cell."""

    def __init__(self) -> None:
        super().__init__()
        self.faults = self.trouble = Trouble()

    def _app(self) -> Any:
        return Line(super()._app(), self.trouble)


class Line:
    """ASGI middleware around the sandbox's own wire."""

    def __init__(self, app: ASGIApp, trouble: Trouble) -> None:
        self._app = app
        self._trouble = trouble
        self._pages: dict[str, list[Message]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = (await receive()).get("body", b"")
        query = scope["query_string"].decode()
        target = f"{scope['path']}?{query}" if query else scope["path"]
        cell = self._trouble.due(scope["method"], target, body)
        if cell is None:
            await self._pass(scope, body, send)
            return
        self._trouble.strike(target)
        does = cell.fault.does
        if does == "page-again":
            for message in self._pages[scope["path"]]:
                await send(message)
        elif does == "page-shrunk":
            await self._pass(*_shrunk(scope, body), send)
        elif does == "token-again":
            await self._leading_back(scope, body, target, send)
        else:
            self._trouble.hand(_fault(cell))
            await self._pass(scope, body, send)

    async def _pass(self, scope: Scope, body: bytes, send: Send) -> None:
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)
            await send(message)

        await self._app(scope, _saying(body), keep)
        self._pages[scope["path"]] = messages

    async def _leading_back(self, scope: Scope, body: bytes, target: str, send: Send) -> None:
        """The page as it is, except that its successor is itself."""
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self._app(scope, _saying(body), keep)
        start, content = messages[0], messages[1]["body"]
        headers = {name: value for name, value in start["headers"] if name != b"content-length"}
        if b"link" in headers or target.startswith("/github/"):
            host = dict(scope["headers"])[b"host"].decode()
            headers[b"link"] = f'<http://{host}{target}>; rel="next"'.encode()
        else:
            page = msgspec.json.decode(content)
            page |= {"nextPageToken": msgspec.json.decode(body)["nextPageToken"], "isLast": False}
            content = msgspec.json.encode(page)
        headers[b"content-length"] = str(len(content)).encode()
        await send({**start, "headers": list(headers.items())})
        await send({"type": "http.response.body", "body": content})


def _saying(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _shrunk(scope: Scope, body: bytes) -> tuple[Scope, bytes]:
    """The same question for pages of one."""
    query = re.sub(rb"(per_page|maxResults)=\d+", rb"\1=1", scope["query_string"])
    return {**scope, "query_string": query}, re.sub(rb'"maxResults":\d+', b'"maxResults":1', body)


def _fault(cell: Cell) -> Fault | None:
    does = cell.fault.does
    if does == "timeout":
        return Fault("delay", seconds=3 * SHORT)  # type: ignore[arg-type]
    if does in _OWN:
        return None
    return msgspec.convert({"kind": does, **cell.fault.details}, Fault)


@contextmanager
def network(trouble: Trouble) -> Iterator[None]:
    """Refuses connections and loses patience where the armed cell says so; everything else goes its way."""
    real = requests.adapters.HTTPAdapter.send

    def send(self: Any, request: requests.PreparedRequest, **options: Any) -> Any:
        cell = trouble.cell
        body = request.body if isinstance(request.body, bytes) else (request.body or "").encode()
        target = re.sub(r"^https?://[^/]+", "", request.url or "")
        does = cell.fault.does if cell else ""
        if does in ("refused", "timeout") and cell and concerns(cell.request, str(request.method), target, body):
            if does == "refused":
                trouble.strike(target)
                request.url = re.sub(r":\d+/", f":{_closed_port()}/", request.url or "", count=1)
            elif not trouble.struck:
                options["timeout"] = (1.0, SHORT)
        return real(self, request, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(requests.adapters.HTTPAdapter, "send", send)
        yield


def _closed_port() -> int:
    """A port of this machine that nobody listens on."""
    if not _CLOSED:
        _CLOSED.append(socket.socket())
        _CLOSED[0].bind(("127.0.0.1", 0))
    return int(_CLOSED[0].getsockname()[1])


_CLOSED: list[socket.socket] = []
