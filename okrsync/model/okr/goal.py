"""Objectives and key results, and what people say of them in the file."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from okrsync.model.okr.cycle import Cycle
from okrsync.model.okr.fields import Amount, Frozen, Id, Number, Title
from okrsync.model.okr.link import Link
from okrsync.model.okr.measure import Boolean, Completion, Maintain, Manual, Measure, Metric, Sum
from okrsync.model.rules import RULES


class PlanPoint(Frozen):
    """What a key result is expected to show on a day."""

    date: date
    value: Number


class GoalState(StrEnum):
    """The state that people give an objective or key result in its file."""

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

    ``carried_from`` is the id it had in the cycle before; tickets that name it count for this one.
    """

    id: Id
    title: Title
    owner: str | None = None
    unit: str = ""
    due: date | None = None
    weight: Amount = 1.0
    state: GoalState = GoalState.ACTIVE
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
    def in_points(self) -> bool:
        """Whether its number is made of story points."""
        metric = self.metric
        if isinstance(metric, Completion):
            return metric.by == "points"
        return isinstance(metric, Sum) and metric.field == "points"

    @property
    def way(self) -> tuple[float, float] | None:
        """From where to where its value shall go; None for a bound, which holds or does not."""
        measure = self.measure
        return None if isinstance(measure, Boolean | Maintain) else (measure.start, measure.target)

    @property
    def value_unit(self) -> str:
        """What its value is told in: its own unit, or the one of the number that people give; "" for none."""
        return self.unit or (self.measure.unit if isinstance(self.measure, Manual) else "")

    @property
    def by_people(self) -> bool:
        """Whether people give its value at check-ins; the work is shown and moves nothing."""
        return self.metric is None or isinstance(self.metric, Manual)

    @property
    def has_baseline(self) -> bool:
        """Whether it is a share of a scope that is locked once."""
        metric = self.metric
        return isinstance(metric, Completion) and metric.denominator == "baseline"

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
    weight: Amount = 1.0
    state: GoalState = GoalState.ACTIVE
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
