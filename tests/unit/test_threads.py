"""What several threads yield, gathered in one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial

import pytest

from okrsync.threads import ahead, gathered


def test_everything_comes_in_batches_from_all_sources() -> None:
    sources = [partial(range, 0, 7), partial(range, 100, 103), partial(range, 0)]
    batches = list(gathered(sources, 3))
    assert sorted(one for batch in batches for one in batch) == [0, 1, 2, 3, 4, 5, 6, 100, 101, 102]
    assert max(map(len, batches)) == 3
    assert all(batches)


def test_the_next_one_is_fetched_while_one_is_worked_on() -> None:
    fetched = threading.Event()

    def two() -> Iterator[int]:
        yield 1
        fetched.set()
        yield 2

    taking = ahead(two())
    assert next(taking) == 1
    assert fetched.wait(5)
    assert list(taking) == [2]


def test_without_sources_there_is_nothing() -> None:
    assert list(gathered([], 3)) == []


def test_what_breaks_comes_after_what_was_given_before_it() -> None:
    def breaks() -> Iterator[int]:
        yield from range(5)
        raise OSError("no more")

    taking, got = gathered([breaks], 2), []
    for _ in range(3):
        got += next(taking)
    assert got == [0, 1, 2, 3, 4]
    with pytest.raises(OSError, match="no more"):
        next(taking)


def test_who_stops_taking_stops_the_giving() -> None:
    closed = threading.Event()

    def endless() -> Iterator[int]:
        try:
            while True:
                yield 1
        finally:
            closed.set()

    before = set(threading.enumerate())
    taking = gathered([endless], 2)
    assert next(taking) == [1, 1]
    givers = set(threading.enumerate()) - before
    assert givers
    taking.close()  # type: ignore[attr-defined]
    assert closed.wait(5)
    assert not any(giver.is_alive() for giver in givers)
