"""Asks somebody about each of their key results that is due: where it stands, then a few short questions.

Every check-in is kept as soon as its last question is answered. What is interrupted in the middle is not kept, since
nothing that was kept can be taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

import typer

from okrsync.cli.session import Session
from okrsync.errors import ConfigError
from okrsync.interrupt import INTERRUPTED

if TYPE_CHECKING:
    from okrsync.app import App
    from okrsync.method.checkins import Owed
    from okrsync.practice.checkins import Words

Answer = TypeVar("Answer")


def walk(session: Session, *, owner: str, who: str, every: bool = False) -> int:
    """Ask about what is due, or ``every`` key result; 130 when somebody left in the middle."""
    from okrsync.practice.checkins import owed
    from okrsync.words import plural

    with session.open() as app:
        rows = owed(app.desk(), owner)
        asked = [row for row in rows if every or row.duty.owing]
        if not asked:
            session.say(_nothing_due(rows, owner))
            return 0
        session.say(f"{plural(len(asked), 'key result')} of {asked[0].owner}. Enter leaves an answer out.")
        kept: list[str] = []
        try:
            for number, row in enumerate(asked, start=1):
                if _ask(session, app, row, who, f"{number}/{len(asked)}"):
                    kept.append(row.key_result)
        except (KeyboardInterrupt, typer.Abort):
            session.say(f"\nStopped. {_kept(kept)}")
            if not kept:
                session.say("Without questions: okrsync checkin KEY-RESULT --confidence 6 --note ...")
            return INTERRUPTED
    session.say(_kept(kept))
    return 0


def _ask(session: Session, app: App, row: Owed, who: str, number: str) -> bool:
    """The questions about one key result; whether anything was said."""
    from okrsync.practice.checkins import check_in
    from okrsync.practice.digest import line_of
    from okrsync.practice.standing import verdict_of
    from okrsync.report.checkins import before_text

    desk, placed = app.desk(), app.okrs.by_id()[row.key_result]
    standing = line_of(desk, row, placed, verdict_of(desk, placed))
    session.err.print()
    session.err.print(before_text(standing, number, now=session.now()))
    words = _questions(session, takes_value=standing.by_hand, unit=standing.unit)
    if words.empty:
        session.say("Nothing said, nothing kept.")
        return False
    try:
        check_in(app.desk(), row.key_result, words, who)
    except ConfigError as error:
        session.say(f"{error.message} {error.hint} Nothing is kept for {row.key_result}.")
        return False
    return True


def _questions(session: Session, *, takes_value: bool, unit: str) -> Words:
    from okrsync.practice.checkins import Words

    value = None
    if takes_value:
        value = _question(session, f"Value today{f' ({unit})' if unit else ''}", _number)
    return Words(
        value=value,
        confidence=_question(session, "Confidence, 0 to 10", _confidence),
        note=_question(session, "What changed", str) or "",
        blocker=_question(session, "What is in the way", str) or "",
        next=_question(session, "What is next", str) or "",
    )


def _question(session: Session, text: str, read: Callable[[str], Answer]) -> Answer | None:
    """The answer, None when it is left out; asked again until it makes sense. Raises typer.Abort at Ctrl-C."""
    while True:
        answer = session.prompt(f"  {text}", default="", show_default=False, err=True).strip()
        if not answer:
            return None
        try:
            return read(answer)
        except ValueError as error:
            session.say(f"    {error}")


def _confidence(answer: str) -> int:
    try:
        given = int(answer.removesuffix("/10"))
    except ValueError:
        given = -1
    if not 0 <= given <= 10:
        raise ValueError("A whole number from 0 (no hope) to 10 (certain).")
    return given


def _number(answer: str) -> float:
    """A number as people type it, or yes and no."""
    from math import isfinite, nan

    words = {"yes": 1.0, "y": 1.0, "no": 0.0, "n": 0.0}
    if answer.lower() in words:
        return words[answer.lower()]
    try:
        given = float(answer)
    except ValueError:
        given = nan
    if not isfinite(given):
        raise ValueError("A number with a point, such as 2.4 or 1200.")
    return given


def _kept(kept: Sequence[str]) -> str:
    shown = "it" if len(kept) == 1 else "them"
    return f"Kept: {', '.join(kept)}. The next sync shows {shown}." if kept else "Nothing was kept."


def _nothing_due(rows: Sequence[Owed], owner: str) -> str:
    """Owing nothing is good news; the next day is the soonest of all."""
    from okrsync.method.checkins import day_words

    if not rows:
        return f"Nothing is due for {owner}: what is theirs belongs to a cycle that was closed."
    owner = rows[0].owner or owner
    days = [row.duty.day for row in rows if row.duty.day]
    following = f" The next is due on {day_words(min(days))}." if days else ""
    return f"Nothing is due for {owner}.{following} --all asks nevertheless."
