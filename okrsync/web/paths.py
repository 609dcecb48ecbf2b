"""Addresses with a slash at their end mean those without: no redirect, which would have to know the proxy's scheme."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class WithoutLastSlash:
    """Around an application whose router redirects nothing itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].endswith("/"):
            scope = {**scope, "path": scope["path"].rstrip("/") or "/"}
        await self._app(scope, receive, send)
