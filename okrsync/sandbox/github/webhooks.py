"""What the sandbox GitHub sends to a webhook, with the headers of the real one."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import msgspec

from okrsync.sandbox.github.accounts import Json
from okrsync.sandbox.github.directory import Directory
from okrsync.sandbox.github.records import Comment, Issue, Label, Milestone, Repository
from okrsync.sandbox.github.render import Renderer
from okrsync.sandbox.hooks import Delivery


class GitHubHook:
    """Tells one address everything that it is told."""

    def __init__(self, state: Directory, send: Callable[[Delivery], None], url: str, secret: str) -> None:
        self._state = state
        self._render = Renderer(state)
        self._send = send
        self._url = url
        self._secret = secret

    def __call__(self, event: str, action: str, home: Repository, about: object) -> None:
        payload = {
            "action": action,
            **self._about(about, home),
            "repository": self._render.repository(home, writable=False),
            "sender": self._render.person(self._state.person("ana")),
        }
        headers = {
            "User-Agent": "GitHub-Hookshot/5a7b1c2",
            "X-GitHub-Delivery": str(uuid4()),
            "X-GitHub-Event": event,
            "X-GitHub-Hook-ID": "1",
            "X-GitHub-Hook-Installation-Target-Type": "repository",
        }
        body = msgspec.json.encode(payload)
        self._send(Delivery(self._url, self._secret, headers, body, "X-Hub-Signature-256"))

    def _about(self, about: object, home: Repository) -> Json:
        render = self._render
        match about:
            case Issue():
                return {"pull_request" if about.pull_request else "issue": render.issue(about, alone=True)}
            case Comment():
                return {"issue": render.issue(about.issue, alone=True), "comment": render.comment(about)}
            case Milestone():
                return {"milestone": render.milestone(about, home)}
            case Label():
                return {"label": render.label(about, home)}
            case _:
                return {}
