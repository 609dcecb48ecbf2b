"""``okrsync status``: where the cycle stands, from the store alone."""

from __future__ import annotations

from typing import Annotated

import typer

from okrsync.cli.session import Session, session_of

EXAMPLES = """
okrsync status                   objectives and key results
okrsync status --why             the rule behind every status
okrsync status --at 2026-10-31   as it stood at the end of that day
okrsync status --json            for a dashboard of one's own
"""


def status(
    context: typer.Context,
    why: Annotated[bool, typer.Option("--why", help="Say by which rule each status came about.")] = False,
    at: Annotated[
        str | None, typer.Option(metavar="DATE", help="As it stood at the end of a past day, such as 2026-10-31.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="The status as JSON.")] = False,
) -> int:
    """Show objectives and key results, whether they are on track, and how they moved in a week.

    Reads the local store only; run a sync for fresh numbers.
    """
    return run(session_of(context), why=why, at=at, json=json)


def run(session: Session, *, why: bool = False, at: str | None = None, json: bool = False) -> int:
    now = session.now()
    with session.open() as app:
        if at is None:
            objectives = app.status(forecasts=True)
        else:
            from okrsync.practice.past import end_of_day, status_at

            now = end_of_day(app.desk(), at)
            objectives = status_at(app.desk(), now)
    if json:
        from okrsync.report.machine import as_json

        session.emit(as_json(objectives))
    else:
        from okrsync.report.status import status_text

        session.show(status_text(objectives, now=now, width=session.out.width, why=why, past=at is not None))
    if not any(row.sample or row.pulled_at for objective in objectives for row in objective.key_results):
        never = "Nothing has been read yet: run okrsync sync."
        session.say(never if at is None else "Nobody measured by then: okrsync backfill rebuilds the days before.")
    return 0
