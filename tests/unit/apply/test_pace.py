"""How many writes fit, and when the next one does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from okrsync.apply.pace import Pace, memory
from okrsync.connector import WriteLimit

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
