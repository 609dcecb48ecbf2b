"""What the sandbox GitHub remembers: repositories, issues, labels, milestones, comments and people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Person:
    """An account. ``kind`` is GitHub's: User, Bot or Organization."""

    id: int
    login: str
    kind: str = "User"


@dataclass(slots=True)
class Label:
    """Issues hold the label itself, so a rename is seen everywhere at once and touches no issue."""

    id: int
    name: str
    color: str = "ededed"
    description: str | None = None


@dataclass(slots=True)
class IssueType:
    id: int
    name: str
    description: str | None = None


@dataclass(slots=True)
class Milestone:
    """``open`` and ``closed`` count issues and pull requests."""

    id: int
    number: int
    title: str
    creator: Person
    created: datetime
    updated: datetime
    description: str | None = None
    due: datetime | None = None
    closed_at: datetime | None = None
    open: int = 0
    closed: int = 0


@dataclass(slots=True)
class Comment:
    id: int
    issue: Issue
    author: Person
    body: str
    created: datetime
    updated: datetime


@dataclass(slots=True, eq=False)
class Event:
    """What somebody did to an issue. ``kind`` is GitHub's word: closed, reopened, merged, labeled, milestoned ...

    ``reason`` tells why it was closed; ``label``, ``milestone`` (a title) and ``assignee`` what it got or lost, and
    ``renamed`` its title before and after.
    """

    id: int
    issue: Issue
    kind: str
    actor: Person
    created: datetime
    reason: str | None = None
    label: Label | None = None
    milestone: str | None = None
    assignee: Person | None = None
    renamed: tuple[str, str] | None = None


@dataclass(slots=True, eq=False)
class Issue:
    """An issue or a pull request; ``merged`` is set on merged pull requests only."""

    id: int
    number: int
    repository: Repository
    title: str
    author: Person
    created: datetime
    updated: datetime
    body: str | None = None
    labels: list[Label] = field(default_factory=list)
    assignees: list[Person] = field(default_factory=list)
    milestone: Milestone | None = None
    type: IssueType | None = None
    pull_request: bool = False
    draft: bool = False
    merged: datetime | None = None
    closed_at: datetime | None = None
    closed_by: Person | None = None
    state_reason: str | None = None
    locked: bool = False
    parent: Issue | None = None
    children: list[Issue] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    @property
    def open(self) -> bool:
        return self.closed_at is None


@dataclass(slots=True, eq=False)
class Repository:
    """``issues`` is by number; ``moved`` tells where a transferred issue lives on; ``deleted`` holds numbers."""

    id: int
    owner: Person
    name: str
    created: datetime
    private: bool = False
    archived: bool = False
    has_issues: bool = True
    labels: dict[str, Label] = field(default_factory=dict)
    milestones: dict[int, Milestone] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    comments: dict[int, Comment] = field(default_factory=dict)
    moved: dict[int, Issue] = field(default_factory=dict)
    deleted: set[int] = field(default_factory=set)
    last_number: int = 0

    @property
    def full_name(self) -> str:
        return f"{self.owner.login}/{self.name}"
