"""The loop: every connection on its own clock, one run at a time, and an end that leaves nothing half-written.

Connections that are due together share a run, so that a key result which several of them feed is measured once and
its tickets are written once. Where such a run fails as a whole, each gets one of its own: nobody holds up the others.
Connections are read by errands: one that takes long stays out while the others go on, and is brought in by a later run.
What would have to wait ends a run, and that connection's clock does the waiting; a run that writes for long lets others
go first. Missed ticks are not made up. Between the ticks, what webhooks hint at is read at once.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from okrsync.app import App
from okrsync.daemon.clocks import Clocks
from okrsync.daemon.doorbell import Doorbell, Hints
from okrsync.daemon.files import Files
from okrsync.daemon.postman import Postman
from okrsync.daemon.turn import Turn
from okrsync.errands import Errands
from okrsync.errors import Busy, ConfigError, Interrupted, OkrsyncError, StoreError
from okrsync.events import Event, explained, finished, run_of
from okrsync.house import RunRequest
from okrsync.model.change import connection_of
from okrsync.model.run import RunReport
from okrsync.retry import Patience
from okrsync.store.lock import lock_of

NAP = 0.2
"""Longest sleep in seconds, and so the time that a signal or a webhook waits for an idle daemon."""

HOLDER = 30.0
"""Seconds that a hinted run waits for somebody else's run to end; an ordinary one leaves it to its next tick."""

HURRY = 2.0
"""Seconds that a connection's requests may wait in a run, all in all."""

_SHARED_TROUBLE = (ConfigError, StoreError, Busy)


class Daemon:
    """``open_app`` makes a fresh App for each run, given what ``App.open`` takes; ``sleep`` takes seconds.

    ``config`` is the file to watch. ``alive`` is told at every turn, and within runs whenever something was done.
    """

    def __init__(
        self,
        open_app: Callable[..., App],
        log: Any,
        sleep: Callable[[float], None] = time.sleep,
        *,
        config: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
        alive: Callable[[], None] = lambda: None,
    ) -> None:
        self.clocks = Clocks(chance)
        self._files = Files(open_app, config, log, clock)
        self._bell = Doorbell(clock)
        self._log = log
        self._sleep = sleep
        self._clock = clock
        self._alive = alive
        self._called: Hints = {}
        self._rest: set[str] = set()
        self._running: tuple[str, ...] = ()
        self._errands = Errands(clock, self._while_reading, self._somebody_else_waits)
        self._postman = Postman(log, self._errands.writing)
        self._under: object = None
        self._asked: Hints = {}
        self._meanwhile: set[str] = set()
        self._stopping = self._reloading = False

    def run(self) -> int:
        """Run until stopped; 0. Raises ConfigError when the very first reading of the files fails."""
        with self._files.heeded() as app:
            self._heed(app)
        every = {name: int(interval.total_seconds()) for name, interval in self.clocks.every.items()}
        self._log.info(Event.DAEMON_STARTED, every_s=every, pid=os.getpid())
        try:
            while not self._stopping:
                self._turn()
                busy = self._called or self._rest or self._out
                self._nap(0.0 if busy else min(self.clocks.idle(), NAP))
        finally:
            self._errands.drop(writers=True)
            self._postman.leave()
            self._bell.close()
        self._log.info(Event.DAEMON_STOPPED)
        return 0

    def stop(self) -> None:
        """End after the write in hand. Only an assignment, since a signal may call it between any two instructions."""
        self._stopping = True

    def reload(self) -> None:
        """Read the files at the next turn, and sync everything; only an assignment, too."""
        self._reloading = True

    def _turn(self) -> None:
        self._alive()
        if self._files_wait():
            self._reloading = False
            self._reload()
        called, self._called = self._workable({**self._called, **self._rung()}), {}
        engaged = self._rest | self._errands.out
        if free := {name: some for name, some in called.items() if name not in engaged}:
            self._together(tuple(free), free)
        if due := self.clocks.due():
            self._rest.difference_update(due)
            self._together(due, {})
        for name in sorted(self._rest):
            self._rest.discard(name)
            self._run((name,), {name: called[name]} if name in called else {})
        self._errands.forget(self.clocks.every)
        if out := self._out:
            self._together(tuple(sorted(out)), {})

    @property
    def _out(self) -> frozenset[str]:
        """Whose errands a run is to bring in."""
        return self._errands.out & self.clocks.every.keys()

    def _files_wait(self) -> bool:
        """Whether there are files to read; so it stays until that was done."""
        self._reloading = self._reloading or self._files.changed()
        return self._reloading

    def _reload(self) -> None:
        """What changed in the files is to be seen at once; of broken ones nothing changes."""
        try:
            with self._files.heeded() as app:
                if self._files.broken:
                    return
                self._heed(app)
        except OkrsyncError as error:
            self._log.error(Event.CONFIGURATION_BROKEN, **explained(error))
            return
        self._log.info(Event.CONFIGURATION_READ, connections=list(self.clocks.every))
        self.clocks.all_due()

    def _heed(self, app: App) -> None:
        self.clocks.heed({name: app.settings.every(name) for name in app.settings.connections})
        self._bell.heed(app.settings)

    def _rung(self) -> Hints:
        """Hints for connections that work; those of the others wait until theirs does."""
        try:
            rung = self._bell.rung()
        except SQLAlchemyError as error:
            self._log.error(Event.INBOX_FAILED, error=str(error).splitlines()[0])
            self._bell.close()
            return {}
        return self._workable(rung)

    def _workable(self, hints: Hints) -> Hints:
        return {name: some for name, some in hints.items() if name in self.clocks.every and not self.clocks.fails(name)}

    def _together(self, names: tuple[str, ...], hints: Hints) -> None:
        if not self._run(names, hints) and len(names) > 1:
            for name in names:
                self._run((name,), {name: hints[name]} if hints else {})

    def _run(self, connections: tuple[str, ...], hints: Hints) -> bool:
        """One run, told in one line; False when it failed as a whole, which may be the doing of one connection."""
        if self._stopping:
            return True
        log = self._log.bind(connections=list(connections))
        self._running = connections
        try:
            self._sync(connections, hints, log)
        except Interrupted as error:
            log.info(Event.RUN_INTERRUPTED, reason=str(error), **run_of(error))
        except OkrsyncError as error:
            log.error(Event.RUN_FAILED, exit_code=error.exit_code, **explained(error))
            if not isinstance(error, _SHARED_TROUBLE):
                return self._blamed(connections, log)
        except Exception as error:
            log.exception(Event.RUN_CRASHED, **run_of(error))
            return self._blamed(connections, log)
        return True

    def _sync(self, connections: tuple[str, ...], hints: Hints, log: Any) -> None:
        opened = self._files.as_before if hints else self._files.opened
        turn = Turn(self._clock, self._others_wait, lambda: bool(self._called))
        given = {"sleep": self._wait, "stopping": self._asked_to_stop, "others_wait": turn.over}
        with opened(**given, patience=lambda: Patience(HURRY, HURRY, self._clock), errands=self._errands) as app:
            self._read_as_asked(app)
            if not hints:
                self._heed(app)
                self._postman.go(app.desk())
            known = tuple(name for name in connections if name in self.clocks.every)
            if not known:
                return
            self._asked.update({name: hints.get(name, ()) for name in known if name not in self._errands.out})
            wait = HOLDER if hints else 0.0
            visiting = self._errands.out - self._errands.reading
            report = app.sync(RunRequest(connections=known, hints=hints, wait=wait))
        cut = {connection_of(write.change) for write in report.writes if write.deferred} if turn.gave_way else set()
        late = visiting - self._errands.out
        told = log.bind(hints=sum(map(len, hints.values()))) if hints else log
        finished(told, report, gave_way=turn.gave_way or bool(late))
        self._conclude(report, log)
        self._rest |= (cut | late) - {one.connection for one in report.connections if one.error or one.paused}

    def _read_as_asked(self, app: App) -> None:
        """What was asked under other files is not waited for, but asked again, as these say."""
        if (under := app.asked()) != self._under:
            self._rest |= self._errands.out - set(self._running)
            self._errands.drop()
            self._under = under
            self._errands.share(lock_of(app.settings.store))

    def _others_wait(self) -> bool:
        """Whether somebody else has something to do; where several run, a webhook for one of them counts, too."""
        return self._somebody_else_waits() or (len(self._running) > 1 and bool(self._called))

    def _somebody_else_waits(self) -> bool:
        """Whether anybody is due, was cut short or is called by a webhook who is not being read; or was read before.

        Files that changed wait for everybody.
        """
        if self._files_wait():
            return True
        self._called.update(self._rung())
        running, back = set(self._running), self._errands.back
        at_it = running & (self._errands.out - back)
        return bool({*self._called, *self.clocks.waiting(), *self._rest} - at_it or back - running)

    def _conclude(self, report: RunReport, log: Any) -> None:
        """Connections that failed wait longer; hints that were looked at are gone, and later ones are told again."""
        self._catch_up(report)
        for one in report.connections:
            if one.connection in report.unfinished:
                continue
            hints = self._asked.pop(one.connection, ())
            if one.error:
                self._blamed((one.connection,), log, one.retry_after)
                continue
            self.clocks.succeeded(one.connection)
            if one.paused:
                self.clocks.again(one.connection, one.paused)
            self._bell.answered(one.connection, hints)
            self._bell.again()

    def _catch_up(self, report: RunReport) -> None:
        """What moved after others had gone first is to be seen on their tickets, too."""
        told = {one.connection for one in report.connections}
        if report.movements:
            self._rest |= (self._meanwhile - told) & self.clocks.every.keys()
        self._meanwhile = self._meanwhile | told if self._errands.out else set()

    def _blamed(self, connections: tuple[str, ...], log: Any, retry_after: float = 0.0) -> bool:
        """Let a connection that failed wait; where several ran together nobody knows which it was. Always False."""
        for name in connections if len(connections) == 1 else ():
            seconds = self.clocks.failed(name, retry_after)
            log.info(Event.CONNECTION_WAITS, connection=name, seconds=round(seconds))
        return False

    def _nap(self, seconds: float) -> None:
        while seconds > 0 and not self._stopping:
            self._sleep(min(seconds, NAP))
            seconds -= NAP
            self._alive()

    def _wait(self, seconds: float) -> None:
        """Sleep for a connector, but not through a signal."""
        self._nap(seconds)
        if self._stopping:
            raise Interrupted("Stopped while waiting for the tracker.")

    def _while_reading(self) -> None:
        if self._asked_to_stop():
            raise Interrupted("Stopped while reading; it will be read again.")

    def _asked_to_stop(self) -> bool:
        """Asked between pages and between writes: where it is asked, the run goes on."""
        self._alive()
        return self._stopping
