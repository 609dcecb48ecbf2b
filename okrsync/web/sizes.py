"""How much anybody may send: no form and no check-in is long, and whoever sends more would fill our memory unseen."""

from __future__ import annotations

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST = 1 << 20
"""Bytes of a body."""
OWN_RULES = "/hooks/"
"""What is below this address counts its bytes itself, and tells trackers about it in their way."""


class WithinReason:
    """Around an application: reading a body that is larger raises HTTPException 413, whoever sends it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(OWN_RULES):
            await self._app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "")
        announced, received = int(length) if length.isdecimal() else 0, 0

        async def counted() -> Message:
            nonlocal received
            if announced > LARGEST:
                raise _too_large()
            message = await receive()
            received += len(message.get("body", b""))
            if received > LARGEST:
                raise _too_large()
            return message

        await self._app(scope, counted, send)


def _too_large() -> HTTPException:
    return HTTPException(413, {"error": "This is too long.", "hint": f"At most {LARGEST:,} bytes are read."})
