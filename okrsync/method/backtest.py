"""The back-test: would the forecasts of past weeks have been right? Every past week is taken as today in turn.

A cycle ends once, which would leave one outcome for each key result. So each past forecast is asked for less: when the
next ``LEAD`` weeks of work at the net pace seen by then would be done (or all that was left, if that was less). It is
computed by the same model from the weeks before its origin alone, and compared with the weeks after it.

Coverage of a share is how often the date told for it was kept, among the forecasts whose date has come; leaving out
the others whatever became of them keeps it fair. Brier's score is of the probability to be done within ``LEAD`` weeks;
its skill compares with always saying the base rate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import fsum
from typing import NamedTuple

from okrsync.method.forecast.burn import Burn
from okrsync.method.forecast.curve import for_weeks
from okrsync.method.forecast.outlook import NOTHING, SOME, WINDOW, Question, means
from okrsync.model.outlook import SHARES, Calibration, Coverage

LEAD = 4
"""Weeks of work that a past forecast is asked for."""

DECIDING = 0.85
"""The share whose dates must be kept, or the forecast is uncalibrated."""

FEW = 10
"""With fewer dates that came, nothing can be said."""

RULE = f"rolling origins of at least {SOME} weeks, each asked for {LEAD} weeks of work v1"


class Trial(NamedTuple):
    """One past forecast: its dates in weeks (None after today) and its probability, and what became of it.

    ``seen`` is how many weeks have passed since, ``took`` in which of them it came true, None where it did not.
    """

    dates: tuple[int | None, ...]
    probability: float
    seen: int
    took: int | None


def trials(question: Question, burn: Burn) -> Iterator[Trial]:
    """The past forecasts of one key result; ``burn`` holds all its weeks."""
    left = [goal - made for goal, made in zip(burn.goal, burn.made, strict=True)]
    for week in range(SOME, len(burn.weeks)):
        known = burn.known(week)
        amount = _asked(known)
        if amount > NOTHING:
            then = question._replace(at=burn.times[week])
            after = left[week + 1 : len(burn.weeks) + 1]
            told = means(then, known, slack=known.remaining - amount).curve(for_weeks(max(LEAD, len(after))))
            took = next((n for n, now in enumerate(after, 1) if now <= left[week] - amount + NOTHING), None)
            yield Trial(tuple(map(told.first_week, SHARES)), told.within(LEAD), len(after), took)


def _asked(known: Burn) -> float:
    """An amount that net of what is added should take about ``LEAD`` weeks, or all that is left; 0 without a pace."""
    recent = known.weeks[-WINDOW:]
    finished, added = (fsum(amounts) / len(recent) for amounts in zip(*recent, strict=True))
    return min(known.remaining, LEAD * max(finished - added, finished / LEAD))


def calibration(found: Iterable[Trial], key_result: str = "") -> Calibration:
    """What past forecasts amount to, in whatever order they come."""
    told = list(found)
    coverage = tuple(_coverage(share, [one.dates[n] for one in told], told) for n, share in enumerate(SHARES))
    events = [(one.probability, one.took is not None and one.took <= LEAD) for one in told if one.seen >= LEAD]
    deciding = coverage[SHARES.index(DECIDING)]
    rate = deciding.rate
    calibrated = None if rate is None or deciding.of < FEW else rate >= DECIDING
    return Calibration(
        key_result, len(told), coverage, len(events), *_brier(events), calibrated, _verdict(deciding, calibrated)
    )


def _coverage(share: float, dates: Sequence[int | None], told: Sequence[Trial]) -> Coverage:
    due = [(date, one.took) for date, one in zip(dates, told, strict=True) if date is not None and date <= one.seen]
    return Coverage(share, sum(took is not None and took <= date for date, took in due), len(due))


def _brier(events: Sequence[tuple[float, bool]]) -> tuple[float | None, float | None, float | None]:
    """The base rate, the score, and the skill against always saying the base rate."""
    if not events:
        return None, None, None
    base = sum(came for _, came in events) / len(events)
    score = fsum((probability - came) ** 2 for probability, came in events) / len(events)
    reference = base * (1 - base)
    return base, score, 1 - score / reference if reference else None


def _verdict(deciding: Coverage, calibrated: bool | None) -> str:
    if not deciding.of:
        return "no date that was told at 85 % has come yet"
    kept = f"{deciding.kept} of {deciding.of} dates told at 85 % were kept"
    if calibrated is None:
        return f"{kept}; fewer than {FEW} say nothing"
    return f"{'calibrated' if calibrated else 'uncalibrated'}: {kept}"
