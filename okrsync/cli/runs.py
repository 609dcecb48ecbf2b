"""``okrsync runs``: what the last runs did, and everything that one of them did."""

from __future__ import annotations

from typing import Annotated

import typer

from okrsync.cli.session import Session, session_of

EXAMPLES = """
okrsync runs             the last twenty
okrsync runs 12          one, with every change and how it ended
okrsync runs 12 --json   the same for a program
"""


def runs(
    context: typer.Context,
    run: Annotated[int | None, typer.Argument(metavar="RUN", help="Number of the run to show whole.")] = None,
    last: Annotated[int, typer.Option("--last", min=1, metavar="N", help="List so many.")] = 20,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> int:
    """List the last runs, or show one whole.

    Reads the local store only. Every sync, plan and clean is kept; of those that changed nothing, the newest 500.
    """
    session = session_of(context)
    return list_runs(session, last, json=json) if run is None else show_run(session, run, json=json)


def list_runs(session: Session, last: int, *, json: bool) -> int:
    from okrsync.report.machine import as_json
    from okrsync.report.runs import runs_text

    with session.open_records() as app:
        found = app.runs(last)
    if json:
        session.emit(as_json(found))
    else:
        session.show(runs_text(found))
    return 0


def show_run(session: Session, number: int, *, json: bool) -> int:
    from okrsync.report.machine import as_json
    from okrsync.report.runs import whole_run

    with session.open_records() as app:
        record, writes = app.run(number)
        names = app.scope_names()
    if json:
        session.emit(as_json({"run": record, "writes": writes}))
    else:
        session.show(whole_run(record, writes, names))
    return 0
