"""Objectives, key results, measures and links, as people write them in YAML.

These frozen models are both the vocabulary of the engine and the schema of the OKR files; the JSON
Schemas under ``config/`` are generated from them. Sources of the rules: docs/measures.md, docs/status.md, and the
formulas named at each measure.
"""

from __future__ import annotations

from datetime import UTC, date, tzinfo
from enum import StrEnum
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from okrsync.model.rules import RULES

KEY_RESULT_ID = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$"
"""Short enough for a label of 50 characters with its prefix, and free of white space and commas."""

Id = Annotated[str, StringConstraints(pattern=KEY_RESULT_ID)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]


def _not_blank(name: str) -> str:
    if not name.strip():
        raise ValueError("is empty; leave it out, or name something")
    return name


Name = Annotated[str, AfterValidator(_not_blank), Field(json_schema_extra={"pattern": r"\S"})]
"""What a selector looks for."""


class Frozen(BaseModel):
    """Immutable, and a typo is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Phase(StrEnum):
    """Where a cycle is in its life."""

    DRAFT = "draft"
    ACTIVE = "active"
    GRADING = "grading"
    CLOSED = "closed"


class Cycle(Frozen):
    """A period with an end. ``start`` and ``end`` are both part of it."""

    id: Id
    start: date
    end: date
    timezone: str = "UTC"
    state: Phase = Phase.ACTIVE

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Cycle:
        if self.end <= self.start:
            raise ValueError(f"end {self.end} must be after start {self.start}")
        return self

    @property
    def zone(self) -> tzinfo:
        """Whose midnights begin and end the cycle; UTC needs no time zone database. Raises ZoneInfoNotFoundError."""
        return UTC if self.timezone.upper() == "UTC" else ZoneInfo(self.timezone)


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
        return self.repository or self.project

    @property
    def milestone_title(self) -> str | None:
        return self.milestone or self.version

    @property
    def ancestor(self) -> str | None:
        return self.epic or self.parent


class Filter(Frozen):
    """A part of the linked items, for ratios: every given field must match."""

    state: Literal["open", "todo", "doing", "done"] | None = None
    labels: LabelChoice = None
    type: str | None = None


class Completion(Frozen):
    """Share of the linked leaf items that is delivered: ``done / scope``, by count or by points.

    ``unestimated`` items take the ``median`` of the estimated ones, count ``one``, or are left out
    (``exclude``). ``in_progress_credit`` 0.25 is Linear's rule. ``denominator: baseline`` keeps the
    scope of the cycle's 14th day.
    """

    type: Literal["completion"]
    by: Literal["count", "points"] = "count"
    unestimated: Literal["median", "one", "exclude"] = "median"
    in_progress_credit: Annotated[float, Field(ge=0, lt=1)] = 0.0
    denominator: Literal["current", "baseline"] = "current"
    start: Number = 0.0
    target: Number = 1.0


class Count(Frozen):
    """How many linked items are open, done, or were created within the cycle."""

    type: Literal["count"]
    of: Literal["open", "done", "created"]
    start: Number = 0.0
    target: Number


class Sum(Frozen):
    """Sum of a numeric field (``points``, or one named in the connection's ``numbers``)."""

    type: Literal["sum"]
    field: str
    of: Literal["open", "done", "all"] = "done"
    start: Number = 0.0
    target: Number


class Ratio(Frozen):
    """Items that match ``of`` per items that match ``over``; no value when there are none of those."""

    type: Literal["ratio"]
    of: Filter
    over: Filter = Filter()
    start: Number = 0.0
    target: Number


class Duration(Frozen):
    """Percentile (nearest rank) in days of cycle time (first doing to done) or lead time (created to done)."""

    type: Literal["duration"]
    of: Literal["cycle", "lead"] = "cycle"
    percentile: Annotated[float, Field(gt=0, le=100)] = 85
    start: Number
    target: Number


class Milestones(Frozen):
    """Share of the linked milestones, versions and epics that are done, or their mean fraction done."""

    type: Literal["milestones"]
    by: Literal["done", "fraction"] = "done"
    start: Number = 0.0
    target: Number = 1.0


class Manual(Frozen):
    """A number that people give at check-ins."""

    type: Literal["manual"]
    start: Number = 0.0
    target: Number
    unit: str = ""


Metric = Annotated[Completion | Count | Sum | Ratio | Duration | Milestones | Manual, Field(discriminator="type")]


class _Condition(Frozen):
    above: Number | None = None
    below: Number | None = None
    within: tuple[Number, Number] | None = None
    inclusive: bool = False

    def holds(self, value: float) -> bool:
        """Strict bounds by default; ``inclusive`` admits the bounds themselves."""
        low, high = self.within or (self.above, self.below)
        if self.inclusive:
            return (low is None or value >= low) and (high is None or value <= high)
        return (low is None or value > low) and (high is None or value < high)


class Maintain(_Condition):
    """Stay above, below or within: met is 1, unmet is 0."""

    type: Literal["maintain"]
    of: Metric

    @model_validator(mode="after")
    def _has_exactly_one_bound(self) -> Maintain:
        if sum(bound is not None for bound in (self.above, self.below, self.within)) != 1:
            raise ValueError("give exactly one of above, below, within")
        return self


class Boolean(_Condition):
    """0 or 1: a check-in's yes, or whether a metric meets its bound (without one, its target)."""

    type: Literal["boolean"]
    of: Metric | None = None


Measure = Annotated[
    Completion | Count | Sum | Ratio | Duration | Milestones | Manual | Boolean | Maintain,
    Field(discriminator="type"),
]


class PlanPoint(Frozen):
    """What a key result is expected to show on a day."""

    date: date
    value: Number


class Life(StrEnum):
    """The state a person gives an objective or key result."""

    DRAFT = "draft"
    ACTIVE = "active"
    POSTPONED = "postponed"
    ABANDONED = "abandoned"
    CLOSED = "closed"


class Ignored(Frozen):
    """A finding of the coach that a team has looked at and lives with."""

    rule: Annotated[str, Field(min_length=1, json_schema_extra={"enum": list(RULES)})]
    reason: Annotated[str, StringConstraints(min_length=1)]


class Roles(Frozen):
    """Who is who around a team's OKRs: the coach gets a weekly digest, the champion what stands still."""

    coach: str | None = None
    champion: str | None = None


class KeyResult(Frozen):
    """A measurable result. ``weight`` 0 leaves it out of its objective's progress.

    ``carried_from`` is the id it had in the cycle before.
    """

    id: Id
    title: Title
    owner: str | None = None
    unit: str = ""
    due: date | None = None
    weight: Weight = 1.0
    state: Life = Life.ACTIVE
    plan: tuple[PlanPoint, ...] = ()
    measure: Measure
    links: tuple[Link, ...] = ()
    carried_from: Id | None = None
    ignore: tuple[Ignored, ...] = ()

    @field_validator("measure")
    @classmethod
    def _goes_somewhere(cls, measure: Measure) -> Measure:
        if not isinstance(measure, Boolean | Maintain) and measure.start == measure.target:
            raise ValueError(f"start and target are both {measure.start:g}; progress needs a way to go")
        return measure

    @property
    def metric(self) -> Metric | None:
        """What is measured: the measure, or what a bound is about; None where people just say yes or no."""
        return self.measure.of if isinstance(self.measure, Boolean | Maintain) else self.measure


class Objective(Frozen):
    """What a team wants to reach, and the key results that show it did.

    ``top`` objectives have no parent by intention. Those of ``visibility: team`` are shown to the team, the owner and
    admins only, and never on tickets. ``carried_from`` is the id it had in the cycle before.
    """

    id: Id
    title: Title
    owner: str | None = None
    team: str | None = None
    parent: Id | None = None
    kind: Literal["committed", "aspirational"] = "committed"
    weight: Weight = 1.0
    state: Life = Life.ACTIVE
    rollup: Literal["key_results", "children", "both"] = "key_results"
    top: bool = False
    visibility: Literal["all", "team"] = "all"
    carried_from: Id | None = None
    ignore: tuple[Ignored, ...] = ()
    key_results: tuple[KeyResult, ...] = ()


class OkrFile(Frozen):
    """One YAML file: a cycle and a team's objectives in it."""

    cycle: Cycle
    roles: Roles = Roles()
    ignore: tuple[Ignored, ...] = ()
    objectives: tuple[Objective, ...]


class Home(Frozen):
    """Where an objective is written, and what its file says beside it."""

    file: str = ""
    line: int | None = None
    roles: Roles = Roles()
    ignore: tuple[Ignored, ...] = ()


class Placed(Frozen):
    """A key result with its surroundings and where it is written."""

    key_result: KeyResult
    objective: Objective
    cycle: Cycle
    file: str = ""
    line: int | None = None

    @property
    def live(self) -> bool:
        """Counts work and shows on tickets: everything around it is active or being graded."""
        return (
            self.cycle.state in (Phase.ACTIVE, Phase.GRADING)
            and self.objective.state is Life.ACTIVE
            and self.key_result.state is Life.ACTIVE
        )


class Okrs(Frozen):
    """All OKR files of a configuration, in file order. Key result ids are unique across all of them.

    ``homes`` tells by objective id where it is written.
    """

    placed: tuple[Placed, ...] = ()
    objectives: tuple[tuple[Objective, Cycle], ...] = ()
    homes: dict[str, Home] = {}

    def home(self, objective: str) -> Home:
        return self.homes.get(objective, Home())

    def by_id(self) -> dict[str, Placed]:
        return {placed.key_result.id: placed for placed in self.placed}

    def children_of(self, objective: str) -> tuple[Objective, ...]:
        return tuple(one for one, _ in self.objectives if one.parent == objective)

    def over(self) -> frozenset[str]:
        """Case-folded ids of the key results that are in the files and not live."""
        return frozenset(placed.key_result.id.casefold() for placed in self.placed if not placed.live)

    def private(self) -> frozenset[str]:
        """Case-folded ids of the key results that tickets must not show, since not everybody may know of them."""
        return frozenset(one.key_result.id.casefold() for one in self.placed if one.objective.visibility != "all")

    def live(self) -> tuple[Placed, ...]:
        return tuple(placed for placed in self.placed if placed.live)
