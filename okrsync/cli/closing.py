"""Closes a cycle: asks where nothing was given, says what deserves a second look, keeps, and sees to the files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import typer

from okrsync.cli.session import Session

if TYPE_CHECKING:
    from okrsync.practice.scorefile import ScoreFile
    from okrsync.practice.scoring import Ending, Word


def run(
    session: Session,
    cycle: str,
    words: Mapping[str, Word],
    file: ScoreFile | None = None,
    *,
    who: str,
    yes: bool = False,
    reopen: bool = False,
    write: bool = False,
    json: bool = False,
) -> int:
    """Ask where nothing was given and somebody is there; keep, show, and say what to do about the files.

    A cycle that is closed already keeps its scores where only its files are to say so.
    """
    from okrsync.cli.scoring import ask, may_write
    from okrsync.practice import closing
    from okrsync.report.closing import closing_text, without_value_before
    from okrsync.report.machine import as_json

    with session.open() as engine:
        desk = engine.desk()
        ending = closing.ending(desk, cycle)
        if file:
            file.refuse_unknown(ending)
        asking = not words and not yes and (ending.before is None or reopen)
        if ending.before is None or reopen:
            _early(session, ending, asking=asking)
        if asking:
            words = ask(session, ending)
        elif yes and (told := without_value_before(ending.without_value(words))):
            session.say(told, style="yellow")
        only_files = write and not words and not reopen
        closed = (ending.before if only_files else None) or closing.close(
            desk, ending, words, who=who, accept=yes or asking, reopen=reopen
        )
        if json:
            session.emit(as_json(closed))
        else:
            session.show(closing_text(closed))
        offered = asking and not write and not json
        _files(session, ending.files, write=write or (offered and may_write(session, ending.files)))
    return 0


def _early(session: Session, ending: Ending, *, asking: bool) -> None:
    """Weeks before its end, a cycle is closed by mistake more often than on purpose. Raises typer.Abort."""
    from okrsync.report.closing import early_words

    if not (told := early_words(ending.cycle, session.now())):
        return
    session.say(told, style="yellow")
    if asking and session.err.is_terminal:
        typer.confirm(f"Close {ending.cycle.id} now all the same?", default=False, abort=True, err=True)


def _files(session: Session, files: tuple[str, ...], *, write: bool) -> None:
    """Closing keeps numbers; what ends the work on tickets is the state in the files."""
    from okrsync.practice.okrfiles import unclosed, write_closed

    if write:
        changed = write_closed(files)
        session.say(f"Set state: closed in {', '.join(changed)}." if changed else "The OKR files say so already.")
        return
    if waiting := unclosed(files):
        session.say(
            f"Set state: closed in the cycle of {', '.join(waiting)}, or let --write do it: until then tickets go on "
            "showing its key results."
        )
