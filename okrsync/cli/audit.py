"""``okrsync audit``: every change ever written to a tracker."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from okrsync.cli.session import Session, session_of
from okrsync.errors import ConfigError

EXAMPLES = """
okrsync audit --since 2026-11-01        each change with its time, run and end
okrsync audit --jsonl > changes.jsonl   all of them, one JSON object a line
"""


def audit(
    context: typer.Context,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Only from this date or time on, such as 2026-11-01.")
    ] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a line.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False,
) -> int:
    """List every change ever written to a tracker.

    When each was begun, what it was, in which run, and how it ended. A time without a zone is UTC.
    """
    form = "jsonl" if jsonl else "json" if json else "text"
    return run(session_of(context), moment(since) if since else None, form=form)


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


def moment(written: str) -> datetime:
    """A date or time in ISO 8601, UTC unless it says otherwise. Raises ConfigError."""
    try:
        read = datetime.fromisoformat(written)
    except ValueError:
        raise ConfigError(
            f"--since: {written!r} is no date or time.", hint="Write it as 2026-11-01 or 2026-11-01T12:00."
        ) from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
