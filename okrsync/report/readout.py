"""A burn-up in sentences: what it shows on each of its days, for whoever points at it, and as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from itertools import pairwise

import msgspec

from okrsync.method.checkins import day_words
from okrsync.model.burnup import BurnUp
from okrsync.model.outlook import SHARES, Ahead, Past
from okrsync.report.numbers import percent
from okrsync.report.safe import plain
from okrsync.words import number


class Spot(msgspec.Struct, frozen=True):
    """A place on the chart that can be pointed at: ``at`` in milliseconds, ``value`` in its unit, and what is there."""

    at: float
    value: float
    said: str


def spots(chart: BurnUp) -> tuple[Spot, ...]:
    """Every reading and every week of the forecast, from left to right."""
    return (*_readings(chart), *_forecast(chart))


def whole(chart: BurnUp) -> str:
    """The chart in a sentence, for whoever does not see it."""
    last, unit = chart.past[-1], _unit(chart)
    reached = f"{last.made:,.4g} of {last.goal:,.4g}{unit}"
    if not chart.work:
        reached = f"{_amount(last.made, chart)}, goal {_amount(last.goal, chart)}"
    forecast = ", with the forecast until then" if chart.ahead else ""
    return f"{plain(chart.key_result)}: {reached} on {last.at:%d %B}, due on {chart.due:%d %B}{forecast}"


def milliseconds(moment: date | datetime) -> float:
    """Since the epoch; a day begins at midnight."""
    aware = moment if isinstance(moment, datetime) else datetime.combine(moment, time.min, UTC)
    return aware.timestamp() * 1000


def _readings(chart: BurnUp) -> Iterator[Spot]:
    for one in chart.past:
        wanted = _expected(chart, milliseconds(one.at))
        tail = "" if wanted is None else f"; expected {_round(wanted, chart) if chart.work else _amount(wanted, chart)}"
        yield Spot(milliseconds(one.at), one.made, f"{day_words(one.at.date())}: {_reading(one, chart)}{tail}")


def _reading(one: Past, chart: BurnUp) -> str:
    if chart.work:
        return f"{_round(one.made, chart)} of {_round(one.goal, chart)}{_unit(chart)} done"
    return f"{_amount(one.made, chart)}, goal {_amount(one.goal, chart)}"


def _forecast(chart: BurnUp) -> Iterator[Spot]:
    """The first point ahead is today's, which was read."""
    for one in chart.ahead[1:]:
        yield Spot(milliseconds(one.at), one.made[0], f"{day_words(one.at.date())}, forecast: {_likely(one, chart)}")


def _likely(one: Ahead, chart: BurnUp) -> str:
    sure, even = one.made[-1], one.made[0]
    most = "at most" if chart.falling else "at least"
    done = " done" if chart.work else ""
    if _round(sure, chart) == _round(even, chart):
        return f"{most} {_amount(sure, chart)}{done} ({percent(SHARES[-1])} likely)"
    likely = f"{percent(SHARES[-1])} likely), {_round(even, chart)} ({percent(SHARES[0])} likely)"
    return f"{most} {_amount(sure, chart)}{done} ({likely}"


def _expected(chart: BurnUp, at: float) -> float | None:
    """Where the expected line is at a time; None beyond its ends."""
    line = [(milliseconds(one.day), one.value) for one in chart.expected]
    for (begin, low), (end, high) in pairwise(line):
        if begin <= at <= end:
            return low + (high - low) * (at - begin) / ((end - begin) or 1.0)
    return None


def _amount(value: float, chart: BurnUp) -> str:
    return f"{_round(value, chart)}{_unit(chart)}"


def _round(value: float, chart: BurnUp) -> str:
    """As fine as the axis can show it: whole where the way is long."""
    way = abs(chart.past[-1].goal - chart.past[0].made)
    return number(round(value) if way >= 50 else round(value, 1) if way >= 10 else value)


def _unit(chart: BurnUp) -> str:
    return f" {plain(chart.unit)}" if chart.unit else ""
