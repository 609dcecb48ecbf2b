"""Errands: tasks in threads of their own that may outlast the run which sent them out; a later one brings them in.

So what one connection is waited for, or has to do for long, holds up nobody else.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, TypeVar, cast

from filelock import BaseFileLock

from okrsync.errors import Interrupted

T = TypeVar("T")

LONG = 1.0
"""Seconds without a sign of an errand after which it is waited for only while nobody else has anything to do."""

COMPANY = 5.0
"""Such seconds after which those that are back wait for it no longer."""

LOOK = 0.02
"""Seconds between two looks at who else has."""

POLITE = 2.0
"""Seconds that one that takes long lets others write first, each time: so everybody gets on."""

GOODBYE = 2.0
"""Seconds that dropped errands may take to notice it, all together; one that hangs dies with the process."""


class Doing(StrEnum):
    """What an errand does with the tickets of its connection."""

    READS = "reads"
    LOOKS = "looks at"
    WRITES = "writes to"


class Errand:
    """One task in its thread. It asks ``dropped`` and ``called_back`` from time to time.

    It writes to the store in its ``writing``, and tells by ``sign`` that it gets on. One that is called back ends with
    what it has in hand.
    """

    def __init__(self, name: str, task: Callable[[Errand], Any], errands: Errands, doing: Doing = Doing.READS) -> None:
        self.doing = doing
        self.began = self._signed = errands.clock()
        self.error: BaseException | None = None
        self.result: Any = None
        self.called_back = False
        self._errands = errands
        self.keeps: BaseFileLock | None = None
        self._dropped = self._ended = False
        self._thread = threading.Thread(target=self._run, args=(task,), name=f"okrsync {doing} {name}", daemon=True)
        self._thread.start()

    @property
    def ended(self) -> bool:
        return self._ended

    @property
    def age(self) -> float:
        return self._errands.clock() - self.began

    @property
    def quiet(self) -> float:
        """Seconds since its last sign."""
        return self._errands.clock() - self._signed

    def sign(self) -> None:
        self._signed = self._errands.clock()

    def dropped(self) -> bool:
        return self._dropped

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Only one thread writes at a time, who reads for long comes last, and who was dropped never does again."""
        if self.doing is Doing.READS:
            self._errands.let_go_first(self)
        with self._errands.writing():
            if self._dropped:
                raise Interrupted("Nobody waits for this any more.")
            yield

    def drop(self) -> None:
        with self._errands.writing():
            self._dropped = True

    def keep(self, lock: BaseFileLock | None) -> None:
        """Let no other process have the store until ``let_go``."""
        if self.keeps is None and lock is not None:
            lock.acquire()
            self.keeps = lock

    def let_go(self) -> None:
        if self.keeps is not None:
            self.keeps.release()
            self.keeps = None

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
        self._at_work = False

    def share(self, lock: BaseFileLock) -> None:
        """Take this lock from now on, or the same store's that was taken before: an errand may be keeping that one."""
        known = [self.lock, *(errand.keeps for errand in self._out.values())]
        self.lock = next((one for one in known if one is not None and one.lock_file == lock.lock_file), lock)

    @property
    def out(self) -> frozenset[str]:
        """Those that were sent out and not brought in yet."""
        return frozenset(self._out)

    @property
    def reading(self) -> frozenset[str]:
        """Those among them that read."""
        return frozenset(name for name, errand in self._out.items() if errand.doing is Doing.READS)

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

    def bring(
        self,
        tasks: Mapping[str, Callable[[Errand], T]],
        doing: Doing = Doing.READS,
        give_way: Callable[[], bool] | None = None,
    ) -> dict[str, T]:
        """The results of those that are back; what has no errand out is sent out before. The others stay out.

        All are waited for, but one that gave no sign for LONG only while nobody has anything else to do, and no longer
        than for COMPANY once others are back. They are called back once ``give_way`` says so, which is asked in the
        place of ``pulse``, and when they are left out. Raises what a task raised.
        """
        for name in tasks.keys() - self._out.keys():
            self._out[name] = Errand(name, tasks[name], self, doing)
        mine = {name: self._out[name] for name in tasks}
        self._at_work = called_back = False
        try:
            while not self._enough(list(mine.values()), called_back):
                called_back = self._look(mine.values(), give_way)
                self.told.wait(LOOK)
                self.told.clear()
            back = [name for name in tasks if mine[name].ended]
            for name in back:
                if (error := mine[name].error) is not None:
                    self._in(name)
                    raise error
            return {name: cast(T, self._in(name).result) for name in back}
        finally:
            self._at_work = True
            for errand in self._out.values():
                errand.called_back = True
                errand.keep(self.lock)

    def drop(self, *, writers: bool = False) -> None:
        """Nobody waits for any of them any more, and none of them writes again to the store.

        Those that write to tickets stay out, for somebody has to see how that ends; with ``writers`` they are called
        back, and dropped when time is up.
        """
        going = {name: one for name, one in self._out.items() if writers or one.doing is not Doing.WRITES}
        for errand in going.values():
            errand.called_back = True
            if errand.doing is not Doing.WRITES:
                errand.drop()
        until = time.monotonic() + GOODBYE
        for name, errand in going.items():
            errand.join(max(0.0, until - time.monotonic()))
            errand.drop()
            self._in(name)

    def forget(self, known: Collection[str]) -> None:
        """Nobody will ask for those that are back and are not ``known`` any more."""
        for name in self.back - frozenset(known):
            self._in(name)

    def _in(self, name: str) -> Errand:
        errand = self._out.pop(name)
        errand.let_go()
        return errand

    def _look(self, mine: Iterable[Errand], give_way: Callable[[], bool] | None) -> bool:
        """Whether these were called back."""
        if give_way is None:
            self._pulse()
            return False
        if called_back := give_way():
            for errand in mine:
                errand.called_back = True
        return called_back

    def _enough(self, mine: list[Errand], called_back: bool) -> bool:
        missing = [errand for errand in mine if not errand.ended]
        if not missing:
            return True
        quiet = min(errand.quiet for errand in missing)
        if quiet < LONG:
            return False
        return called_back or self._others_wait() or (quiet >= COMPANY and len(missing) < len(mine))
