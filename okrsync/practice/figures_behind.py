"""What is behind the four figures: the tickets and key results that were counted. No person is named.

Reckoned anew for the moment of the figures, also where a closing froze them: what tickets told later of that time is
told here, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from okrsync.method.begun import Pair
from okrsync.method.causes import natural
from okrsync.method.figures import OFF_TRACK, ON_TRACK, Scored
from okrsync.model.figures import Behind, Traced
from okrsync.practice.desk import Desk
from okrsync.practice.figures import Team, named, pursuing, scored_ones
from okrsync.practice.figures_known import Known
from okrsync.practice.periods import CURRENT, check_period


def behind(desk: Desk, team: str | None = None, period: str = CURRENT) -> tuple[Behind, ...]:
    """The same teams as ``figures`` gives. Raises ConfigError for a period or a team that does not exist."""
    check_period(period, [cycle for _, cycle in desk.okrs.objectives])
    chosen = None if team is None else named(desk, team)
    with desk.store.reading():
        closed = desk.store.closings.latest(period)
        then = replace(desk, now=min(desk.now, closed.at)) if closed else desk
        teams = [one for one in pursuing(then, period) if chosen in (None, one.name)]
        known = Known(then, {})
        return tuple(Behind(one.name, one.period.first, one.period.last, tuple(_rows(known, one))) for one in teams)


def _rows(known: Known, team: Team) -> Iterator[Traced]:
    then = known.then(team.period.end)
    linked, unlinked = (then.keys(some) for some in known.aligned(team.names(), team.period))
    yield Traced("in progress and linked", _keys(known.desk, linked))
    yield Traced("in progress and linked to nothing", _keys(known.desk, unlinked))
    below = [one for one, _ in team.objectives if not one.top]
    yield Traced("objectives with a parent", tuple(one.id for one in below if one.parent is not None))
    yield Traced("objectives without a parent", tuple(one.id for one in below if one.parent is None))
    yield Traced("finished", _keys(known.desk, then.finished(team.names(), team.period)))
    yield Traced("in progress and linked, pull requests too", _keys(known.desk, then.doing(team.names())))
    rows = list(scored_ones(known, team))
    yield Traced("scores", tuple(_score(one) for one in rows))
    yield Traced("on track", tuple(one.key_result for one in rows if one.status in ON_TRACK))
    yield Traced("off track", tuple(one.key_result for one in rows if one.status in OFF_TRACK))
    neither = (one.key_result for one in rows if one.status not in ON_TRACK | OFF_TRACK)
    yield Traced("neither", tuple(neither))


def _score(one: Scored) -> str:
    return f"{one.key_result} {'no value, 0' if one.score is None else f'{one.score:.2f}'} ({one.kind})"


def _keys(desk: Desk, pairs: Iterable[Pair]) -> tuple[str, ...]:
    by_connection: dict[str, list[str]] = {}
    for connection, item in pairs:
        by_connection.setdefault(connection, []).append(item)
    some = (desk.store.items.some(connection, ids) for connection, ids in by_connection.items())
    return tuple(sorted((item.key for items in some for item in items), key=natural))
