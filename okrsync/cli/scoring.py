"""Asks about each key result at the end of its cycle: the score, why, what was learned, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import typer

from okrsync.cli.session import Session

if TYPE_CHECKING:
    from okrsync.model.closing import ClosedKeyResult, ClosedObjective, Decision
    from okrsync.practice.scoring import Ending, Word


def ask(session: Session, ending: Ending) -> Mapping[str, Word]:
    """What people decide, by key result; nothing is kept before the last answer. Raises typer.Abort."""
    from okrsync.report.closing import without_value_before
    from okrsync.words import plural

    rows = [(one, of) for of in ending.objectives for one in of.key_results if one.score is not None]
    session.say(f"{plural(len(rows), 'key result')} of {ending.cycle.id}. Enter takes what stands in brackets.")
    words = {one.id: _ask(session, one, of, f"{n}/{len(rows)}") for n, (one, of) in enumerate(rows, start=1)}
    session.err.print()
    if told := without_value_before(ending.without_value(words)):
        session.say(told, style="yellow")
    typer.confirm(f"Close {ending.cycle.id} with these scores?", default=True, abort=True, err=True)
    return words


def may_write(session: Session, files: tuple[str, ...]) -> bool:
    """Offers to set ``state: closed`` where somebody is at the terminal and it is not set yet."""
    from okrsync.practice.okrfiles import unclosed

    waiting = unclosed(files)
    if not waiting or not session.err.is_terminal:
        return False
    return typer.confirm(f"Set state: closed in {', '.join(waiting)}?", default=False, err=True)


def _ask(session: Session, one: ClosedKeyResult, of: ClosedObjective, number: str) -> Word:
    from okrsync.practice.scoring import Word
    from okrsync.report.closing import asked_text

    assert one.score is not None
    before = one.score.retrospective
    session.err.print()
    session.err.print(asked_text(one, of, number))
    return Word(
        score=_score(session, one.score.final),
        note=_text("Why this score", one.score.note),
        moved=_text("What moved it", before.moved),
        change=_text("What to change", before.change),
        decision=_decision(session, before.decision),
    )


def _score(session: Session, suggested: float) -> float | None:
    """None for Enter, which takes the suggestion as it is, unrounded."""
    while True:
        answer = typer.prompt(f"  Score, 0 to 1 [{suggested:.2f}]", default="", show_default=False, err=True).strip()
        if not answer:
            return None
        try:
            given = float(answer)
        except ValueError:
            given = -1.0
        if 0 <= given <= 1:
            return given
        session.say("    A number from 0 to 1, with a point.")


def _decision(session: Session, before: Decision | None) -> Decision | None:
    from okrsync.model.closing import Decision

    names = {one.value[:length]: one for one in Decision for length in range(3, len(one.value) + 1)}
    names["c"] = Decision.CONTINUE
    shown = f" [{before}]" if before else ""
    while True:
        asked = f"  continue, replace or retire{shown}"
        answer = typer.prompt(asked, default="", show_default=False, err=True).strip().lower()
        if not answer:
            return before
        if answer in names:
            return names[answer]
        session.say("    One of the three words, or Enter.")


def _text(question: str, before: str) -> str:
    shown = f" [{before}]" if before else ""
    return str(typer.prompt(f"  {question}{shown}", default="", show_default=False, err=True)).strip()
