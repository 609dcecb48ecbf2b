"""Webhooks: checked, noted in the inbox, and answered. What they tell is only where to look again."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Iterator, Mapping

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from okrsync.connector import Webhook
from okrsync.web.doors import inbox, room

LARGEST = 1 << 20
"""Bytes of a delivery's body; Jira and GitHub send far less of what matters here."""

SLOWEST = 10.0
"""Seconds that a body may take to arrive; trackers give up on an answer about then."""

router = APIRouter(include_in_schema=False)


class TooLarge(Exception):
    """The body is larger than any delivery that matters."""


@router.post("/hooks/{tracker}")
async def receive(request: Request, tracker: str) -> JSONResponse:
    """202 when noted, 200 when it came before, 404 without such connections, 401 unsigned, 413, 408, 400 otherwise."""
    candidates = list(_secrets(request, tracker))
    if not candidates:
        return _told(404, f"No connection of type {tracker} has a webhook_secret.")
    try:
        async with asyncio.timeout(SLOWEST):
            body = await _body(request)
    except TooLarge:
        return _told(413, f"At most {LARGEST} bytes are read.")
    except TimeoutError:
        return _told(408, f"The body did not arrive within {SLOWEST:.0f} seconds.", {"Connection": "close"})
    except ClientDisconnect:
        return _told(400, "The body was cut off.")
    for connection, webhook, secret in candidates:
        if signed(body, request.headers.get(webhook.signature, ""), secret):
            return await run_in_threadpool(_note, request, connection, webhook, body)
    return _told(401, "The signature is missing, or made with another secret.")


def signed(body: bytes, signature: str, secret: str) -> bool:
    """Whether ``sha256=`` and the hex HMAC of the raw body were made with this secret; takes the same time either way.

    Both trackers write it so: GitHub in X-Hub-Signature-256, Jira in X-Hub-Signature.
    """
    made = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(made.encode(), signature.encode())


async def _body(request: Request) -> bytes:
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > LARGEST:
        raise TooLarge
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > LARGEST:
            raise TooLarge
    return bytes(received)


def _secrets(request: Request, tracker: str) -> Iterator[tuple[str, Webhook, str]]:
    app = room(request).app
    for name, options in app.settings.connections.items():
        webhook = app.plugins[name].webhook
        if options.type == tracker and webhook is not None and options.webhook_secret is not None:
            yield name, webhook, options.webhook_secret.get_secret_value()


def _note(request: Request, connection: str, webhook: Webhook, body: bytes) -> JSONResponse:
    try:
        hints = webhook.hints(request.headers, body)
    except (ValueError, RecursionError):
        return _told(400, "The body is not what this tracker sends.")
    delivery = request.headers.get(webhook.delivery, "")
    news = inbox(request).put(connection, delivery, hints, room(request).now())
    return _told(202 if news else 200, "noted" if news else "known already")


def _told(status: int, message: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"message": message}, status, headers)
