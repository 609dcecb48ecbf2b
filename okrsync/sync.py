"""The conductor: the only file that walks through all rooms, from pull to apply."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from okrsync.apply import Applier, observe
from okrsync.assess import Assessor
from okrsync.connector import Connector, Meter, WriteBack
from okrsync.errors import ConnectionFailed, OkrsyncError, UnsafePlan
from okrsync.marker import Namespace
from okrsync.model.change import Change, connection_of
from okrsync.model.okr import Okrs
from okrsync.model.run import ConnectionRun, Plan, RunReport, ScopePull, Write
from okrsync.model.ticket import Ticket
from okrsync.model.work import LabelDefinition
from okrsync.plan import Planner, Target, Wanted, clean_plan, make_plan, needs_a_look
from okrsync.progress import NoProgress, Progress
from okrsync.pull import Puller
from okrsync.store import Store
from okrsync.store.items import News
from okrsync.store.scopes import ConnectionState

NOT_FINISHED = "reading it began and has not finished"


@dataclass(frozen=True)
class RunRequest:
    """What is asked of one run. ``connections`` empty means all of them."""

    full: bool = False
    connections: tuple[str, ...] = ()
    write_back: bool = True
    force: bool = False
    census: bool = False


@dataclass(frozen=True)
class Line:
    """One connection as the conductor needs it: how to make a client, and how it is written to."""

    name: str
    connect: Callable[[], Connector]
    meters: Sequence[Meter]
    namespace: Namespace
    write_back: WriteBack | None
    parallel: int = 1
    defines_labels: bool = False
    remote_link: bool = False


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


def run(house: House, request: RunRequest, kind: str) -> RunReport:
    """One run: ``sync`` writes, ``clean`` takes all away, ``plan`` and ``plan clean`` stop before anything is written.

    Raises UnsafePlan, Busy, StoreError, Interrupted; a failing connection only makes the report partial.
    """
    with _begun(house, kind) as run_id:
        return _Run(house, request, kind, run_id).go()


@contextmanager
def _begun(house: House, kind: str) -> Iterator[int]:
    """A run in the journal, which has the store for itself; an error that ends it is kept there too."""
    with house.store.held(kind, house.now()):
        with house.store.transaction():
            run_id = house.store.journal.begin_run(kind, house.now())
        try:
            yield run_id
        except OkrsyncError as error:
            with house.store.transaction():
                house.store.journal.fail_run(run_id, house.now(), error.exit_code, str(error))
            raise


@dataclass
class _Run:
    house: House
    request: RunRequest
    kind: str
    id: int
    connectors: dict[str, Connector] = field(default_factory=dict)
    pulls: dict[str, list[ScopePull]] = field(default_factory=dict)
    errors: dict[str, ConnectionFailed] = field(default_factory=dict)
    news: list[News] = field(default_factory=list)

    def go(self) -> RunReport:
        started = self.house.now()
        chosen = [name for name in self.house.lines if not self.request.connections or name in self.request.connections]
        try:
            for name in chosen:
                self._read(name)
            assessor = Assessor(self.house.store, self.house.okrs, self._readable(), self.house.now())
            movements = assessor.assess(self.news)
            plan = self._plan()
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
            exit_code=_exit_code(connections, writes),
        )
        with self.house.store.transaction():
            self.house.store.journal.end_run(report)
        return report

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
        except ConnectionFailed as error:
            self.errors[name] = error
            state = ConnectionState(before, str(error))
        with house.store.transaction():
            house.store.scopes.set_state(name, state)

    def _pull(self, line: Line, connector: Connector) -> None:
        house, request = self.house, self.request
        known = () if request.full else house.store.scopes.known(line.name)
        scopes = connector.scopes(known)
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
        self.pulls[line.name].extend(puller.pull(scopes, connector))
        self.news += puller.news

    def _select(self, name: str, connector: Connector) -> None:
        """Ask the tracker which items each query of the OKR files matches."""
        scopes = self.house.store.scopes
        links = [link for placed in self.house.okrs.live() for link in placed.key_result.links]
        for query in dict.fromkeys(link.query for link in links if link.connection == name and link.query):
            ids = connector.select(scopes.known(name), query)
            with self.house.store.transaction():
                changed = scopes.keep_membership(name, query, ids)
                self.house.store.items.mark_dirty(name, sorted(changed))

    def _readable(self) -> list[str]:
        """Connections whose last read was complete, now or in an earlier run, and those configured no more."""
        scopes = self.house.store.scopes
        former = [name for name in scopes.connections() if name not in self.house.lines]
        with self.house.store.transaction():
            for name in former:
                scopes.keep(name, ())
        return [name for name in self.house.lines if scopes.state(name).complete] + former

    def _plan(self) -> Plan:
        house, writable = self.house, self._targets()
        if not writable:
            return Plan()
        planner = Planner(house.okrs.by_id(), house.store.history.latest_samples(), writable)
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
                if needs_a_look(ticket, wanted, target.namespace, afresh=self.request.full):
                    refs.setdefault(ticket.item.connection, []).append(ticket)
        for name, tickets in refs.items():
            try:
                observe(store, self.connectors[name], [ticket.item.ref for ticket in tickets])
            except ConnectionFailed as error:
                self.errors[name] = error
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
        )
        writes = list(applier.apply(plan.changes))
        self.errors |= applier.failed
        return writes

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
            scopes=tuple(self.pulls.get(name, ())),
        )


def _exit_code(connections: Sequence[ConnectionRun], writes: Sequence[Write]) -> int:
    """4 when anything is missing: a connection, an item, a write."""
    incomplete = any(one.error or any(scope.quarantined for scope in one.scopes) for one in connections)
    return 4 if incomplete or any(write.error or write.receipt is None for write in writes) else 0
