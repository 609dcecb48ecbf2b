"""The Jira connector keeps the contract of connectors, on both products of the sandbox."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

import pytest
from okrsync_jira import plugin

from okrsync.connector import Connector, Context
from okrsync.model.work import Ref, Scope
from okrsync.sandbox.jira import JiraState
from okrsync.sandbox.server import Sandbox
from okrsync.testing.contract import ConnectorContract
from okrsync.testing.tracker import Trouble

FAULTS: dict[Trouble, dict[str, Any]] = {
    Trouble.UNAUTHORIZED: {"kind": "status", "status": 401},
    Trouble.FORBIDDEN: {"kind": "status", "status": 403},
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


class JiraTracker:
    """One of the sandbox's Jiras with 230 issues in SHOP."""

    def __init__(self, sandbox: Sandbox, state: JiraState, url: str) -> None:
        self._sandbox = sandbox
        self._state = state
        self._url = url
        self.token = state.token
        state.add_project("SHOP", "Shop")
        state.largest_page = 100
        for number in range(230):
            state.create("SHOP", f"Issue {number}", at=sandbox.clock.now() + timedelta(seconds=number))
        state.add_version("SHOP", "2026.4")
        sandbox.clock.advance(timedelta(days=1))

    def connect(self, context: Context) -> Connector:
        email = self._state.email if self._state.cloud else None
        return plugin.connect(plugin.options(url=self._url, projects=["SHOP"], token=self.token, email=email), context)

    def ids(self, scope: Scope) -> Collection[str]:
        return [issue.id for issue in self._state.issues.values() if issue.project.id == scope.id]

    def edit(self, ref: Ref) -> None:
        self._sandbox.clock.advance(timedelta(hours=1))
        self._state.edit(ref.key, summary="Edited by a person")

    def finish(self, ref: Ref) -> None:
        self._sandbox.clock.advance(timedelta(hours=1))
        self._state.transition(ref.key, "Done", "Done")

    def add_label(self, ref: Ref, label: str) -> None:
        self._state.add_label(ref.key, label)

    def labels(self, ref: Ref) -> Collection[str]:
        return self._state.issue(ref.id).labels

    def comments(self, ref: Ref) -> Collection[str]:
        return [comment.body for comment in self._state.issue(ref.id).comments]

    def comment(self, ref: Ref, text: str) -> None:
        self._state.add_comment(ref.key, text)

    def copy_comments(self, ref: Ref) -> bool:
        """The mark is a property of the comment, which people neither see nor copy."""
        return False

    def spoil(self, ref: Ref) -> None:
        self._state.spoiled.add(ref.id)

    def milestones(self, scope: Scope) -> Collection[str]:
        return [version.name for version in self._state.project(scope.id).versions.values()]

    def query(self, refs: Sequence[Ref]) -> str:
        for ref in refs:
            self.add_label(ref, "chosen")
        return "labels = chosen"

    def delete(self, ref: Ref) -> None:
        self._state.delete(ref.key)

    def trouble(self, kind: Trouble, *, writes: bool = False, skip: int = 0) -> bool:
        if kind is Trouble.SHORT_PAGES:
            self._state.short_pages, self._state.largest_page = True, 30
            return True
        if kind is Trouble.LOST_ANSWER and not writes:
            return False
        reads, changes = {"path": "/search|/changelog|/bulkfetch"}, {"path": "/issue/", "method": "POST|PUT|DELETE"}
        where = changes if writes else reads
        self._sandbox.faults.add(**where, skip=skip, times=None, **FAULTS[kind])
        return True

    def heal(self) -> None:
        self._sandbox.faults.clear()


class TestCloud(ConnectorContract):
    @pytest.fixture
    def tracker(self, sandbox: Sandbox) -> JiraTracker:
        return JiraTracker(sandbox, sandbox.jira, sandbox.jira_url)


class TestDataCenter(ConnectorContract):
    @pytest.fixture
    def tracker(self, sandbox: Sandbox) -> JiraTracker:
        return JiraTracker(sandbox, sandbox.jira_dc, sandbox.jira_dc_url)
