"""How the work of a key result burns down: what each past week finished and added, and what remains.

``remaining = goal - made``. What a week added is what makes that identity exact: growth of the scope, work that was
reopened or grew, less what was cancelled or shrank.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

import msgspec

from okrsync.method.course import Course, sizes, weeks
from okrsync.method.expected import day_of
from okrsync.method.forecast.stream import Pair
from okrsync.model.life import Life
from okrsync.model.okr import Completion, Count, Cycle, Placed, Sum
from okrsync.model.work import State

WEEK = timedelta(days=7)

KEPT = 26
"""Weeks of history that are looked at; a forecast draws from the last twelve, a back-test goes back further."""

Flowing = Completion | Count | Sum


class Side(NamedTuple):
    """One of several streams: what was ``left`` of it at each time, and its weeks."""

    name: str
    left: tuple[float, ...]
    weeks: tuple[Pair, ...]


class Burn(msgspec.Struct, frozen=True):
    """``made`` and ``goal`` at each of ``times``: the edges of the complete ``weeks``, oldest first, and now.

    ``sides`` is empty unless streams mix; then the goal is reached when no more than ``slack`` (at each time) is left
    of all of them together, which grows by ``growth`` of what is added. ``planned`` is when work began: what was
    added before the end of that week was the plan. The value is ``origin + made``, or less where it is ``falling``.
    """

    times: tuple[datetime, ...]
    made: tuple[float, ...]
    goal: tuple[float, ...]
    weeks: tuple[Pair, ...]
    sides: tuple[Side, ...] = ()
    slack: tuple[float, ...] = ()
    growth: float = 0.0
    origin: float = 0.0
    falling: bool = False

    @property
    def remaining(self) -> float:
        """What is still to be made, in the unit of the measure."""
        return self.goal[-1] - self.made[-1]

    def known(self, week: int) -> Burn:
        """What was known at the end of a week, of which the first is number 1."""
        upto = week + 1
        sides = tuple(Side(side.name, side.left[:upto], side.weeks[:week]) for side in self.sides)
        return Burn(
            self.times[:upto],
            self.made[:upto],
            self.goal[:upto],
            self.weeks[:week],
            sides,
            self.slack[:upto],
            self.growth,
            self.origin,
            self.falling,
        )


def burn(placed: Placed, metric: Flowing, lives: Sequence[Life], now: datetime, baseline: float | None = None) -> Burn:
    """The burn of a key result's linked work; ``baseline`` is the locked scope of a completion that has one.

    Weeks count back from last midnight in the cycle's time zone to the cycle's start, or to when the work began where
    that was earlier; weeks without any work are kept. For a completion, what came before the end of the week in which
    work began is the plan, not growth.
    """
    counting = [life for life in _belonging(lives, metric, placed.cycle) if not life.linked.supports]
    began, size = _began(counting), sizes(metric, lives)
    first, zone = _first_day(placed.cycle, began, now), placed.cycle.zone

    def course(some: Iterable[Life]) -> Course:
        return weeks(some, first - WEEK, now, zone, size)

    flow = _Flow(metric, course(counting), now, began, baseline)
    streams = _streams(counting) if flow.runs_out else {}
    sides = [flow.side(name, course(some)) for name, some in sorted(streams.items())] if len(streams) > 1 else []
    return Burn(
        times=flow.times,
        made=flow.made,
        goal=flow.goal,
        weeks=flow.weeks(),
        sides=tuple(sides),
        slack=flow.slack if sides else (),
        growth=flow.growth if sides else 0.0,
        origin=0.0 if isinstance(metric, Completion) else metric.start,
        falling=metric.target < metric.start,
    )


class _Flow:
    """One measure over one course, whose first week only tells where the second began."""

    def __init__(
        self, metric: Flowing, course: Course, now: datetime, began: datetime | None, baseline: float | None
    ) -> None:
        self._metric, self._planned_until = metric, began if isinstance(metric, Completion) else None
        self._edges = [week.end for week in course.weeks]
        self.times = (*self._edges, now)
        self._scope = (*(week.scope for week in course.weeks), course.scope)
        self._done = (*(week.done for week in course.weeks), course.done)
        self._finished = [week.throughput for week in course.weeks[1:]]
        self._baseline = baseline
        self._falling = metric.target < metric.start
        self.made, self.goal = tuple(self._made()), tuple(self._goals())

    @property
    def runs_out(self) -> bool:
        """Whether what remains is work that is there, so that one stream cannot do the work of another."""
        return isinstance(self._metric, Completion) or (self._metric.of == "open" and self._falling)

    @property
    def growth(self) -> float:
        if not isinstance(self._metric, Completion):
            return 0.0
        return 1.0 if self._baseline else 1.0 - self._metric.target

    @property
    def slack(self) -> tuple[float, ...]:
        left = (scope - done for scope, done in zip(self._scope, self._done, strict=True))
        return tuple(one - (goal - made) for one, goal, made in zip(left, self.goal, self.made, strict=True))

    def _made(self) -> Iterator[float]:
        if isinstance(self._metric, Completion):
            yield from self._done
            return
        for scope, done in zip(self._scope, self._done, strict=True):
            value = {"open": scope - done, "done": done}.get(self._metric.of, scope)
            yield self._metric.start - value if self._falling else value - self._metric.start

    def _goals(self) -> Iterator[float]:
        for scope in self._scope:
            if isinstance(self._metric, Completion):
                yield self._metric.target * (self._baseline or scope)
            else:
                yield abs(self._metric.target - self._metric.start)

    def weeks(self) -> tuple[Pair, ...]:
        """Amounts finished and added; where the measure turns on something else than finishing, the net change."""
        left = [goal - made for goal, made in zip(self.goal, self.made, strict=True)]
        if not self._by_finishing():
            return tuple((max(0.0, left[n] - left[n + 1]), max(0.0, left[n + 1] - left[n])) for n in self._numbers())
        return self._pairs(left, self._finished)

    def _by_finishing(self) -> bool:
        by_done = not isinstance(self._metric, Completion) and self._metric.of == "done"
        return self.runs_out or (by_done and not self._falling)

    def _numbers(self) -> range:
        return range(len(self._edges) - 1)

    def _pairs(self, left: Sequence[float], finished: Sequence[float]) -> tuple[Pair, ...]:
        return tuple((finished[n], self._added(n, left[n + 1] - left[n] + finished[n])) for n in self._numbers())

    def _added(self, week: int, amount: float) -> float:
        return 0.0 if self._planned_until is not None and self._edges[week] <= self._planned_until else amount

    def side(self, name: str, course: Course) -> Side:
        left = (*(week.remaining for week in course.weeks), course.remaining)
        return Side(name, left, self._pairs(left, [week.throughput for week in course.weeks[1:]]))


def is_weighted(lives: Iterable[Life]) -> bool:
    """Whether some item counts for more or less than one."""
    return any(life.linked.weight != 1 for life in lives if not life.linked.supports)


def _streams(lives: Iterable[Life]) -> dict[str, list[Life]]:
    """What has a rhythm of its own: the work of one connection, of one weight."""
    found: dict[tuple[str, float], list[Life]] = defaultdict(list)
    for life in lives:
        found[life.linked.connection, life.linked.weight].append(life)
    weighed = {name for name, weight in found if weight != 1}
    return {
        f"{name} with weight {weight:g}" if name in weighed else name: some for (name, weight), some in found.items()
    }


def _belonging(lives: Iterable[Life], metric: Flowing, cycle: Cycle) -> Iterable[Life]:
    """What the measure is about: of created work, what came within the cycle."""
    if not isinstance(metric, Count) or metric.of != "created":
        return lives
    return (life for life in lives if cycle.start <= day_of(cycle, life.item.created) <= cycle.end)


def _began(lives: Iterable[Life]) -> datetime | None:
    """When any of the work was first begun or finished."""
    return min((at for at in map(_first_touch, lives) if at is not None), default=None)


def _first_touch(life: Life) -> datetime | None:
    item = life.item
    known = [item.started, item.closed if item.state is State.DONE else None]
    known += [moment.at for moment in life.moments if moment.state in (State.DOING, State.DONE)]
    return min((at for at in known if at is not None), default=None)


def _first_day(cycle: Cycle, began: datetime | None, now: datetime) -> date:
    today = day_of(cycle, now)
    begin = cycle.start if began is None else min(cycle.start, day_of(cycle, began))
    return today - min(KEPT, max(0, (today - begin).days // 7)) * WEEK
