"""Objectives, key results, measures and links, as people write them in YAML.

These frozen models are both the vocabulary of the engine and the schema of the OKR files; the JSON
Schemas under ``config/`` are generated from them. Sources of the rules: docs/measures.md, docs/status.md, and the
formulas named at each measure.
"""

from okrsync.model.okr.cycle import Cycle, Phase
from okrsync.model.okr.fields import KEY_RESULT_ID
from okrsync.model.okr.goal import GoalState, Ignored, KeyResult, Objective, OkrFile, PlanPoint, Roles
from okrsync.model.okr.link import Labels, Link, Role
from okrsync.model.okr.measure import (
    Boolean,
    Completion,
    Count,
    Duration,
    Filter,
    Maintain,
    Manual,
    Measure,
    Metric,
    Milestones,
    Ratio,
    Sum,
)
from okrsync.model.okr.placed import Home, Okrs, Placed

__all__ = [
    "KEY_RESULT_ID",
    "Boolean",
    "Completion",
    "Count",
    "Cycle",
    "Duration",
    "Filter",
    "GoalState",
    "Home",
    "Ignored",
    "KeyResult",
    "Labels",
    "Link",
    "Maintain",
    "Manual",
    "Measure",
    "Metric",
    "Milestones",
    "Objective",
    "OkrFile",
    "Okrs",
    "Phase",
    "Placed",
    "PlanPoint",
    "Ratio",
    "Role",
    "Roles",
    "Sum",
]
