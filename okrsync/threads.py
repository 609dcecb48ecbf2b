"""Iterators that run in threads of their own, gathered into batches: their waiting overlaps with what is done here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from queue import Empty, Queue
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


WAITING = 2
"""So many batches of each source are fetched before anybody asks for them."""


def ahead(source: Iterable[T]) -> Iterator[T]:
    """What the source yields; the next ones are fetched in a thread of their own while one is worked on."""
    return chain.from_iterable(gathered([lambda: source]))


def gathered(sources: Sequence[Callable[[], Iterable[T]]], size: int = 1) -> Iterator[list[T]]:
    """Everything the sources yield, in batches of up to ``size``; what one of them raises comes after what it gave.

    At most ``WAITING`` batches of each wait to be taken. All threads have ended afterwards, except where a person
    interrupts a wait: then they die with the process.
    """
    batches: Queue[list[T] | BaseException | None] = Queue(max(1, WAITING * len(sources)))
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

    threads = [Thread(target=run, args=(source,), name="okrsync reading", daemon=True) for source in sources]
    try:
        for thread in threads:
            thread.start()
        yield from _until_all_ended(batches, len(sources))
    except KeyboardInterrupt:
        threads.clear()
        raise
    finally:
        stopped = True
        for thread in threads:
            _let_go(thread, batches)


def _until_all_ended(batches: Queue[list[T] | BaseException | None], running: int) -> Iterator[list[T]]:
    while running:
        found = batches.get()
        if isinstance(found, BaseException):
            raise found
        if found is None:
            running -= 1
        elif found:
            yield found


def _let_go(thread: Thread, batches: Queue[list[T] | BaseException | None]) -> None:
    """Wait for a thread that may itself wait to put something into a full queue."""
    while thread.is_alive():
        with suppress(Empty):
            batches.get_nowait()
        thread.join(timeout=0.05)
