"""Links: which work of a tracker belongs to a key result."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from okrsync.model.okr.fields import Frozen, Name


class Labels(Frozen):
    """All of ``all`` and at least one of ``any`` (where given)."""

    all: tuple[Name, ...] = ()
    any: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _names_one(self) -> Labels:
        if not self.all and not self.any:
            raise ValueError("names no label; name one, or leave it out")
        return self


def _a_bare_list_means_all(value: object) -> object:
    if isinstance(value, str):
        return {"all": [value]}
    return {"all": value} if isinstance(value, list) else value


LabelChoice = Annotated[
    Labels | None,
    BeforeValidator(_a_bare_list_means_all, json_schema_input_type=Labels | tuple[str, ...] | str | None),
]


class Role(StrEnum):
    """``contributes`` moves the number; ``supports`` is shown and never counted."""

    CONTRIBUTES = "contributes"
    SUPPORTS = "supports"


class Link(Frozen):
    """Which work belongs to a key result: every given field must match; several links are a union.

    ``epic`` and ``parent`` take a key and expand to the leaves below it. ``query`` is the tracker's own
    language; ``items`` are explicit keys. ``weight`` multiplies each item it reaches.
    """

    connection: str
    repository: Name | None = None
    project: Name | None = None
    milestone: Name | None = None
    version: Name | None = None
    epic: Name | None = None
    parent: Name | None = None
    labels: LabelChoice = None
    type: Name | None = None
    assignee: Name | None = None
    created_since: date | None = None
    query: str | None = None
    items: tuple[Name, ...] = ()
    weight: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    role: Role = Role.CONTRIBUTES
    subtasks: bool = False

    @model_validator(mode="after")
    def _selects_something(self) -> Link:
        selecting = (
            "repository", "project", "milestone", "version", "epic", "parent",
            "labels", "type", "assignee", "created_since", "query", "items",
        )  # fmt: skip
        if not any(getattr(self, name) for name in selecting):
            raise ValueError(f"selects nothing; give at least one of {', '.join(selecting)}")
        if self.epic and self.parent:
            raise ValueError("has `epic` and `parent`, which mean the same; give one of them")
        return self

    @property
    def scope_name(self) -> str | None:
        """Jira's project or GitHub's repository."""
        return self.repository or self.project

    @property
    def milestone_title(self) -> str | None:
        """Jira's version or GitHub's milestone."""
        return self.milestone or self.version

    @property
    def ancestor(self) -> str | None:
        """The key of the ticket whose leaves count: two words for one thing."""
        return self.epic or self.parent
