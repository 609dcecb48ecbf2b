"""SIGTERM at any line, also of a library: transactions end first, and the run's end is kept."""

from __future__ import annotations

import gc
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


@pytest.fixture
def _undisturbed() -> Iterator[None]:
    """No search for garbage comes in between: it runs lines of its own, and what is raised in them is lost."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def keep(store: Store) -> None:
    with store.transaction():
        store.journal.release()


def rings_within(store: Store, nth: int) -> bool:
    """Whether a transaction has so many lines; an interruption at the last of them is raised."""
    alarm = Alarm(nth)
    try:
        with alarm:
            keep(store)
    except Terminated:
        return True
    assert not alarm.rang, "an interruption is lost"
    return False


@pytest.mark.usefixtures("_undisturbed")
def test_an_interruption_at_any_line_of_a_transaction_leaves_a_store_that_goes_on(store: Store) -> None:
    keep(store)
    nth = 1
    while rings_within(store, nth):
        with store.transaction():
            store.journal.hold("sync", NOON)
        nth += 1
    assert nth > 500


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
