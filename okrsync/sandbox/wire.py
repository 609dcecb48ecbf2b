"""The line between clients and the trackers: latency, faults, the clock's ``Date`` and the request log."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable, Mapping
from email.utils import format_datetime
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from okrsync.sandbox.clock import SandboxClock
from okrsync.sandbox.faults import UNHANDLED, Fault, FaultBook, Kind, answer, nested
from okrsync.sandbox.log import Entry, RequestLog

_TRACKERS = (("/github", "github"), ("/jira-dc", "jira-dc"), ("/jira", "jira"))
_BODY_SHOWN = 4_000


class AbortableProtocol(H11Protocol):
    """HTTP over h11 that hands the application a way to tear its connection down: ``scope["state"]["reset"]``."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "reset": self._reset}

    def _reset(self) -> None:
        connection = self.transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()


class Answered(msgspec.Struct):
    """A whole answer, held back until a fault has had its way with it."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = []
    body: bytes = b""


class Wire:
    """ASGI middleware around all trackers. ``latency`` returns the seconds every request takes on its way."""

    def __init__(
        self, app: ASGIApp, *, clock: SandboxClock, faults: FaultBook, log: RequestLog, latency: Callable[[], float]
    ) -> None:
        self._app = app
        self._clock = clock
        self._faults = faults
        self._log = log
        self._latency = latency
        self._last: WeakKeyDictionary[Fault, Answered] = WeakKeyDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        tracker = _tracker(scope.get("path", ""))
        if scope["type"] != "http" or not tracker:
            await self._app(scope, receive, send)
            return
        if delay := self._latency():
            await asyncio.sleep(delay)
        body = await _read(receive)
        fault = self._faults.take(scope["method"], _target(scope))
        handled, out = await self._outcome(scope, body, fault, tracker)
        status = out.status if out else 0
        query = scope["query_string"].decode("latin-1")
        sent = body[:_BODY_SHOWN].decode("utf-8", "replace")
        struck = fault.kind.value if fault else ""
        self._log.add(Entry(tracker, scope["method"], scope["path"], query, status, handled, struck, sent))
        if fault is not None and fault.kind is Kind.DELAY:
            await asyncio.sleep(fault.seconds)
        await self._deliver(scope, send, out, fault)

    async def _outcome(
        self, scope: Scope, body: bytes, fault: Fault | None, tracker: str
    ) -> tuple[int | None, Answered | None]:
        """What the tracker answered (None: it never heard of it) and what the client receives (None: a reset)."""
        if fault is not None and fault.kind in UNHANDLED:
            return None, None if fault.kind is Kind.RESET else self._made_up(fault, tracker)
        real = await _run(self._app, scope, body)
        if fault is None:
            self._remember(scope, real)
            return real.status, real
        return real.status, self._spoilt(fault, real, tracker)

    def _spoilt(self, fault: Fault, real: Answered, tracker: str) -> Answered | None:
        if fault.kind is Kind.COMMITTED_THEN_RESET:
            return None
        if fault.kind is Kind.COMMITTED_THEN_STATUS:
            return self._made_up(fault, tracker)
        if fault.kind is Kind.TRUNCATED:
            return Answered(real.status, real.headers, real.body[: len(real.body) // 2])
        if fault.kind is Kind.NESTED:
            return Answered(real.status, real.headers, nested(real.body))
        if fault.kind is Kind.REPEATED_PAGE:
            return self._last.setdefault(fault, real)
        return real

    def _made_up(self, fault: Fault, tracker: str) -> Answered:
        made = answer(fault, tracker, self._clock.now())
        return Answered(made.status, _encoded(made.headers), made.body)

    def _remember(self, scope: Scope, real: Answered) -> None:
        if real.status == 200:
            for fault in self._faults.repeating(scope["method"], _target(scope)):
                self._last[fault] = real

    async def _deliver(self, scope: Scope, send: Send, out: Answered | None, fault: Fault | None) -> None:
        if out is None:
            scope["state"]["reset"]()
            return
        await send(self._start(out))
        if fault is not None and fault.kind is Kind.CUT_OFF:
            await send({"type": "http.response.body", "body": out.body[: len(out.body) // 2], "more_body": True})
            scope["state"]["reset"]()
            return
        await send({"type": "http.response.body", "body": out.body})

    def _start(self, out: Answered) -> Message:
        headers = [(name, value) for name, value in out.headers if name.lower() not in (b"content-length", b"date")]
        headers.append((b"date", format_datetime(self._clock.now(), usegmt=True).encode()))
        if out.status not in (204, 304):
            headers.append((b"content-length", str(len(out.body)).encode()))
        return {"type": "http.response.start", "status": out.status, "headers": headers}


def _tracker(path: str) -> str:
    return next((name for prefix, name in _TRACKERS if path.startswith(prefix)), "")


def _target(scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    return f"{scope['path']}?{query}" if query else str(scope["path"])


def _encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers.items()]


async def _read(receive: Receive) -> bytes:
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(chunks)


async def _run(app: ASGIApp, scope: Scope, body: bytes) -> Answered:
    out = Answered()
    chunks: list[bytes] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            out.status, out.headers = message["status"], list(message["headers"])
        else:
            chunks.append(message.get("body", b""))

    await app(scope, receive, send)
    out.body = b"".join(chunks)
    return out
