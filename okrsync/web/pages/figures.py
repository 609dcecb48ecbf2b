"""The four figures of each team, over time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from okrsync.model.figures import TeamFigures
from okrsync.report.teams import Row, rows
from okrsync.web.doors import AtDesk, SignedIn, room
from okrsync.web.privacy import Discretion
from okrsync.web.questions import FIGURES, SPANS
from okrsync.web.render import render

router = APIRouter(include_in_schema=False)

SPANS_SAID = f"{SPANS} spans of four weeks, the latest to today, and the cycle so far."


class Line(msgspec.Struct, frozen=True):
    """One number over time: a cell for each span and the last for the cycle; its course is that of the spans alone."""

    figure: str
    what: str
    cells: tuple[Row | None, ...]

    @property
    def course(self) -> tuple[float | None, ...]:
        return tuple(cell.amount if cell else None for cell in self.cells[:-1])

    @property
    def nothing(self) -> str:
        """Why none of the cells has a number, where one reason holds for all."""
        reasons = {cell.why if cell.amount is None else "" for cell in self.cells if cell}
        return reasons.pop() if len(reasons) == 1 else ""

    @property
    def said(self) -> str:
        told = [cell.value for cell in self.cells[:-1] if cell and cell.amount is not None]
        return f"{self.what}: {', then '.join(told)}"


class Table(msgspec.Struct, frozen=True):
    """Of a team."""

    heads: tuple[str, ...]
    lines: tuple[Line, ...]


@router.get("/figures")
def four(request: Request, desk: AtDesk, who: SignedIn, team: str = "") -> HTMLResponse:
    discreet = Discretion(desk, who)
    told = [discreet.teams(column) for column in room(request).ask(FIGURES, desk)]
    names = list(dict.fromkeys(one.team for column in told for one in column))
    chosen = [name for name in names if team in ("", name)]
    tables = {name: table([_of(name, column) for column in told]) for name in chosen}
    return render(request, "figures.html", teams=tables, names=names, team=team, spans=SPANS_SAID)


def table(columns: Sequence[TeamFigures | None]) -> Table:
    """Of each number what it is, and for each period what it is made of and comes to; the last one is the cycle."""
    told = [_numbers(one) if one else {} for one in columns]
    lines: list[Line] = []
    before = ""
    for figure, what in dict.fromkeys(name for column in told for name in column):
        cells = tuple(column.get((figure, what)) for column in told)
        lines.append(Line(figure if figure != before else "", what, cells))
        before = figure
    return Table((*(_head(one) for one in columns[:-1]), _cycle(columns[-1])), tuple(lines))


def _head(found: TeamFigures | None) -> str:
    return f"{_short(found.start)} – {_short(found.end)}" if found else "no figures"


def _cycle(found: TeamFigures | None) -> str:
    return f"Cycle {', '.join(found.cycles)}" if found else "Cycle"


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"


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
