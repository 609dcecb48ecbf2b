"""Iterators that run in threads of their own, gathered into batches: their waiting overlaps with what is done here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, Queue
from typing import TypeVar

T = TypeVar("T")

AHEAD = 8
"""Batches that may wait to be taken, before the threads wait themselves."""


def gathered(sources: Sequence[Callable[[], Iterable[T]]], size: int) -> Iterator[list[T]]:
    """Everything the sources yield, in batches of up to ``size``; what one of them raises comes after what it gave."""
    batches: Queue[list[T] | BaseException | None] = Queue(AHEAD)
    stopped = False

    def run(source: Callable[[], Iterable[T]]) -> None:
        batch: list[T] = []
        end: BaseException | None = None
        try:
            for one in source():
                batch.append(one)
                if stopped:
                    return
                if len(batch) == size:
                    batches.put(batch)
                    batch = []
        except BaseException as error:
            end = error
        batches.put(batch)
        batches.put(end)

    with ThreadPoolExecutor(max(1, len(sources))) as pool:
        futures = [pool.submit(run, source) for source in sources]
        try:
            yield from _until_all_ended(batches, len(sources))
        finally:
            stopped = True
            while not all(future.done() for future in futures):
                _drain(batches)


def _until_all_ended(batches: Queue[list[T] | BaseException | None], running: int) -> Iterator[list[T]]:
    while running:
        found = batches.get()
        if isinstance(found, BaseException):
            raise found
        if found is None:
            running -= 1
        elif found:
            yield found


def _drain(batches: Queue[list[T] | BaseException | None]) -> None:
    try:
        batches.get(timeout=0.05)
    except Empty:
        return
