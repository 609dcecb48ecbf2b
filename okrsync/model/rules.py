"""The rules of the coach: their names, how much they weigh, and what each looks for in a line.

They stand in the vocabulary because OKR files name them (``ignore:``), the engine applies them, and reports and
documentation list them. Source: the list "The coach" of the method; the severities are this project's choice.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """How much a finding weighs; none of them ever keeps a sync from running.

    ``ERROR``: nobody can tell whether the objective is reached. ``WARNING``: worth a talk this week. ``INFO``: worth
    knowing at the next review.
    """

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Severity).index(self)

    def reaches(self, threshold: Severity) -> bool:
        """At least as grave."""
        return self.rank <= threshold.rank


class Rule(msgspec.Struct, frozen=True):
    """``summary`` completes the sentence "finds …"; ``why`` says what is lost when it is left so."""

    id: str
    severity: Severity
    summary: str
    why: str


UNUSED_IGNORE = "UNUSED-IGNORE"

_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO

RULES: dict[str, Rule] = {
    id: Rule(id, severity, summary, why)
    for id, severity, summary, why in (
        ("O-COUNT", _W, "more than 5 objectives of a team in a cycle", "Who has many aims has none."),
        (
            "KR-COUNT", _W, "an objective with 1 key result, or more than 5",
            "One shows a single side of it; more than five are a list of tasks.",
        ),
        ("KR-NONE", _E, "an objective without key results", "Nobody can tell whether it was reached."),
        (
            "KR-NUM", _W, "a key result without a number, a unit or a date",
            "It cannot be measured, so at the end opinions decide.",
        ),
        (
            "KR-BASE", _W, "a target without a start",
            "Progress counts from a zero that nobody measured.",
        ),
        (
            "KR-VERB", _W, "output verbs: launch, deliver, build, migrate, implement, help, analyse",
            "They name work, and not what is better once it is done.",
        ),
        ("O-NUM", _W, "a metric in an objective", "Objectives say what for; numbers belong to the key results."),
        ("OWNER", _W, "an objective or key result without an owner", "What everybody owns, nobody checks in on."),
        ("PARENT", _I, "an objective without a parent that is not a top one", "It may serve nothing above it."),
        (
            "DATES", _W, "a due date, a plan or a child's cycle outside of its cycle",
            "It ends when nobody looks any more.",
        ),
        (
            "NOSTART", _W, "a key result not begun 7 days into its cycle",
            "A quarter has thirteen weeks, and the first ones are lost most easily.",
        ),
        ("PASTDUE", _E, "a key result that is due and not reached", "It still counts as open work."),
        (
            "DUP", _W, "two titles with at least 80 % of their words in common",
            "The same result counts twice, or two teams do the same.",
        ),
        ("NOWORK", _W, "a key result to which no work is linked", "Nothing that anybody does is seen to move it."),
        (
            "IDLE", _W, "open work, none of it in progress, and more than 25 % of the cycle gone",
            "It is planned and not pursued.",
        ),
        ("STALE", _W, "a key result that nobody spoke about for 14 days", "Its number moves and nobody says why."),
        (
            "SANDBAG", _I, "aspirational key results that all scored 0.95 or more, two cycles in a row",
            "Aspirations that are always met were promises.",
        ),
        ("ZEROS", _W, "at least 40 % of a team's key results at 0.1 or less", "Too many were agreed on, or too early."),
        (
            "LATE-TARGET", _W, "a target moved after half time, or made easier",
            "The goal came to the ball.",
        ),
        (
            "NOCOUNTER", _I, "quantities only, and nothing that guards the quality",
            "More of it may be worse.",
        ),
        (
            "OUTPUT-ONLY", _W, "an objective of which every key result counts tickets",
            "All of it can be done and nothing be better.",
        ),
        ("ORPHANS", _I, "active work that is linked to no key result", "Time goes where no objective is."),
        ("OVERLAP", _I, "the same item in several key results", "One piece of work shines twice."),
        (UNUSED_IGNORE, _I, "an ignore that matches nothing any more", "It would hide the next real finding."),
    )
}  # fmt: skip
"""By id, in the order in which people read about them."""
