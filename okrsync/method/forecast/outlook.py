"""From a burn or from readings to what people are told: how likely, when, at which pace, and by which rule.

Cold start: without anything finished there is no forecast; with fewer than 5 weeks paces are compared; from 5 on a
band is told, from 11 a percentage, and never more than ">95 %". The same numbers hold for the points of a metric.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from math import ceil, inf
from typing import Any, NamedTuple

from okrsync.method.expected import due
from okrsync.method.forecast import exact
from okrsync.method.forecast import montecarlo as dice
from okrsync.method.forecast.burn import WEEK, Burn
from okrsync.method.forecast.curve import Curve, Enough, until_sure
from okrsync.method.forecast.stream import Pair, on_grid
from okrsync.model.okr import Completion, Count, Placed, Sum
from okrsync.model.outlook import BANDS, MOST, SHARES, Ahead, Model, Outlook, Past, Reach

WINDOW = 12
"""Complete weeks that a forecast draws from."""

SOME, MANY = 5, 11
"""Weeks or points from which on a band, and a percentage, may be told."""

NOTHING = 1e-9
"""Less than any work, and more than sums of floating-point numbers are wrong by."""

LONGEST_FAN = 26

Fan = Callable[[int], list[tuple[float, ...]]]
"""For a number of weeks: after each, how much is left at most with each of the probabilities."""


class Question(NamedTuple):
    """What is asked: where a key result will be at the end of its due day, as of ``at``."""

    placed: Placed
    at: datetime
    unit: str = ""
    charted: bool = False

    @property
    def weeks_left(self) -> float:
        """Weeks until the due day is over, 0 when it is."""
        return max(0.0, (self.ends - self.at) / WEEK)

    @property
    def ends(self) -> datetime:
        """The midnight after the due day."""
        return datetime.combine(due(self.placed) + timedelta(days=1), time.min, self.placed.cycle.zone)

    def day(self, weeks: float) -> date:
        """The day it is so many weeks from now, where the cycle lives."""
        return (self.at + weeks * WEEK).astimezone(self.placed.cycle.zone).date()

    def outlook(self, **known: Any) -> Outlook:
        """An outlook with what is asked filled in, and what is ``known`` beside it."""
        key_result = self.placed.key_result
        return Outlook(
            key_result.id, key_result.title, self.at, due(self.placed), self.weeks_left, unit=self.unit, **known
        )


class Means(NamedTuple):
    """A way to compute: the curve, the fan, and the rule in words."""

    model: Model
    rule: str
    curve: Callable[[Enough], Curve]
    fan: Fan
    remarks: tuple[str, ...] = ()


def of_stream(question: Question, burn: Burn) -> Outlook:
    """The forecast of work that runs out."""
    recent = burn.weeks[-WINDOW:]
    known = _facts(question, burn, recent)
    if burn.goal[-1] <= NOTHING:
        return question.outlook(why="there is nothing to do: no work is linked, or all of it is left out", **known)
    if burn.remaining <= NOTHING:
        return question.outlook(model=Model.REACHED, rule="nothing remains v1", chance="reached", **known)
    if why := _too_little(recent, known["observed"]):
        model = Model.PACE if known["observed"] else Model.NONE
        rule = "needed against observed pace v1" if known["observed"] else ""
        return question.outlook(model=model, rule=rule, why=why, **known)
    return _told(question, burn, means(question, burn), known)


def _facts(question: Question, burn: Burn, recent: Sequence[Pair]) -> dict[str, Any]:
    count, left = len(recent), question.weeks_left
    past = zip(burn.times, burn.made, burn.goal, strict=True) if question.charted else ()
    return {
        "history": count,
        "made": burn.made[-1],
        "goal": burn.goal[-1],
        "needed": max(0.0, burn.remaining) / left if left else None,
        "observed": sum(finished for finished, _ in recent) / count if count else None,
        "added": sum(added for _, added in recent) / count if count else None,
        "origin": burn.origin,
        "falling": burn.falling,
        "past": tuple(Past(*one) for one in past),
    }


def _too_little(recent: Sequence[Pair], observed: float | None) -> str:
    """Why the history does not carry a probability, or ""."""
    if not recent:
        return "there is not one complete week of history yet"
    if not observed:
        weeks = "the only complete week" if len(recent) == 1 else f"the last {len(recent)} complete weeks"
        return f"nothing was finished in {weeks}, and without that nothing says when the rest will be"
    if len(recent) < SOME:
        return f"there {_weeks(len(recent), 'is', 'are')} of history, and a probability needs {SOME}"
    return ""


def means(question: Question, burn: Burn, *, slack: float | None = None) -> Means:
    """How this burn is computed. ``slack`` is how much may be left of it: nothing, unless a back-test asks for less."""
    recent, spared = burn.weeks[-WINDOW:], slack or 0.0
    history = f"last {len(recent)} complete weeks, with what was finished and added in it"
    mix, remarks = _mix(burn, spared)
    if mix is None:
        grid = on_grid(burn.remaining - spared, recent)
        rounded = "; amounts are rounded to a 1,000th of what remains" if grid.rounded else ""
        rule = f"exact convolution v1: each week to come is one of the {history}{rounded}"
        return Means(
            Model.EXACT, rule, lambda upto: exact.curve(grid, upto), lambda n: exact.fan(grid, n, SHARES), remarks
        )
    names = ", ".join(name for name, _ in _alive(burn))
    rule = (
        f"{dice.VERSION}: {dice.TRIALS:,} seeded trials; in {names} each on its own, each week to come is one of the "
        f"{history}, weighed by the Bayesian bootstrap"
    )

    def seeded() -> dice.Dice:
        return dice.seeded(question.placed.key_result.id, question.day(0))

    return Means(
        Model.MONTE_CARLO,
        rule,
        lambda upto: dice.curve(mix, seeded(), upto),
        lambda count: dice.fan(mix, count, SHARES, seeded()),
        remarks,
    )


def _mix(burn: Burn, spared: float) -> tuple[dice.Mix | None, tuple[str, ...]]:
    """The streams where they mix; where one of them has no pace of its own, all work is one stream."""
    alive = _alive(burn)
    if len(alive) < 2:
        return None, ()
    still = [name for name, part in alive if part.remaining > NOTHING and not any(done for done, _ in part.weeks)]
    if still:
        return None, (f"nothing of {' and '.join(still)} is finished yet, so all the work is taken as one stream",)
    slack = burn.slack[-1] + spared
    return dice.Mix(tuple(part for _, part in alive), slack, burn.growth), ()


def _alive(burn: Burn) -> list[tuple[str, dice.Part]]:
    """Streams of which something is left, or in which something happens."""
    found = ((side.name, dice.Part(side.left[-1], side.weeks[-WINDOW:])) for side in burn.sides)
    return [(name, part) for name, part in found if part.remaining > NOTHING or _grows(part)]


def _grows(part: dice.Part) -> bool:
    return any(added > 0 for _, added in part.weeks)


def _told(question: Question, burn: Burn, by: Means, known: dict[str, Any]) -> Outlook:
    curve = by.curve(until_sure(question.weeks_left))
    probability = curve.within(question.weeks_left)
    growing = known["added"] >= known["observed"]
    remarks = (*by.remarks, *(("as much is added as is finished, or more",) if growing else ()))
    return question.outlook(
        model=by.model,
        rule=by.rule,
        probability=probability,
        chance=chance(probability, known["history"]),
        reaches=tuple(_reach(question, curve, share) for share in SHARES),
        ahead=_ahead(question, burn, curve, by.fan) if question.charted else (),
        remarks=remarks,
        **known,
    )


def _reach(question: Question, curve: Curve, share: float) -> Reach:
    """The date at a share: the end of the first week after which it is done with that probability."""
    week = curve.first_week(share)
    return Reach(share, week, None if week is None else question.day(week))


def _ahead(question: Question, burn: Burn, curve: Curve, fan: Fan) -> tuple[Ahead, ...]:
    count = fan_length(question.weeks_left, curve.first_week(SHARES[-1]))
    weeks = enumerate(fan(count), 1)
    goal, least = burn.goal[-1], _least(question, burn)
    made = ((week, tuple(max(least, goal - one) for one in left)) for week, left in weeks)
    return tuple(Ahead(question.at + week * WEEK, amounts) for week, amounts in made)


def _least(question: Question, burn: Burn) -> float:
    """What is done stays done, however much work is added to the goal; what is merely open may become more."""
    metric = question.placed.key_result.metric
    stays = isinstance(metric, Completion) or (isinstance(metric, Count | Sum) and metric.of == "done")
    return burn.made[-1] if stays and not burn.falling else -inf


def fan_length(weeks_left: float, surely: int | None) -> int:
    """Weeks worth drawing: to the due date, and on to where it is nearly sure if that is not far."""
    due_in = ceil(weeks_left)
    return min(LONGEST_FAN, max(due_in + 1, min(surely or LONGEST_FAN, due_in + 8)))


def chance(probability: float, history: int) -> str:
    """A probability as it may be told after so many weeks or points: a band up to 10, then a percentage."""
    if history < MANY:
        return BANDS[0] if probability < 0.3 else BANDS[2] if probability > 0.7 else BANDS[1]
    if probability > MOST:
        return ">95 %"
    return "<1 %" if probability < 0.005 else f"{round(probability * 100)} %"


def _weeks(count: int, one: str, many: str) -> str:
    return f"{one} 1 complete week" if count == 1 else f"{many} {count} complete weeks"
