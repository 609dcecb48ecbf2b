"""What holds of every forecast of work, whatever its history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from math import sqrt

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from okrsync.method.forecast import exact
from okrsync.method.forecast import montecarlo as dice
from okrsync.method.forecast.curve import for_weeks, until_sure
from okrsync.method.forecast.montecarlo import Mix, Part
from okrsync.method.forecast.stream import CAP, FINEST, Pair, on_grid
from okrsync.model.outlook import SHARES

TODAY = date(2026, 11, 22)
TRIALS = 10_000
PINNED = [3221048995, 3980534901, 1125722673, 1723639601]
"""The first dice of checkout-1 on that day, on any machine."""

weeks = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 6)), min_size=1, max_size=12)
amounts = st.floats(0, 20, allow_nan=False).map(lambda amount: round(amount, 5))
uneven = st.lists(st.tuples(amounts, amounts), min_size=1, max_size=4)
remaining = st.integers(1, 60)


def by_hand(left: float, pairs: Sequence[Pair], count: int) -> list[float]:
    """The definition, state by state: ``v = r + a - t``; at 0 or below it is done for good; never above the cap."""
    states, done, cap, found = {Fraction(left): 1.0}, 0.0, CAP * Fraction(left), []
    for _ in range(count):
        after: dict[Fraction, float] = {}
        for state, share in states.items():
            for finished, added in pairs:
                now = state + Fraction(added) - Fraction(finished)
                if now <= 0:
                    done += share / len(pairs)
                else:
                    after[min(now, cap)] = after.get(min(now, cap), 0.0) + share / len(pairs)
        states = after
        found.append(done)
    return found


def test_the_definition_holds_for_whole_items() -> None:
    pairs = [(3, 1), (0, 0), (5, 2), (1, 4)]
    assert exact.curve(on_grid(9, pairs), for_weeks(8)).done == pytest.approx(by_hand(9, pairs, 8))


@given(remaining, weeks)
def test_the_convolution_is_the_definition(left: int, pairs: list[Pair]) -> None:
    grid = on_grid(left, pairs)
    assert not grid.rounded
    assert exact.curve(grid, for_weeks(5)).done == pytest.approx(by_hand(left, pairs, 5), abs=1e-12)


@given(st.sampled_from([0.25, 0.5, 1 / 3, 2.5]), remaining, weeks)
def test_weighted_items_are_put_on_the_grid_without_rounding(weight: float, left: int, pairs: list[Pair]) -> None:
    weighted = [(weight * finished, weight * added) for finished, added in pairs]
    plain = exact.curve(on_grid(left, pairs), for_weeks(6)).done
    assert exact.curve(on_grid(weight * left, weighted), for_weeks(6)).done == pytest.approx(plain, abs=1e-12)


@example(left=6.505071, pairs=[(0.0, 0.0)])
@given(st.floats(0.5, 40).map(lambda one: round(one, 4) + 0.000_071), uneven)
def test_rounding_moves_what_is_left_by_at_most_half_a_unit_a_week(left: float, pairs: list[Pair]) -> None:
    """The bound of ``Grid``: the forecast lies between those for k / 2 units more and k / 2 units less."""
    grid = on_grid(left, pairs)
    told = exact.curve(grid, for_weeks(4)).done
    rounding = grid.unit / 2 if grid.rounded else 0.0
    assert rounding <= left / FINEST
    for week in range(1, 5):
        off = week * rounding + 1e-6
        surely = by_hand(left + off, pairs, week)[-1]
        at_most = by_hand(left - off, pairs, week)[-1]
        assert surely - 1e-9 <= told[week - 1] <= at_most + 1e-9


def test_the_grid_stays_bounded_however_large_the_work_is() -> None:
    grid = on_grid(1_234_567, [(1_003, 7), (0, 0), (998, 1)])
    assert grid.rounded
    assert grid.remaining == FINEST
    assert grid.unit == pytest.approx(1234.567, abs=0.01)


@given(remaining, weeks, st.floats(0, 30), st.floats(0, 30))
def test_more_weeks_never_make_it_less_likely_and_a_probability_is_one(
    left: int, pairs: list[Pair], some: float, others: float
) -> None:
    told = exact.curve(on_grid(left, pairs), until_sure(30))
    fewer, more = sorted((some, others))
    assert 0 <= told.within(fewer) <= told.within(more) <= 1
    assert list(told.done) == sorted(told.done)


@given(remaining, weeks)
def test_the_monte_carlo_too(left: int, pairs: list[Pair]) -> None:
    told = dice.curve(Mix((Part(left, tuple(pairs)),)), dice.seeded("a", TODAY), for_weeks(12), trials=300)
    assert list(told.done) == sorted(told.done)
    assert 0 <= told.done[0] <= told.done[-1] <= 1


def _error(probability: float) -> float:
    """Three standard errors; where nothing was drawn, that of one trial."""
    return 3 * sqrt(max(probability * (1 - probability), 1 / TRIALS) / TRIALS)


@pytest.mark.parametrize("left", [5, 12, 20, 45])
def test_a_single_throw_is_within_three_standard_errors_of_the_exact_forecast(left: int) -> None:
    pairs = ((1.0, 0.0), (3.0, 1.0), (5.0, 0.0), (3.0, 2.0), (7.0, 0.0), (0.0, 1.0), (8.0, 1.0))
    told = exact.curve(on_grid(left, pairs), for_weeks(12)).done
    drawn = dice.curve(Mix((Part(left, pairs),)), dice.seeded("a", TODAY), for_weeks(12), weigh=dice.even).done
    for probability, share in zip(told, drawn, strict=True):
        assert abs(probability - share) <= _error(probability)


def test_they_agree_for_every_weighing_of_the_weeks() -> None:
    """Bayesian weights: the mean of the exact forecasts, one for the weights of each trial, is what the trials show."""
    pairs, left = ((1.0, 0.0), (3.0, 0.0), (6.0, 1.0), (0.0, 0.0), (4.0, 2.0)), 14
    limits = dice.bayesian(400, len(pairs), dice.seeded("weights", TODAY))

    def weigh(trials: int, weeks: int, rolled: dice.Dice) -> dice.Whole:
        return np.repeat(limits, trials // len(limits), axis=0)

    drawn = dice.curve(Mix((Part(left, pairs),)), dice.seeded("a", TODAY), for_weeks(9), weigh=weigh).done
    told = np.mean([_weighted(left, sorted(pairs), one / dice.SIDES, 9) for one in limits], axis=0)
    for probability, share in zip(told, drawn, strict=True):
        assert abs(probability - share) <= _error(float(probability))


def _weighted(left: int, pairs: list[Pair], limits: dice.Floats, count: int) -> list[float]:
    """The exact forecast where weeks weigh differently, by the definition."""
    shares = np.diff([0.0, *limits, 1.0])
    states, done, found = {float(left): 1.0}, 0.0, []
    for _ in range(count):
        after: dict[float, float] = {}
        for state, chance in states.items():
            for (finished, added), share in zip(pairs, shares, strict=True):
                now = state + added - finished
                if now <= 0:
                    done += chance * share
                else:
                    after[now] = after.get(now, 0.0) + chance * share
        states = after
        found.append(done)
    return found


def test_two_streams_are_done_when_both_are() -> None:
    """Independent streams, weighed evenly: the product of their exact forecasts."""
    one, other = ((2.0, 0.0), (4.0, 0.0), (1.0, 0.0)), ((0.0, 0.0), (9.0, 0.0))
    told = [exact.curve(on_grid(left, pairs), for_weeks(8)).done for left, pairs in ((12, one), (20, other))]
    mix = Mix((Part(12, one), Part(20, other)))
    drawn = dice.curve(mix, dice.seeded("a", TODAY), for_weeks(8), weigh=dice.even).done
    for first, second, share in zip(*told, drawn, strict=True):
        assert abs(first * second - share) <= _error(first * second)


def test_a_stream_that_is_empty_today_can_fill_again() -> None:
    """Nothing is left of the one, but four are added every week and one is finished: the whole is never done."""
    growing, ending = Part(0, ((1.0, 4.0),)), Part(10, ((2.0, 0.0),))
    told = dice.curve(Mix((growing, ending)), dice.seeded("a", TODAY), for_weeks(30), trials=10)
    assert told.done == (0,) * 30


def test_what_is_left_of_one_stream_grows_to_twenty_times_the_whole() -> None:
    """the method: cap r at 20R. Of both together 10 are left, so the one that grows stays at 200."""
    growing, ending = Part(1, ((0.0, 50.0),)), Part(9, ((9.0, 0.0),))
    shown = dice.fan(Mix((growing, ending)), 6, (0.5,), dice.seeded("a", TODAY))
    assert shown == [(51,), (101,), (151,), (200,), (200,), (200,)]


def test_slack_lets_a_share_of_the_work_be_left() -> None:
    mix = Mix((Part(10, ((2.0, 0.0),)), Part(10, ((1.0, 0.0),))), slack=8)
    assert dice.curve(mix, dice.seeded("a", TODAY), for_weeks(5), trials=10).done == (0, 0, 0, 1, 1)


def test_what_is_added_allows_more_to_be_left() -> None:
    """Half of the scope is asked for: 10 of 20, while 2 are added and 3 finished a week."""
    mix = Mix((Part(20, ((3.0, 2.0),)),), slack=10, growth=0.5)
    assert dice.curve(mix, dice.seeded("a", TODAY), for_weeks(6), trials=10).done == (0, 0, 0, 0, 1, 1)


def test_the_dice_fall_alike_everywhere_and_differ_by_key_result_and_day() -> None:
    assert dice.seeded("Checkout-1", TODAY)(4).tolist() == PINNED
    assert dice.seeded("checkout-1", TODAY)(4).tolist() == PINNED
    assert dice.seeded("checkout-2", TODAY)(4).tolist() != PINNED
    assert dice.seeded("checkout-1", date(2026, 11, 23))(4).tolist() != PINNED


def test_bayesian_weights_are_uniform_among_all_that_add_up_to_one() -> None:
    """Dirichlet(1, 1, 1): each weight has the mean 1/3 and the variance 1/18."""
    limits = dice.bayesian(20_000, 3, dice.seeded("a", TODAY)) / dice.SIDES
    weights = np.diff(np.hstack([np.zeros((20_000, 1)), limits, np.ones((20_000, 1))]), axis=1)
    assert weights.mean(axis=0) == pytest.approx([1 / 3] * 3, abs=0.006)
    assert weights.var(axis=0) == pytest.approx([1 / 18] * 3, abs=0.002)


@given(remaining, weeks)
def test_the_fan_says_what_the_curve_says(left: int, pairs: list[Pair]) -> None:
    grid = on_grid(left, pairs)
    told = exact.curve(grid, for_weeks(8))
    for week, most in enumerate(exact.fan(grid, 8, SHARES), 1):
        assert list(most) == sorted(most)
        for share, one in zip(SHARES, most, strict=True):
            assert (one == 0) == (told.done[week - 1] >= share - 1e-12)


def test_more_added_than_finished_is_beyond_the_horizon() -> None:
    told = exact.curve(on_grid(10, [(1, 3), (2, 2), (0, 1)]), until_sure(6))
    assert told.first_week(0.5) is None
    assert told.within(6) < 0.05


def test_within_a_week_it_grows_evenly_and_dates_are_first_weeks_that_are_sure_enough() -> None:
    told = exact.curve(on_grid(20, [(thrown, 0) for thrown in range(1, 7)]), until_sure(6))
    assert told.within(5.5) == pytest.approx((told.done[4] + told.done[5]) / 2)
    for share in SHARES:
        week = told.first_week(share)
        assert week is not None
        assert told.within(week - 1) < share <= told.within(week)
