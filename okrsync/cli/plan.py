"""``okrsync plan``: what a sync would change, exactly, and what it would cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from okrsync.cli.session import Session, refuse_unknown, session_of
from okrsync.errors import ConfigError

if TYPE_CHECKING:
    from okrsync.app import RunRequest
    from okrsync.model.run import RunReport

EXAMPLES = """
okrsync plan                            every change under its ticket
okrsync plan --check                    exit 3 when something would change
okrsync plan --full --force             what sync --full --force would do
okrsync plan --markdown > comment.md    for a pull request
"""

PENDING = 3
UNSAFE = 5


def plan(
    context: typer.Context,
    check: Annotated[bool, typer.Option("--check", help="Exit 3 when something would change, 5 when unsafe.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Read everything anew.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Show what sync --force would do; none of it is kept.")
    ] = False,
    connection: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this one; may be repeated.")
    ] = None,
    tickets: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Show only so many of each connection.")
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="As Markdown.")] = False,
    wait: Annotated[
        float | None, typer.Option("--wait", metavar="[SECONDS]", min=0, help="Wait for another run to end.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> int:
    """Show every change a sync would make, and its cost in API calls.

    Nothing is written to a ticket. Trackers are read and the store is brought up to date, so the plan is exact.
    """
    from okrsync.app import RunRequest

    request = RunRequest(full=full, force=force, connections=tuple(connection or ()), wait=wait or 0.0)
    if json and markdown:
        raise ConfigError("--json and --markdown are two forms of one plan.", hint="Leave one of them out.")
    form = "json" if json else "markdown" if markdown else "text"
    return run(session_of(context), request, form=form, tickets=tickets, check=check)


def run(
    session: Session, request: RunRequest, *, form: str = "text", tickets: int | None = None, check: bool = False
) -> int:
    from okrsync.events import finished
    from okrsync.report.actions import of_run
    from okrsync.report.markdown import plan_markdown

    with session.open() as app:
        refuse_unknown(request.connections, app)
        report = app.plan(request)
    finished(session.logger, report)
    show(session, report, form=form, tickets=tickets)
    session.summarise(plan_markdown(report))
    session.annotate(of_run(report))
    return exit_code(report, check=check)


def show(session: Session, report: RunReport, *, form: str = "text", tickets: int | None = None) -> None:
    """Print a plan as text, Markdown or JSON."""
    if form == "json":
        from okrsync.report.machine import as_json

        session.emit(as_json(report))
    elif form == "markdown":
        from okrsync.report.markdown import plan_markdown

        session.emit(plan_markdown(report))
    else:
        from okrsync.report.plan import plan_text

        session.show(plan_text(report, tickets=tickets))


def exit_code(report: RunReport, *, check: bool) -> int:
    """With ``check`` 5 for an unsafe plan; then the run's own code; then, with ``check``, 3 for pending changes."""
    if check and report.plan.unsafe:
        return UNSAFE
    return report.exit_code or (PENDING if check and report.plan.changes else 0)
