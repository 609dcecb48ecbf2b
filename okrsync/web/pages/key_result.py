"""One key result: where it stands, why, what may come of it, and what people say."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from okrsync.method.expected import due
from okrsync.model.okr import KeyResult, Phase, Placed
from okrsync.model.sample import Contribution
from okrsync.model.status import Explanation
from okrsync.practice.checkins import OVERRIDES
from okrsync.practice.desk import Desk
from okrsync.report.charts import burn_up_picture, legend
from okrsync.web.access import Visitor
from okrsync.web.doors import AtDesk, SignedIn, room, visible
from okrsync.web.insight import insight
from okrsync.web.privacy import Discretion
from okrsync.web.questions import DUTIES
from okrsync.web.render import render
from okrsync.web.room import Seat
from okrsync.web.timing import closed_on, timing
from okrsync.web.unread import unread

TICKETS_SHOWN = 200
"""Rows of tickets on the page; the API gives all of them."""
TICKETS_OPEN = 15
"""Counted tickets that stand open; the others are folded."""
OTHERS_OPEN = 5
"""The same of tickets that do not count, and of what moved it for one reason."""

router = APIRouter(include_in_schema=False)


@router.get("/key-results/{name}")
def key_result(request: Request, desk: AtDesk, who: SignedIn, name: str, kept: bool = False) -> HTMLResponse:
    """One key result: its number, how it came about, its tickets, and what people said."""
    placed = visible(desk, who, name)
    return page_of(request, desk, who, placed, kept=kept)


def page_of(
    request: Request,
    desk: Seat,
    who: Visitor,
    placed: Placed,
    *,
    kept: bool = False,
    draft: object = None,
    problem: str = "",
    question: str = "",
    code: int = 200,
) -> HTMLResponse:
    """The page; ``draft`` holds what was typed into its form, with a ``problem`` or a ``question`` about it."""
    name = placed.key_result.id
    found = insight(room(request), desk, placed)
    with desk.store.reading():
        said = tuple(reversed(desk.store.checkins.of(name)))
    before, after = _beside(desk, who, placed)
    over = placed.cycle.state is Phase.CLOSED
    return render(
        request,
        "key_result.html",
        code,
        placed=placed,
        one=found.explained.status,
        found=found,
        drawn=burn_up_picture(found.chart, f"/charts/{name}.svg") if found.chart else "",
        legend=legend(found.chart) if found.chart else (),
        verdict=found.explained.status.verdict,
        checkins=said,
        sections=list(_sections(found.explained)),
        shown=TICKETS_SHOWN,
        many=TICKETS_OPEN,
        few=OTHERS_OPEN,
        unit=found.outlook.unit if found.outlook else "",
        before=before,
        after=after,
        back=_came_from(request),
        due=due(placed),
        duty=room(request).ask(DUTIES, desk).get(name),
        badge=f"{request.base_url}badge/{name}.svg" if placed.objective.visibility == "all" else "",
        stale=unread(desk, Discretion(desk, who)) if found.explained.status.stale else [],
        overrides=OVERRIDES,
        takes_value=placed.key_result.by_people,
        may=who.may_check_in(placed) and (draft is not None or not over),
        over=over,
        kept=kept,
        draft=draft,
        problem=problem,
        question=question,
        time=timing(placed.cycle, desk),
        closed=closed_on(placed.cycle, desk),
        now=desk.now,
        zone=placed.cycle.zone,
    )


def _beside(desk: Desk, who: Visitor, placed: Placed) -> tuple[KeyResult | None, KeyResult | None]:
    """The key results before and after it in the files, among those that this visitor sees."""
    seen = [one.key_result for one in desk.okrs.placed if who.sees(one.objective)]
    place = next(place for place, one in enumerate(seen) if one.id == placed.key_result.id)
    return (seen[place - 1] if place else None), (seen[place + 1] if place + 1 < len(seen) else None)


def _came_from(request: Request) -> str:
    """The cycle, with the filter that led here."""
    came = urlsplit(request.headers.get("referer", ""))
    ours = came.netloc == request.url.netloc and came.path == "/"
    return f"/?{came.query}" if ours and came.query else "/"


def _sections(found: Explanation) -> Iterator[tuple[str, list[Contribution]]]:
    """Tickets by what becomes of them: counted, left out, out of reach, and those that only support it."""
    counted = [one for one in found.contributions if not one.left_out]
    yield "Counted", sorted(counted, key=lambda one: (-one.adds, -one.of, one.key))
    yield "Left out", [one for one in found.contributions if one.left_out]
    yield "Out of reach", list(found.unreachable)
    yield "Supporting, not counted", list(found.supports)
