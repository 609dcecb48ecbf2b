"""Errands: tasks in threads of their own that may outlast the run which sent them out; a later one brings them in.

So what one connection is waited for, or has to read for long, holds up nobody else.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from filelock import BaseFileLock

from okrsync.errors import Interrupted

T = TypeVar("T")

LONG = 1.0
"""Seconds after which an errand is waited for only while nobody else has anything to do."""

COMPANY = 5.0
"""Seconds after which those that are back wait for it no longer."""

LOOK = 0.02
"""Seconds between two looks at who else has."""

POLITE = 2.0
"""Seconds that one that takes long lets others write first, each time: so everybody gets on."""

GOODBYE = 2.0
"""Seconds that dropped errands may take to notice it, all together; one that hangs dies with the process."""


class Errand:
    """One task in its thread. It asks ``dropped`` from time to time, and writes to the store in its ``writing``."""

    def __init__(self, name: str, task: Callable[[Errand], Any], errands: Errands) -> None:
        self.began = errands.clock()
        self.error: BaseException | None = None
        self.result: Any = None
        self._errands = errands
        self._dropped = self._ended = False
        self._thread = threading.Thread(target=self._run, args=(task,), name=f"okrsync reads {name}", daemon=True)
        self._thread.start()

    @property
    def ended(self) -> bool:
        return self._ended

    @property
    def age(self) -> float:
        return self._errands.clock() - self.began

    def dropped(self) -> bool:
        return self._dropped

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Only one thread writes at a time, and who takes long comes last; one that was dropped never does again."""
        self._errands.let_go_first(self)
        with self._errands.writing():
            if self._dropped:
                raise Interrupted("Nobody waits for this any more.")
            yield

    def drop(self) -> None:
        with self._errands.writing():
            self._dropped = True

    def join(self, seconds: float) -> None:
        self._thread.join(seconds)

    def _run(self, task: Callable[[Errand], Any]) -> None:
        try:
            self.result = task(self)
        except BaseException as error:
            self.error = error
        self._ended = True
        self._errands.told.set()


class Errands:
    """At most one errand for each name; one thread sends them out, brings them in and drops them.

    While any is out, ``lock`` stays taken: nobody but this process has the store. ``clock`` counts seconds; ``pulse``
    is called while somebody is waited for, and ends the wait by raising; ``others_wait`` tells whether anybody has
    something to do meanwhile.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        pulse: Callable[[], None],
        others_wait: Callable[[], bool] = lambda: False,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.clock = clock
        self.told = threading.Event()
        self.lock: BaseFileLock | None = None
        self._pulse = pulse
        self._others_wait = others_wait
        self._sleep = sleep
        self._writing = threading.Lock()
        self._out: dict[str, Errand] = {}
        self._keeps: BaseFileLock | None = None
        self._at_work = False

    @property
    def out(self) -> frozenset[str]:
        """Those that were sent out and not brought in yet."""
        return frozenset(self._out)

    @property
    def back(self) -> frozenset[str]:
        """Those among them that can be brought in at once."""
        return frozenset(name for name, errand in self._out.items() if errand.ended)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Only one thread of this process writes to the store at a time."""
        with self._writing:
            yield

    def let_go_first(self, errand: Errand) -> None:
        """Wait until neither the run nor an errand that began just now has anything to do, POLITE seconds at most."""
        for _ in range(round(POLITE / LOOK)):
            if errand.dropped() or not self._hurried(errand):
                return
            self._sleep(LOOK)

    def _hurried(self, errand: Errand) -> bool:
        others = [one for one in list(self._out.values()) if one is not errand and not one.ended]
        return errand.age >= LONG and (self._at_work or any(one.age < LONG for one in others))

    def bring(self, tasks: Mapping[str, Callable[[Errand], T]]) -> dict[str, T]:
        """The results of those that are back; what has no errand out is sent out before. The others stay out.

        All are waited for, but one that is out for LONG only while nobody has anything else to do, and no longer than
        for COMPANY once others are back. Raises what a task raised.
        """
        for name in tasks.keys() - self._out.keys():
            self._out[name] = Errand(name, tasks[name], self)
        mine = {name: self._out[name] for name in tasks}
        self._at_work = False
        try:
            while not self._enough(list(mine.values())):
                self._pulse()
                self.told.wait(LOOK)
                self.told.clear()
            back = [name for name in tasks if mine[name].ended]
            for name in back:
                if (error := mine[name].error) is not None:
                    del self._out[name]
                    raise error
            return {name: cast(T, self._out.pop(name).result) for name in back}
        finally:
            self._at_work = True
            self._keep_lock()

    def drop(self) -> None:
        """Nobody waits for any of them any more, and none of them writes again."""
        dropped, self._out = list(self._out.values()), {}
        for errand in dropped:
            errand.drop()
        until = time.monotonic() + GOODBYE
        for errand in dropped:
            errand.join(max(0.0, until - time.monotonic()))
        self._keep_lock()

    def _enough(self, mine: list[Errand]) -> bool:
        missing = [errand for errand in mine if not errand.ended]
        if not missing:
            return True
        youngest = min(errand.age for errand in missing)
        return youngest >= LONG and (self._others_wait() or (youngest >= COMPANY and len(missing) < len(mine)))

    def _keep_lock(self) -> None:
        if self._out and self._keeps is None and self.lock is not None:
            self.lock.acquire()
            self._keeps = self.lock
        elif not self._out and self._keeps is not None:
            self._keeps.release()
            self._keeps = None
