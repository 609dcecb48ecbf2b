"""The four figures of each team, over time."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from okrsync.model.figures import TeamFigures
from okrsync.report.teams import Row, rows, span
from okrsync.web.doors import AtDesk, SignedIn, room
from okrsync.web.privacy import Discretion
from okrsync.web.questions import FIGURES
from okrsync.web.render import render

router = APIRouter(include_in_schema=False)


@router.get("/figures")
def four(request: Request, desk: AtDesk, who: SignedIn) -> HTMLResponse:
    columns = room(request).ask(FIGURES, desk)
    discreet = Discretion(desk, who)
    told = [discreet.teams(column) for column in columns]
    teams = list(dict.fromkeys(one.team for column in told for one in column))
    tables = {team: table([_of(team, column) for column in told]) for team in teams}
    return render(request, "figures.html", teams=tables)


def table(columns: Sequence[TeamFigures | None]) -> dict[str, list[object]]:
    """Heads and lines: of each number what it is, and for each period what it is made of and comes to."""
    told = [_numbers(one) if one else {} for one in columns]
    names = list(dict.fromkeys(name for column in told for name in column))
    lines: list[object] = []
    before = ""
    for figure, what in names:
        lines.append((figure if figure != before else "", what, [column.get((figure, what)) for column in told]))
        before = figure
    return {"heads": [span(one) if one else "" for one in columns], "lines": lines}


def _numbers(team: TeamFigures) -> dict[tuple[str, str], Row]:
    """Every number by its figure and what it is."""
    found: dict[tuple[str, str], Row] = {}
    figure = ""
    for row in rows(team):
        figure = row.figure or figure
        found[figure, row.what] = row
    return found


def _of(team: str, column: Sequence[TeamFigures]) -> TeamFigures | None:
    return next((one for one in column if one.team == team), None)
