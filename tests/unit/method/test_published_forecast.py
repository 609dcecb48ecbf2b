"""The published numbers of the forecast, to four decimals. Source: the method's page on forecasts (okr.md)."""

from __future__ import annotations

from itertools import product
from math import sqrt

import pytest
from scipy.special import stdtrit

from okrsync.method.forecast.curve import for_weeks, until_sure
from okrsync.method.forecast.exact import curve
from okrsync.method.forecast.metric import line
from okrsync.method.forecast.stream import on_grid


def test_a_die_a_week_and_twenty_items() -> None:
    """okr.md, oracle 1: samples 1..6, R = 20, P(done by week 4..8) and P50/70/85/95."""
    told = curve(on_grid(20, [(thrown, 0) for thrown in range(1, 7)]), until_sure(8))
    assert [f"{done:.4f}" for done in told.done[3:8]] == ["0.0540", "0.3052", "0.6369", "0.8628", "0.9611"]
    assert [told.first_week(share) for share in (0.50, 0.70, 0.85, 0.95)] == [6, 7, 7, 8]


def test_independent_arrivals_are_all_pairs_of_weeks() -> None:
    """okr.md, oracle 2: samples 1,3,5,3,7,8, R = 20, independent arrivals 0,1,0,2,0,1, P(3..9)."""
    pairs = list(product((1, 3, 5, 3, 7, 8), (0, 1, 0, 2, 0, 1)))
    told = curve(on_grid(20, pairs), for_weeks(9))
    wanted = ["0.0362", "0.2123", "0.4762", "0.7095", "0.8611", "0.9412", "0.9774"]
    assert [f"{done:.4f}" for done in told.done[2:]] == wanted


@pytest.mark.parametrize(("degrees", "quantile"), [(1, 12.706), (3, 3.182), (5, 2.571), (10, 2.228), (30, 2.042)])
def test_the_quantiles_of_t_are_those_of_the_tables(degrees: int, quantile: float) -> None:
    """Student's t at 97.5 %: any statistical table."""
    assert stdtrit(degrees, 0.975) == pytest.approx(quantile, abs=5e-4)


def test_a_line_by_least_squares_with_its_prediction_interval() -> None:
    """By hand: x = 1..5, y = 2, 4, 5, 4, 5: slope .6, intercept 2.2, s^2 = 2.4 / 3; at x = 6 the line is at 5.8."""
    fitted = line([(1, 2), (2, 4), (3, 5), (4, 4), (5, 5)])
    assert fitted is not None
    assert (fitted.slope, fitted.at_zero) == (pytest.approx(0.6), pytest.approx(2.2))
    half = 3.182446 * sqrt(0.8) * sqrt(1 + 1 / 5 + 9 / 10)
    assert fitted.interval(0.95, 6) == (pytest.approx(5.8 - half, abs=1e-5), pytest.approx(5.8 + half, abs=1e-5))
