"""Work as the engine sees it, whatever tracker it came from.

Identity is ``(connection, id)`` with the tracker's immutable id; keys, titles and URLs change.
All times are aware and in UTC.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import msgspec


class Kind(StrEnum):
    """What an item is: plain work or a pull request."""

    ISSUE = "issue"
    PULL_REQUEST = "pull request"


class State(StrEnum):
    """Where work stands. ``UNKNOWN`` is a state word that the tracker could not place."""

    TODO = "todo"
    DOING = "doing"
    DONE = "done"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """How done work ended. Only delivered work counts as done; the others leave the denominator."""

    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    DUPLICATE = "duplicate"


class Scope(msgspec.Struct, frozen=True):
    """A repository or a project: what one pull covers.

    ``id`` is immutable (numeric, as text); ``name`` is what people write (``acme/shop``, ``SHOP``).
    ``data`` is the connector's own memory about the scope (discovered fields, say); the store keeps it.
    ``left_out`` is why it cannot be read at all; such a scope is named in the run's report, and that is all.
    """

    id: str
    name: str
    archived: bool = False
    data: dict[str, str] = {}
    left_out: str = ""


class Ref(msgspec.Struct, frozen=True):
    """How to address one item: ``scope`` is a scope's id, ``key`` the name people use today."""

    connection: str
    scope: str
    id: str
    key: str


# Asked of every item for every day: as attributes of their class, members would be looked up each time.
_DONE, _DELIVERED = State.DONE, Outcome.DELIVERED


class Item(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One ticket or pull request.

    ``word`` is the tracker's own name of the state. ``milestones`` holds ids of milestones or versions.
    ``parent`` is the id, or where a tracker gives only that, the key of the epic or parent item.
    ``subtask`` marks Jira sub-tasks, which do not count by default. ``numbers`` holds the extra numeric
    fields that the configuration names. ``references`` are the key result ids from ``OKR:`` lines of the
    description, as written. ``comments`` is None where the tracker does not tell; ``writable`` is False
    on locked tickets. ``outcome`` is set exactly when ``state`` is done.
    """

    connection: str
    scope: str
    id: str
    key: str
    url: str
    title: str
    created: datetime
    updated: datetime
    kind: Kind = Kind.ISSUE
    type: str = ""
    state: State = State.TODO
    word: str = ""
    outcome: Outcome | None = None
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    milestones: tuple[str, ...] = ()
    sprints: tuple[str, ...] = ()
    priority: str = ""
    parent: str | None = None
    subtask: bool = False
    points: float | None = None
    numbers: dict[str, float] = {}
    references: tuple[str, ...] = ()
    comments: int | None = None
    writable: bool = True
    started: datetime | None = None
    closed: datetime | None = None

    @property
    def ref(self) -> Ref:
        """What a change needs to know of it."""
        return Ref(self.connection, self.scope, self.id, self.key)

    @property
    def delivered(self) -> bool:
        """Done, and not dropped: where a tracker does not tell how work ended, it was delivered."""
        return self.state == _DONE and (self.outcome is None or self.outcome == _DELIVERED)

    @property
    def dropped(self) -> bool:
        """Cancelled or duplicate: left out of every denominator."""
        return self.outcome is not None and self.outcome != _DELIVERED


class Milestone(msgspec.Struct, frozen=True, omit_defaults=True):
    """A GitHub milestone or a Jira version. ``open`` and ``done`` count items where the tracker tells."""

    connection: str
    scope: str
    id: str
    title: str
    url: str = ""
    state: State = State.TODO
    due: date | None = None
    open: int | None = None
    done: int | None = None


class LabelDefinition(msgspec.Struct, frozen=True):
    """A label as a scope defines it; ``id`` survives a rename."""

    id: str
    name: str
    description: str = ""
    color: str = ""


class Quarantined(msgspec.Struct, frozen=True):
    """An item that could not be understood; the run goes on without it and ends partial."""

    id: str
    key: str
    reason: str


class Page(msgspec.Struct, frozen=True):
    """One page of work, safe to keep on its own.

    ``milestones`` and ``labels`` are None, or the scope's complete list (at most once in a pull). Labels were read
    before any item of the pull: those that are not among them any more are taken from what is known, and only then
    do its items count.
    ``as_of`` is the tracker's own clock when the pull began; the first page carries it.
    ``scope`` is the pulled scope with new ``data``: what the connector learned and wants to be given next time.
    """

    items: tuple[Item, ...] = ()
    milestones: tuple[Milestone, ...] | None = None
    labels: tuple[LabelDefinition, ...] | None = None
    quarantined: tuple[Quarantined, ...] = ()
    as_of: datetime | None = None
    scope: Scope | None = None
