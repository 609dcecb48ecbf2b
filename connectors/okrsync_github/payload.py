"""The parts of GitHub's answers that okrsync reads, decoded by msgspec; everything else is skipped unread.

Fields that any supported server may leave out have a default. ``UNSET`` keeps "not told" apart from "told: none".
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import msgspec
from msgspec import UNSET, UnsetType

T = TypeVar("T")


class User(msgspec.Struct):
    login: str = ""
    type: str = ""


class Label(msgspec.Struct):
    """A label on an issue or in a repository."""

    name: str
    id: int = 0
    description: str | None = None
    color: str | None = None
    url: str = ""


class MilestoneLink(msgspec.Struct):
    id: int


class Milestone(msgspec.Struct):
    id: int
    title: str
    html_url: str = ""
    state: str = "open"
    due_on: datetime | None = None
    open_issues: int | None = None
    closed_issues: int | None = None


class IssueType(msgspec.Struct):
    name: str = ""


class PullRequest(msgspec.Struct):
    """Old servers do not tell ``merged_at`` in lists."""

    merged_at: datetime | UnsetType | None = UNSET


class SubIssues(msgspec.Struct):
    total: int = 0


class Issue(msgspec.Struct):
    """An issue or pull request of ``GET /repos/{owner}/{repo}/issues``, the single GET, and sub-issue lists."""

    node_id: str
    number: int
    title: str
    html_url: str
    repository_url: str
    created_at: datetime
    updated_at: datetime
    state: str = ""
    state_reason: str | None = None
    body: str | None = None
    labels: list[Label | str] | None = None
    assignees: list[User] | None = None
    milestone: MilestoneLink | None = None
    comments: int | None = None
    locked: bool = False
    draft: bool | None = None
    closed_at: datetime | None = None
    pull_request: PullRequest | None = None
    type: IssueType | None = None
    sub_issues_summary: SubIssues | None = None
    parent_issue_url: str | UnsetType | None = UNSET


class IssueId(msgspec.Struct):
    node_id: str


class IssueEvent(msgspec.Struct):
    """An event of a repository or of an issue's timeline; commits and reviews among the latter have no id or time."""

    event: str = ""
    id: int | None = None
    created_at: datetime | None = None
    state_reason: str | None = None
    issue: IssueId | None = None


class ShownIssue(msgspec.Struct):
    """What observing needs of an issue."""

    node_id: str
    number: int
    labels: list[Label | str] | None = None
    comments: int | None = None


class App(msgspec.Struct):
    """Old servers do not tell the ``client_id``."""

    id: int = 0
    client_id: str = ""


class Comment(msgspec.Struct):
    id: int
    issue_url: str
    body: str | None = None
    user: User | None = None
    performed_via_github_app: App | None = None


class Found(msgspec.Struct):
    """An item of a search; ids only."""

    node_id: str
    repository_url: str


class Search(msgspec.Struct):
    total_count: int
    incomplete_results: bool
    items: list[Found]


class Permissions(msgspec.Struct):
    """What the account's role allows in a repository."""

    admin: bool = False
    maintain: bool = False
    push: bool = False
    triage: bool = False
    pull: bool = False

    @property
    def label(self) -> bool:
        """Putting labels on tickets wants the triage role."""
        return self.admin or self.maintain or self.push or self.triage

    @property
    def define(self) -> bool:
        """Creating labels wants the write role."""
        return self.admin or self.maintain or self.push


class Repository(msgspec.Struct):
    id: int
    full_name: str
    archived: bool = False
    has_issues: bool = True
    permissions: Permissions | None = None


def decoder(shape: type[T]) -> Callable[[bytes], T]:
    """How to read bytes as this shape. Make it once and keep it."""
    return msgspec.json.Decoder(shape).decode


def nothing(_: bytes) -> None:
    """For answers whose body says nothing new."""


def label_name(label: Label | str) -> str:
    """GitHub tells labels as objects, and older ones of issues as bare names."""
    return label if isinstance(label, str) else label.name
