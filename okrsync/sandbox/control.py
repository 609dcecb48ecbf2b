"""The sandbox's own address, ``/_sandbox``: how another process arms faults, moves time and looks around."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from okrsync.sandbox.faults import Fault
from okrsync.sandbox.tickets import github_tickets, jira_tickets

if TYPE_CHECKING:
    from okrsync.sandbox.server import Sandbox

Endpoint = Callable[[Request], Awaitable[Response]]


def control_routes(sandbox: Sandbox) -> list[Route]:
    """``GET`` looks, ``POST`` and ``PUT`` take JSON, ``DELETE`` clears; a wrong body answers 400 and says why."""
    control = _Control(sandbox)
    table: list[tuple[str, str, Callable[[Any], object]]] = [
        ("GET", "", control.about),
        ("GET", "/faults", control.faults),
        ("POST", "/faults", control.arm),
        ("DELETE", "/faults", control.disarm),
        ("PUT", "/latency", control.latency),
        ("POST", "/hooks", control.hook),
        ("POST", "/advance", control.advance),
        ("POST", "/week", control.week),
        ("GET", "/log", control.log),
        ("DELETE", "/log", control.clear_log),
        ("GET", "/github", lambda _: github_tickets(sandbox.github)),
        ("GET", "/jira", lambda _: jira_tickets(sandbox.jira)),
        ("GET", "/jira-dc", lambda _: jira_tickets(sandbox.jira_dc)),
    ]
    return [Route(f"/_sandbox{path}", _endpoint(act), methods=[method]) for method, path, act in table]


def _endpoint(act: Callable[[Any], object]) -> Endpoint:
    async def serve(request: Request) -> Response:
        sent = await request.body()
        try:
            out = act(msgspec.json.decode(sent) if sent else {})
        except (msgspec.MsgspecError, KeyError, TypeError, ValueError) as error:
            return Response(msgspec.json.encode({"error": f"{type(error).__name__}: {error}"}), 400)
        return Response(msgspec.json.encode(out), media_type="application/json")

    return serve


class _Control:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def about(self, _: Any) -> object:
        box = self._sandbox
        urls = {"github": box.github_url, "jira": box.jira_url, "jira-dc": box.jira_dc_url}
        return {"now": box.clock.now(), "weeks": box.weeks, "latency": box.latency, "urls": urls}

    def faults(self, _: Any) -> object:
        return self._sandbox.faults.pending()

    def arm(self, body: Any) -> object:
        """One fault or a list of them."""
        faults = [msgspec.convert(each, Fault) for each in (body if isinstance(body, list) else [body])]
        return [self._sandbox.faults.add(fault) for fault in faults]

    def disarm(self, _: Any) -> object:
        self._sandbox.faults.clear()
        return {}

    def latency(self, body: Any) -> object:
        self._sandbox.latency = float(body["seconds"])
        return {"seconds": self._sandbox.latency}

    def hook(self, body: Any) -> object:
        """Where a tracker sends its webhooks from now on: ``tracker``, ``url`` and ``secret``."""
        if body["tracker"] not in ("github", "jira", "jira-dc"):
            raise ValueError(f"there is no tracker {body['tracker']}")
        self._sandbox.hook(body["tracker"], body["url"], body["secret"])
        return {}

    def advance(self, body: Any) -> object:
        return {"now": self._sandbox.clock.advance(timedelta(seconds=float(body["seconds"])))}

    def week(self, _: Any) -> object:
        from okrsync.sandbox.team import work_a_week

        return work_a_week(self._sandbox)

    def log(self, _: Any) -> object:
        return [{**msgspec.to_builtins(entry), "write": entry.write} for entry in self._sandbox.log]

    def clear_log(self, _: Any) -> object:
        self._sandbox.log.clear()
        return {}
