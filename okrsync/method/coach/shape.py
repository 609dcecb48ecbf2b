"""Rules on the shape of OKRs: how many, owned by whom, below what, and when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from okrsync.method.coach.finding import Facts, Finding, about, about_objective, pursued
from okrsync.method.coach.words import day, names
from okrsync.method.words import team_name
from okrsync.model.okr import Objective, Placed

MOST_OBJECTIVES = 5
"""Of a team, in a cycle."""
MOST_KEY_RESULTS = 5
"""Of an objective."""


def too_many_objectives(facts: Facts) -> Iterator[Finding]:
    """O-COUNT. Objectives that only gather those below them (without key results of their own) count as well."""
    teams: dict[tuple[str, str], list[Objective]] = {}
    for objective, cycle in facts.objectives():
        teams.setdefault((cycle.id, facts.team_of(objective)), []).append(objective)
    for (cycle_id, team), found in teams.items():
        if len(found) > MOST_OBJECTIVES:
            reason = (
                f"{team_name(team)} has {len(found)} objectives in {cycle_id}: {names([one.id for one in found], 8)}."
            )
            fix = f"Agree on the {MOST_OBJECTIVES} that matter most, and set `state: postponed` on the others."
            told = about_objective(facts, "O-COUNT", found[0], reason, fix)
            yield msgspec.structs.replace(told, objectives=(), team=team)


def number_of_key_results(facts: Facts) -> Iterator[Finding]:
    """KR-COUNT."""
    for objective, _ in facts.objectives():
        ids = [one.id for one in pursued(objective)]
        if len(ids) == 1:
            fix = "Ask what else would show that the objective is reached, often what must not get worse meanwhile."
            reason = f"`{objective.id}` has a single key result, {ids[0]}."
        elif len(ids) > MOST_KEY_RESULTS:
            fix = f"Keep the {MOST_KEY_RESULTS} that show most; what is a task belongs on a board."
            reason = f"`{objective.id}` has {len(ids)} key results: {names(ids, 8)}."
        else:
            continue
        yield about_objective(facts, "KR-COUNT", objective, reason, fix)


def no_key_results(facts: Facts) -> Iterator[Finding]:
    """KR-NONE. An objective that takes its progress from those below it needs none, as long as there are some."""
    for objective, _ in facts.objectives():
        if pursued(objective):
            continue
        gathers = objective.rollup != "key_results"
        if gathers and facts.children_of(objective.id):
            continue
        why = "and no objective below it" if gathers else "so nothing tells whether it is reached"
        reason = f"`{objective.id}` has no key result that is pursued, {why}."
        fix = "Write two to five key results, or `rollup: children` when the objectives below it are what shows it."
        yield about_objective(facts, "KR-NONE", objective, reason, fix)


def nobody_owns_it(facts: Facts) -> Iterator[Finding]:
    """OWNER. A key result without an owner is its objective's owner's."""
    for objective, _ in facts.objectives():
        if objective.owner:
            continue
        orphaned = [one.id for one in pursued(objective) if not one.owner]
        and_of = f", and neither {names(orphaned).replace(' and ', ' nor ')} has one" if orphaned else ""
        if len(orphaned) == 1:
            and_of = f", and {orphaned[0]} has none either"
        reason = f"`{objective.id}` has no owner{and_of}."
        fix = "Write `owner:` with one name: who speaks about it at the weekly check-in."
        yield about_objective(facts, "OWNER", objective, reason, fix)


def no_parent(facts: Facts) -> Iterator[Finding]:
    """PARENT."""
    for objective, _ in facts.objectives():
        if objective.parent is None and not objective.top:
            below = [child.id for child in facts.children_of(objective.id)]
            verb = "names" if len(below) == 1 else "name"
            reason = (
                f"`{objective.id}` names no parent{f', though {names(below)} {verb} it as theirs' if below else ''}."
            )
            fix = "Write `parent:` with the objective it serves, or `top: true` when it stands at the top by intention."
            yield about_objective(facts, "PARENT", objective, reason, fix)


def outside_of_its_cycle(facts: Facts) -> Iterator[Finding]:
    """DATES. Due days and plans outside of the cycle are refused when files are read; here they are told as well."""
    for placed in facts.key_results():
        if wrong := [day(one) for one in _days(placed) if not placed.cycle.start <= one <= placed.cycle.end]:
            span = f"{day(placed.cycle.start)} to {day(placed.cycle.end)}"
            reason = f"{placed.key_result.id} is due or planned on {names(wrong)}, outside {placed.cycle.id} ({span})."
            yield about("DATES", placed, reason, "Move the day into the cycle, or the key result into the next one.")
    cycles = {objective.id: cycle for objective, cycle in facts.okrs.objectives}
    for objective, cycle in facts.objectives():
        above = cycles.get(objective.parent or "")
        if above and not (above.start <= cycle.start and cycle.end <= above.end):
            reason = (
                f"`{objective.id}` runs from {day(cycle.start)} to {day(cycle.end)}, but its parent "
                f"`{objective.parent}` from {day(above.start)} to {day(above.end)}."
            )
            fix = "Let it serve an objective whose cycle holds it, or correct the dates of one of the cycles."
            yield about_objective(facts, "DATES", objective, reason, fix)


def _days(placed: Placed) -> Iterator[date]:
    if placed.key_result.due:
        yield placed.key_result.due
    yield from (point.date for point in placed.key_result.plan)
