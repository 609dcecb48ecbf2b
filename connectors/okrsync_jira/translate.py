"""Jira's JSON into the engine's vocabulary. Pure: no network, no clock."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from functools import lru_cache

from okrsync.marker import references
from okrsync.model.work import Item, Milestone, Outcome, Scope, State
from okrsync_jira.fields import Fields
from okrsync_jira.shapes import Category, Issue, IssueFields, IssueType, Named, Version

_STATES = {"new": State.TODO, "indeterminate": State.DOING, "done": State.DONE}
_DUPLICATE = "duplicate"
_UNTYPED = IssueType()
_UNKNOWN = Category()

_SPRINT_NAME = re.compile(
    r"[\[,]name=(?P<name>.*?)(?=,(?:id|rapidViewId|state|startDate|endDate|completeDate|activatedDate|sequence|goal"
    r"|autoStartStop|synced|incompleteIssuesDestinationId)=|\]$)",
    re.DOTALL,
)
"""A name may hold commas and brackets: it ends only before another property of a sprint, or at the very end."""


class Translator:
    """Turns the issues of one scope into items. ``base_url`` is the address that people see."""

    def __init__(
        self, connection: str, scope: Scope, base_url: str, fields: Fields, cancelled_resolutions: Iterable[str]
    ) -> None:
        self._connection = connection
        self._scope = scope
        self._base_url = base_url
        self._numbers = [(name, f"number_{index}") for index, name in enumerate(fields.numbers)]
        self._cancelled = frozenset(_plain(name) for name in cancelled_resolutions)
        self._outcomes: dict[str, Outcome] = {}

    def item(self, issue: Issue) -> Item:
        """One issue as an item; what the site does not tell of it stays None or UNKNOWN."""
        fields = issue.fields
        state, word = _state(fields)
        done, kind, who = state is State.DONE, fields.issuetype or _UNTYPED, fields.assignee
        return Item(
            connection=self._connection,
            scope=self._scope.id,
            id=issue.id,
            key=issue.key,
            url=f"{self._base_url}/browse/{issue.key}",
            title=fields.summary or "",
            created=_utc(fields.created),
            updated=_utc(fields.updated),
            type=kind.name,
            subtask=kind.subtask,
            state=state,
            word=word,
            outcome=self.outcome(fields.resolution.name if fields.resolution else None) if done else None,
            labels=tuple(fields.labels or ()),
            assignees=_names(who.displayName, who.name, who.accountId) if who else (),
            milestones=tuple([version.id for version in fields.fixVersions]) if fields.fixVersions else (),
            sprints=_sprints(fields.sprints) if fields.sprints else (),
            priority=fields.priority.name if fields.priority else "",
            parent=fields.parent.id if fields.parent else fields.epic,
            points=fields.points,
            numbers=self._extra(fields) if self._numbers else {},
            references=references(fields.description),
            started=_moment(fields.statuscategorychangedate) if state is State.DOING else None,
            closed=_moment(fields.resolutiondate or fields.statuscategorychangedate) if done else None,
        )

    def milestone(self, version: Version) -> Milestone:
        """A released version is done; one that was archived unreleased never will be, so its state is unknown."""
        unfinished = State.UNKNOWN if version.archived else State.TODO
        return Milestone(
            connection=self._connection,
            scope=self._scope.id,
            id=version.id,
            title=version.name,
            url=f"{self._base_url}/projects/{self._scope.name}/versions/{version.id}",
            state=State.DONE if version.released else unfinished,
            due=_day(version.releaseDate),
        )

    def outcome(self, resolution: str | None) -> Outcome:
        """What the name of a resolution says about done work."""
        name = resolution or ""
        if name not in self._outcomes:
            self._outcomes[name] = self._meaning(_plain(name))
        return self._outcomes[name]

    def _meaning(self, word: str) -> Outcome:
        if word in self._cancelled:
            return Outcome.CANCELLED
        return Outcome.DUPLICATE if word == _DUPLICATE else Outcome.DELIVERED

    def _extra(self, fields: IssueFields) -> dict[str, float]:
        read: Callable[[str], float | None] = fields.__getattribute__
        return {name: value for name, place in self._numbers if (value := read(place)) is not None}


def sprint_name(written: str) -> str:
    """The name in Data Center's ``...Sprint@1a2b[id=3,state=ACTIVE,name=A, [b],startDate=...]``, or ""."""
    found = _SPRINT_NAME.search(written)
    return found["name"] if found else ""


def state_of(category: Category) -> State:
    """What a status category means."""
    return _STATES.get(category.key, State.UNKNOWN)


def _state(fields: IssueFields) -> tuple[State, str]:
    status = fields.status
    if status is None:
        return State.UNKNOWN, ""
    return state_of(status.statusCategory or _UNKNOWN), status.name


@lru_cache(maxsize=1024)
def _names(shown: str, name: str, account: str) -> tuple[str, ...]:
    """The name people see first, then the one that never changes."""
    return tuple(dict.fromkeys(filter(None, (shown, name, account))))


def _sprints(sprints: Iterable[Named | str]) -> tuple[str, ...]:
    names = (sprint_name(sprint) if isinstance(sprint, str) else sprint.name for sprint in sprints)
    return tuple(filter(None, names))


def _plain(resolution: str) -> str:
    return resolution.replace("’", "'").strip().casefold()


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def _moment(moment: datetime | None) -> datetime | None:
    return None if moment is None else _utc(moment)


def _day(written: str | int | None) -> date | None:
    try:
        if isinstance(written, int):
            return datetime.fromtimestamp(written / 1000, UTC).date()
        return date.fromisoformat(written[:10]) if written else None
    except (ValueError, OverflowError, OSError):
        return None
