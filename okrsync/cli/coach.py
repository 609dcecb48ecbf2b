"""``okrsync coach``: what is worth a talk, found by the coach's rules."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from okrsync.cli.session import Session, session_of

if TYPE_CHECKING:
    from okrsync.practice.coach import Coaching

EXAMPLES = """
okrsync coach           what is worth a talk, by objective
okrsync coach --check   in CI: exit 3 when there is a warning
okrsync coach --rules   what it looks for
"""

FINDINGS = 3


class Weight(StrEnum):
    """How grave a finding is, as the options say it."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


def coach(
    context: typer.Context,
    check: Annotated[bool, typer.Option("--check", help="Exit 3 when --severity or graver is found.")] = False,
    severity: Annotated[
        Weight | None,
        typer.Option(help="Show and check only this and graver.", show_default="all shown; warning checked"),
    ] = None,
    team: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this team's objectives.", show_default="all")
    ] = None,
    ignored: Annotated[bool, typer.Option("--ignored", help="List what the files ignore, with the reasons.")] = False,
    rules: Annotated[bool, typer.Option("--rules", help="List the rules instead.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Findings as JSON, with every ticket behind them.")] = False,
) -> int:
    """Find what is worth a talk in the OKRs, the work and the history.

    It never stops a sync. What a team lives with is ignored in the OKR file:
    ignore: [{rule: KR-COUNT, reason: one number says it all}]

    Reads the local store only. Inside GitHub Actions findings become annotations.
    """
    session = session_of(context)
    if rules:
        return list_rules(session, json=json)
    return run(session, check=check, severity=severity, team=team, ignored=ignored, json=json)


def list_rules(session: Session, *, json: bool) -> int:
    from okrsync.model.rules import RULES
    from okrsync.report.coach import rules_text
    from okrsync.report.machine import as_json

    if json:
        session.emit(as_json(list(RULES.values())))
    else:
        session.show(rules_text())
    return 0


def run(
    session: Session,
    *,
    check: bool = False,
    severity: Weight | None = None,
    team: str | None = None,
    ignored: bool = False,
    json: bool = False,
) -> int:
    from okrsync.model.rules import Severity
    from okrsync.practice.coach import coaching
    from okrsync.report.coach import coach_text, of_findings

    with session.open() as app:
        found, okrs = coaching(app.desk(), team), app.okrs
    shown = found.at_least(Severity(severity or Severity.INFO))
    if json:
        _emit(session, found, severity)
    else:
        lighter = len(found.findings) - len(shown)
        session.show(coach_text(shown, found.ignored, okrs, show_ignored=ignored, lighter=lighter))
    if not found.read:
        session.say("Nothing has been read yet, so nothing is said about work: run okrsync sync.")
    session.annotate(of_findings(shown, session.in_repository))
    return FINDINGS if check and found.at_least(Severity(severity or Severity.WARNING)) else 0


def _emit(session: Session, found: Coaching, severity: Weight | None) -> None:
    import msgspec

    from okrsync.model.rules import Severity
    from okrsync.report.machine import as_json

    session.emit(as_json(msgspec.structs.replace(found, findings=found.at_least(Severity(severity or Severity.INFO)))))
