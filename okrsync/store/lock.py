"""The lock on a store: one run at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from filelock import BaseFileLock, FileLock, Timeout

from okrsync.errors import Busy, StoreError
from okrsync.store.file import ACCESS, place

POLL = 0.5
"""Seconds between two looks at a store that somebody else has."""


def lock_of(url: str) -> BaseFileLock:
    """What keeps other processes out of a store; it counts how often it was taken."""
    return FileLock(f"{place(url)}.lock", timeout=0, thread_local=False)


@contextmanager
def locked(
    lock: BaseFileLock,
    holder: Callable[[], str],
    *,
    wait: float = 0.0,
    pause: Callable[[float], None] = time.sleep,
    waiting: Callable[[str], None] = lambda holder: None,
) -> Iterator[None]:
    """No other process has the store in here; this one may have it already.

    Raises Busy after ``wait`` seconds, StoreError where no lock can be made.
    """
    waited = 0.0
    while not _acquired(lock):
        if waited >= wait:
            raise Busy(f"The store is in use by {holder()}.", hint="Wait for it to end, as --wait does, or stop it.")
        if not waited:
            waiting(holder())
        nap = min(POLL, wait - waited)
        pause(nap)
        waited += nap
    try:
        yield
    finally:
        lock.release()


def _acquired(lock: BaseFileLock) -> bool:
    try:
        lock.acquire()
    except Timeout:
        return False
    except OSError as error:
        raise StoreError(f"The store cannot be locked: {error}.", hint=ACCESS) from error
    return True
