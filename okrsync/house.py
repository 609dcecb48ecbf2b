"""What a run is given: what was asked, the connections, and everything else from outside."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from okrsync import events
from okrsync.connector import Connector, Meter, WriteBack, WriteLimit
from okrsync.errands import Errands
from okrsync.errors import Busy, OkrsyncError, StoreError
from okrsync.events import Event, Log, Silence
from okrsync.interrupt import code_of
from okrsync.marker import Namespace
from okrsync.model.hint import Hint
from okrsync.model.okr import Okrs
from okrsync.model.run import ConnectionRun
from okrsync.model.verdict import Preset
from okrsync.progress import NoProgress, Progress
from okrsync.redact import mask
from okrsync.retry import PATIENCE
from okrsync.store import Store


@dataclass(frozen=True)
class RunRequest:
    """What is asked of one run. ``connections`` empty means all of them.

    ``wait`` is for how many seconds at most to wait for another run to end. ``hints`` tell, by connection, which few
    items to read again instead of asking for all that changed.
    """

    full: bool = False
    connections: tuple[str, ...] = ()
    write_back: bool = True
    force: bool = False
    census: bool = False
    wait: float = 0.0
    hints: Mapping[str, Sequence[Hint]] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One connection as the conductor needs it: how to make a client, and how it is written to.

    ``meter`` counts for all its clients together. ``reads`` changes with the options that say what is read.
    """

    name: str
    connect: Callable[[], Connector]
    meter: Meter
    namespace: Namespace
    write_back: WriteBack | None
    parallel: int = 1
    defines_labels: bool = False
    remote_link: bool = False
    reads: str = ""
    write_limits: Sequence[WriteLimit] = ()


@dataclass(frozen=True)
class House:
    """Everything a run needs from outside.

    ``patience`` is how many seconds a run waits for the pace of writes before it defers the rest. ``others_wait`` is
    asked between writes; where it says so, the rest is deferred, too. Where there are ``errands``, connections are read
    by them, and ``lines`` become those that did it.
    """

    store: Store
    okrs: Okrs
    lines: dict[str, Line]
    now: Callable[[], datetime]
    census_every: timedelta = timedelta(days=1)
    dashboard_url: str = ""
    preset: Preset = Preset.VIVA
    progress: Progress = field(default_factory=NoProgress)
    stopping: Callable[[], bool] = lambda: False
    pause: Callable[[float], None] = time.sleep
    patience: float = PATIENCE
    others_wait: Callable[[], bool] = lambda: False
    log: Log = field(default_factory=Silence)
    errands: Errands | None = None


@contextmanager
def begun(house: House, kind: str, wait: float) -> Iterator[int]:
    """A run in the journal, which has the store for itself. Whatever ends it is kept there too, unless the store is in
    trouble itself.

    Runs of before that have no end were killed: the lock was free.
    """

    def waiting(holder: str) -> None:
        house.log.info(Event.STORE_AWAITED, holder=holder, seconds=wait)
        house.progress.stage(f"waiting for {holder}")

    lock = house.errands.lock if house.errands else None
    with house.store.held(kind, house.now(), wait=wait, pause=house.pause, waiting=waiting, lock=lock):
        with house.store.transaction():
            house.store.journal.close_killed_runs()
            run_id = house.store.journal.begin_run(kind, house.now())
        try:
            yield run_id
        except BaseException as error:
            events.ended(error, run_id, kind)
            with suppress(StoreError, Busy), _unharmed(house.store, error) as store, store.transaction():
                _keep_failure(store, house, run_id, error)
                _keep_budgets(store, house)
            raise
        with suppress(StoreError, Busy), house.store.transaction():
            _keep_budgets(house.store, house)


def _unharmed(store: Store, error: BaseException) -> AbstractContextManager[Store]:
    """The store as it can be used after an error: one that was interrupted while it was read is in the middle of it."""
    return Store(store.url) if isinstance(error, KeyboardInterrupt) else nullcontext(store)


def _keep_failure(store: Store, house: House, run: int, error: BaseException) -> None:
    """How the run ended and what it cost until then.

    What an errand costs that is still out is told by the run that brings it in, unless there is none any more.
    """
    told, code = mask(f"{type(error).__name__}: {error}"), 1
    if isinstance(error, OkrsyncError):
        told, code = str(error), error.exit_code
    elif isinstance(error, KeyboardInterrupt):
        told, code = "It was interrupted.", code_of(error)
    later = house.errands.out if house.errands and not house.stopping() else frozenset()
    cost = tuple(one for one in map(spent, house.lines.values()) if one.requests and one.connection not in later)
    store.journal.fail_run(run, house.now(), code, told, cost)


def spent(line: Line) -> ConnectionRun:
    """What a connection has cost by now, and what is left of its tracker's limit."""
    meter = line.meter
    return ConnectionRun(
        connection=line.name,
        requests=meter.requests,
        writes=meter.writes,
        waited=meter.waited,
        remaining=meter.remaining,
        limit=None if meter.remaining is None else meter.limit,
        kept=meter.kept,
        silent=line.write_back is None,
    )


def _keep_budgets(store: Store, house: House) -> None:
    """What the trackers said last of their limits, for the next run."""
    for line in house.lines.values():
        store.budgets.keep(line.name, line.meter.budget)
