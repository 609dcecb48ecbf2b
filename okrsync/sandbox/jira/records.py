"""What the sandbox Jira remembers: projects, issues, comments, versions, sprints, boards and people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Person:
    """An account: ``account`` identifies it on Cloud, ``name`` on Data Center."""

    name: str
    account: str
    display: str
    email: str


@dataclass(slots=True, eq=False)
class Version:
    """``release_date`` is an ISO date."""

    id: str
    name: str
    project: Project
    release_date: str | None = None
    released: bool = False
    archived: bool = False


@dataclass(slots=True, eq=False)
class Sprint:
    """``state`` is future, active or closed."""

    id: int
    name: str
    board: int
    state: str = "active"


@dataclass(slots=True)
class Board:
    """``estimation`` is the id of the field a Scrum board estimates by, None where issues are counted."""

    id: int
    name: str
    type: str = "scrum"
    estimation: str | None = None


@dataclass(slots=True, eq=False)
class Project:
    id: str
    key: str
    name: str
    archived: bool = False
    versions: dict[str, Version] = field(default_factory=dict)
    last_number: int = 0


@dataclass(slots=True, eq=False)
class Comment:
    """``author`` is the account's name; ``properties`` is by key."""

    id: str
    issue: Issue
    author: str
    body: str
    created: datetime
    updated: datetime
    editor: str
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class RemoteLink:
    """``data`` is what was sent last; what a later request leaves out is gone."""

    id: int
    global_id: str | None
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One field's step from one value to another, as people read it; a custom field goes by its id."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class History:
    """What somebody changed at once."""

    id: str
    author: str
    created: datetime
    changes: tuple[Change, ...]


@dataclass(slots=True, eq=False)
class Issue:
    """A ticket. Names stand for type, status, priority and resolution; see ``catalogue`` for what they are.

    ``category_since`` is when the status category changed last, ``resolved`` when a resolution was set.
    ``epic_issue`` is the epic of a standard issue, ``parent_issue`` what a sub-task is part of.
    """

    id: str
    number: int
    project: Project
    summary: str
    type: str
    status: str
    priority: str
    reporter: str
    created: datetime
    updated: datetime
    category_since: datetime
    description: str = ""
    labels: list[str] = field(default_factory=list)
    assignee: str | None = None
    resolution: str | None = None
    resolved: datetime | None = None
    points: float | None = None
    epic_issue: Issue | None = None
    parent_issue: Issue | None = None
    versions: list[Version] = field(default_factory=list)
    sprints: list[Sprint] = field(default_factory=list)
    numbers: dict[str, float] = field(default_factory=dict)
    subtasks: list[Issue] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    links: list[RemoteLink] = field(default_factory=list)
    history: list[History] = field(default_factory=list)

    @property
    def key(self) -> str:
        """Changes when the issue moves to another project."""
        return f"{self.project.key}-{self.number}"

    @property
    def epic(self) -> str | None:
        """The epic's key of today."""
        return self.epic_issue.key if self.epic_issue else None

    @property
    def parent(self) -> str | None:
        """The key of a sub-task's parent."""
        return self.parent_issue.key if self.parent_issue else None
