"""``okrsync sync``: read, measure, and bring the tickets in line, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from okrsync.cli.session import Session, refuse_unknown, session_of

if TYPE_CHECKING:
    from okrsync.app import RunRequest
    from okrsync.model.run import RunReport

EXAMPLES = """
okrsync sync                       what changed since the last time
okrsync sync --full                everything, as after a long pause
okrsync sync --connection github   only one tracker
okrsync sync --no-write-back       measure, but touch no ticket
"""


def sync(
    context: typer.Context,
    full: Annotated[bool, typer.Option("--full", help="Read everything anew.")] = False,
    connection: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this one; may be repeated.")
    ] = None,
    no_write_back: Annotated[bool, typer.Option("--no-write-back", help="Measure, but touch no ticket.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Go on although much would be removed.")] = False,
    wait: Annotated[
        float | None, typer.Option("--wait", metavar="[SECONDS]", min=0, help="Wait for another run to end.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="The report as JSON.")] = False,
) -> int:
    """Read, measure, and write labels and notes. Once.

    Killed or interrupted, the next sync repairs. In GitHub Actions it adds a step summary and annotations.
    """
    from okrsync.app import RunRequest

    chosen = tuple(connection or ())
    request = RunRequest(full=full, connections=chosen, write_back=not no_write_back, force=force, wait=wait or 0.0)
    return run(session_of(context), request, json=json)


def run(session: Session, request: RunRequest, *, json: bool = False, movements: int | None = None) -> int:
    with session.open() as app:
        refuse_unknown(request.connections, app)
        report = app.sync(request)
    return tell(session, report, json=json, movements=movements)


def tell(session: Session, report: RunReport, *, json: bool = False, movements: int | None = None) -> int:
    """Report a finished run to whoever listens: the terminal or a program, and GitHub Actions; the exit code."""
    from okrsync.events import finished
    from okrsync.report.actions import of_run
    from okrsync.report.machine import as_json
    from okrsync.report.markdown import run_markdown
    from okrsync.report.run import run_text

    finished(session.logger, report)
    if json:
        session.emit(as_json(report))
    else:
        session.show(run_text(report, movements=movements))
    session.summarise(run_markdown(report))
    session.annotate(of_run(report))
    return report.exit_code
