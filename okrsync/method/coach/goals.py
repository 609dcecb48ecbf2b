"""Rules on how key results are measured: a number, a start, quality beside quantity, outcome beside output."""

from __future__ import annotations

import re
from collections.abc import Iterator

from okrsync.method.coach.finding import Facts, Finding, about, about_objective, pursued
from okrsync.method.coach.words import names
from okrsync.model.okr import (
    Boolean,
    Completion,
    Count,
    Duration,
    KeyResult,
    Maintain,
    Manual,
    Metric,
    Milestones,
    Ratio,
    Sum,
)
from okrsync.words import number

_QUALITY = re.compile(
    r"""\b(quality|satisfaction|satisfied|happy|nps|csat|rating|ratings|stars|errors?|bugs?|defects?|crash\w*|incidents?|
    outages?|complaints?|churn|returns?|refunds?|cancellations?|uptime|availability|reliab\w+|latency|regressions?|rework|
    escaped|failures?|accuracy|retention|trust|accessib\w+|security|vulnerabilit\w+|conversion)\b""",
    re.IGNORECASE | re.VERBOSE,
)


def not_measurable(facts: Facts) -> Iterator[Finding]:
    """KR-NUM. What okrsync counts from tickets has its number and unit, and every cycle an end.

    So this is about what people report: a number needs a unit, and a bare yes or no needs at least a date of its own.
    """
    for placed in facts.key_results():
        key_result = placed.key_result
        if isinstance(key_result.metric, Manual) and not (key_result.unit or key_result.metric.unit):
            reason = f"{key_result.id} goes to {number(key_result.metric.target)}, and nobody says of what."
            yield about("KR-NUM", placed, reason, 'Write `unit:`, such as "%", "days" or "customers".')
        elif key_result.metric is None and not key_result.due and not re.search(r"\d", key_result.title):
            reason = f"{key_result.id} is a yes or no, with neither a number nor a day by which."
            fix = "Write a measure with `start` and `target`; where yes or no is right, write the day with `due:`."
            yield about("KR-NUM", placed, reason, fix)


def no_baseline(facts: Facts) -> Iterator[Finding]:
    """KR-BASE. Work that the cycle itself brings about (delivered, created) starts at nothing by nature."""
    for placed in facts.key_results():
        metric = placed.key_result.measure
        if isinstance(metric, Boolean | Maintain) or "start" in metric.model_fields_set or _starts_at_nothing(metric):
            continue
        reason = f"{placed.key_result.id} has the target {number(metric.target)} and no start, so it counts from 0."
        yield about("KR-BASE", placed, reason, "Look up what it is today and write `start:`, also when that is 0.")


def _starts_at_nothing(metric: Metric) -> bool:
    match metric:
        case Completion() | Milestones():
            return True
        case Count():
            return metric.of != "open"
        case Sum():
            return metric.of == "done"
    return False


def no_guard(facts: Facts) -> Iterator[Finding]:
    """NOCOUNTER: every key result is a quantity that shall grow, and none guards the quality."""
    for objective, _ in facts.objectives():
        found = pursued(objective)
        if found and not any(_guards(one) for one in found):
            ids = names([one.id for one in found])
            reason = f"`{objective.id}` has quantities only ({ids}), and nothing that must not get worse meanwhile."
            fix = "Add one that does, by `maintain`: errors below 1 %, satisfaction above 4.5, lead time below 5 days."
            yield about_objective(facts, "NOCOUNTER", objective, reason, fix)


def _guards(one: KeyResult) -> bool:
    """By its kind, by its direction (what shall shrink is rarely a quantity of output), or by its words."""
    metric = one.metric
    if isinstance(one.measure, Maintain) or isinstance(metric, Ratio | Duration) or _QUALITY.search(one.title):
        return True
    return metric is not None and not isinstance(one.measure, Boolean) and metric.target < metric.start


def output_only(facts: Facts) -> Iterator[Finding]:
    """OUTPUT-ONLY. Ratios and durations come from tickets, too, but say how well and not how much."""
    for objective, _ in facts.objectives():
        found = pursued(objective)
        if found and all(isinstance(one.metric, Completion | Count | Sum | Milestones) for one in found):
            ids = names([one.id for one in found])
            reason = f"Every key result of `{objective.id}` counts tickets: {ids}."
            fix = "Add the effect on those it is for, as a `manual` number, and let the tickets `role: supports` it."
            yield about_objective(facts, "OUTPUT-ONLY", objective, reason, fix)
