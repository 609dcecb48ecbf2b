"""What people are told: cold start, bands, caps, dates and paces."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from okr_builders import placed

from okrsync.method.forecast.approach import Trend
from okrsync.method.forecast.burn import WEEK, Burn, Side
from okrsync.method.forecast.outlook import Question, chance, of_stream
from okrsync.method.forecast.stream import Pair
from okrsync.method.forecast.trail import of_trend, recent, weekly
from okrsync.model.okr import Manual
from okrsync.model.outlook import BANDS, Model, Outlook

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def question(now: datetime = NOW, **given: Any) -> Question:
    return Question(placed(), now, "items", **given)


def burned(*weeks: Pair, remaining: float = 10, made: float = 4, **given: Any) -> Burn:
    """A burn with these weeks; where it stood at their edges does not matter to a forecast."""
    times = tuple(NOW - (len(weeks) - n) * WEEK for n in range(len(weeks) + 1))
    count = len(times) + 1
    return Burn((*times, NOW), (made,) * count, (made + remaining,) * count, weeks, **given)


def told(*weeks: Pair, **given: Any) -> Outlook:
    return of_stream(question(), burned(*weeks, **given))


def test_without_anything_finished_there_is_no_forecast_and_the_reason_is_told() -> None:
    found = told(*[(0, 1)] * 6)
    assert (found.model, found.probability, found.chance, found.reaches) == (Model.NONE, None, "", ())
    assert "nothing was finished in the last 6 complete weeks" in found.why
    assert found.needed == pytest.approx(10 / (39.5 / 7))


def test_without_a_complete_week_there_is_no_history() -> None:
    assert told().why == "there is not one complete week of history yet"


def test_fewer_than_five_weeks_compare_paces_and_name_no_probability() -> None:
    found = told((1, 0), (3, 1), (0, 0), (4, 0))
    assert (found.model, found.probability, found.reaches) == (Model.PACE, None, ())
    assert (found.observed, found.added, found.history) == (2, 0.25, 4)
    assert found.why == "there are 4 complete weeks of history, and a probability needs 5"


def test_five_weeks_are_told_as_a_band_with_dates() -> None:
    found = told(*[(2, 0), (1, 0), (3, 0), (2, 0), (0, 0)])
    assert found.chance in BANDS
    assert found.probability is not None
    assert [reach.share for reach in found.reaches] == [0.5, 0.7, 0.85, 0.95]
    assert found.told.probability is None


def test_eleven_weeks_are_told_as_a_percentage() -> None:
    found = told(*[(2, 0), (1, 0), (3, 0), (2, 0), (0, 0), (1, 0), (4, 0), (0, 0), (2, 0), (1, 0), (1, 0)])
    assert found.history == 11
    assert found.chance.removesuffix(" %").isdecimal()
    assert found.told.probability == pytest.approx(found.probability, abs=0.005)


def test_only_the_last_twelve_weeks_are_drawn_from() -> None:
    assert told(*[(9, 0)] * 8, *[(1, 0)] * 12) == told(*[(1, 0)] * 12)


@pytest.mark.parametrize(
    ("probability", "history", "said"),
    [
        (0.2999, 5, "<30 %"), (0.3, 5, "30-70 %"), (0.7, 10, "30-70 %"), (0.7001, 10, ">70 %"), (1.0, 10, ">70 %"),
        (0.7001, 11, "70 %"), (0.95, 12, "95 %"), (0.9501, 12, ">95 %"), (1.0, 12, ">95 %"), (0.004, 12, "<1 %"),
    ],
)  # fmt: skip
def test_a_probability_is_told_as_fine_as_its_history_allows(probability: float, history: int, said: str) -> None:
    assert chance(probability, history) == said


def test_nobody_is_told_more_than_95_per_cent() -> None:
    found = told(*[(9, 0)] * 12)
    assert (found.probability, found.chance, found.told.probability) == (1, ">95 %", 0.95)


@given(st.floats(0, 1), st.integers(5, 12))
def test_a_chance_never_contradicts_its_probability(probability: float, history: int) -> None:
    said = chance(probability, history)
    assert (said in BANDS) == (history < 11)
    if probability < 0.29:
        assert said != ">70 %"


def test_dates_are_the_ends_of_whole_weeks_and_agree_with_the_probability_of_the_due_day() -> None:
    """the method: the date at q is the first week with cumulative done >= q."""
    weeks = [(2, 0), (1, 0), (3, 0), (2, 0), (0, 0), (4, 1)] * 2
    for remaining in range(1, 30, 3):
        found = told(*weeks, remaining=remaining)
        assert found.reaches
        for reach in found.reaches:
            assert reach.weeks is not None
            assert reach.day == (NOW + reach.weeks * WEEK).date()
            before, after = reach.day <= found.due, reach.day > found.due + WEEK
            sure = found.probability >= reach.share - 1e-9  # type: ignore[operator]
            assert sure >= before
            assert sure <= (not after)


def test_what_is_reached_needs_no_forecast() -> None:
    found = told((1, 0), remaining=0)
    assert (found.model, found.chance, found.probability) == (Model.REACHED, "reached", None)


def test_nothing_in_scope_is_nothing_to_forecast() -> None:
    assert told((0, 0), remaining=0, made=0).why.startswith("there is nothing to do")


def test_after_the_due_day_dates_are_told_and_hope_is_not() -> None:
    late = of_stream(question(datetime(2027, 1, 3, tzinfo=UTC)), burned(*[(2, 0)] * 12))
    assert (late.weeks_left, late.probability, late.chance, late.needed) == (0, 0, "<1 %", None)
    assert (late.reaches[0].weeks, late.reaches[0].day) == (5, date(2027, 2, 7))


def test_more_added_than_finished_is_said_and_beyond_the_horizon() -> None:
    found = told(*[(1, 2), (2, 2)] * 6)
    assert [reach.day for reach in found.reaches] == [None] * 4
    assert found.remarks == ("as much is added as is finished, or more",)


def test_mixed_streams_are_drawn_apart() -> None:
    weeks = ((2.0, 0.0),) * 6
    sides = (Side("github", (5.0,) * 8, weeks), Side("jira", (5.0,) * 8, weeks))
    found = told(*[(4, 0)] * 6, sides=sides, slack=(0.0,) * 8)
    assert found.model is Model.MONTE_CARLO
    assert "github, jira each on its own" in found.rule
    assert [reach.weeks for reach in found.reaches] == [3] * 4


def test_a_stream_without_a_pace_of_its_own_joins_the_others_and_this_is_said() -> None:
    sides = (Side("github", (5.0,) * 8, ((4.0, 0.0),) * 6), Side("jira", (5.0,) * 8, ((0.0, 0.0),) * 6))
    found = told(*[(4, 0)] * 6, sides=sides, slack=(0.0,) * 8)
    assert found.model is Model.EXACT
    assert found.remarks == ("nothing of jira is finished yet, so all the work is taken as one stream",)


def test_a_stream_that_is_finished_does_not_make_a_mix() -> None:
    sides = (Side("github", (10.0,) * 8, ((2.0, 0.0),) * 6), Side("jira", (0.0,) * 8, ((2.0, 0.0),) * 6))
    assert told(*[(4, 0)] * 6, sides=sides, slack=(0.0,) * 8).model is Model.EXACT


def test_the_fan_is_there_when_it_is_asked_for() -> None:
    charted = of_stream(question(charted=True), burned(*[(2, 0), (1, 1)] * 3))
    assert len(charted.past) == 8
    assert charted.ahead[0].at == NOW + WEEK
    assert all(list(one.made) == sorted(one.made, reverse=True) for one in charted.ahead)
    assert told(*[(2, 0)] * 6).ahead == ()


growing_weeks = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)), min_size=6, max_size=12)


@given(growing_weeks, st.floats(0, 200), st.booleans())
def test_what_is_done_stays_done_in_the_fan_however_much_work_is_added(
    weeks: list[Pair], made: float, mixed: bool
) -> None:
    half = tuple((5.0,) * (len(weeks) + 2))
    sides = tuple(Side(name, half, tuple(weeks)) for name in ("github", "jira")) if mixed else ()
    slack = (0.0,) * len(half) if mixed else ()
    charted = of_stream(question(charted=True), burned(*weeks, made=made, sides=sides, slack=slack))
    assert all(min(one.made) >= made for one in charted.ahead)


def test_the_number_of_open_items_may_rise_again_in_the_fan() -> None:
    counted = placed(measure={"type": "count", "of": "open", "start": 14, "target": 0})
    asked = Question(counted, NOW, "items", charted=True)
    charted = of_stream(asked, burned(*[(1, 9), (2, 9)] * 3, origin=14, falling=True))
    assert min(charted.ahead[0].made) < 4


RISING = Trend(Manual(type="manual", start=2, target=3), 3, float("inf"), 2)
FALLING = Trend(Manual(type="manual", start=9, target=5), float("-inf"), 5, 9)


def trended(trend: Trend, *values: float) -> Outlook:
    readings = [(NOW - (len(values) - 1 - n) * WEEK, value) for n, value in enumerate(values)]
    return of_trend(question(), trend, readings)


def test_a_metric_without_a_value_or_with_one_has_no_trend() -> None:
    assert trended(RISING).why == "it has no value yet"
    assert trended(RISING, 2.1).why == "there is one reading so far, and a trend needs two"


def test_two_to_four_readings_have_a_slope_only() -> None:
    found = trended(RISING, 2.0, 2.2, 2.4)
    assert (found.model, found.probability) == (Model.PACE, None)
    assert found.observed == pytest.approx(0.2)
    assert found.needed == pytest.approx(0.6 / (39.5 / 7))


def test_five_readings_have_an_interval_and_a_band() -> None:
    found = trended(RISING, 2.0, 2.2, 2.1, 2.4, 2.5)
    assert (found.model, found.chance) == (Model.TREND, ">70 %")
    assert found.reaches[0].weeks == 5


def test_a_falling_metric_is_told_as_what_it_came_down() -> None:
    found = trended(FALLING, 9, 8.6, 8.1, 7.7, 7.2, 6.8)
    assert (found.made, found.goal, found.origin, found.falling) == (pytest.approx(2.2), 4, 9, True)
    assert found.observed == pytest.approx(0.44, abs=0.01)
    assert found.chance == ">70 %"


def test_a_metric_that_does_not_move_is_not_forecast() -> None:
    assert trended(RISING, *[2.0] * 6).why == "it has not moved in 6 readings"


def test_a_bound_asks_for_the_due_day_and_has_no_dates() -> None:
    found = trended(Trend(Manual(type="manual", target=3), 2.0, 4.0, None), 3, 3.1, 2.9, 3, 3.05)
    assert (found.chance, found.reaches, found.needed) == (">70 %", (), None)
    assert (found.bound, found.of_readings) == ((2.0, 4.0), True)
    below = trended(Trend(Manual(type="manual", target=3), float("-inf"), 4.0, None), 3, 3.1)
    assert (below.bound, below.goal) == ((None, 4.0), 4.0)
    assert trended(RISING, 2.0, 2.2, 2.4).bound is None
    assert found.remarks == ("it is there today; the forecast is whether it still is on the due day",)


def test_readings_hold_until_the_next_one() -> None:
    readings = [(NOW - timedelta(days=20), 1.0), (NOW - timedelta(days=8), 2.0)]
    assert [value for _, value in weekly(readings, NOW)] == [1, 2, 2]


def test_of_one_day_the_last_checkin_counts() -> None:
    readings = [(NOW - timedelta(hours=3), 1.0), (NOW - timedelta(hours=1), 2.0), (NOW - timedelta(days=99), 9.0)]
    assert recent(readings, NOW) == [(NOW - timedelta(hours=1), 2.0)]
