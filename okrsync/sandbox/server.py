"""The sandbox as one object: a small GitHub, a small Jira Cloud and a small Jira Data Center on loopback."""

from __future__ import annotations

import asyncio
import socket
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from okrsync.sandbox.clock import SandboxClock
from okrsync.sandbox.control import control_routes
from okrsync.sandbox.faults import FaultBook
from okrsync.sandbox.github import GitHubState, github_app
from okrsync.sandbox.github.webhooks import GitHubHook
from okrsync.sandbox.hooks import Postman
from okrsync.sandbox.jira import JiraState, jira_app
from okrsync.sandbox.jira.webhooks import JiraHook
from okrsync.sandbox.log import RequestLog
from okrsync.sandbox.wire import AbortableProtocol, Wire

if TYPE_CHECKING:
    from types import TracebackType

START = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
"""A Monday morning, early in the demo's cycle."""

_SECONDS_TO_START = 60


class Sandbox:
    """Both trackers, their clock, faults, log and latency (seconds per request, may be changed at any time).

    ``weeks`` and ``days`` are how long the scripted teams have worked; ``quarter`` that their story is a quarter's.
    A context manager: the address is known and the server answers once ``start`` has returned.
    """

    def __init__(self, *, start: datetime = START, ticking: bool = False, latency: float = 0.0, port: int = 0) -> None:
        self.clock = SandboxClock(start, ticking=ticking)
        self.faults = FaultBook()
        self.log = RequestLog()
        self.latency = latency
        self.github = GitHubState(self.clock.now)
        self.jira = JiraState(self.clock.now, flavour="cloud")
        self.jira_dc = JiraState(self.clock.now, flavour="dc")
        self.weeks = self.days = 0
        self.quarter = False
        self.postman = Postman()
        self._port = port
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def github_url(self) -> str:
        return f"{self.url}/github/api/v3"

    @property
    def jira_url(self) -> str:
        return f"{self.url}/jira"

    @property
    def jira_dc_url(self) -> str:
        return f"{self.url}/jira-dc"

    def start(self) -> Sandbox:
        """Listen and serve from a thread of its own. Raises OSError when the port is taken."""
        listener = _listen(self._port)
        self._port = listener.getsockname()[1]
        self.github.base_url = self.github_url
        self.jira.base_url = self.jira_url
        self.jira_dc.base_url = self.jira_dc_url
        self._server = _Server(_config(self._app()))
        self._thread = threading.Thread(target=self._server.run, args=([listener],), name="sandbox", daemon=True)
        self._thread.start()
        if not self._server.ready.wait(_SECONDS_TO_START):
            raise RuntimeError("the sandbox did not start")
        return self

    def stop(self) -> None:
        """Close every connection at once. A second call does nothing."""
        if self._server is not None and self._thread is not None:
            self._server.leave()
            self._thread.join()
            self._server = self._thread = None
        self.postman.retire()

    def hook(self, tracker: str, url: str, secret: str) -> None:
        """Send webhooks of ``github``, ``jira`` or ``jira-dc`` there from now on, and nowhere else."""
        if tracker == "github":
            self.github.hear = GitHubHook(self.github, self.postman.take, url, secret)
        else:
            state = self.jira if tracker == "jira" else self.jira_dc
            state.hear = JiraHook(state, self.postman.take, url, secret)

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _app(self) -> Wire:
        trackers = Starlette(
            routes=[
                Mount("/github/api/v3", github_app(self.github)),
                Mount("/jira-dc", jira_app(self.jira_dc)),
                Mount("/jira", jira_app(self.jira)),
                *control_routes(self),
            ]
        )
        return Wire(trackers, clock=self.clock, faults=self.faults, log=self.log, latency=lambda: self.latency)


def _listen(port: int) -> socket.socket:
    """Names TCP, or asyncio would not switch Nagle's algorithm off and every answer would take 40 ms."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError:
        listener.close()
        raise
    return listener


def _config(app: Wire) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=AbortableProtocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="critical",
        date_header=False,
        server_header=False,
        timeout_keep_alive=60,
    )


class _Server(uvicorn.Server):
    """Starts and stops in milliseconds: no polling, and nobody's open connection is waited for."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._left = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def leave(self) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._left.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        self.ready.set()

    async def main_loop(self) -> None:
        await self._left.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for task in list(self.server_state.tasks):
            task.cancel()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
