"""The ground of the sandbox Jira: switches, accounts, projects, versions, sprints, boards and fields."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Literal

from okrsync.sandbox.jira.catalogue import (
    EPIC_LINK,
    NUMBER,
    PERMISSIONS,
    POWERS,
    SPRINT,
    Field,
    custom,
    standard_fields,
)
from okrsync.sandbox.jira.records import Board, Issue, Person, Project, Sprint, Version

EMAIL = "ana@acme.example"
CLOUD_TOKEN = "jira-sandbox-token"
DC_TOKEN = "jira-dc-token"
LOGIN = "okrsync-bot"

Flavour = Literal["cloud", "dc"]


class Site:
    """Who and where, and how this Jira is set up.

    Switches that a test may turn at any time:

    - ``token`` and ``email`` are what it accepts; ``read_only`` refuses every write (403), as a token without
      the scope would; ``denied`` holds permissions (``ADD_COMMENTS``) that the account lacks everywhere,
      ``granted`` those beyond an ordinary member's (``DELETE_ISSUES``, ``ADMINISTER``);
    - ``hidden`` holds keys of projects that the account may not see;
    - ``silent`` is whether the account may edit without a mail to the watchers;
    - ``index_lag`` is the seconds for which search does not show what was changed; ``unindexed`` holds ids of issues
      that search has lost for the moment;
    - ``short_pages`` makes pages of a search on Cloud shorter than asked, now and then empty; ``tells_last``
      whether they say ``isLast``;
    - ``largest_page`` and ``result_window`` bound searches on Data Center, and ``shown_changes`` how much of each
      changelog they expand (None: all of it); ``comments_page`` bounds comments;
    - ``spoiled`` holds ids of issues that are told without a date of creation, which no reader understands;
    - ``expands_properties`` is whether lists of comments can show their properties;
    - ``rewrites_text`` re-renders what is written through the API, as wiki markup is;
    - ``quota`` is requests an hour, None without limits; ``zone`` is the account's time zone.

    ``revision`` moves with every change that an answer could show. ``hear`` is told what a webhook would tell: event
    and what it is about.
    """

    def __init__(self, now: Callable[[], datetime], flavour: Flavour = "cloud") -> None:
        self._clock = now
        self.flavour = flavour
        self.base_url = "http://127.0.0.1/jira"
        self.lock = threading.RLock()
        self.email = EMAIL
        self.token = CLOUD_TOKEN if flavour == "cloud" else DC_TOKEN
        self.read_only = False
        self.denied: set[str] = set()
        self.granted: set[str] = set()
        self.hidden: set[str] = set()
        self.silent = True
        self.index_lag = 0.0
        self.unindexed: set[str] = set()
        self.short_pages = False
        self.spoiled: set[str] = set()
        self.tells_last = True
        self.largest_page = 1_000
        self.result_window = 10_000
        self.comments_page = 100
        self.shown_changes: int | None = None
        self.expands_properties = True
        self.rewrites_text = False
        self.quota: int | None = 65_000 if flavour == "cloud" else None
        self.zone = timezone(timedelta(hours=2))
        self.revision = 0
        self.hear: Callable[[str, object], None] | None = None
        self.people: dict[str, Person] = {}
        self.projects: dict[str, Project] = {}
        self.issues: dict[str, Issue] = {}
        self.sprints: dict[str, Sprint] = {}
        self.fields: list[Field] = standard_fields(flavour)
        self._keys: dict[str, Issue] = {}
        self._last_id = 10_010
        self.me = self.person(LOGIN, email=EMAIL)
        self.boards = {1: Board(1, "Shop board", estimation=self.points_field.id)}

    def tell(self, event: str, about: object) -> None:
        if self.hear is not None:
            self.hear(event, about)

    def now(self) -> datetime:
        """Jira keeps milliseconds."""
        moment = self._clock()
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    @property
    def cloud(self) -> bool:
        return self.flavour == "cloud"

    @property
    def points_field(self) -> Field:
        return next(field for field in self.fields if field.name == "Story Points")

    @property
    def epic_field(self) -> Field | None:
        return next((field for field in self.fields if field.custom == EPIC_LINK), None)

    @property
    def sprint_field(self) -> Field:
        return next(field for field in self.fields if field.custom == SPRINT)

    def may(self, permission: str) -> bool:
        """BROWSE_PROJECTS is decided by ``hidden``, the rest is the same in every project."""
        if permission not in PERMISSIONS or permission in self.denied:
            return False
        if permission in POWERS and permission not in self.granted:
            return False
        if permission == "ADMINISTER_PROJECTS" and not self.silent:
            return False
        return permission == "BROWSE_PROJECTS" or not self.read_only

    def visible(self, project: Project) -> bool:
        return project.key not in self.hidden

    def person(self, name: str, *, email: str | None = None) -> Person:
        with self.lock:
            if name not in self.people:
                account = f"5b10a2844c20165700ede{len(self.people):03d}"
                display = name.replace("-", " ").title()
                self.people[name] = Person(name, account, display, email or f"{name}@acme.example")
            return self.people[name]

    def project(self, key_or_id: str) -> Project:
        """Raises KeyError when there is none."""
        found = self.projects.get(key_or_id.upper())
        return found or next(each for each in self._by_id(key_or_id))

    def issue(self, key_or_id: str) -> Issue:
        """By id, today's key or a former one. Raises KeyError when there is none."""
        return self.issues.get(key_or_id) or self._keys[key_or_id.upper()]

    def add_project(self, key: str, name: str) -> Project:
        with self.lock:
            self.revision += 1
            return self.projects.setdefault(key, Project(self._id(), key, name))

    def archive_project(self, key: str, archived: bool = True) -> None:
        """Its issues can be looked at, no longer searched for nor changed."""
        with self.lock:
            self.project(key).archived = archived
            self.revision += 1

    def add_version(self, project: str, name: str, release_date: str | None = None, released: bool = False) -> str:
        """Returns the version's id."""
        with self.lock:
            home = self.project(project)
            made = Version(self._id(), name, home, release_date, released)
            home.versions[made.id] = made
            self.revision += 1
            self.tell("jira:version_created", made)
            return made.id

    def edit_version(
        self, id_: str, *, name: str | None = None, released: bool | None = None, archived: bool | None = None
    ) -> None:
        """What is None stays."""
        with self.lock:
            version = next(home.versions[id_] for home in self.projects.values() if id_ in home.versions)
            version.name = name or version.name
            version.released = version.released if released is None else released
            version.archived = version.archived if archived is None else archived
            self.revision += 1
            self.tell("jira:version_updated", version)

    def add_sprint(self, name: str) -> int:
        """Returns the sprint's id; issues are given sprints by name."""
        with self.lock:
            made = Sprint(len(self.sprints) + 1, name, board=1, state="active")
            self.sprints[name] = made
            return made.id

    def add_board(self, name: str, *, type: str = "scrum") -> int:
        with self.lock:
            made = Board(len(self.boards) + 1, name, type)
            self.boards[made.id] = made
            return made.id

    def add_number_field(self, name: str) -> str:
        """A numeric custom field; returns its id. Issues take values by ``edit(key, numbers={id: 3})``."""
        with self.lock:
            made = custom(10_200 + len(self.fields), name, "number", NUMBER)
            self.fields.append(made)
            return made.id

    def _by_id(self, id_: str) -> list[Project]:
        found = [project for project in self.projects.values() if project.id == id_]
        if not found:
            raise KeyError(id_)
        return found

    def _id(self) -> str:
        self._last_id += 1
        return str(self._last_id)
