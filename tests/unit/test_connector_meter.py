"""What a connection cost is counted, and what the tracker's limit leaves for others stays untouched."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okrsync.connector import Meter
from okrsync.errors import RateLimited
from okrsync.model.budget import Budget

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def seconds(number: float) -> datetime:
    return NOW + timedelta(seconds=number)


@given(st.floats(0, 0.9), st.lists(st.integers(0, 30), max_size=60))
def test_within_a_period_no_order_of_answers_lets_the_reserve_be_spent(reserve: float, late: list[int]) -> None:
    """The tracker counts every request; each answer may be heard only after ``late`` others were sent."""
    limit, spent = 50, 0
    meter, told = Meter(reserve=reserve), []
    meter.hear(Budget(limit, limit, seconds(600)), NOW)
    for delay in late:
        with suppress(RateLimited):
            meter.count(NOW)
            spent += 1
        told.append(limit - spent)
        meter.hear(Budget(told[max(0, len(told) - 1 - delay)], limit, seconds(600)), NOW)
    assert limit - spent >= int(reserve * limit)
    assert meter.requests == spent


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
