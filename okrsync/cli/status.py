"""``okrsync status``: where the cycle stands, from the store alone."""

from __future__ import annotations

from typing import Annotated

import typer

from okrsync.cli.session import Session, session_of

EXAMPLES = """
okrsync status          objectives and key results
okrsync status --json   for a dashboard of one's own
"""


def status(
    context: typer.Context, json: Annotated[bool, typer.Option("--json", help="The status as JSON.")] = False
) -> int:
    """Show objectives and key results, and how they moved in a week.

    Reads the local store only; run a sync for fresh numbers.
    """
    return run(session_of(context), json=json)


def run(session: Session, *, json: bool = False) -> int:
    with session.open() as app:
        objectives = app.status()
    if json:
        from okrsync.report.machine import as_json

        session.emit(as_json(objectives))
    else:
        from okrsync.report.status import status_text

        session.show(status_text(objectives, now=session.now(), width=session.out.width))
    if not any(row.sample or row.pulled_at for objective in objectives for row in objective.key_results):
        session.say("Nothing has been read yet: run okrsync sync.")
    return 0
