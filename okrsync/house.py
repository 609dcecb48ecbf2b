"""What a run is given: what was asked, the connections, and everything else from outside."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from okrsync.connector import Connector, Meter, WriteBack, WriteLimit
from okrsync.events import Log, Silence
from okrsync.marker import Namespace
from okrsync.model.okr import Okrs
from okrsync.progress import NoProgress, Progress
from okrsync.store import Store


@dataclass(frozen=True)
class RunRequest:
    """What is asked of one run. ``connections`` empty means all of them.

    ``wait`` is for how many seconds at most to wait for another run to end.
    """

    full: bool = False
    connections: tuple[str, ...] = ()
    write_back: bool = True
    force: bool = False
    census: bool = False
    wait: float = 0.0


@dataclass(frozen=True)
class Line:
    """One connection as the conductor needs it: how to make a client, and how it is written to.

    ``reads`` changes with the options that say what is read.
    """

    name: str
    connect: Callable[[], Connector]
    meters: Sequence[Meter]
    namespace: Namespace
    write_back: WriteBack | None
    parallel: int = 1
    defines_labels: bool = False
    remote_link: bool = False
    reads: str = ""
    write_limits: Sequence[WriteLimit] = ()


@dataclass(frozen=True)
class House:
    """Everything a run needs from outside."""

    store: Store
    okrs: Okrs
    lines: Mapping[str, Line]
    now: Callable[[], datetime]
    census_every: timedelta = timedelta(days=1)
    dashboard_url: str = ""
    progress: Progress = field(default_factory=NoProgress)
    stopping: Callable[[], bool] = lambda: False
    pause: Callable[[float], None] = time.sleep
    log: Log = field(default_factory=Silence)
