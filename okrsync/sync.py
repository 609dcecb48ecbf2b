"""The conductor: the only file that walks through all rooms, from pull to apply."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from okrsync import events
from okrsync.apply import Applier, observe
from okrsync.assess import Assessor
from okrsync.connector import Connector, Meter, WriteBack, WriteLimit
from okrsync.errors import Busy, ConnectionFailed, OkrsyncError, Rejected, StoreError, UnsafePlan
from okrsync.events import Event, Log, Silence
from okrsync.marker import Namespace
from okrsync.model.change import Change, connection_of
from okrsync.model.okr import Okrs
from okrsync.model.run import ConnectionRun, Plan, RunReport, ScopePull, Warned, Write
from okrsync.model.ticket import Ticket
from okrsync.model.work import LabelDefinition, Scope
from okrsync.pace import Pace, memory
from okrsync.plan import Planner, Target, Wanted, clean_plan, make_plan, needs_a_look
from okrsync.progress import NoProgress, Progress
from okrsync.pull import Puller
from okrsync.store import Store
from okrsync.store.items import News
from okrsync.store.scopes import ConnectionState

NOT_FINISHED = "reading it began and has not finished"
NOT_CONFIGURED = "not configured"


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


def run(house: House, request: RunRequest, kind: str) -> RunReport:
    """One run: ``sync`` writes, ``clean`` takes all away, ``plan`` and ``plan clean`` stop before anything is written.

    Raises UnsafePlan, Busy, StoreError, Interrupted; a failing connection only makes the report partial.
    """
    with _begun(house, kind, request.wait) as run_id:
        return _Run(house, request, kind, run_id, house.log.bind(run=run_id, kind=kind)).go()


@contextmanager
def _begun(house: House, kind: str, wait: float) -> Iterator[int]:
    """A run in the journal, which has the store for itself; an error that ends it is kept there too, if it can be."""

    def waiting(holder: str) -> None:
        house.log.info(Event.STORE_AWAITED, holder=holder, seconds=wait)
        house.progress.stage(f"waiting for {holder}")

    with house.store.held(kind, house.now(), wait=wait, pause=house.pause, waiting=waiting):
        with house.store.transaction():
            run_id = house.store.journal.begin_run(kind, house.now())
        try:
            yield run_id
        except OkrsyncError as error:
            with suppress(StoreError, Busy), house.store.transaction():
                house.store.journal.fail_run(run_id, house.now(), error.exit_code, str(error))
            raise


@dataclass
class _Run:
    house: House
    request: RunRequest
    kind: str
    id: int
    log: Log
    stages: dict[str, float] = field(default_factory=dict)
    connectors: dict[str, Connector] = field(default_factory=dict)
    pulls: dict[str, list[ScopePull]] = field(default_factory=dict)
    errors: dict[str, ConnectionFailed] = field(default_factory=dict)
    news: list[News] = field(default_factory=list)
    paused: dict[str, float] = field(default_factory=dict)
    refused: list[Warned] = field(default_factory=list)

    def go(self) -> RunReport:
        started = self.house.now()
        self.log.debug(Event.RUN_STARTED, full=self.request.full, force=self.request.force)
        chosen = [name for name in self.house.lines if not self.request.connections or name in self.request.connections]
        try:
            with self._stage("read"):
                for name in chosen:
                    self._read(name)
            with self._stage("measure"):
                assessor = Assessor(self.house.store, self.house.okrs, self._readable(), self.house.now())
                movements = assessor.assess(self.news)
                events.measured(self.log, movements, assessor.stale)
            with self._stage("plan"):
                plan = self._plan()
                events.planned(self.log, plan)
            with self._stage("write"):
                writes = self._write(plan)
        finally:
            for connector in self.connectors.values():
                connector.close()
        connections = tuple(self._connection_run(name) for name in chosen)
        report = RunReport(
            id=self.id,
            kind=self.kind,
            started=started,
            finished=self.house.now(),
            connections=connections,
            plan=plan,
            writes=tuple(writes),
            movements=tuple(movements),
            dangling=self.house.store.links.dangling(),
            stale=tuple(assessor.stale),
            warnings=(*self.refused, *assessor.warnings),
            exit_code=4 if self.refused else _exit_code(connections, writes),
            stages=self.stages,
        )
        with self.house.store.transaction():
            self.house.store.journal.end_run(report)
        return report

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        began = self.house.now()
        yield
        self.stages[name] = round((self.house.now() - began).total_seconds(), 3)
        self.log.debug(Event.STAGE_DONE, stage=name, seconds=self.stages[name])

    @property
    def _cleaning(self) -> bool:
        return self.kind.endswith("clean")

    def _read(self, name: str) -> None:
        """Pull one connection; a failure is kept and the others go on."""
        house, line = self.house, self.house.lines[name]
        self.pulls[name] = []
        before = house.store.scopes.state(name).succeeded_at
        with house.store.transaction():
            house.store.scopes.set_state(name, ConnectionState(before, NOT_FINISHED))
        try:
            connector = self.connectors[name] = line.connect()
            self._pull(line, connector)
            self._select(name, connector)
            state = ConnectionState(succeeded_at=house.now())
            self.log.debug(Event.CONNECTION_READ, connection=name, requests=sum(one.requests for one in line.meters))
        except ConnectionFailed as error:
            self._failed(name, error)
            state = ConnectionState(before, str(error))
        with house.store.transaction():
            house.store.scopes.set_state(name, state)
            if state.complete:
                house.store.history.set_fingerprint(_reading(name), line.reads)

    def _pull(self, line: Line, connector: Connector) -> None:
        house, request = self.house, self.request
        known = house.store.scopes.known(line.name)
        scopes = connector.scopes(() if request.full or self._census_due(line.name) else known)
        if not request.full:
            scopes = _with_memory(scopes, known)
        with house.store.transaction():
            house.store.scopes.keep(line.name, scopes)
        puller = Puller(
            store=house.store,
            connection=line.name,
            namespace=line.namespace,
            connect=line.connect,
            now=house.now,
            progress=house.progress,
            parallel=line.parallel,
            full=request.full,
            census_every=timedelta(0) if request.census else house.census_every,
            force=request.force,
            stopping=house.stopping,
        )
        began = house.now()
        for read in puller.pull(scopes, connector):
            self.pulls[line.name].append(read)
            events.scope_read(self.log, read, (house.now() - began).total_seconds())
            began = house.now()
        self.news += puller.news

    def _census_due(self, name: str) -> bool:
        """Then repositories and projects are resolved anew, too: one may be archived, or open again."""
        scopes, every = self.house.store.scopes, self.house.census_every
        counted = [scopes.cursor(name, scope.id).census_at for scope in scopes.known(name)]
        return self.request.census or any(at is None or self.house.now() - at >= every for at in counted)

    def _failed(self, connection: str, error: ConnectionFailed) -> None:
        self.errors[connection] = error
        self.log.debug(
            Event.CONNECTION_FAILED,
            connection=connection,
            error=error.message,
            hint=error.hint,
            reason=type(error).__name__,
        )

    def _select(self, name: str, connector: Connector) -> None:
        """Ask the tracker which items each query of the OKR files matches."""
        scopes = self.house.store.scopes
        asking: dict[str, list[str]] = {}
        for placed in self.house.okrs.live():
            for link in placed.key_result.links:
                if link.connection == name and link.query:
                    asking.setdefault(link.query, []).append(placed.key_result.id)
        for query, key_results in asking.items():
            try:
                ids = connector.select(scopes.known(name), query)
            except Rejected as error:
                self._refuse(name, query, key_results, error)
                continue
            with self.house.store.transaction():
                if not scopes.answered(name, query):
                    for key_result in key_results:
                        self.house.store.items.mark_linked_dirty(key_result)
                changed = scopes.keep_membership(name, query, ids)
                self.house.store.items.mark_dirty(name, sorted(changed))

    def _refuse(self, name: str, query: str, key_results: Sequence[str], error: Rejected) -> None:
        """A query that the tracker does not understand holds back only the key results that ask it."""
        told = f"the query {query!r} was refused, so the last value stays: {error.message}"
        for key_result in key_results:
            self.refused.append(Warned(key_result, told, "Correct the query in the OKR files."))
        with self.house.store.transaction():
            self.house.store.scopes.refuse_query(name, query)

    def _readable(self) -> list[str]:
        """Connections of which all that is configured today was read, now or in an earlier run, and former ones."""
        scopes, history, lines = self.house.store.scopes, self.house.store.history, self.house.lines
        former = [name for name in scopes.connections() if name not in lines]
        with self.house.store.transaction():
            for name in former:
                scopes.keep(name, ())
                history.set_fingerprint(_reading(name), NOT_CONFIGURED)
        read = history.fingerprints()
        complete = [name for name in lines if scopes.state(name).complete]
        return [name for name in complete if read.get(_reading(name), "") == lines[name].reads] + former

    def _plan(self) -> Plan:
        house, writable = self.house, self._targets()
        if not writable:
            return Plan()
        samples, ever = house.store.history.latest_samples(), house.store.history.key_results()
        known = frozenset(key_result.casefold() for key_result in {*house.okrs.by_id(), *ever})
        planner = Planner(house.okrs.by_id(), samples, writable, known)
        clean = self._cleaning
        everything = clean and self.request.full
        self._look(planner, clean=clean, everything=everything)
        defined: dict[tuple[str, str], Sequence[LabelDefinition]] = {
            (name, scope.id): house.store.scopes.labels(name, scope.id)
            for name, target in writable.items()
            if target.defines_labels
            for scope in house.store.scopes.known(name)
        }
        with house.store.reading():
            make = clean_plan if clean else make_plan
            tickets = house.store.links.tickets(everything=everything)
            return make(tickets, planner, defined, self._cost)

    def _cost(self, change: Change) -> int:
        return self.connectors[connection_of(change)].cost(change)

    def _targets(self) -> dict[str, Target]:
        """The connections that may be written to in this run."""
        return {
            name: Target(
                namespace=line.namespace,
                write_back=line.write_back or WriteBack(),
                defines_labels=line.defines_labels,
                remote_link=line.remote_link,
                dashboard_url=self.house.dashboard_url,
                archived=frozenset(scope.id for scope in self.house.store.scopes.known(name) if scope.archived),
            )
            for name, line in self.house.lines.items()
            if name in self.connectors
            and name not in self.errors
            and (self._cleaning or (line.write_back is not None and self.request.write_back))
        }

    def _look(self, planner: Planner, *, clean: bool, everything: bool) -> None:
        """Look at the tickets whose note nobody knows, before anything is planned for them."""
        store = self.house.store
        refs: dict[str, list[Ticket]] = {}
        with store.reading():
            for ticket in store.links.tickets(everything=everything):
                target = planner.targets.get(ticket.item.connection)
                if target is None:
                    continue
                wanted = Wanted() if clean else planner.wanted(ticket)
                if needs_a_look(ticket, wanted, planner, afresh=self.request.full):
                    refs.setdefault(ticket.item.connection, []).append(ticket)
        for name, tickets in refs.items():
            try:
                observe(store, self.connectors[name], [ticket.item.ref for ticket in tickets])
                self.log.debug(Event.TICKETS_OBSERVED, connection=name, count=len(tickets))
            except ConnectionFailed as error:
                self._failed(name, error)
                planner.targets.pop(name)

    def _write(self, plan: Plan) -> list[Write]:
        if self.kind.startswith("plan"):
            return []
        if plan.unsafe and not self.request.force:
            raise UnsafePlan(
                f"The plan removes {plan.removals} of {plan.owned} labels and notes.",
                hint="`okrsync plan` shows them; if that is what you want, run again with --force. "
                "Nothing was written.",
            )
        applier = Applier(
            store=self.house.store,
            connectors=self.connectors,
            namespaces={name: line.namespace for name, line in self.house.lines.items()},
            run=self.id,
            now=self.house.now,
            progress=self.house.progress,
            stopping=self.house.stopping,
            paces={name: self._pace(line) for name, line in self.house.lines.items() if line.write_limits},
            pause=self.house.pause,
        )
        writes, began = [], self.house.now()
        for write in applier.apply(plan.changes):
            writes.append(write)
            if write.receipt is not None or write.error:
                events.written(self.log, write, (self.house.now() - began).total_seconds())
            began = self.house.now()
        events.deferred(self.log, writes)
        for name, error in applier.failed.items():
            self._failed(name, error)
        self.paused = applier.paused
        return writes

    def _pace(self, line: Line) -> Pace:
        since = self.house.now() - memory(line.write_limits)
        return Pace(line.write_limits, self.house.store.journal.written_since(line.name, since))

    def _connection_run(self, name: str) -> ConnectionRun:
        meters, error = self.house.lines[name].meters, self.errors.get(name)
        told = [meter for meter in meters if meter.remaining is not None]
        return ConnectionRun(
            connection=name,
            requests=sum(meter.requests for meter in meters),
            writes=sum(meter.writes for meter in meters),
            waited=sum(meter.waited for meter in meters),
            remaining=told[-1].remaining if told else None,
            limit=told[-1].limit if told else None,
            error=error.message if error else "",
            hint=error.hint if error else "",
            paused=self.paused.get(name, 0.0),
            scopes=tuple(self.pulls.get(name, ())),
        )


def _reading(connection: str) -> str:
    return f"reading of {connection}"


def _with_memory(scopes: Sequence[Scope], known: Sequence[Scope]) -> list[Scope]:
    """Scopes that were asked for anew, with what an incremental pull must not forget about them."""
    learned = {scope.id: scope.data for scope in known}
    return [msgspec.structs.replace(scope, data={**learned.get(scope.id, {}), **scope.data}) for scope in scopes]


def _exit_code(connections: Sequence[ConnectionRun], writes: Sequence[Write]) -> int:
    """4 when anything is missing: a connection, an item, a write."""
    incomplete = any(one.error or any(scope.quarantined for scope in one.scopes) for one in connections)
    return 4 if incomplete or any(write.error or write.receipt is None for write in writes) else 0
