"""``okrsync check``: are the files right, and does each tracker let us in."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from okrsync.cli.session import Session, session_of

if TYPE_CHECKING:
    from okrsync.connector import Finding

EXAMPLES = """
okrsync check             files, then each connection
okrsync check --offline   files only, as a pre-commit hook would
"""

MARKS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "error": ("✗", "red")}


def check(
    context: typer.Context,
    offline: Annotated[bool, typer.Option("--offline", help="Files only; no network.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Findings as JSON.")] = False,
) -> int:
    """Check the files, then what each tracker lets us do.

    For each connection: who am I, may I read, may I write, does the clock agree, what is left of the rate limit,
    does it take the queries of the OKR files. And what the last sync showed: names in links that no ticket knows.

    Exits 2 when a file is wrong and 4 when a connection is.
    """
    return run(session_of(context), offline=offline, json=json)


def run(session: Session, *, offline: bool, json: bool) -> int:
    with session.open() as app:
        found = []
        for finding in app.check(offline=offline):
            found.append(finding)
            if not json:
                _show(session, *finding)
        if json:
            _emit(session, found)
        return exit_code(found, app.settings.connections)


def exit_code(found: Iterable[tuple[str, Finding]], connections: Container[str]) -> int:
    """2 for a file that is wrong, else 4 for a connection that is, else 0."""
    wrong = [place for place, finding in found if finding.level == "error"]
    if not wrong:
        return 0
    return 4 if all(place in connections for place in wrong) else 2


def _show(session: Session, place: str, finding: Finding) -> None:
    from okrsync.report.text import entry, line

    mark, style = MARKS[finding.level]
    session.show(entry((mark, style), f" {place}  ", (finding.subject, "bold"), f"  {finding.message}"))
    if finding.hint:
        session.show(line("    → ", (finding.hint, "dim")))


def _emit(session: Session, found: Iterable[tuple[str, Finding]]) -> None:
    from okrsync.report.machine import as_json

    session.emit(as_json([{"where": place, **asdict(finding)} for place, finding in found]))
