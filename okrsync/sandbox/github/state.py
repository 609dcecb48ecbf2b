"""What people do on the sandbox GitHub.

Each act moves ``updated_at`` as GitHub does (comments, labels and edits touch the issue), and is kept as an event
where GitHub keeps one. All methods are safe to call while the server answers. A repository is given by its id or its
name, today's or a former one. Unknown names and numbers raise KeyError.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from okrsync.sandbox.github.directory import Directory
from okrsync.sandbox.github.records import Comment, Event, Issue

ANNOUNCED = frozenset(
    ("closed", "reopened", "labeled", "unlabeled", "assigned", "milestoned", "demilestoned", "locked")
)
"""Kinds of events that are actions of webhooks, too."""


class GitHubState(Directory):
    """A whole GitHub: see :class:`Directory` for its switches."""

    def create(
        self,
        repository: str | int,
        title: str,
        *,
        body: str | None = None,
        labels: Iterable[str] = (),
        milestone: str | None = None,
        assignees: Iterable[str] = (),
        author: str = "ana",
        type: str | None = None,
        pull_request: bool = False,
        parent: Issue | None = None,
        at: datetime | None = None,
    ) -> Issue:
        """A new issue or pull request; ``milestone`` is a title that exists, labels are created when they do not."""
        with self.lock:
            home, now = self.repository(repository), at or self.now()
            home.last_number += 1
            made = Issue(self._id(), home.last_number, home, title, self.person(author), now, now, body)
            made.labels = [self.add_label(home.id, name) for name in labels]
            made.assignees = [self.person(login) for login in assignees]
            made.type = self.issue_type(type) if type else None
            made.pull_request = pull_request
            made.parent = parent
            if parent is not None:
                parent.children.append(made)
            if milestone is not None:
                made.milestone = self.milestone(home.id, milestone)
                made.milestone.open += 1
            home.issues[made.number] = made
            for label in made.labels:
                self._tell(made, "labeled", author, now, label=label)
            for person in made.assignees:
                self._tell(made, "assigned", author, now, assignee=person)
            if milestone is not None:
                self._tell(made, "milestoned", author, now, milestone=milestone)
            self.changed()
            self._announce(made, "opened")
            return made

    def close(
        self,
        repository: str | int,
        number: int,
        reason: str = "completed",
        *,
        by: str = "ana",
        at: datetime | None = None,
    ) -> None:
        """``reason`` is completed, not_planned or duplicate; pull requests close without one."""
        with self.lock:
            issue = self.issue(repository, number)
            if not issue.open:
                return
            issue.closed_at = at or self.now()
            issue.closed_by = self.person(by)
            issue.state_reason = None if issue.pull_request else reason
            if issue.milestone:
                issue.milestone.open -= 1
                issue.milestone.closed += 1
            self._tell(issue, "closed", by, issue.closed_at, reason=issue.state_reason)
            self.touch(issue, at)

    def merge(self, repository: str | int, number: int, *, by: str = "ana", at: datetime | None = None) -> None:
        with self.lock:
            issue = self.issue(repository, number)
            issue.merged = at or self.now()
            self._tell(issue, "merged", by, issue.merged)
            self.close(repository, number, by=by, at=at)

    def reopen(self, repository: str | int, number: int, *, by: str = "ana") -> None:
        with self.lock:
            issue = self.issue(repository, number)
            if issue.open:
                return
            issue.closed_at = issue.closed_by = None
            issue.state_reason = None if issue.pull_request else "reopened"
            if issue.milestone:
                issue.milestone.open += 1
                issue.milestone.closed -= 1
            self._tell(issue, "reopened", by)
            self.touch(issue)

    def set_milestone(self, repository: str | int, number: int, title: str | None) -> None:
        with self.lock:
            issue = self.issue(repository, number)
            for milestone, step in ((issue.milestone, -1), (self.milestone(repository, title) if title else None, 1)):
                if milestone is not None and issue.open:
                    milestone.open += step
                elif milestone is not None:
                    milestone.closed += step
            if issue.milestone:
                self._tell(issue, "demilestoned", milestone=issue.milestone.title)
            issue.milestone = self.milestone(repository, title) if title else None
            if title:
                self._tell(issue, "milestoned", milestone=title)
            self.touch(issue)

    def edit(self, repository: str | int, number: int, *, title: str | None = None, body: str | None = None) -> None:
        with self.lock:
            issue = self.issue(repository, number)
            if title is not None and title != issue.title:
                self._tell(issue, "renamed", renamed=(issue.title, title))
            issue.title = title if title is not None else issue.title
            issue.body = body if body is not None else issue.body
            self.touch(issue)
            self._announce(issue, "edited")

    def lock_issue(self, repository: str | int, number: int, locked: bool = True) -> None:
        with self.lock:
            issue = self.issue(repository, number)
            issue.locked = locked
            self._tell(issue, "locked" if locked else "unlocked")
            self.touch(issue)

    def label(self, repository: str | int, number: int, name: str) -> None:
        """As a human does it. A label the issue wears already changes nothing."""
        with self.lock:
            issue, label = self.issue(repository, number), self.add_label(repository, name)
            if label not in issue.labels:
                issue.labels.append(label)
                self._tell(issue, "labeled", label=label)
                self.touch(issue)

    def unlabel(self, repository: str | int, number: int, name: str) -> None:
        with self.lock:
            issue = self.issue(repository, number)
            worn = [label for label in issue.labels if label.name.lower() == name.lower()]
            if worn:
                issue.labels.remove(worn[0])
                self._tell(issue, "unlabeled", label=worn[0])
                self.touch(issue)

    def delete(self, repository: str | int, number: int) -> None:
        """The number answers 410 from now on."""
        with self.lock:
            issue = self._take_out(repository, number)
            issue.repository.deleted.add(number)
            if issue.parent is not None:
                issue.parent.children.remove(issue)
            for child in issue.children:
                child.parent = None
            self._announce(issue, "deleted")

    def transfer(self, repository: str | int, number: int, to: str | int) -> Issue:
        """A new id and number in the other repository; the old address redirects there."""
        with self.lock:
            issue = self._take_out(repository, number)
            old, new = issue.repository, self.repository(to)
            new.last_number += 1
            old.moved[number] = issue
            issue.id, issue.number, issue.repository, issue.milestone = self._id(), new.last_number, new, None
            issue.labels = [self.add_label(to, label.name) for label in issue.labels]
            new.issues[issue.number] = issue
            new.comments.update({comment.id: comment for comment in issue.comments})
            self._tell(issue, "transferred")
            self.touch(issue)
            return issue

    def comment(
        self, repository: str | int, number: int, body: str, *, author: str = "ana", at: datetime | None = None
    ) -> Comment:
        with self.lock:
            issue, now = self.issue(repository, number), at or self.now()
            made = Comment(self._id(), issue, self.person(author), body, now, now)
            issue.comments.append(made)
            issue.repository.comments[made.id] = made
            self.touch(issue, at)
            self.tell("issue_comment", "created", issue.repository, made)
            return made

    def edit_comment(self, comment: Comment, body: str) -> None:
        with self.lock:
            comment.body, comment.updated = body, self.now()
            self.touch(comment.issue)
            self.tell("issue_comment", "edited", comment.issue.repository, comment)

    def delete_comment(self, comment: Comment) -> None:
        with self.lock:
            comment.issue.comments.remove(comment)
            del comment.issue.repository.comments[comment.id]
            self.touch(comment.issue)
            self.tell("issue_comment", "deleted", comment.issue.repository, comment)

    def touch(self, issue: Issue, at: datetime | None = None) -> None:
        issue.updated = at or self.now()
        self.changed()

    def _tell(self, issue: Issue, kind: str, by: str = "ana", at: datetime | None = None, **about: Any) -> None:
        """An event in the issue's history, which is in order of time however it is written."""
        self._last_event += 1
        issue.events.append(Event(self._last_event, issue, kind, self.person(by), at or self.now(), **about))
        if len(issue.events) > 1 and issue.events[-2].created > issue.events[-1].created:
            issue.events.sort(key=lambda event: event.created)
        if kind in ANNOUNCED:
            self._announce(issue, kind)

    def _announce(self, issue: Issue, action: str) -> None:
        self.tell("pull_request" if issue.pull_request else "issues", action, issue.repository, issue)

    def _take_out(self, repository: str | int, number: int) -> Issue:
        home = self.repository(repository)
        issue = home.issues.pop(number)
        for comment in issue.comments:
            del home.comments[comment.id]
        if issue.milestone and issue.open:
            issue.milestone.open -= 1
        elif issue.milestone:
            issue.milestone.closed -= 1
        self.changed()
        return issue
