"""The parts of Jira's JSON that okrsync reads, as msgspec Structs; everything else is skipped undecoded.

Custom fields have another id on every site, so the shape of an issue is made once per connection.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

import msgspec


class Named(msgspec.Struct, gc=False):
    name: str = ""


class Category(msgspec.Struct, gc=False):
    key: str = ""


class Status(msgspec.Struct, gc=False):
    name: str = ""
    statusCategory: Category | None = None


class IssueType(msgspec.Struct, gc=False):
    name: str = ""
    subtask: bool = False


class User(msgspec.Struct, gc=False):
    """Cloud has ``accountId``, Data Center ``name``."""

    displayName: str = ""
    name: str = ""
    accountId: str = ""


class Identified(msgspec.Struct, gc=False):
    id: str


class Project(msgspec.Struct, gc=False):
    id: str
    key: str
    name: str = ""
    archived: bool = False


class Projects(msgspec.Struct):
    values: list[Project]


class IssueFields(msgspec.Struct, gc=False):
    """What is asked of every issue. ``points``, ``epic`` and ``sprints`` sit in custom fields.

    Data Center writes sprints as text and the epic as a key; Cloud has objects and ``parent``.
    """

    created: datetime
    updated: datetime
    summary: str | None = None
    description: str | None = None
    issuetype: IssueType | None = None
    status: Status | None = None
    resolution: Named | None = None
    labels: list[str] | None = None
    assignee: User | None = None
    fixVersions: list[Identified] | None = None
    priority: Named | None = None
    parent: Identified | None = None
    resolutiondate: datetime | None = None
    statuscategorychangedate: datetime | None = None
    points: float | None = None
    epic: str | None = None
    sprints: list[Named | str] | None = None


class Issue(msgspec.Struct, gc=False):
    id: str
    key: str
    fields: IssueFields


STANDARD = tuple(name for name in IssueFields.__struct_fields__ if name not in ("points", "epic", "sprints"))
"""Fields of an issue that have the same name on every site."""


class WhenCreated(msgspec.Struct, gc=False, frozen=True):
    created: datetime | None = None


class Bare(msgspec.Struct):
    """An issue of which only the id is wanted; Data Center pages by ``created``."""

    id: str
    fields: WhenCreated = WhenCreated()


class PlaceFields(msgspec.Struct, gc=False):
    project: Project | None = None
    labels: list[str] = []


class Place(msgspec.Struct):
    """Where an issue lives now, and its labels."""

    id: str
    key: str
    fields: PlaceFields


class Places(msgspec.Struct):
    issues: list[Place]


class Property(msgspec.Struct):
    key: str
    value: Any = None


class Comment(msgspec.Struct):
    """``properties`` is None where the server did not say."""

    id: str
    body: str = ""
    properties: list[Property] | None = None


class Comments(msgspec.Struct):
    comments: list[Comment]
    total: int


class Version(msgspec.Struct):
    """``releaseDate`` is a date as text; some servers write epoch milliseconds."""

    id: str
    name: str = ""
    released: bool = False
    archived: bool = False
    releaseDate: str | int | None = None


class FieldSchema(msgspec.Struct):
    type: str = ""
    custom: str = ""


class FieldInfo(msgspec.Struct):
    id: str
    name: str = ""
    schema: FieldSchema | None = None


class Estimation(msgspec.Struct):
    field: dict[str, Any] = {}


class Board(msgspec.Struct):
    name: str = ""
    estimation: Estimation | None = None


class ServerInfo(msgspec.Struct):
    baseUrl: str
    deploymentType: str = "Server"
    version: str = ""


class ChangedField(
    msgspec.Struct,
    gc=False,
    rename={"before_id": "from", "before": "fromString", "after_id": "to", "after": "toString", "id": "fieldId"},
):
    """One field's step. Only Cloud gives the ``id`` of the field; names are those of today, in the site's language."""

    field: str = ""
    fieldtype: str = ""
    id: str = ""
    before_id: str | None = None
    before: str | None = None
    after_id: str | None = None
    after: str | None = None


class ChangeLine(msgspec.Struct):
    """What somebody changed at once. Cloud's bulk answers may write the time as a number of seconds or milliseconds."""

    created: datetime | int
    id: str | int = ""
    items: list[ChangedField] = []


class ExpandedChangelog(msgspec.Struct):
    """What ``expand=changelog`` adds to an issue; it may be cut short of ``total``."""

    histories: list[ChangeLine] = []
    total: int = 0


class Chronicled(msgspec.Struct):
    """An issue with its changelog."""

    id: str
    fields: WhenCreated = WhenCreated()
    changelog: ExpandedChangelog | None = None


class IssueChanges(msgspec.Struct):
    issueId: str
    changeHistories: list[ChangeLine] = []


class ChangelogPage(msgspec.Struct):
    """A page of Cloud's bulk answer: lines of many issues, an issue's may go on on the next page."""

    issueChangeLogs: list[IssueChanges] = []
    nextPageToken: str | None = None


class StatusInfo(msgspec.Struct):
    id: str
    name: str = ""
    statusCategory: Category | None = None


class Permission(msgspec.Struct):
    havePermission: bool = False


class Permissions(msgspec.Struct):
    permissions: dict[str, Permission]


def issue_shape(points: str | None, epic: str | None, sprints: str | None, numbers: Sequence[str]) -> type[Issue]:
    """An Issue whose custom fields are read from the given field ids; ``numbers`` become number_0, number_1 ..."""
    return _issue_shape(points, epic, sprints, tuple(numbers))


@lru_cache(maxsize=64)
def _issue_shape(points: str | None, epic: str | None, sprints: str | None, numbers: tuple[str, ...]) -> type[Issue]:
    """Made once for each site: a class is never let go of, and a daemon would make one more in every run."""
    places = {"points": points, "epic": epic, "sprints": sprints}
    kinds: dict[str, Any] = {"points": float | None, "epic": str | None, "sprints": list[Named | str] | None}
    columns = [(name, kinds[name], None) for name, place in places.items() if place]
    columns += [(f"number_{index}", float | None, None) for index in range(len(numbers))]
    renamed = {name: place for name, place in places.items() if place}
    renamed |= {f"number_{index}": place for index, place in enumerate(numbers)}
    fields = msgspec.defstruct("SiteFields", columns, bases=(IssueFields,), rename=renamed, gc=False)
    return cast(type[Issue], msgspec.defstruct("SiteIssue", [("fields", fields)], bases=(Issue,), gc=False))
