"""What the coach found, tickets without a key result, and key results without work."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from okrsync.model.rules import RULES, Severity
from okrsync.model.work import Item
from okrsync.practice.coach import Coaching
from okrsync.practice.desk import Desk
from okrsync.practice.overview import without_work
from okrsync.web.doors import AtDesk, KnownQuestions, SignedIn, room
from okrsync.web.privacy import Discretion
from okrsync.web.questions import COACHING, OVERVIEW
from okrsync.web.render import render

ORPHANS_SHOWN = 100
"""Tickets listed for a repository or project; the API gives all."""

FINDINGS_SHOWN = 60
"""Findings listed for a severity."""

router = APIRouter(include_in_schema=False)


@router.get("/coach", dependencies=[KnownQuestions])
def coach(request: Request, desk: AtDesk, who: SignedIn, team: str = "") -> HTMLResponse:
    """The coach's findings by severity, of all teams or of one."""
    found = room(request).ask(COACHING, desk)
    told = Discretion(desk, who)
    known = told.findings(found.findings)
    open_ones = [one for one in known if team in ("", one.team)]
    groups = [(severity, [one for one in open_ones if one.severity is severity]) for severity in Severity]
    return render(
        request,
        "coach.html",
        groups=[(severity, some) for severity, some in groups if some],
        ignored=told.findings(found.ignored),
        teams=sorted({one.team for one in known if one.team}),
        team=team,
        shown=FINDINGS_SHOWN,
        read=found.read,
        rules=RULES,
        titles={one.id: one.title for one, _ in desk.okrs.objectives if who.sees(one)},
        mine={one.key_result.id for one in desk.okrs.placed if who.may_check_in(one)},
    )


@router.get("/orphans")
def orphans(request: Request, desk: AtDesk, who: SignedIn) -> HTMLResponse:
    """Work that counts for nothing, and goals that nothing counts for."""
    found = room(request).ask(COACHING, desk)
    every = Discretion(desk, who).branches(room(request).ask(OVERVIEW, desk))
    idle = [(branch.objective, row.status) for branch, row in without_work(every)]
    return render(
        request,
        "orphans.html",
        orphans=found.orphans,
        tickets=_listed(desk, found),
        idle=idle,
        shown=ORPHANS_SHOWN,
        read=found.read,
    )


def _listed(desk: Desk, found: Coaching) -> dict[tuple[str, str], Item]:
    """The tickets that are shown, by connection and key."""
    wanted = [(one.connection, key) for one in found.orphans for key in one.keys[:ORPHANS_SHOWN]]
    return desk.store.items.by_key(wanted)
