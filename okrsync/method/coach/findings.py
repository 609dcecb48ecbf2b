"""Runs every rule, and sets apart what the files say to ignore."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from okrsync.method.coach import course, goals, score, shape, titles, work
from okrsync.method.coach.finding import Facts, Finding
from okrsync.model.okr import Objective, Phase
from okrsync.model.rules import RULES, UNUSED_IGNORE

CHECKS: Mapping[str, Callable[[Facts], Iterator[Finding]]] = {
    "O-COUNT": shape.too_many_objectives,
    "KR-COUNT": shape.number_of_key_results,
    "KR-NONE": shape.no_key_results,
    "KR-NUM": goals.not_measurable,
    "KR-BASE": goals.no_baseline,
    "KR-VERB": titles.output_verbs,
    "O-NUM": titles.metric_in_objective,
    "OWNER": shape.nobody_owns_it,
    "PARENT": shape.no_parent,
    "DATES": shape.outside_of_its_cycle,
    "NOSTART": course.not_begun,
    "PASTDUE": course.past_due,
    "DUP": titles.said_twice,
    "NOWORK": course.no_work,
    "IDLE": course.idle,
    "STALE": course.stale,
    "SANDBAG": score.sandbagging,
    "ZEROS": score.zeros,
    "LATE-TARGET": course.late_target,
    "NOCOUNTER": goals.no_guard,
    "OUTPUT-ONLY": goals.output_only,
    "ORPHANS": work.orphans,
    "OVERLAP": work.overlaps,
}
"""Every rule but the one about ignoring, which comes last."""


class Wish(msgspec.Struct, frozen=True):
    """An ``ignore`` and what it reaches: a key result, an objective with its key results, or a file with everything.

    ``over`` is set in cycles that are closed, where nobody has to tidy up any more.
    """

    rule: str
    reason: str
    file: str
    line: int | None
    where: str
    key_results: frozenset[str] = frozenset()
    objectives: frozenset[str] = frozenset()
    whole_file: bool = False
    over: bool = False

    def covers(self, found: Finding) -> bool:
        """Findings on work that belongs to no file may be ignored in any."""
        if found.rule != self.rule:
            return False
        if self.whole_file and found.file in (self.file, ""):
            return True
        return bool(self.key_results.intersection(found.key_results) or self.objectives.intersection(found.objectives))


def find(facts: Facts) -> tuple[Finding, ...]:
    """Everything that the rules find, in order of their weight; what is ignored carries the reason for it.

    An ignore that covers nothing is itself found, but not in cycles that are closed.
    """
    wishes = list(_wishes(facts))
    used: set[int] = set()
    found = []
    for check in CHECKS.values():
        for one in check(facts):
            covering = [position for position, wish in enumerate(wishes) if wish.covers(one)]
            used.update(covering)
            found.append(msgspec.structs.replace(one, ignored=wishes[covering[0]].reason) if covering else one)
    found += [_unused(wish) for position, wish in enumerate(wishes) if position not in used and not wish.over]
    return ordered(found)


def ordered(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """The gravest first, then by place."""
    return tuple(
        sorted(found, key=lambda one: (one.severity.rank, one.file or "~", one.line or 0, one.rule, one.reason))
    )


def _wishes(facts: Facts) -> Iterator[Wish]:
    files: set[str] = set()
    for objective, cycle in facts.okrs.objectives:
        home, over = facts.okrs.home(objective.id), cycle.state is Phase.CLOSED
        if home.file not in files:
            files.add(home.file)
            for one in home.ignore:
                yield Wish(one.rule, one.reason, home.file, 1, f"the file {home.file}", whole_file=True, over=over)
        yield from _of_objective(facts, objective, over=over)


def _of_objective(facts: Facts, objective: Objective, *, over: bool) -> Iterator[Wish]:
    home, below = facts.okrs.home(objective.id), frozenset(one.id for one in objective.key_results)
    for one in objective.ignore:
        where, itself = f"the objective `{objective.id}`", frozenset((objective.id,))
        yield Wish(one.rule, one.reason, home.file, home.line, where, below, itself, over=over)
    for key_result in objective.key_results:
        for one in key_result.ignore:
            where, reach = f"the key result {key_result.id}", frozenset((key_result.id,))
            line = facts.line_of(key_result.id) or home.line
            yield Wish(one.rule, one.reason, home.file, line, where, reach, over=over)


def _unused(wish: Wish) -> Finding:
    reason = f"Nothing in {wish.where} is found by {wish.rule} any more; ignored was: {wish.reason}"
    return Finding(
        UNUSED_IGNORE,
        RULES[UNUSED_IGNORE].severity,
        reason,
        "Take the line out of `ignore:`.",
        objectives=tuple(wish.objectives),
        key_results=tuple(wish.key_results) if len(wish.key_results) == 1 and not wish.objectives else (),
        file=wish.file,
        line=wish.line,
    )
