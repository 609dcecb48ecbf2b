"""The one retry policy, with sleep injected."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from okrsync.errors import Forbidden, OutcomeUnknown, RateLimited, Transient
from okrsync.retry import ATTEMPTS, PATIENCE, Patience, Retry


def failing(times: int, error: Exception) -> Callable[[], str]:
    calls = iter(range(100))

    def request() -> str:
        if next(calls) < times:
            raise error
        return "answer"

    return request


def test_a_read_is_tried_again_while_the_trouble_passes() -> None:
    waited: list[float] = []
    assert Retry(waited.append).read(failing(3, Transient("502"))) == "answer"
    assert len(waited) == 3
    assert waited[0] < waited[-1]


def test_a_read_gives_up_with_the_last_error() -> None:
    waited: list[float] = []
    with pytest.raises(Transient):
        Retry(waited.append).read(failing(99, Transient("502")))
    assert len(waited) == ATTEMPTS - 1


def test_what_cannot_help_is_not_repeated() -> None:
    waited: list[float] = []
    with pytest.raises(Forbidden):
        Retry(waited.append).read(failing(1, Forbidden("no")))
    assert waited == []


def test_a_write_that_was_never_sent_is_tried_again() -> None:
    assert Retry(lambda _: None).write(failing(2, Transient("refused", sent=False))) == "answer"


def test_a_write_that_was_sent_is_never_repeated_blindly() -> None:
    waited: list[float] = []
    with pytest.raises(OutcomeUnknown) as caught:
        Retry(waited.append).write(failing(1, Transient("The answer got lost.", hint="Look first.")))
    assert str(caught.value) == "The answer got lost. Look first."
    assert waited == []


def test_a_write_that_never_gets_out_is_not_of_unknown_outcome() -> None:
    with pytest.raises(Transient):
        Retry(lambda _: None).write(failing(99, Transient("refused", sent=False)))


def test_a_short_limit_is_waited_for_as_long_as_the_tracker_says() -> None:
    waited: list[float] = []
    assert Retry(waited.append).write(failing(1, RateLimited("wait", retry_after=17))) == "answer"
    assert waited == [17]


def test_a_long_limit_is_handed_on_at_once() -> None:
    waited: list[float] = []
    with pytest.raises(RateLimited):
        Retry(waited.append).read(failing(1, RateLimited("wait", retry_after=3600)))
    assert waited == []


def test_a_limit_of_zero_seconds_still_backs_off() -> None:
    waited: list[float] = []
    Retry(waited.append).read(failing(1, RateLimited("wait", retry_after=0)))
    assert waited[0] > 0


def test_waits_double_from_half_a_second_to_twenty_with_up_to_half_a_second_of_chance() -> None:
    waited: list[float] = []
    with pytest.raises(Transient):
        Retry(waited.append, attempts=60).read(failing(99, Transient("502")))
    expected = [min(20, 0.5 * 2**number) for number in range(59)]
    assert all(0 <= seconds - least <= 0.5 for seconds, least in zip(waited, expected, strict=True))


def test_a_limit_as_long_as_the_patience_is_still_waited_for() -> None:
    waited: list[float] = []
    assert Retry(waited.append).read(failing(1, RateLimited("wait", retry_after=PATIENCE))) == "answer"
    assert waited == [PATIENCE]


def test_a_pause_is_waited_unless_it_is_none() -> None:
    waited: list[float] = []
    for seconds in (-1.0, 0.0, 0.5, 3.0):
        Retry(waited.append).pause(seconds)
    assert waited == [0.5, 3.0]


def test_the_waits_of_all_requests_together_cost_no_more_than_the_patience_of_a_run() -> None:
    waited: list[float] = []
    patience = Patience(once=60, left=10)
    clients = Retry(waited.append, patience=patience), Retry(waited.append, patience=patience)
    for retry in clients:
        assert retry.read(failing(1, RateLimited("wait", retry_after=4))) == "answer"
    with pytest.raises(RateLimited) as caught:
        clients[0].write(failing(1, RateLimited("wait", retry_after=4)))
    assert waited == [4, 4]
    assert caught.value.retry_after == 4


def test_trouble_that_outlasts_the_patience_tells_when_to_come_back() -> None:
    waited: list[float] = []
    with pytest.raises(Transient) as caught:
        Retry(waited.append, patience=Patience(left=2)).read(failing(99, Transient("503")))
    assert sum(waited) <= 2 < sum(waited) + caught.value.retry_after


def test_a_tracker_that_hangs_is_not_asked_again_and_again() -> None:
    seconds = iter((0, 60))
    patience = Patience(once=2, left=2, clock=lambda: next(seconds))
    with pytest.raises(Transient) as caught:
        Retry(lambda _: pytest.fail("waits"), patience=patience).read(failing(99, Transient("timed out")))
    assert caught.value.retry_after == 0, "nor soon by the next run"


def test_without_a_limit_to_it_patience_ends_with_the_attempts_and_no_time_is_told() -> None:
    with pytest.raises(Transient) as caught:
        Retry(lambda _: None).read(failing(99, Transient("503")))
    assert caught.value.retry_after == 0


def test_how_long_a_try_took_does_not_depend_on_what_the_clock_says() -> None:
    moments = itertools.count(5_000.0, 1.0)
    patience = Patience(once=60, left=10, clock=lambda: next(moments))
    slept: list[float] = []

    def limited() -> int:
        raise RateLimited("Wait.", retry_after=8 if not slept else 20)

    with pytest.raises(RateLimited) as handed_on:
        Retry(slept.append, patience=patience).read(limited)
    assert slept == [8]
    assert handed_on.value.retry_after == 20
    assert patience.left == 10 - 1 - 8 - 1
