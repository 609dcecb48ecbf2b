"""``okrsync audit``: every change ever written to a tracker."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from okrsync.cli.session import Session, session_of
from okrsync.cli.when import moment

EXAMPLES = """
okrsync audit --since 7d                each change with its time, run and end
okrsync audit --jsonl > changes.jsonl   all of them, one JSON object a line
"""


def audit(
    context: typer.Context,
    since: Annotated[
        str | None, typer.Option(metavar="7d|DATE", help="Only from when on: 7d, 2w, a date or a time.")
    ] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a line.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False,
) -> int:
    """List every change ever written to a tracker.

    When each was begun, what it was, in which run, and how it ended. A time without a zone is UTC.
    """
    form = "jsonl" if jsonl else "json" if json else "text"
    session = session_of(context)
    return run(session, moment(since, "--since", session.now(), UTC) if since else None, form=form)


def run(session: Session, since: datetime | None, *, form: str) -> int:
    from okrsync.report.machine import as_json, as_json_line
    from okrsync.report.runs import audit_line

    with session.open_records() as app:
        if form == "json":
            session.emit(as_json(list(app.audit(since))))
            return 0
        scopes = app.scope_names()
        for write in app.audit(since):
            if form == "jsonl":
                session.emit(as_json_line(write))
            else:
                session.show(audit_line(write, scopes))
    return 0
