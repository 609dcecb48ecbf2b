"""The one retry policy, with sleep injected."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from okrsync.errors import Forbidden, OutcomeUnknown, RateLimited, Transient
from okrsync.retry import ATTEMPTS, Retry


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
    with pytest.raises(OutcomeUnknown):
        Retry(waited.append).write(failing(1, Transient("reset")))
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
