"""Rules on scores: aspirations that are always met, and teams that agree on more than they can do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import groupby

from okrsync.method.coach.finding import Facts, Finding, Scored
from okrsync.method.coach.words import names
from okrsync.method.words import team_name
from okrsync.model.okr import Home
from okrsync.model.rules import RULES
from okrsync.words import number, percent, plural

MET = 0.95
IN_A_ROW = 2
NEXT_TO_NOTHING = 0.1
MANY = 0.4
"""Share of a team's key results."""
TELLING_FROM = 0.5
"""Before half time of a cycle, little progress says nothing about how much was agreed on."""


def sandbagging(facts: Facts) -> Iterator[Finding]:
    """SANDBAG: in each of a team's last two closed cycles, every aspirational key result scored 0.95 or more."""
    for team, cycles in _by_team(facts).items():
        last = [
            (cycle, aspirational)
            for cycle, scored in cycles[-IN_A_ROW:]
            if (aspirational := [one for one in scored if one.kind == "aspirational"])
        ]
        if len(last) == IN_A_ROW and all(one.score >= MET for _, scored in last for one in scored):
            said = names([f"{cycle} ({plural(len(scored), 'key result')})" for cycle, scored in last])
            reason = f"{team}: every aspirational key result scored {number(MET)} or more in {said}."
            fix = "Aim higher next time, so that 0.7 is a good end, or call them committed."
            yield _about_team(facts, "SANDBAG", team, reason, fix)


def zeros(facts: Facts) -> Iterator[Finding]:
    """ZEROS: in a team's last closed cycle by score, and in a running one after half time by progress."""
    for team, cycles in _by_team(facts).items():
        cycle, scored = cycles[-1]
        yield from _zeros(facts, team, cycle, {one.key_result: one.score for one in scored}, "ended")
    running: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for placed in facts.running():
        if facts.gone(placed.cycle) >= TELLING_FROM:
            sample = facts.samples.get(placed.key_result.id)
            team = facts.team_of(placed.objective)
            running[team, placed.cycle.id][placed.key_result.id] = (sample.progress if sample else None) or 0.0
    for (team, cycle), progress in running.items():
        yield from _zeros(facts, team, cycle, progress, "stand")


def _zeros(facts: Facts, team: str, cycle: str, ends: Mapping[str, float], verb: str) -> Iterator[Finding]:
    low = [name for name, score in ends.items() if score <= NEXT_TO_NOTHING]
    if ends and len(low) / len(ends) >= MANY:
        part = f"{len(low)} of {plural(len(ends), 'key result')} ({percent(len(low) / len(ends))})"
        reason = f"{team_name(team)}: {part} {verb} at {number(NEXT_TO_NOTHING)} or less in {cycle}: {names(low)}."
        fix = "Postpone the least important (`state: postponed`) and put the time into the others."
        if verb == "ended":
            fix = "Agree on fewer next time, and ask at the review what each of these waited for."
        yield _about_team(facts, "ZEROS", team, reason, fix)


def _by_team(facts: Facts) -> dict[str, list[tuple[str, list[Scored]]]]:
    """Each team's closed cycles with their scores, oldest first."""
    ordered = sorted(facts.scores, key=lambda one: (one.team, one.end, one.cycle, one.key_result))
    return {
        team: [(cycle, list(scored)) for (_, cycle), scored in groupby(of_team, key=lambda one: (one.end, one.cycle))]
        for team, of_team in groupby(ordered, key=lambda one: one.team)
    }


def _about_team(facts: Facts, rule: str, team: str, reason: str, fix: str) -> Finding:
    """In the file that holds the team's newest objectives."""
    theirs = [(cycle.end, one.id) for one, cycle in facts.okrs.objectives if facts.team_of(one) == team]
    home = facts.okrs.home(max(theirs)[1]) if theirs else Home()
    return Finding(rule, RULES[rule].severity, reason, fix, team=team, file=home.file, line=home.line)
