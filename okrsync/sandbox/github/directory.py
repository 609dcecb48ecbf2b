"""The ground of the sandbox GitHub: switches, people, repositories, and what repositories define.

Nothing here touches an issue's ``updated_at``, as on GitHub: a renamed label or an edited milestone does not.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from datetime import datetime

from okrsync.sandbox.github.records import Issue, IssueType, Label, Milestone, Person, Repository

TOKEN = "github-sandbox-token"
READ_ONLY_TOKEN = "github-read-only-token"
LOGIN = "okrsync-bot"
_REVISIONS = itertools.count()
"""Of the whole process, so that a state that begins anew never meets answers kept for an older one."""


class Directory:
    """Who and where, and how this GitHub is set up.

    Switches: ``limits`` are requests an hour (core) and a minute (search), None as on an Enterprise Server with
    limits off; ``sub_issues`` whether the API knows them; ``tells_parent`` and ``tells_sub_issues`` whether issues
    carry ``parent_issue_url`` and ``sub_issues_summary``; ``searches_one_kind`` whether a search must say if it wants
    issues or pull requests, as on GitHub.com; ``deepest_page`` the last page number lists accept,
    ``largest_page`` the most rows of a page, however many were asked for;
    ``tells_reasons`` whether events say why an issue was closed, which not all servers do;
    ``tokens`` maps accepted tokens to whether they may write; ``oauth_scopes`` makes them classic ones with these
    scopes ("repo, admin:org"), None leaves them fine-grained; ``administrator`` tells that the account is one in
    every repository; ``enterprise`` is an Enterprise Server's version.
    ``spoiled`` holds ids of issues that are told without a date of creation, which no reader understands.
    ``revision`` moves with every change that an answer could show. ``hear`` is told what a webhook would tell: event,
    action, repository, and what it is about.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._clock = now
        self.base_url = "http://127.0.0.1/github/api/v3"
        self.lock = threading.RLock()
        self.repositories: dict[int, Repository] = {}
        self.people: dict[str, Person] = {}
        self.types: dict[str, IssueType] = {}
        self.limits: dict[str, int | None] = {"core": 5_000, "search": 30}
        self.sub_issues = True
        self.tells_parent = True
        self.tells_sub_issues = True
        self.searches_one_kind = True
        self.deepest_page = 100
        self.largest_page = 100
        self.spoiled: set[int] = set()
        self.tells_reasons = True
        self.tokens: dict[str, bool] = {TOKEN: True, READ_ONLY_TOKEN: False}
        self.installation_tokens: set[str] = set()
        self.oauth_scopes: str | None = None
        self.administrator = False
        self.enterprise = ""
        self.revision = next(_REVISIONS)
        self.hear: Callable[[str, str, Repository, object], None] | None = None
        self._names: dict[str, int] = {}
        self._last_id = 1_000
        self._last_event = 0
        self.me = self.person(LOGIN)

    def changed(self) -> None:
        self.revision = next(_REVISIONS)

    def tell(self, event: str, action: str, home: Repository, about: object) -> None:
        if self.hear is not None:
            self.hear(event, action, home, about)

    def now(self) -> datetime:
        """GitHub knows whole seconds only."""
        return self._clock().replace(microsecond=0)

    def person(self, login: str, kind: str = "User") -> Person:
        with self.lock:
            if login not in self.people:
                self.people[login] = Person(self._id(), login, kind)
            return self.people[login]

    def repository(self, name: str | int) -> Repository:
        """By today's name, a former one, or the id."""
        return self.repositories[name if isinstance(name, int) else self._names[name.lower()]]

    def issue(self, repository: str | int, number: int) -> Issue:
        return self.repository(repository).issues[number]

    def label_names(self, repository: str | int, number: int) -> list[str]:
        return [label.name for label in self.issue(repository, number).labels]

    def add_repository(self, full_name: str, *, private: bool = False, archived: bool = False) -> Repository:
        owner, _, name = full_name.partition("/")
        with self.lock:
            made = Repository(
                self._id(), self.person(owner, "Organization"), name, self.now(), private=private, archived=archived
            )
            self.repositories[made.id] = made
            self._names[full_name.lower()] = made.id
            return made

    def rename_repository(self, repository: str | int, full_name: str) -> None:
        """The former name keeps redirecting until another repository takes it."""
        owner, _, name = full_name.partition("/")
        with self.lock:
            renamed = self.repository(repository)
            renamed.owner, renamed.name = self.person(owner, "Organization"), name
            self._names[full_name.lower()] = renamed.id
            self.changed()
            self.tell("repository", "renamed", renamed, None)

    def archive(self, repository: str | int, archived: bool = True) -> None:
        with self.lock:
            self.repository(repository).archived = archived
            self.changed()

    def switch_issues(self, repository: str | int, on: bool) -> None:
        """Off, the repository lists nothing, its pull requests included."""
        with self.lock:
            self.repository(repository).has_issues = on
            self.changed()

    def delete_repository(self, repository: str | int) -> None:
        with self.lock:
            gone = self.repository(repository)
            del self.repositories[gone.id]
            self.changed()
            self._names = {name: id_ for name, id_ in self._names.items() if id_ != gone.id}

    def add_label(self, repository: str | int, name: str, *, color: str = "ededed", description: str = "") -> Label:
        """The label of that name, created when the repository has none."""
        with self.lock:
            home = self.repository(repository)
            if name.lower() not in home.labels:
                home.labels[name.lower()] = Label(self._id(), name, color, description or None)
                self.changed()
                self.tell("label", "created", home, home.labels[name.lower()])
            return home.labels[name.lower()]

    def rename_label(self, repository: str | int, name: str, new_name: str) -> None:
        with self.lock:
            home = self.repository(repository)
            label = home.labels.pop(name.lower())
            label.name = new_name
            home.labels[new_name.lower()] = label
            self.changed()
            self.tell("label", "edited", home, label)

    def delete_label(self, repository: str | int, name: str) -> None:
        """Taken off every issue, without touching their ``updated_at``."""
        with self.lock:
            home = self.repository(repository)
            label = home.labels.pop(name.lower())
            for issue in home.issues.values():
                if label in issue.labels:
                    issue.labels.remove(label)
            self.changed()
            self.tell("label", "deleted", home, label)

    def add_milestone(
        self, repository: str | int, title: str, *, due: datetime | None = None, description: str = ""
    ) -> Milestone:
        with self.lock:
            home, now = self.repository(repository), self.now()
            number = len(home.milestones) + 1
            made = Milestone(self._id(), number, title, home.owner, now, now, description or None, due)
            home.milestones[number] = made
            self.changed()
            self.tell("milestone", "created", home, made)
            return made

    def milestone(self, repository: str | int, title: str) -> Milestone:
        for found in self.repository(repository).milestones.values():
            if found.title == title:
                return found
        raise KeyError(title)

    def edit_milestone(
        self,
        repository: str | int,
        number: int,
        *,
        title: str | None = None,
        description: str | None = None,
        due: datetime | None = None,
        closed: bool | None = None,
    ) -> None:
        """What is None stays; ``closed`` closes or opens it again."""
        with self.lock:
            home = self.repository(repository)
            milestone = home.milestones[number]
            milestone.title = title or milestone.title
            milestone.description = milestone.description if description is None else description
            milestone.due = due or milestone.due
            if closed is not None:
                milestone.closed_at = self.now() if closed else None
            milestone.updated = self.now()
            self.changed()
            self.tell("milestone", "edited" if closed is None else "closed" if closed else "opened", home, milestone)

    def issue_type(self, name: str) -> IssueType:
        with self.lock:
            if name not in self.types:
                self.types[name] = IssueType(self._id(), name)
            return self.types[name]

    def _id(self) -> int:
        self._last_id += 1
        return self._last_id
