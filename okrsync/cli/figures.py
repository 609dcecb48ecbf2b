"""``okrsync figures``: whether the practice works, in four figures per team."""

from __future__ import annotations

from typing import Annotated

import typer

from okrsync.cli.session import Session, session_of

EXAMPLES = """
okrsync figures                                  every team, the current cycle until today
okrsync figures --team shop --period 4w          the last four weeks of one team
okrsync figures --period 2026-10-01..2026-10-31  both days included
okrsync figures --team shop --tickets            which tickets and key results were counted
okrsync figures --period 2026-Q3 --json          a cycle by its id, for a program
"""


def figures(
    context: typer.Context,
    team: Annotated[str | None, typer.Option(metavar="NAME", help="One team.", show_default="all of them")] = None,
    period: Annotated[
        str, typer.Option(metavar="4w|ID|DATE..DATE", help="So long until today, a cycle, or two days and all between.")
    ] = "cycle",
    tickets: Annotated[
        bool, typer.Option("--tickets", help="The tickets and key results that were counted, instead of the numbers.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="The same as JSON.")] = False,
) -> int:
    """Show alignment, engagement, productivity and performance of each team.

    Numerator and denominator stand beside every number. No figure is about one person, and they are never merged into
    one.
    """
    return run(session_of(context), team, period, tickets=tickets, json=json)


def run(
    session: Session, team: str | None = None, period: str = "cycle", *, tickets: bool = False, json: bool = False
) -> int:
    from okrsync.practice import figures as practice

    if tickets:
        return _tickets(session, team, period, json=json)
    with session.open() as app:
        found = practice.figures(app.desk(), team, period)
    if json:
        from okrsync.report.machine import as_json

        session.emit(as_json(found))
    else:
        from okrsync.report.figures import teams_text

        session.show(teams_text(found, period, width=session.out.width))
    return 0


def _tickets(session: Session, team: str | None, period: str, *, json: bool) -> int:
    from okrsync.practice.figures_behind import behind
    from okrsync.report.figures import behind_text
    from okrsync.report.machine import as_json

    with session.open() as app:
        found = behind(app.desk(), team, period)
    if json:
        session.emit(as_json(found))
    else:
        session.show(behind_text(found, period))
    return 0
