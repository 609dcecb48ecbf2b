"""``okrsync backfill``: what linked tickets were before okrsync was installed, read once from the trackers."""

from __future__ import annotations

from typing import Annotated

import typer

from okrsync.cli.session import Session, refuse_unknown, session_of

EXAMPLES = """
okrsync backfill            histories of all linked items, and the days before the first sync
okrsync backfill jira       one tracker now, the others later
okrsync backfill --dry-run  how many requests that would take
"""


def backfill(
    context: typer.Context,
    connection: Annotated[
        str | None, typer.Argument(metavar="CONNECTION", help="Only this tracker; all of them unless given.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would take, and ask nothing.")] = False,
    wait: Annotated[
        float | None, typer.Option("--wait", metavar="[SECONDS]", min=0, help="Wait for another run to end.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="The report as JSON.")] = False,
) -> int:
    """Rebuild the past: burn-up, cycle time and throughput from the cycle's first day.

    Reads the histories of linked tickets and writes nothing on them. Stopped at any moment, the next one goes on; done
    twice, the second asks for nothing.
    """
    chosen = (connection,) if connection else ()
    session = session_of(context)
    return estimate(session, chosen, json=json) if dry_run else run(session, chosen, wait=wait or 0.0, json=json)


def estimate(session: Session, connections: tuple[str, ...] = (), *, json: bool = False) -> int:
    from okrsync.practice import backfill as practice
    from okrsync.report.backfill import estimate_text
    from okrsync.report.machine import as_json

    with session.open() as app:
        refuse_unknown(connections, app)
        estimates = practice.estimate(app.house(), connections)
    if json:
        session.emit(as_json({"connections": estimates}))
    else:
        session.show(estimate_text(estimates))
    return 4 if any(one.error for one in estimates) else 0


def run(session: Session, connections: tuple[str, ...] = (), *, wait: float = 0.0, json: bool = False) -> int:
    from okrsync.practice import backfill as practice
    from okrsync.report.backfill import backfill_text, summary
    from okrsync.report.machine import as_json

    with session.open() as app:
        refuse_unknown(connections, app)
        report = practice.backfill(
            app.house(), connections, wait=wait, announce=lambda found: session.say(summary(found))
        )
    if json:
        session.emit(as_json(report))
    else:
        session.show(backfill_text(report))
    return report.exit_code
