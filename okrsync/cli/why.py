"""``okrsync why``: what moved a key result, and which tickets did it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from okrsync.cli.session import Session, session_of

EXAMPLES = """
okrsync why checkout-1 --since 7d           finished, added, cancelled: with the tickets of each
okrsync why checkout-1 --since 2026-10-01 --until 2026-10-31
"""


def why(
    context: typer.Context,
    key_result: Annotated[str, typer.Argument(help="Id of the key result, as in the OKR files.")],
    since: Annotated[str, typer.Option(metavar="7d|DATE", help="From when on: 7d, 2w, a date or a time.")] = "7d",
    until: Annotated[
        str | None, typer.Option(metavar="7d|DATE", help="Until when, in the same words.", show_default="now")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="List every ticket, not only the heaviest.")] = False,
    json: Annotated[bool, typer.Option("--json", help="The split as JSON.")] = False,
) -> int:
    """Show what moved a key result, ticket by ticket.

    The parts add up to the change. More work in scope is no regression, and it says so.
    """
    return run(session_of(context), key_result, since, until, every=every, json=json)


def run(
    session: Session,
    key_result: str,
    since: str = "7d",
    until: str | None = None,
    *,
    every: bool = False,
    json: bool = False,
) -> int:
    from okrsync.cli.when import moment
    from okrsync.practice.why import why as explained
    from okrsync.views import find

    with session.open() as app:
        desk, placed = app.desk(), find(app.okrs, key_result)
        zone = placed.cycle.zone
        end: datetime | None = moment(until, "--until", desk.now, zone, end=True) if until else None
        found = explained(desk, placed, moment(since, "--since", desk.now, zone), end)
    if json:
        from okrsync.report.machine import as_json

        session.emit(as_json(found))
    else:
        from okrsync.report.why import why_text

        session.show(why_text(found, zone=zone, width=session.out.width, every=every))
    return 0
