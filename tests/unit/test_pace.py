"""How many writes fit, and when the next one does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okrsync.connector import Meter, WriteLimit
from okrsync.errors import RateLimited
from okrsync.model.budget import Budget
from okrsync.pace import Pace, memory

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LIMITS = (WriteLimit(3, 60), WriteLimit(5, 3600))


def seconds(number: float) -> datetime:
    return NOW + timedelta(seconds=number)


def test_writes_fit_until_a_limit_is_reached() -> None:
    pace = Pace(LIMITS)
    for number in range(3):
        assert pace.wait(seconds(number)) == 0
        pace.wrote(seconds(number))
    assert pace.wait(seconds(10)) == 50


def test_the_longest_wait_of_all_limits_counts() -> None:
    pace = Pace(LIMITS, [seconds(second) for second in (0, 1, 2, 100, 101)])
    assert pace.wait(seconds(200)) == 3400


def test_what_runs_before_wrote_counts_too() -> None:
    assert Pace(LIMITS, [seconds(-second) for second in (10, 20, 30)]).wait(NOW) == 30


def test_no_limits_mean_no_wait_and_no_memory() -> None:
    assert Pace(()).wait(NOW) == 0
    assert memory(()) == timedelta(0)
    assert memory(LIMITS) == timedelta(hours=1)


@given(st.lists(st.floats(0, 600), max_size=60))
def test_no_window_ever_holds_more_than_its_limit(arrivals: list[float]) -> None:
    pace, sent = Pace(LIMITS), []
    for arrival in sorted(arrivals):
        moment = max([seconds(arrival), *sent[-1:]])
        moment += timedelta(seconds=pace.wait(moment))
        pace.wrote(moment)
        sent.append(moment)
    for limit in LIMITS:
        window = timedelta(seconds=limit.seconds)
        assert all(sum(one - window < other <= one for other in sent) <= limit.count for one in sent)


def test_a_reserve_of_the_hourly_limit_stays_untouched() -> None:
    meter = Meter(remaining=501, limit=5000, resets_at=seconds(600), reserve=0.1)
    meter.count(NOW)
    meter.remaining = 500
    with pytest.raises(RateLimited, match="500 of them are kept for others") as caught:
        meter.count(NOW)
    assert caught.value.retry_after == 600
    assert meter.requests == 1


def test_after_the_reset_requests_go_on() -> None:
    meter = Meter(remaining=0, limit=5000, resets_at=NOW, reserve=0.1)
    meter.count(NOW, write=True)
    assert (meter.requests, meter.writes) == (1, 1)


def test_a_tracker_that_tells_no_limits_is_only_counted() -> None:
    meter = Meter(reserve=0.1)
    meter.count(NOW)
    assert meter.requests == 1


def hearing(remaining: int, *, resets_at: datetime | None = None, meter: Meter | None = None) -> Meter:
    heard = meter or Meter(reserve=0.1)
    heard.hear(Budget(remaining, 100, resets_at or seconds(600)), NOW)
    return heard


def test_an_older_answer_gives_back_nothing_that_another_client_has_spent_since() -> None:
    meter = hearing(12)
    meter.count(NOW)
    hearing(12, resets_at=seconds(601), meter=meter)
    meter.count(NOW)
    with pytest.raises(RateLimited):
        meter.count(NOW)


def test_a_new_period_begins_with_what_the_tracker_says() -> None:
    meter = hearing(11)
    meter.count(NOW)
    assert hearing(100, resets_at=seconds(4200), meter=meter).remaining == 100


def test_what_the_tracker_counts_elsewhere_leaves_the_budget_as_it_is() -> None:
    meter = hearing(11)
    meter.count(NOW, apart=True)
    assert (meter.requests, meter.remaining) == (1, 11)


@pytest.mark.parametrize("skew", [-600, 600])
def test_the_limit_resets_by_the_trackers_clock_whatever_ours_shows(skew: int) -> None:
    meter = Meter(reserve=0.1)
    clock = seconds(skew)
    meter.hear(Budget(0, 100, clock + timedelta(seconds=30)), NOW, clock)
    assert meter.budget == Budget(0, 100, seconds(30))
    with pytest.raises(RateLimited) as caught:
        meter.count(NOW)
    assert caught.value.retry_after == 30


def test_words_without_numbers_keep_those_of_before() -> None:
    meter = hearing(40)
    meter.hear(Budget(), NOW)
    assert meter.budget == Budget(40, 100, None)
