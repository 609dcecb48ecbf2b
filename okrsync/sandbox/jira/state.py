"""What people do on the sandbox Jira.

Each act moves ``updated`` and leaves a line in the issue's history, as in Jira: edits, labels, transitions, moves;
comments move ``updated`` only. All methods are safe to call while the server answers. Unknown keys and names
raise KeyError.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from okrsync.sandbox.jira.catalogue import DONE, PRIORITIES, RESOLUTIONS, STATUSES, TYPES
from okrsync.sandbox.jira.records import Change, Comment, History, Issue, Project, RemoteLink, Version
from okrsync.sandbox.jira.site import Site

_PLAIN = ("summary", "description", "points", "priority", "type", "assignee")


class JiraState(Site):
    """A whole Jira: see :class:`Site` for its switches."""

    def create(
        self,
        project: str,
        summary: str,
        *,
        type: str = "Story",
        points: float | None = None,
        epic: str | None = None,
        parent: str | None = None,
        version: str | None = None,
        sprint: str | None = None,
        labels: Iterable[str] = (),
        assignee: str | None = None,
        priority: str = "Medium",
        description: str = "",
        status: str = "To Do",
        reporter: str = "ana",
        at: datetime | None = None,
    ) -> Issue:
        """A new issue; ``epic`` and ``parent`` are keys, ``version`` and ``sprint`` are names that exist."""
        _known(type=(type, TYPES), priority=(priority, PRIORITIES), status=(status, STATUSES))
        with self.lock:
            home, now = self.project(project), at or self.now()
            home.last_number += 1
            made = Issue(self._id(), home.last_number, home, summary, type, status, priority, reporter, now, now, now)
            made.points, made.description, made.labels = points, description, list(labels)
            made.assignee = self.person(assignee).name if assignee else None
            self.person(reporter)
            made.epic_issue = self.issue(epic) if epic else None
            made.versions = [self.version(home, version)] if version else []
            made.sprints = [self.sprints[sprint]] if sprint else []
            if parent:
                self._become_subtask(made, self.issue(parent))
            self.issues[made.id] = self._keys[made.key] = made
            self.revision += 1
            self.tell("jira:issue_created", made)
            return made

    def transition(
        self, key: str, status: str, resolution: str | None = None, *, by: str = "ana", at: datetime | None = None
    ) -> None:
        """A status outside the category "done" takes the resolution away."""
        _known(status=(status, STATUSES), resolution=(resolution or "Done", RESOLUTIONS))
        with self.lock:
            issue, now = self.issue(key), at or self.now()
            category = STATUSES[status][1]
            resolution = resolution if category is DONE else None
            changes = [Change("status", issue.status, status), Change("resolution", issue.resolution, resolution)]
            if STATUSES[issue.status][1] is not category:
                issue.category_since = now
            if resolution is None or issue.resolution is None:
                issue.resolved = now if resolution else None
            issue.status, issue.resolution = status, resolution
            self.record(issue, changes, by=by, at=at)

    def edit(self, key: str, *, by: str = "ana", at: datetime | None = None, **fields: Any) -> None:
        """Set fields by the names that ``create`` takes, and ``numbers`` ({field id: number}).

        Raises TypeError for another name.
        """
        with self.lock:
            issue = self.issue(key)
            numbers: dict[str, float] = fields.pop("numbers", {})
            changes = [self._set(issue, name, value) for name, value in fields.items()]
            changes += [Change(name, _told(issue.numbers.get(name)), _told(new)) for name, new in numbers.items()]
            issue.numbers = {**issue.numbers, **numbers}
            self.record(issue, changes, by=by, at=at)

    def add_label(self, key: str, label: str, *, by: str = "ana") -> None:
        """A label the issue has already changes nothing."""
        self.change_labels(key, add=[label], by=by)

    def remove_label(self, key: str, label: str, *, by: str = "ana") -> None:
        self.change_labels(key, remove=[label], by=by)

    def change_labels(self, key: str, *, add: Iterable[str] = (), remove: Iterable[str] = (), by: str = "ana") -> None:
        with self.lock:
            issue = self.issue(key)
            before, unwanted = list(issue.labels), set(remove)
            issue.labels = [label for label in dict.fromkeys([*before, *add]) if label not in unwanted]
            self.record(issue, [Change("labels", " ".join(before), " ".join(issue.labels))], by=by)

    def add_comment(
        self,
        key: str,
        text: str,
        *,
        author: str = "ana",
        properties: Mapping[str, Any] | None = None,
        at: datetime | None = None,
    ) -> Comment:
        with self.lock:
            issue, now = self.issue(key), at or self.now()
            who = self.person(author).name
            made = Comment(self._id(), issue, who, text, now, now, who, dict(properties or {}))
            issue.comments.append(made)
            self.touch(issue, at)
            return made

    def edit_comment(self, comment: Comment, text: str, *, editor: str = "ana") -> None:
        with self.lock:
            comment.body, comment.updated, comment.editor = text, self.now(), self.person(editor).name
            self.touch(comment.issue)

    def delete_comment(self, comment: Comment) -> None:
        with self.lock:
            comment.issue.comments.remove(comment)
            self.touch(comment.issue)

    def put_link(self, key: str, data: Mapping[str, Any], *, by: str = "ana") -> tuple[RemoteLink, bool]:
        """The remote link, and whether it is new: one with the same global id is replaced as a whole."""
        with self.lock:
            issue, name = self.issue(key), data.get("globalId")
            for link in issue.links:
                if name is not None and link.global_id == name:
                    link.data = dict(data)
                    self.touch(issue)
                    return link, False
            link = RemoteLink(int(self._id()), name, dict(data))
            issue.links.append(link)
            self.record(issue, [Change("RemoteIssueLink", None, _link_told(link))], by=by)
            return link, True

    def delete_link(self, key: str, link: RemoteLink, *, by: str = "ana") -> None:
        with self.lock:
            issue = self.issue(key)
            issue.links.remove(link)
            self.record(issue, [Change("RemoteIssueLink", _link_told(link), None)], by=by)

    def delete(self, key: str) -> None:
        """Its sub-tasks go with it, its stories lose their epic."""
        with self.lock:
            issue = self.issue(key)
            for subtask in list(issue.subtasks):
                self.delete(subtask.key)
            if issue.parent_issue:
                issue.parent_issue.subtasks.remove(issue)
            for other in self.issues.values():
                if other.epic_issue is issue:
                    other.epic_issue = None
            del self.issues[issue.id]
            self._keys = {name: held for name, held in self._keys.items() if held is not issue}
            self.revision += 1
            self.tell("jira:issue_deleted", issue)

    def move(self, key: str, project: str, *, by: str = "ana") -> Issue:
        """A new key in the other project, the same id; the old key keeps finding it. Versions stay behind."""
        with self.lock:
            issue, home = self.issue(key), self.project(project)
            before = issue.key
            home.last_number += 1
            issue.project, issue.number, issue.versions = home, home.last_number, []
            self._keys[issue.key] = issue
            self.record(issue, [Change("Key", before, issue.key)], by=by)
            for subtask in list(issue.subtasks):
                self.move(subtask.key, project, by=by)
            return issue

    def version(self, project: Project, name: str) -> Version:
        for version in project.versions.values():
            if version.name == name:
                return version
        raise KeyError(name)

    def record(self, issue: Issue, changes: Iterable[Change], *, by: str, at: datetime | None = None) -> None:
        """Into the history; what changes nothing leaves the issue as it was."""
        real = tuple(change for change in changes if (change.before or None) != (change.after or None))
        if real:
            issue.history.append(History(self._id(), self.person(by).name, at or self.now(), real))
            self.touch(issue, at)

    def touch(self, issue: Issue, at: datetime | None = None) -> None:
        """Time never runs backwards on a ticket."""
        issue.updated = max(at or self.now(), issue.updated)
        self.revision += 1
        self.tell("jira:issue_updated", issue)

    def _set(self, issue: Issue, name: str, value: Any) -> Change:
        if name in _PLAIN:
            before = getattr(issue, name)
            if name == "assignee" and value:
                self.person(value)
            setattr(issue, name, value)
            return Change(name, _told(before), _told(value))
        if name == "epic":
            told = issue.epic
            issue.epic_issue = self.issue(value) if value else None
            return Change("Epic Link", told, issue.epic)
        if name == "parent":
            told = issue.parent
            self._become_subtask(issue, self.issue(value))
            return Change("Parent", told, issue.parent)
        return self._set_many(issue, name, value)

    def _set_many(self, issue: Issue, name: str, value: Any) -> Change:
        match name:
            case "labels":
                change = Change(name, " ".join(issue.labels), " ".join(dict.fromkeys(value)))
                issue.labels = list(dict.fromkeys(value))
            case "version":
                change = Change("Fix Version", ", ".join(version.name for version in issue.versions), value)
                issue.versions = [self.version(issue.project, value)] if value else []
            case "sprint":
                change = Change("Sprint", ", ".join(sprint.name for sprint in issue.sprints), value)
                issue.sprints = [self.sprints[value]] if value else []
            case _:
                raise TypeError(f"an issue has no {name!r}")
        return change

    def _become_subtask(self, issue: Issue, parent: Issue) -> None:
        if issue.parent_issue:
            issue.parent_issue.subtasks.remove(issue)
        issue.parent_issue = parent
        parent.subtasks.append(issue)


def _known(**given: tuple[str, Mapping[str, object]]) -> None:
    for name, (value, known) in given.items():
        if value not in known:
            raise KeyError(f"no {name} {value!r}; there are {', '.join(known)}")


def _told(value: object) -> str | None:
    return None if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _link_told(link: RemoteLink) -> str:
    return f'This issue links to "{link.data.get("object", {}).get("title", "")} (Web Link)"'
