"""``okrsync history``: what was known of a key result, day by day."""

from __future__ import annotations

from typing import Annotated

import typer

from okrsync.cli.session import Session, session_of

EXAMPLES = """
okrsync history checkout-1               its burn-up, and every day on which something moved
okrsync history checkout-1 --since 2w    the last two weeks
okrsync history checkout-1 --json        every reading, for a program
"""


def history(
    context: typer.Context,
    key_result: Annotated[str, typer.Argument(help="Id of the key result, as in the OKR files.")],
    since: Annotated[
        str | None,
        typer.Option(
            metavar="7d|DATE", help="From when on: 7d, 2w, a date or a time.", show_default="the cycle's begin"
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="The history as JSON.")] = False,
) -> int:
    """Show a key result's readings by day, with check-ins and changed targets.

    Days before the first sync are there after okrsync backfill, marked as rebuilt.
    """
    return run(session_of(context), key_result, since, json=json)


def run(session: Session, key_result: str, since: str | None = None, *, json: bool = False) -> int:
    from okrsync.cli.when import moment
    from okrsync.practice.history import history as told
    from okrsync.views import find

    with session.open() as app:
        desk, placed = app.desk(), find(app.okrs, key_result)
        zone = placed.cycle.zone
        found = told(desk, placed, moment(since, "--since", desk.now, zone) if since else None)
    if json:
        from okrsync.report.machine import as_json

        session.emit(as_json(found))
    else:
        from okrsync.report.history import history_text

        session.show(history_text(found, zone=zone))
    if not found.days and not found.before:
        session.say("Nothing has been noted yet: run okrsync sync.")
    return 0
