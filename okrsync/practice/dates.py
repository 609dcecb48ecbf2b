"""Dates that people put into their calendars: check-in days of each owner, and when cycles begin and end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from urllib.parse import quote, urlencode

from okrsync.method.checkins import dues
from okrsync.model.okr import Objective, Placed
from okrsync.plan.words import page_url
from okrsync.practice.desk import Desk
from okrsync.report.calendar import Entry
from okrsync.words import plural

NOBODY = "nobody yet"


def dates(desk: Desk, sees: Callable[[Objective], bool], owner: str = "", *, home: str = "") -> tuple[Entry, ...]:
    """Everything of the objectives that the reader ``sees``, in order of days; of one owner where one is named.

    Each leads to its page on the dashboard, whose address is ``home``, where there is one.
    """
    placed = [one for one in desk.okrs.placed if sees(one.objective) and owner in ("", one.owner)]
    home = home.rstrip("/")
    found = (*_check_ins(desk, placed, home), *_cycles(desk, sees, home))
    return tuple(sorted(found, key=lambda one: (one.day, one.uid)))


def _check_ins(desk: Desk, placed: list[Placed], home: str) -> Iterator[Entry]:
    """One entry for an owner and a day, whatever number of key results it is about."""
    rhythm, known = desk.settings.checkins.rhythm, desk.store.history.known_since()
    days: dict[tuple[date, str], list[Placed]] = {}
    for one in placed:
        if one.live:
            for due in dues(one.cycle, rhythm, known.get(one.key_result.id.casefold(), desk.now)):
                days.setdefault((due.day, one.owner or NOBODY), []).append(one)
    for (day, who), some in days.items():
        yield Entry(
            uid=f"check-in-{day}-{who}@okrsync",
            day=day,
            title=f"Check in: {who} ({plural(len(some), 'key result')})",
            about="\n".join(f"{one.key_result.id}: {one.key_result.title}" for one in some),
            url=_page(home, who, some),
        )


def _page(home: str, who: str, some: list[Placed]) -> str:
    """Where to check in on one key result, or from where on several."""
    if not home:
        return ""
    if len(some) == 1:
        return f"{page_url(home, some[0].key_result.id)}#check-ins"
    return f"{home}/" if who == NOBODY else f"{home}/?{urlencode({'owner': who})}"


def _cycles(desk: Desk, sees: Callable[[Objective], bool], home: str) -> Iterator[Entry]:
    for cycle in {cycle.id: cycle for objective, cycle in desk.okrs.objectives if sees(objective)}.values():
        begins = f"{home}/?{urlencode({'cycle': cycle.id})}" if home else ""
        ends = f"{home}/review/{quote(cycle.id, safe='')}" if home else ""
        yield Entry(f"cycle-{cycle.id}-begins@okrsync", cycle.start, f"{cycle.id} begins", url=begins)
        yield Entry(f"cycle-{cycle.id}-ends@okrsync", cycle.end, f"{cycle.id} ends", url=ends)
