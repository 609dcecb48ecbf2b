"""``okrsync clean``: take back everything that was ever written on tickets, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from okrsync.cli import plan, sync
from okrsync.cli.session import Session, refuse_unknown, session_of
from okrsync.errors import ConfigError

if TYPE_CHECKING:
    from okrsync.app import RunRequest

EXAMPLES = """
okrsync clean                       shows what would go, then asks
okrsync clean --yes --connection jira
"""

DECLINED = 1


def clean(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Look at every ticket, as after a lost store.")] = False,
    connection: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this one; may be repeated.")
    ] = None,
    tickets: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Show only so many of each connection.")
    ] = None,
    wait: Annotated[
        float | None, typer.Option("--wait", metavar="[SECONDS]", min=0, help="Wait for another run to end.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="The report as JSON.")] = False,
) -> int:
    """Remove every label and note that okrsync wrote.

    Labels and comments of people stay, and so does the definition of okr:ignore, which people put on tickets. The
    history of key results is kept in the store.
    """
    from okrsync.app import RunRequest

    request = RunRequest(full=full, connections=tuple(connection or ()), force=True, wait=wait or 0.0)
    return run(session_of(context), request, yes=yes, tickets=tickets, json=json)


def run(session: Session, request: RunRequest, *, yes: bool, tickets: int | None = None, json: bool = False) -> int:
    if json and not yes:
        raise ConfigError(
            "clean asks before it removes, and a program that reads JSON cannot answer.", hint="Add --yes."
        )
    with session.open() as app:
        refuse_unknown(request.connections, app)
        planned = app.plan_clean(request)
        nothing = not planned.plan.changes
        if nothing or not json:
            plan.show(session, planned, form="json" if json else "text", tickets=tickets)
        if nothing:
            return planned.exit_code
        if not yes and not typer.confirm("Remove all of this?", err=True):
            session.say("Nothing was removed.")
            return DECLINED
        report = app.clean(request)
    return sync.tell(session, report, json=json)
