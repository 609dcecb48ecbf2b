"""What a burn-up shows: how a key result went towards its goal, what was expected, and where it may go."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from okrsync.model.outlook import Ahead, Past


class Expected(msgspec.Struct, frozen=True):
    """Where it should be on a day, in the unit of the chart."""

    day: date
    value: float


class Goal(msgspec.Struct, frozen=True):
    """Where it should end, in the unit of the chart, from a moment on until the next one."""

    at: datetime
    value: float


class Turn(msgspec.Struct, frozen=True):
    """A moment from which on the goal was another one, or measured otherwise, in words.

    ``before`` and ``after`` are the raw progress at that moment under the old and under the new definition.
    """

    at: datetime
    words: str
    before: float | None = None
    after: float | None = None


class BurnUp(msgspec.Struct, frozen=True):
    """One key result from ``start`` to ``due``, all values in ``unit``.

    ``past[i].made`` is its value, ``past[i].goal`` the goal then; of work, the goal is its scope. ``ahead[i].made``
    are the values reached at least with the probabilities 50, 70, 85 and 95 %. ``falling``: the less the better.
    ``goals`` has the steps of the goal with the moments of its turns; empty, they are those of the past.
    ``work``: the value is work that gets done, and the goal all there is to do; else the value is what was read.
    """

    key_result: str
    title: str
    unit: str
    start: date
    due: date
    until: datetime
    past: tuple[Past, ...]
    expected: tuple[Expected, ...] = ()
    turns: tuple[Turn, ...] = ()
    ahead: tuple[Ahead, ...] = ()
    falling: bool = False
    goals: tuple[Goal, ...] = ()
    work: bool = True
