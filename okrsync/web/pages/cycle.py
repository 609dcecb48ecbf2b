"""The cycle: objectives as a tree, and how each key result does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from okrsync.method.objectives import gravity
from okrsync.model.verdict import Status
from okrsync.practice.overview import Branch, statuses
from okrsync.web.doors import AtDesk, KnownQuestions, SignedIn, room
from okrsync.web.order import worst_first
from okrsync.web.privacy import Discretion
from okrsync.web.questions import DUTIES, OVERVIEW
from okrsync.web.render import render
from okrsync.web.timing import closed_on, timing
from okrsync.web.unread import unread

ROWS_SHOWN = 60
"""Key results on a page, so that it stays light; an objective is never cut in two."""

router = APIRouter(include_in_schema=False)


class Choice(msgspec.Struct, frozen=True):
    """What the address asks for; "" is everything."""

    cycle: str = ""
    team: str = ""
    owner: str = ""
    status: str = ""
    page: int = 1

    def address(self, page: int) -> str:
        """The address of another page of the same choice."""
        given = {name: value for name, value in msgspec.structs.asdict(self).items() if value}
        return f"/?{urlencode({**given, 'page': page})}"

    def of_status(self, status: str) -> str:
        """The same cycle, team and owner, and only this status; all of them again where it is chosen already."""
        given = {"cycle": self.cycle, "team": self.team, "owner": self.owner}
        given["status"] = "" if status == self.status else status
        return f"/?{urlencode({name: value for name, value in given.items() if value})}"

    @property
    def chosen(self) -> bool:
        """Whether anything is filtered."""
        return bool(self.cycle or self.team or self.owner or self.status)


@router.get("/", dependencies=[KnownQuestions])
def cycle_page(
    request: Request,
    desk: AtDesk,
    who: SignedIn,
    cycle: str = "",
    team: str = "",
    owner: str = "",
    status: str = "",
    page: int = 1,
) -> HTMLResponse:
    """Where the cycle stands: objectives with their key results, filtered and paged."""
    choice = Choice(cycle, team, owner, status, page)
    told = Discretion(desk, who)
    every = worst_first(told.branches(room(request).ask(OVERVIEW, desk)))
    pages = list(_pages(_chosen(every, choice)))
    names = {one.status.cycle for one in every}
    cycles = list({one.id: one for _, one in desk.okrs.objectives if one.id in names}.values())
    shown = pages[min(max(page, 1), len(pages)) - 1] if pages else []
    return render(
        request,
        "cycle.html",
        branches=shown,
        choice=choice,
        pages=len(pages),
        now=desk.now,
        teams=_names(one.objective.team for one in every),
        owners=_names(row.status.owner for one in every for row in one.rows),
        statuses=sorted(statuses(every), key=lambda one: gravity(Status(one))),
        counts=_counts(every),
        cycles=[one.id for one in cycles],
        times=[(one, timing(one, desk), closed_on(one, desk)) for one in cycles if choice.cycle in ("", one.id)],
        titles={one.objective.id: one.objective.title for one in every},
        here_are={one.objective.id for one in shown},
        key_results={row.status.key_result for one in every for row in one.rows},
        duties=room(request).ask(DUTIES, desk),
        mine={one.key_result.id for one in desk.okrs.placed if who.may_check_in(one)},
        stale=unread(desk, told),
    )


def _chosen(branches: Iterable[Branch], choice: Choice) -> Iterator[Branch]:
    """The objectives with the key results that fit; an objective without any is left out, unless nothing is asked."""
    for branch in branches:
        if choice.cycle not in ("", branch.status.cycle) or choice.team not in ("", branch.objective.team):
            continue
        rows = tuple(
            row
            for row in branch.rows
            if (not choice.owner or row.status.owner == choice.owner)
            and (not choice.status or (row.status.verdict and row.status.verdict.status == choice.status))
        )
        if rows or not (choice.owner or choice.status):
            yield msgspec.structs.replace(branch, rows=rows)


def _pages(branches: Iterable[Branch]) -> Iterator[list[Branch]]:
    page: list[Branch] = []
    for branch in branches:
        if page and sum(len(one.rows) + 1 for one in page) + len(branch.rows) > ROWS_SHOWN:
            yield page
            page = []
        page.append(branch)
    if page:
        yield page


def _names(found: Iterable[str | None]) -> list[str]:
    return sorted({one for one in found if one})


def _counts(branches: Iterable[Branch]) -> dict[str, int]:
    """How many key results have each status, the worst first."""
    found: dict[Status, int] = {}
    for branch in branches:
        for row in branch.rows:
            if row.status.verdict is not None:
                name = row.status.verdict.status
                found[name] = found.get(name, 0) + 1
    return {str(name): found[name] for name in sorted(found, key=gravity)}
