"""SIGTERM at any line, also of a library: transactions end first, and the run's end is kept."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from alarm import Alarm
from okr_builders import NOON

from okrsync import interrupt
from okrsync.house import House, begun
from okrsync.interrupt import TERMINATED, Terminated
from okrsync.model.okr import Okrs
from okrsync.store import Store


@pytest.fixture(autouse=True)
def _at_work() -> Iterator[None]:
    """SIGTERM raises Terminated, as in a command at work."""
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with interrupt.raised():
        yield
    signal.signal(signal.SIGTERM, before)


def keep(store: Store) -> None:
    with store.transaction():
        store.journal.release()


def test_an_interruption_at_any_line_of_a_transaction_leaves_a_store_that_goes_on(store: Store) -> None:
    keep(store)
    with Alarm() as silent:
        keep(store)
    assert silent.lines > 500
    for nth in range(1, silent.lines + 1):
        with pytest.raises(Terminated), Alarm(nth):
            keep(store)
        with store.transaction():
            store.journal.hold("sync", NOON)


def interrupted_while_it_reads(house: House) -> None:
    """Before anything ends the view, as between two lines of contextlib."""
    with begun(house, "sync", 0):
        house.store.reading().__enter__()
        raise Terminated


def test_a_run_that_is_interrupted_in_the_middle_of_a_reading_keeps_its_end(store: Store) -> None:
    with pytest.raises(Terminated):
        interrupted_while_it_reads(House(store=store, okrs=Okrs(), lines={}, now=lambda: NOON))
    with Store(store.url) as another:
        (last,) = another.journal.runs(1)
    assert (last.exit_code, last.errors) == (TERMINATED, ("It was interrupted.",))
