"""What every project of the sandbox Jira shares: statuses, types, priorities, resolutions, fields, permissions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Category:
    """A status category: ``key`` is what programs read."""

    id: int
    key: str
    name: str
    colour: str


NEW = Category(2, "new", "To Do", "blue-gray")
INDETERMINATE = Category(4, "indeterminate", "In Progress", "yellow")
DONE = Category(3, "done", "Done", "green")
CATEGORIES = (NEW, INDETERMINATE, DONE)

STATUSES = {
    "To Do": ("10000", NEW),
    "In Progress": ("3", INDETERMINATE),
    "In Review": ("10001", INDETERMINATE),
    "Done": ("10002", DONE),
    "Won't Do": ("10003", DONE),
}
"""Name to id and category."""

TYPES = {
    "Epic": ("10000", 1),
    "Story": ("10001", 0),
    "Task": ("10002", 0),
    "Bug": ("10004", 0),
    "Sub-task": ("10003", -1),
}
"""Name to id and level: 1 for what has an epic's place, -1 for sub-tasks."""

PRIORITIES = {"Highest": "1", "High": "2", "Medium": "3", "Low": "4", "Lowest": "5"}

RESOLUTIONS = {
    "Done": "10000",
    "Won't Do": "10001",
    "Duplicate": "10002",
    "Cannot Reproduce": "10003",
    "Declined": "10004",
}

POWERS = ("DELETE_ISSUES", "EDIT_ALL_COMMENTS", "DELETE_ALL_COMMENTS", "ADMINISTER")
"""Permissions that no account has unless it is given them."""

PERMISSIONS = {
    "BROWSE_PROJECTS": "Browse Projects",
    "CREATE_ISSUES": "Create Issues",
    "EDIT_ISSUES": "Edit Issues",
    "LINK_ISSUES": "Link Issues",
    "ADD_COMMENTS": "Add Comments",
    "EDIT_OWN_COMMENTS": "Edit Own Comments",
    "DELETE_OWN_COMMENTS": "Delete Own Comments",
    "EDIT_ALL_COMMENTS": "Edit All Comments",
    "DELETE_ALL_COMMENTS": "Delete All Comments",
    "ADMINISTER_PROJECTS": "Administer Projects",
    "DELETE_ISSUES": "Delete Issues",
    "ADMINISTER": "Administer Jira",
}

NUMBER = "com.atlassian.jira.plugin.system.customfieldtypes:float"
STORY_POINTS = "com.pyxis.greenhopper.jira:jsw-story-points"
EPIC_LINK = "com.pyxis.greenhopper.jira:gh-epic-link"
SPRINT = "com.pyxis.greenhopper.jira:gh-sprint"


@dataclass(frozen=True, slots=True)
class Field:
    """A field as ``/field`` lists it. ``clauses`` are its names in JQL; ``custom`` is a custom field's type."""

    id: str
    name: str
    type: str
    clauses: tuple[str, ...]
    custom: str = ""
    items: str = ""


SYSTEM_FIELDS = (
    Field("summary", "Summary", "string", ("summary",)),
    Field("description", "Description", "string", ("description",)),
    Field("issuetype", "Issue Type", "issuetype", ("issuetype", "type")),
    Field("project", "Project", "project", ("project",)),
    Field("status", "Status", "status", ("status",)),
    Field("priority", "Priority", "priority", ("priority",)),
    Field("resolution", "Resolution", "resolution", ("resolution",)),
    Field("resolutiondate", "Resolved", "datetime", ("resolutiondate", "resolved")),
    Field("labels", "Labels", "array", ("labels",), items="string"),
    Field("assignee", "Assignee", "user", ("assignee",)),
    Field("reporter", "Reporter", "user", ("reporter",)),
    Field("created", "Created", "datetime", ("created", "createdDate")),
    Field("updated", "Updated", "datetime", ("updated", "updatedDate")),
    Field("fixVersions", "Fix versions", "array", ("fixVersion",), items="version"),
    Field("subtasks", "Sub-tasks", "array", ("subtasks",), items="issuelinks"),
    Field("comment", "Comment", "comments-page", ("comment",)),
)
PARENT = Field("parent", "Parent", "issuelink", ("parent",))
CATEGORY_CHANGED = Field(
    "statuscategorychangedate", "Status Category Changed", "datetime", ("statusCategoryChangedDate",)
)


def custom(number: int, name: str, type_: str, kind: str, *, items: str = "") -> Field:
    """A custom field, in JQL known by its name and by ``cf[number]``."""
    return Field(f"customfield_{number}", name, type_, (f"cf[{number}]", name), kind, items)


def standard_fields(flavour: str) -> list[Field]:
    """The fields of a new site. Cloud's epics are parents; Data Center names them in a field of their own."""
    if flavour == "cloud":
        return [
            *SYSTEM_FIELDS,
            PARENT,
            CATEGORY_CHANGED,
            custom(10016, "Story Points", "number", STORY_POINTS),
            custom(10020, "Sprint", "array", SPRINT, items="json"),
        ]
    return [
        *SYSTEM_FIELDS,
        PARENT,
        custom(10100, "Epic Link", "any", EPIC_LINK),
        custom(10101, "Sprint", "array", SPRINT, items="string"),
        custom(10106, "Story Points", "number", NUMBER),
    ]
