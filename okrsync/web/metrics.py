"""What Prometheus is told, from the totals in the store, so that it is the same whichever process is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector

from okrsync import __version__
from okrsync.model.change import connection_of
from okrsync.model.hint import Hint
from okrsync.practice.desk import Desk
from okrsync.practice.operations import Connection, operations
from okrsync.store.totals import ConnectionTotal, RunTotal

ENDS = {0: "ok", 4: "partial", 5: "unsafe"}
"""Exit code -> result of a run; others failed."""


def exposed(desk: Desk, waiting: Mapping[str, Sequence[Hint]], silence: Callable[[], float] | None) -> bytes:
    """Everything, in the text format."""
    with desk.store.reading():
        runs, costs = desk.store.totals.runs(), desk.store.totals.connections()
    found = [*_runs(runs), *_costs(costs), *_connections(desk, waiting), *_key_results(desk), _version()]
    if silence is not None:
        told = "Seconds since the loop of the daemon last gave a sign of life."
        found.append(_gauge("okrsync_loop_silence_seconds", told, (), [((), silence())]))
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collected(found))
    return generate_latest(registry)


def _runs(totals: Sequence[RunTotal]) -> Iterator[Metric]:
    ended, count, seconds = Counter[tuple[str, ...]](), Counter[str](), dict[str, float]()
    for one in totals:
        ended[one.kind, ENDS.get(one.exit_code, "failed")] += one.runs
        count[one.kind] += one.runs
        seconds[one.kind] = seconds.get(one.kind, 0.0) + one.seconds
    yield _counter("okrsync_runs", "Runs, by how they ended.", ("kind", "result"), ended)
    took = SummaryMetricFamily("okrsync_run_seconds", "How long runs took.", labels=("kind",))
    for kind, total in seconds.items():
        took.add_metric((kind,), count[kind], total)
    yield took


def _costs(totals: Sequence[ConnectionTotal]) -> Iterator[Metric]:
    ended = Counter[tuple[str, ...]]()
    for one in totals:
        ended.update({(one.connection, "ok"): one.runs - one.failed, (one.connection, "failed"): one.failed})
    told = "Runs that a connection took part in."
    yield _counter("okrsync_connection_runs", told, ("connection", "result"), +ended)
    for name, told, value in (
        ("okrsync_requests", "Requests sent to a tracker.", "requests"),
        ("okrsync_writes", "Requests that changed something in a tracker.", "writes"),
        ("okrsync_waited_seconds", "Time spent waiting for a tracker's limits.", "waited"),
    ):
        yield _counter(name, told, ("connection",), {(one.connection,): getattr(one, value) for one in totals})


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

    told = "1 when the last reading that has ended was complete."
    yield gauge("up", told, lambda one: float(not one.error and bool(one.succeeded)))
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
