"""``okrsync checkin``: what people know and no ticket says, and who still owes it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from okrsync.cli.session import Session, login, session_of
from okrsync.errors import ConfigError

if TYPE_CHECKING:
    from okrsync.practice.checkins import Words

EXAMPLES = """
okrsync checkin                                    asks about each of yours that is due
okrsync checkin --list                             who is due, late, missed, stale
okrsync checkin checkout-3 --value 2.4 --confidence 6 --note "new button is live"
okrsync checkin checkout-1 --confidence 3 --blocker "waiting for legal" --next "call them on Monday"
okrsync checkin checkout-1 --status at-risk --reason "the supplier is bankrupt"
"""


class Override(StrEnum):
    """What may stand in place of the computed status."""

    ON_TRACK = "on-track"
    BEHIND = "behind"
    AT_RISK = "at-risk"


def checkin(
    context: typer.Context,
    key_result: Annotated[
        str | None, typer.Argument(help="Id of the key result; without one, asks about yours.")
    ] = None,
    confidence: Annotated[
        int | None, typer.Option(metavar="0..10", help="How sure, from 0 (no hope) to 10 (certain).")
    ] = None,
    note: Annotated[str, typer.Option(metavar="TEXT", help="What changed, for those who read it later.")] = "",
    value: Annotated[
        float | None, typer.Option(metavar="NUMBER", help="Its value today, in its unit, where no ticket knows it.")
    ] = None,
    blocker: Annotated[str, typer.Option(metavar="TEXT", help="What is in the way.")] = "",
    next_: Annotated[str, typer.Option("--next", metavar="TEXT", help="What comes next.")] = "",
    status: Annotated[
        Override | None, typer.Option(help="Say this instead of the computed status, for a while.")
    ] = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why the computed status is wrong.")] = "",
    until: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help="Last day of that status, such as 2026-10-31.",
            show_default="the next due day",
        ),
    ] = None,
    who: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who says so.", show_default="your login name")
    ] = None,
    owner: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whose key results.", show_default="yours; everybody's in lists")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Ask also about those that are not due.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="Only show who owes a check-in.")] = False,
    due: Annotated[bool, typer.Option("--due", help="The same without those that owe nothing now.")] = False,
    json: Annotated[bool, typer.Option("--json", help="What was kept as JSON, or that list.")] = False,
) -> int:
    """Say how sure you are, what changed, and what is in the way.

    Check-ins are kept for ever and never edited. Called bare, it asks about each key result of yours that is due.
    """
    from okrsync.model.verdict import Status
    from okrsync.practice.checkins import Words

    session = session_of(context)
    words = Words(
        confidence=confidence,
        note=note.strip(),
        value=value,
        blocker=blocker.strip(),
        next=next_.strip(),
        status=Status(status.replace("-", " ")) if status else None,
        reason=reason.strip(),
        until=until.date() if until else None,
    )
    if key_result is not None:
        if listed or due or every:
            raise ConfigError("--list, --due and --all are about many.", hint="Leave out the key result.")
        return run(session, key_result, words, who=who or login(), json=json)
    if not words.empty:
        raise ConfigError("Of which key result?", hint="Name it: okrsync checkin KEY-RESULT ...")
    if listed or due or json:
        return show(session, owner=owner, due=due, json=json)
    from okrsync.cli.walk import walk

    return walk(session, owner=owner or who or login(), who=who or login(), every=every)


def run(session: Session, key_result: str, words: Words, *, who: str, json: bool = False) -> int:
    """Keep one check-in."""
    from okrsync.practice.checkins import check_in
    from okrsync.report.checkins import kept_words
    from okrsync.report.finals import too_late_words

    with session.open() as app:
        said = check_in(app.desk(), key_result, words, who)
        cycle = app.okrs.by_id()[said.key_result].cycle
        closing = app.store.closings.latest(cycle.id)
    session.say(f"Noted for {said.key_result}. {kept_words(said, cycle.zone)}")
    if closing is not None:
        session.say(too_late_words(said, closing), style="yellow")
    if json:
        from okrsync.report.machine import as_json

        session.emit(as_json(said))
    return 0


def show(session: Session, *, owner: str | None = None, due: bool = False, json: bool = False) -> int:
    """Who owes what; exit code 0 whatever that is."""
    from okrsync.practice.checkins import owed

    with session.open() as app:
        rows = owed(app.desk(), owner)
    if due:
        rows = tuple(row for row in rows if row.duty.owing or row.duty.stale)
    if json:
        from okrsync.report.machine import as_json

        session.emit(as_json(rows))
    else:
        from okrsync.report.checkins import owed_text

        session.show(owed_text(rows, now=session.now(), width=session.out.width))
    return 0
