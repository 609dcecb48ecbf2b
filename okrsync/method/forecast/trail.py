"""The forecast of a metric from its readings: a line, where it leads, and how far a reading may be from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from math import inf, isfinite
from typing import Any

from okrsync.method.forecast.approach import Trend
from okrsync.method.forecast.burn import WEEK
from okrsync.method.forecast.curve import HORIZON
from okrsync.method.forecast.metric import ENOUGH, Line, Point, line
from okrsync.method.forecast.outlook import WINDOW, Question, chance, fan_length
from okrsync.model.outlook import SHARES, Ahead, Model, Outlook, Past, Reach

Reading = tuple[datetime, float]


def weekly(readings: Sequence[Reading], now: datetime) -> list[Reading]:
    """What readings, oldest first, said at the end of each of the last weeks, and now: each holds until the next."""
    return [(edge, found[-1]) for edge in edges(now) if (found := [value for at, value in readings if at <= edge])]


def edges(now: datetime) -> list[datetime]:
    """Now and the ends of the weeks before it, oldest first."""
    return [now - weeks * WEEK for weeks in range(WINDOW, -1, -1)]


def recent(readings: Iterable[Reading], now: datetime) -> list[Reading]:
    """The readings of the last weeks, oldest first; of one day the last."""
    by_day = {at.date(): (at, value) for at, value in sorted(readings) if now - WINDOW * WEEK <= at <= now}
    return list(by_day.values())


def of_trend(question: Question, trend: Trend, readings: Sequence[Reading]) -> Outlook:
    """The forecast of a metric from readings, oldest first: where its line will be on the due day."""
    if not readings:
        return question.outlook(why="it has no value yet")
    points = [((at - question.at) / WEEK, value) for at, value in readings]
    fitted = line(points)
    known = _facts(question, trend, readings, fitted)
    if why := _too_little(points, fitted):
        sloped = fitted is not None and len(points) < ENOUGH
        model, rule = (Model.PACE, "least squares v1: the slope alone") if sloped else (Model.NONE, "")
        return question.outlook(model=model, rule=rule, why=why, **known)
    assert fitted is not None
    return _told(question, trend, fitted, readings, known)


def _told(
    question: Question, trend: Trend, fitted: Line, readings: Sequence[Reading], known: dict[str, Any]
) -> Outlook:
    probability = fitted.within(trend.low, trend.high, question.weeks_left)
    holds = trend.holds(readings[-1][1])
    bound = trend.start is None
    found = () if holds or bound else tuple(_reaches(question, trend, fitted))
    remark = "it is there today; the forecast is whether it still is on the due day"
    return question.outlook(
        model=Model.TREND,
        rule=f"least squares v1: a line through {len(readings)} readings, with t-distributed prediction intervals",
        probability=probability,
        chance=chance(probability, len(readings)),
        reaches=found,
        ahead=tuple(_ahead(question, trend, fitted, found)) if question.charted else (),
        remarks=(remark,) if holds else (),
        **known,
    )


def _too_little(points: Sequence[Point], fitted: Line | None) -> str:
    if fitted is None:
        return "there is one reading so far, and a trend needs two"
    if len(points) < ENOUGH:
        return f"there are {len(points)} readings, and a probability needs {ENOUGH}"
    if len({value for _, value in points}) == 1:
        return f"it has not moved in {len(points)} readings"
    return ""


def _facts(question: Question, trend: Trend, readings: Sequence[Reading], fitted: Line | None) -> dict[str, Any]:
    start, sign = trend.start or 0.0, -1.0 if trend.start is not None and trend.falling else 1.0
    target = trend.high if trend.low == -inf else trend.low
    goal = sign * (target - start) if trend.high == inf or trend.low == -inf else None
    value, left = readings[-1][1], question.weeks_left
    needs = goal is not None and trend.start is not None and left > 0
    past = readings if question.charted and goal is not None else ()
    return {
        "history": len(readings),
        "of_readings": True,
        "bound": None if trend.start is not None else (_end(trend.low), _end(trend.high)),
        "made": sign * (value - start),
        "goal": goal,
        "needed": max(0.0, sign * (target - value)) / left if needs else None,
        "observed": sign * fitted.slope if fitted else None,
        "origin": start,
        "falling": sign < 0,
        "past": tuple(Past(at, sign * (one - start), goal or 0.0) for at, one in past),
    }


def _end(value: float) -> float | None:
    return value if isfinite(value) else None


def _reaches(question: Question, trend: Trend, fitted: Line) -> Iterator[Reach]:
    """The first week in which a reading would be there with each probability."""
    there = [fitted.within(trend.low, trend.high, week) for week in range(HORIZON + 1)]
    for share in SHARES:
        week = next((week for week, one in enumerate(there) if week and one >= share), None)
        yield Reach(share, week, None if week is None else question.day(week))


def _ahead(question: Question, trend: Trend, fitted: Line, reaches: Sequence[Reach]) -> Iterator[Ahead]:
    surely = reaches[-1].weeks if reaches else None
    falling, start = trend.start is not None and trend.falling, trend.start or 0.0
    for week in range(1, fan_length(question.weeks_left, surely) + 1):
        shares = (1 - share if trend.falling else share for share in SHARES)
        values = (fitted.exceeded(share, week) for share in shares)
        yield Ahead(question.at + week * WEEK, tuple(start - one if falling else one - start for one in values))
