"""Outlooks: the forecasts of key results from what the store holds, one at a time or all at once, and their back-test.

Nothing here opens ``store.reading()``; whoever needs a snapshot does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING
from zlib import crc32

import msgspec

from okrsync.method.forecast.approach import Nothing, Stream, Trend, approach, unit_of
from okrsync.method.timeline import parts_at
from okrsync.model.life import Life
from okrsync.model.okr import Completion, Manual, Milestones, Placed
from okrsync.model.outlook import Backtest, Model, Outlook
from okrsync.practice.desk import Desk
from okrsync.practice.record import Record

if TYPE_CHECKING:
    from okrsync.method.forecast.burn import Burn
    from okrsync.method.forecast.outlook import Question
    from okrsync.method.forecast.trail import Reading

AT_ONCE = 100
"""Key results whose work is held in memory together."""

TESTED = 25
"""Key results that a mark rests on; ``forecast --backtest`` looks at all."""

PER_CENT = "%"

_MARKED = (Model.EXACT, Model.MONTE_CARLO)


def outlook(desk: Desk, placed: Placed, *, charted: bool = False, record: Record | None = None) -> Outlook | None:
    """Where a key result will be when it is due; None where that is no question, as it is not live.

    ``charted`` adds its past and the fan ahead.
    """
    if not placed.live:
        return None
    lives = (record or Record(desk.store, placed)).lives
    return _outlook(desk, placed, lives, charted=charted)


def outlooks(desk: Desk, some: Iterable[Placed] | None = None) -> dict[str, Outlook]:
    """The outlook of every live key result (or of some of them) by id, in file order."""
    return {
        placed.key_result.id: _outlook(desk, placed, lives, charted=False)
        for placed, lives in _with_lives(desk, desk.okrs.live() if some is None else some)
        if placed.live
    }


def backtest(desk: Desk, some: Iterable[Placed] | None = None) -> Backtest:
    """How past forecasts of work fared, over all key results (or some of them) and for each that had any."""
    from okrsync.method.backtest import RULE, calibration, trials

    flowing = (placed for placed in (desk.okrs.placed if some is None else some) if _is_stream(placed))
    everything, each = [], []
    for placed, lives in _with_lives(desk, flowing):
        question, burn = _burn(desk, placed, lives)
        found = list(trials(question, burn))
        if found:
            each.append(calibration(found, placed.key_result.id))
            everything += found
    return Backtest(RULE, calibration(everything), tuple(each))


def _outlook(desk: Desk, placed: Placed, lives: Sequence[Life], *, charted: bool) -> Outlook:
    from okrsync.method.forecast.outlook import Question, of_stream

    match approach(placed.key_result):
        case Nothing(why):
            return Question(placed, desk.now).outlook(why=why)
        case Trend() as trend:
            return _of_trend(desk, placed, trend, lives, charted=charted)
        case Stream():
            question, burn = _burn(desk, placed, lives)
            return of_stream(question._replace(charted=charted), burn)


def _of_trend(desk: Desk, placed: Placed, trend: Trend, lives: Sequence[Life], *, charted: bool) -> Outlook:
    from okrsync.method.forecast.outlook import Question
    from okrsync.method.forecast.trail import of_trend

    unit, scale = _unit_of_metric(placed)
    readings = [(at, value * scale) for at, value in _readings(desk, placed, lives)]
    return of_trend(Question(placed, desk.now, unit, charted), _scaled(trend, scale), readings)


def _burn(desk: Desk, placed: Placed, lives: Sequence[Life]) -> tuple[Question, Burn]:
    """How the work went until now, or until a cycle that is over was."""
    from okrsync.method.forecast.burn import burn, is_weighted
    from okrsync.method.forecast.outlook import Question

    chosen = approach(placed.key_result)
    assert isinstance(chosen, Stream)
    question = Question(placed, desk.now, unit_of(placed.key_result, weighted=is_weighted(lives)))
    question = question._replace(at=min(desk.now, question.ends) if not placed.live else desk.now)
    return question, burn(placed, chosen.metric, lives, question.at, _baseline(desk, placed))


def _with_lives(desk: Desk, some: Iterable[Placed]) -> Iterator[tuple[Placed, list[Life]]]:
    """Key results with the work that is and was linked to them, so many at once as memory should hold."""
    waiting = list(some)
    for begin in range(0, len(waiting), AT_ONCE):
        chunk = waiting[begin : begin + AT_ONCE]
        lives = desk.store.lives.all(placed.key_result.id for placed in chunk)
        yield from ((placed, lives[placed.key_result.id]) for placed in chunk)


def _is_stream(placed: Placed) -> bool:
    return isinstance(approach(placed.key_result), Stream)


def _baseline(desk: Desk, placed: Placed) -> float | None:
    """The locked scope that the last reading was taken against."""
    metric = placed.key_result.metric
    if not isinstance(metric, Completion) or metric.denominator != "baseline":
        return None
    sample = desk.store.history.sample(placed.key_result.id, desk.now)
    return sample.denominator if sample else None


def _unit_of_metric(placed: Placed) -> tuple[str, float]:
    """The unit of a metric's values and what they are multiplied by: shares of one are told in per cent."""
    unit, metric = unit_of(placed.key_result), placed.key_result.metric
    share = metric is not None and metric.type in ("completion", "ratio", "milestones") and not placed.key_result.unit
    return (PER_CENT, 100.0) if share else (unit, 1.0)


def _scaled(trend: Trend, scale: float) -> Trend:
    start = None if trend.start is None else trend.start * scale
    return trend._replace(low=trend.low * scale, high=trend.high * scale, start=start)


def _readings(desk: Desk, placed: Placed, lives: Sequence[Life]) -> list[Reading]:
    """What the metric itself read, week by week, oldest first; of what people give, every check-in."""
    from okrsync.method.forecast.trail import recent, weekly

    metric = placed.key_result.metric
    if isinstance(metric, Manual):
        said = desk.store.checkins.of(placed.key_result.id)
        if given := [(one.at, one.value) for one in said if one.value is not None]:
            return recent(given, desk.now)
    kept = weekly(_kept(desk, placed), desk.now)
    again = [] if isinstance(metric, Manual | Milestones) else _replayed(desk, placed, lives)
    return max(kept, again, key=len)


def _kept(desk: Desk, placed: Placed) -> list[Reading]:
    """Samples that were taken as one would be today; a bound's samples tell only whether it held."""
    samples = desk.store.history.samples(placed.key_result.id)
    if placed.key_result.metric is not placed.key_result.measure or not samples:
        return []
    today = samples[-1].definition
    return [(one.at, one.value) for one in samples if one.value is not None and one.definition == today]


def _replayed(desk: Desk, placed: Placed, lives: Sequence[Life]) -> list[Reading]:
    """The metric measured again at the end of each of the last weeks, from what was true of the work then."""
    from okrsync.measure import Evidence, measure
    from okrsync.method.forecast.trail import edges

    bare = placed.key_result.model_copy(update={"measure": placed.key_result.metric})
    unbound = placed.model_copy(update={"key_result": bare})
    found = []
    for edge in edges(desk.now):
        parts, lost = parts_at(lives, edge)
        value = measure(unbound, parts, Evidence(edge, unreachable=lost)).value if parts else None
        if value is not None:
            found.append((edge, value))
    return found


def marked(desk: Desk, found: Sequence[Outlook]) -> list[Outlook]:
    """The same, marked where the back-test says that dates told for work are not kept often enough.

    Of very many key results, ``TESTED`` speak for all: always the same, chosen by a checksum of their ids.
    """
    flowing = sorted(filter(_is_stream, desk.okrs.live()), key=lambda placed: crc32(placed.key_result.id.encode()))
    overall = backtest(desk, flowing[:TESTED]).overall
    said = overall.verdict if overall.calibrated is False else ""
    return [msgspec.structs.replace(one, uncalibrated=said) if one.model in _MARKED else one for one in found]
