"""The four figures of each team: over time, or in a period of one's choice, which the address holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from okrsync.errors import ConfigError
from okrsync.method.words import team_name
from okrsync.model.figures import TeamFigures
from okrsync.model.okr import Phase
from okrsync.practice.periods import CURRENT
from okrsync.report.figures import Row, rows
from okrsync.web.doors import AtDesk, KnownQuestions, SignedIn, room
from okrsync.web.privacy import Discretion
from okrsync.web.questions import RECENT, SPANS
from okrsync.web.render import render
from okrsync.web.room import Seat
from okrsync.web.shared import figures_in

router = APIRouter(include_in_schema=False)

OVER_TIME = f"{SPANS} spans of four weeks, and the cycle"
WEEKS = {weeks: f"the last {weeks[:-1]} weeks" for weeks in RECENT}


class Line(msgspec.Struct, frozen=True):
    """One number: a cell for each period, of which ``over_time`` are spans that follow one another."""

    figure: str
    what: str
    cells: tuple[Row | None, ...]
    over_time: int

    @property
    def course(self) -> tuple[float | None, ...]:
        return tuple(cell.amount if cell else None for cell in self.cells[: self.over_time])

    @property
    def nothing(self) -> str:
        """Why none of the cells has a number, where one reason holds for all."""
        reasons = {cell.why if cell.amount is None else "" for cell in self.cells if cell}
        return reasons.pop() if len(reasons) == 1 else ""

    @property
    def said(self) -> str:
        told = [cell.value for cell in self.cells[: self.over_time] if cell and cell.amount is not None]
        return f"{self.what}: {', then '.join(told)}"


class Table(msgspec.Struct, frozen=True):
    """Of a team."""

    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    over_time: bool


@router.get("/figures", dependencies=[KnownQuestions])
def four(
    request: Request,
    desk: AtDesk,
    who: SignedIn,
    team: str = "",
    period: str = "",
    first: date | None = None,
    last: date | None = None,
) -> Response:
    """``first`` and ``last`` are days that a form names; they lead to the address of their period."""
    if first and last:
        asked = {"team": team, "period": f"{first}..{last}"}
        return RedirectResponse(f"/figures?{urlencode({name: one for name, one in asked.items() if one})}", 303)
    try:
        columns, problem = figures_in(room(request), desk, period), ""
    except ConfigError as error:
        columns, problem = [], error.message
    return _page(request, desk, who, columns, team, period, problem)


def _page(
    request: Request,
    desk: Seat,
    who: SignedIn,
    columns: Sequence[Sequence[TeamFigures]],
    team: str,
    period: str,
    problem: str,
) -> HTMLResponse:
    discreet = Discretion(desk, who)
    told = [discreet.teams(column) for column in columns]
    teams = list(dict.fromkeys(one.team for column in told for one in column))
    names = list(dict.fromkeys(map(team_name, teams)))
    first, _, last = period.partition("..")
    return render(
        request,
        "figures.html",
        422 if problem else 200,
        teams=[
            (team_name(one), table([_of(one, column) for column in told]))
            for one in teams
            if team in ("", team_name(one))
        ],
        names=names if team in ("", *names) else [*names, team],
        team=team,
        periods=dict(_periods(desk, period)),
        period=period,
        days=(first, last) if last and not problem else (),
        today=desk.now.date(),
        problem=problem,
    )


def _periods(desk: Seat, chosen: str) -> Iterator[tuple[str, str]]:
    """What can be chosen, and what was: as the address names it, and in words."""
    yield "", OVER_TIME
    yield CURRENT, "the cycle so far"
    yield from WEEKS.items()
    begun = {
        one.id: one for _, one in desk.okrs.objectives if one.state is not Phase.DRAFT and one.start <= desk.now.date()
    }
    for cycle in sorted(begun.values(), key=lambda one: one.start, reverse=True):
        yield cycle.id, cycle.id
    if chosen and chosen not in (CURRENT, *WEEKS, *begun):
        yield chosen, chosen.replace("..", " to ")


def table(columns: Sequence[TeamFigures | None]) -> Table:
    """Of each number what it is, and for each period what it comes to; of several periods the last is the cycle."""
    told = [_numbers(one) if one else {} for one in columns]
    spans = len(columns) - 1
    lines: list[Line] = []
    before = ""
    for figure, what in dict.fromkeys(name for column in told for name in column):
        cells = tuple(column.get((figure, what)) for column in told)
        lines.append(Line(figure if figure != before else "", what, cells, spans))
        before = figure
    heads = [_head(one) for one in columns]
    return Table((*heads[:spans], _cycle(columns[-1]) if spans else heads[-1]), tuple(lines), over_time=bool(spans))


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
