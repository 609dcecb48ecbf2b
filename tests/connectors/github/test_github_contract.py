"""The GitHub connector keeps the contract of connectors, against the sandbox."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

import pytest
from okrsync_github import plugin
from okrsync_github.translate import number_of

from okrsync.connector import Connector, Context
from okrsync.model.work import Ref, Scope
from okrsync.sandbox.server import Sandbox
from okrsync.testing.contract import ConnectorContract
from okrsync.testing.tracker import Trouble

FAULTS: dict[Trouble, dict[str, object]] = {
    Trouble.UNAUTHORIZED: {"kind": "status", "status": 401},
    Trouble.FORBIDDEN: {"kind": "status", "status": 403, "message": "Resource not accessible by integration"},
    Trouble.LIMITED_SHORTLY: {"kind": "rate-limit", "retry_after": 2},
    Trouble.LIMITED_LONG: {"kind": "rate-limit", "retry_after": 3600},
    Trouble.UNAVAILABLE: {"kind": "status", "status": 503},
    Trouble.HTML: {"kind": "html"},
    Trouble.EMPTY: {"kind": "empty"},
    Trouble.WRONG_SHAPE: {"kind": "wrong-shape"},
    Trouble.TRUNCATED: {"kind": "truncated"},
    Trouble.REPEATED_PAGE: {"kind": "repeated-page"},
    Trouble.LOST_ANSWER: {"kind": "committed-then-reset"},
}


class GitHubTracker:
    """The sandbox with 230 issues in acme/shop."""

    token = "github-sandbox-token"

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._hub = sandbox.github
        self._hub.add_repository("acme/shop")
        for number in range(230):
            self._hub.create("acme/shop", f"Issue {number}")
        self._hub.add_milestone("acme/shop", "One page")
        sandbox.clock.advance(timedelta(days=1))

    def connect(self, context: Context) -> Connector:
        asked = {"type": "github", "url": self._sandbox.github_url, "repositories": ["acme/shop"], "token": self.token}
        return plugin.connect(plugin.options.model_validate({**asked, "seconds_between_writes": 0}), context)

    def ids(self, scope: Scope) -> Collection[str]:
        return [f"I_{issue.id:08x}" for issue in self._hub.repository(int(scope.id)).issues.values()]

    def edit(self, ref: Ref) -> None:
        self._sandbox.clock.advance(timedelta(hours=1))
        self._hub.edit(int(ref.scope), number_of(ref.key), title="Edited by a person")

    def finish(self, ref: Ref) -> None:
        self._sandbox.clock.advance(timedelta(hours=1))
        self._hub.close(int(ref.scope), number_of(ref.key))

    def add_label(self, ref: Ref, label: str) -> None:
        self._hub.label(int(ref.scope), number_of(ref.key), label)

    def labels(self, ref: Ref) -> Collection[str]:
        return self._hub.label_names(int(ref.scope), number_of(ref.key))

    def comments(self, ref: Ref) -> Collection[str]:
        return [comment.body for comment in self._hub.issue(int(ref.scope), number_of(ref.key)).comments]

    def comment(self, ref: Ref, text: str) -> None:
        self._hub.comment(int(ref.scope), number_of(ref.key), text)

    def copy_comments(self, ref: Ref) -> bool:
        for text in self.comments(ref):
            self.comment(ref, text)
        return True

    def spoil(self, ref: Ref) -> None:
        self._hub.spoiled.add(self._hub.issue(int(ref.scope), number_of(ref.key)).id)

    def milestones(self, scope: Scope) -> Collection[str]:
        return [milestone.title for milestone in self._hub.repository(int(scope.id)).milestones.values()]

    def query(self, refs: Sequence[Ref]) -> str:
        for ref in refs:
            self.add_label(ref, "chosen")
        return "label:chosen"

    def delete(self, ref: Ref) -> None:
        self._hub.delete(int(ref.scope), number_of(ref.key))

    def trouble(self, kind: Trouble, *, writes: bool = False, skip: int = 0) -> bool:
        if kind is Trouble.SHORT_PAGES:
            self._hub.largest_page = 30
            return True
        if kind not in FAULTS or (kind is Trouble.LOST_ANSWER and not writes):
            return False
        method = "POST|PATCH|DELETE" if writes else "GET"
        self._sandbox.faults.add(**{"path": "/issues", "method": method, "skip": skip, "times": None, **FAULTS[kind]})  # type: ignore[arg-type]
        return True

    def heal(self) -> None:
        self._sandbox.faults.clear()


class TestGitHub(ConnectorContract):
    @pytest.fixture
    def tracker(self, sandbox: Sandbox) -> GitHubTracker:
        return GitHubTracker(sandbox)
