"""How long a run writes before others go first."""

from __future__ import annotations

from okrsync.daemon.turn import OWN, SLICE, Turn


def seconds_until_it_is_over(*, others: bool, own: bool) -> float:
    seconds = 0.0
    turn = Turn(lambda: seconds, lambda: others, lambda: own)
    while not turn.over() and seconds < 60:
        seconds += 0.25
    assert turn.gave_way is (seconds < 60)
    return seconds


def test_a_run_alone_writes_until_it_has_done() -> None:
    assert seconds_until_it_is_over(others=False, own=False) == 60


def test_others_wait_for_a_slice() -> None:
    assert seconds_until_it_is_over(others=True, own=True) == SLICE


def test_the_echo_of_its_own_writes_waits_longer() -> None:
    assert seconds_until_it_is_over(others=False, own=True) == OWN


def test_what_is_over_stays_over() -> None:
    seconds, waiting = 0.0, True
    turn = Turn(lambda: seconds, lambda: waiting, lambda: False)
    assert not turn.over()
    seconds = SLICE
    assert turn.over()
    waiting = False
    assert turn.over()
