"""The back-test: past forecasts, each from what was known then, against what came."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from okr_builders import placed

from okrsync.method.backtest import LEAD, Trial, calibration, trials
from okrsync.method.forecast.burn import WEEK, Burn
from okrsync.method.forecast.outlook import Question, of_stream

NOW = datetime(2026, 11, 22, tzinfo=UTC)
QUESTION = Question(placed(), NOW, "items")


def history(finished: list[int], remaining: int = 100) -> Burn:
    """A burn of these weeks, nothing added; the last edge is now."""
    made = [float(sum(finished[:n])) for n in range(len(finished) + 1)]
    times = [NOW - (len(finished) - n) * WEEK for n in range(len(finished) + 1)]
    goal = (made[-1] + remaining,) * (len(made) + 1)
    return Burn((*times, NOW), (*made, made[-1]), goal, tuple((float(one), 0.0) for one in finished))


def test_every_week_with_five_behind_it_and_one_ahead_is_an_origin() -> None:
    assert len(list(trials(QUESTION, history([2] * 12)))) == 7
    assert list(trials(QUESTION, history([2] * 5))) == []


def test_a_steady_pace_keeps_every_date() -> None:
    found = calibration(trials(QUESTION, history([2] * 20)))
    assert [one.rate for one in found.coverage] == [1, 1, 1, 1]
    assert found.calibrated is True
    assert (found.brier, found.base_rate) == (0, 1)
    assert found.skill is None


def test_a_team_that_stops_makes_the_forecast_uncalibrated() -> None:
    found = [one for _ in range(4) for one in trials(QUESTION, history([5, 4, 6, 5, 5, 4, 0, 0, 0, 0, 0, 0, 0]))]
    told = calibration(found)
    assert told.calibrated is False
    assert told.verdict.startswith("uncalibrated: 0 of ")


def test_only_what_was_known_then_makes_a_forecast() -> None:
    """What came later changes what became of a forecast, never the forecast."""
    first, *_ = trials(QUESTION, history([3, 1, 0, 4, 2, 5, 5, 5, 5, 5]))
    other, *_ = trials(QUESTION, history([3, 1, 0, 4, 2, 0, 0, 0, 0, 0]))
    assert (first.dates, first.probability) == (other.dates, other.probability)
    assert (first.took, other.took) != (None, None)
    assert other.took is None


def test_the_dates_that_are_judged_are_those_that_were_told() -> None:
    """After five weeks eight items are left, which is what four weeks finish: that forecast is asked for all of it."""
    burn = history([2, 1, 3, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1], remaining=0)
    first, *_ = trials(QUESTION, burn)
    told = of_stream(QUESTION._replace(at=burn.times[5]), burn.known(5))
    assert first.dates == tuple(reach.weeks for reach in told.reaches) == (4, 5, 5, 5)
    assert [reach.day for reach in told.reaches] == [(burn.times[5] + week * WEEK).date() for week in (4, 5, 5, 5)]


def test_a_date_that_has_not_come_is_not_counted_whatever_happened() -> None:
    early = Trial((4, 5, 6, 9), 0.5, seen=3, took=1)
    assert [one.of for one in calibration([early]).coverage] == [0, 0, 0, 0]


def test_too_few_dates_say_nothing() -> None:
    found = calibration([Trial((1, 1, 1, 1), 0.9, seen=4, took=None)] * 9)
    assert found.calibrated is None
    assert found.verdict.endswith("fewer than 10 say nothing")


def test_coverage_at_85_decides() -> None:
    kept, missed = Trial((2, 2, 2, 2), 0.9, 4, 1), Trial((2, 2, 2, 2), 0.9, 4, 3)
    assert calibration([kept] * 17 + [missed] * 3).calibrated is True
    assert calibration([kept] * 16 + [missed] * 4).calibrated is False


def test_briers_score_and_its_skill_against_the_base_rate() -> None:
    """By hand: .8 and it came, .4 and it did not: (.04 + .16) / 2 = .1; the base rate .5 scores .25; 1 - .4 = .6."""
    found = calibration([Trial((1,) * 4, 0.8, LEAD, 2), Trial((1,) * 4, 0.4, LEAD, None)])
    assert (found.events, found.base_rate) == (2, 0.5)
    assert (found.brier, found.skill) == (pytest.approx(0.1), pytest.approx(0.6))


def test_an_event_that_is_not_decided_yet_is_left_out() -> None:
    assert calibration([Trial((1,) * 4, 0.8, LEAD - 1, 2)]).events == 0


def test_honest_forecasts_of_a_steady_team_are_calibrated() -> None:
    """Teams whose weeks really are drawn alike: dates at 85 % are kept at least about as often as that."""
    dice = random.Random(20261122)
    found = [
        one
        for _ in range(60)
        for one in trials(QUESTION, history([dice.choice((0, 1, 2, 3, 4, 5)) for _ in range(20)]))
    ]
    told = calibration(found)
    rates = [one.rate or 0 for one in told.coverage]
    assert rates[0] == pytest.approx(0.6, abs=0.15)
    assert rates[2] >= 0.80
    assert rates == sorted(rates)
