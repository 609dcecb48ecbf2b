"""What the sandbox Jira sends to a webhook, with the headers of the real one."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import msgspec

from okrsync.sandbox.hooks import Delivery
from okrsync.sandbox.jira.records import Issue, Version
from okrsync.sandbox.jira.render import Json, Renderer
from okrsync.sandbox.jira.site import Site
from okrsync.sandbox.jira.tickets import Tickets


class JiraHook:
    """Tells one address everything that it is told. Jira writes version 2 of its texts into webhooks."""

    def __init__(self, site: Site, send: Callable[[Delivery], None], url: str, secret: str) -> None:
        self._site = site
        self._render = Renderer(site, "2")
        self._issue = Tickets(self._render).writer(("*all", "-comment"))
        self._send = send
        self._url = url
        self._secret = secret

    def __call__(self, event: str, about: object) -> None:
        payload = {
            "timestamp": int(self._site.now().timestamp() * 1000),
            "webhookEvent": event,
            "user": self._render.person(self._site.me.name),
            **self._about(about),
        }
        headers = {
            "User-Agent": "Atlassian Webhook HTTP Client",
            "X-Atlassian-Webhook-Identifier": str(uuid4()),
        }
        if self._site.cloud:
            headers["X-Atlassian-Webhook-Flow"] = "Primary"
        body = msgspec.json.encode(payload)
        self._send(Delivery(self._url, self._secret, headers, body, "X-Hub-Signature"))

    def _about(self, about: object) -> Json:
        match about:
            case Issue():
                return {"issue": self._issue(about)}
            case Version():
                return {"version": self._render.version(about)}
            case _:
                return {}
