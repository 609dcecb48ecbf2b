"""What Prometheus is told, counted from the journal, so that it is the same whichever process is asked."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector

from okrsync import __version__
from okrsync.model.change import connection_of
from okrsync.model.hint import Hint
from okrsync.model.run import RunTally
from okrsync.practice.desk import Desk
from okrsync.practice.operations import Connection, operations

ENDS = {0: "ok", 4: "partial", 5: "unsafe"}
"""Exit code -> result of a run; others failed."""


@dataclass
class Metrics:
    """Counts each run of the journal once, however often it is asked; used by any number of threads."""

    _last: int = 0
    _runs: Counter[tuple[str, ...]] = field(default_factory=Counter)
    _seconds: Counter[str] = field(default_factory=Counter)
    _read: Counter[tuple[str, ...]] = field(default_factory=Counter)
    _requests: Counter[str] = field(default_factory=Counter)
    _writes: Counter[str] = field(default_factory=Counter)
    _waited: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def text(self, desk: Desk, waiting: Mapping[str, Sequence[Hint]], silence: Callable[[], float] | None) -> bytes:
        """Everything, in the text format."""
        with self._lock:
            with desk.store.reading():
                for tally in desk.store.journal.tallies(self._last):
                    self._count(tally)
            found = [*self._counters(), *_connections(desk, waiting), *_key_results(desk), _version()]
        if silence is not None:
            told = "Seconds since the loop of the daemon last gave a sign of life."
            found.append(_gauge("okrsync_loop_silence_seconds", told, (), [((), silence())]))
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Collected(found))
        return generate_latest(registry)

    def _count(self, tally: RunTally) -> None:
        self._last = tally.id
        self._runs[tally.kind, ENDS.get(tally.exit_code, "failed")] += 1
        self._seconds[tally.kind] += tally.seconds  # type: ignore[assignment]
        for one in tally.connections:
            self._read[one.connection, "failed" if one.error else "ok"] += 1
            self._requests[one.connection] += one.requests
            self._writes[one.connection] += one.writes
            self._waited[one.connection] += one.waited  # type: ignore[assignment]

    def _counters(self) -> Iterator[Metric]:
        yield _counter("okrsync_runs", "Runs, by how they ended.", ("kind", "result"), self._runs)
        seconds = SummaryMetricFamily("okrsync_run_seconds", "How long runs took.", labels=("kind",))
        for kind, total in self._seconds.items():
            count = sum(number for key, number in self._runs.items() if key[0] == kind)
            seconds.add_metric((kind,), count, total)
        yield seconds
        yield _counter(
            "okrsync_connection_runs", "Runs that a connection took part in.", ("connection", "result"), self._read
        )
        for name, told, counted in (
            ("okrsync_requests", "Requests sent to a tracker.", self._requests),
            ("okrsync_writes", "Requests that changed something in a tracker.", self._writes),
            ("okrsync_waited_seconds", "Time spent waiting for a tracker's limits.", self._waited),
        ):
            yield _counter(name, told, ("connection",), {(key,): value for key, value in counted.items()})


@dataclass(frozen=True, eq=False)
class _Collected(Collector):
    found: Sequence[Metric]

    def collect(self) -> Iterator[Metric]:
        yield from self.found


def _connections(desk: Desk, waiting: Mapping[str, Sequence[Hint]]) -> Iterator[Metric]:
    found = operations(desk, waiting)
    deferred = Counter(connection_of(write.change) for write in found.deferred)

    def gauge(name: str, told: str, value: Callable[[Connection], float | None]) -> Metric:
        values = [((one.name,), value(one)) for one in found.connections]
        return _gauge(f"okrsync_{name}", told, ("connection",), values)

    yield gauge("up", "1 when the last reading was complete.", lambda one: float(not one.error and bool(one.succeeded)))
    yield gauge("data_age_seconds", "Time since the last complete reading.", lambda one: one.age)
    every = desk.settings.every
    yield gauge("interval_seconds", "Time between two readings.", lambda one: every(one.name).total_seconds())
    yield gauge("requests_remaining", "What the tracker's limit leaves, by its last word.", lambda one: one.remaining)
    yield gauge("requests_limit", "The tracker's limit.", lambda one: one.limit)
    yield gauge("deferred_writes", "Changes left for the next run.", lambda one: deferred[one.name])
    yield gauge("hints_waiting", "Tickets that webhooks announced and no run has looked at.", lambda one: one.hints)


def _key_results(desk: Desk) -> Iterator[Metric]:
    """Private objectives are nobody's business here: a collector keeps what it is told and shows it to others."""
    with desk.store.reading():
        samples = desk.store.history.latest_samples()
    values = [
        ((placed.key_result.id, placed.objective.id, placed.cycle.id), samples[placed.key_result.id].progress)
        for placed in desk.okrs.live()
        if placed.objective.visibility == "all" and placed.key_result.id in samples
    ]
    told = "Progress from 0 to 1."
    yield _gauge("okrsync_key_result_progress", told, ("key_result", "objective", "cycle"), values)


def _version() -> Metric:
    return _gauge("okrsync_info", "The version that answers.", ("version",), [((__version__,), 1.0)])


def _gauge(name: str, told: str, labels: Sequence[str], values: Sequence[tuple[Sequence[str], float | None]]) -> Metric:
    """What nobody knows is left out."""
    made = GaugeMetricFamily(name, told, labels=labels)
    for of, value in values:
        if value is not None:
            made.add_metric(of, value)
    return made


def _counter(name: str, told: str, labels: Sequence[str], values: Mapping[tuple[str, ...], float]) -> Metric:
    made = CounterMetricFamily(name, told, labels=labels)
    for of, value in values.items():
        made.add_metric(of, value)
    return made
