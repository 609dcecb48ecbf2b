"""The conductor: the only file that walks through all rooms, from pull to apply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import msgspec

from okrsync import events
from okrsync.assess import Assessor
from okrsync.connector import WriteBack
from okrsync.errors import ConnectionFailed, UnsafePlan
from okrsync.events import Event, Log
from okrsync.house import House, RunRequest, begun, spent
from okrsync.method.pace import paces
from okrsync.model.change import Change, Done, connection_of
from okrsync.model.run import ConnectionRun, Movement, Plan, RunReport, Warned, Write
from okrsync.model.verdict import Verdict
from okrsync.model.work import LabelDefinition, Ref
from okrsync.plan import Planner, Target, Wanted, clean_plan, make_plan, needs_a_look
from okrsync.pull import Reader
from okrsync.views import standings
from okrsync.visits import Visit, Visits, in_order


def run(house: House, request: RunRequest, kind: str) -> RunReport:
    """One run: ``sync`` writes, ``clean`` takes all away, ``plan`` and ``plan clean`` stop before anything is written.

    Raises UnsafePlan, Busy, StoreError, Interrupted; a failing connection only makes the report partial.
    """
    with begun(house, kind, request.wait) as run_id:
        log = house.log.bind(run=run_id, kind=kind)
        return _Run(house, request, kind, run_id, log, Reader(house, request, log, afresh=kind.endswith("clean"))).go()


@dataclass
class _Run:
    house: House
    request: RunRequest
    kind: str
    id: int
    log: Log
    reader: Reader
    stages: dict[str, float] = field(default_factory=dict)
    paused: dict[str, float] = field(default_factory=dict)
    missing: list[Warned] = field(default_factory=list)
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)

    def go(self) -> RunReport:
        started = self.house.now()
        self.log.debug(Event.RUN_STARTED, full=self.request.full, force=self.request.force)
        chosen = [name for name in self.house.lines if not self.request.connections or name in self.request.connections]
        try:
            with self._stage("read"):
                self.reader.read(chosen)
                self._take(self.reader.late)
            with self._stage("measure"):
                assessor = Assessor(self.house.store, self.house.okrs, self.reader.readable(), self.house.now())
                movements = self._judged(assessor.assess(self.reader.news))
                events.measured(self.log, movements, assessor.stale)
            with self._stage("plan"):
                plan = self._plan()
                events.planned(self.log, plan)
            with self._stage("write"):
                writes = [write for visit in self.reader.late for write in visit.writes] + self._write(plan)
        finally:
            self.reader.close()
        unfinished = tuple(name for name in chosen if name in self.reader.out)
        told = [name for name in chosen if name not in unfinished or self.house.stopping()]
        connections = tuple(self._connection_run(name) for name in told)
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
            warnings=(*self.reader.refused, *self.reader.left_out, *self.missing, *assessor.warnings),
            exit_code=self._exit_code(connections, plan, writes),
            stages=self.stages,
            unfinished=unfinished,
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

    def _judged(self, movements: Sequence[Movement]) -> list[Movement]:
        """The movements with the verdict on what they led to; how everything stands is known from here on."""
        house = self.house
        with house.store.reading():
            self.verdicts = standings(house.store, house.okrs, house.now(), house.preset).verdicts
        return [msgspec.structs.replace(one, verdict=self.verdicts.get(one.key_result)) for one in movements]

    @property
    def _cleaning(self) -> bool:
        return self.kind.endswith("clean")

    def _plan(self) -> Plan:
        house, writable = self.house, self._targets()
        if not writable:
            return Plan()
        samples, ever = house.store.history.latest_samples(), house.store.history.key_results()
        known = frozenset(key_result.casefold() for key_result in {*house.okrs.by_id(), *ever})
        placed = house.okrs.by_id()
        said = {name: paces(placed[name], verdict) for name, verdict in self.verdicts.items() if name in placed}
        planner = Planner(placed, samples, writable, known, house.okrs.over(), said, house.okrs.private())
        clean = self._cleaning
        everything = clean and self.request.full
        planner = self._looked(planner, clean=clean, everything=everything)
        defined: dict[tuple[str, str], Sequence[LabelDefinition]] = {
            (name, scope.id): house.store.scopes.labels(name, scope.id)
            for name, target in planner.targets.items()
            if target.defines_labels
            for scope in house.store.scopes.known(name)
        }
        with house.store.reading():
            make = clean_plan if clean else make_plan
            tickets = house.store.links.tickets(everything=everything)
            return make(tickets, planner, defined, self._cost)

    def _cost(self, change: Change) -> int:
        """Nothing for a connection that fails at telling it: none of its changes is made in this run."""
        connection = connection_of(change)
        if connection in self.reader.errors:
            return 0
        try:
            return self.reader.connectors[connection].cost(change)
        except ConnectionFailed as error:
            self.reader.failed(connection, error)
            return 0

    def _exit_code(self, connections: Sequence[ConnectionRun], plan: Plan, writes: Sequence[Write]) -> int:
        """4 when anything is missing: a connection, an item, a query's answer, a write; of a clean also what stays."""
        incomplete = any(one.error or any(scope.quarantined for scope in one.scopes) for one in connections)
        unwritten = any(write.error or write.receipt is None for write in writes)
        skipped = any(write.receipt is not None and write.receipt.done is Done.SKIPPED for write in writes)
        remains = self._cleaning and (skipped or bool(plan.left_alone))
        return 4 if incomplete or self.reader.refused or unwritten or remains else 0

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
            if name in self.reader.connectors
            and name not in self.reader.errors
            and (self._cleaning or (line.write_back is not None and self.request.write_back))
        }

    def _looked(self, planner: Planner, *, clean: bool, everything: bool) -> Planner:
        """Look at the tickets whose note nobody knows, before anything is planned for them.

        Returns the planner for the connections that could be looked at. A full run trusts nothing remembered, also of
        tickets that it cannot write to and does not look at.
        """
        store = self.house.store
        refs: dict[str, list[Ref]] = {}
        if self.request.full:
            with store.transaction():
                for name in planner.targets:
                    store.showings.doubt(name)
        with store.reading():
            for ticket in store.links.tickets(everything=everything):
                target = planner.targets.get(ticket.item.connection)
                if target is None:
                    continue
                wanted = Wanted() if clean else planner.wanted(ticket)
                if needs_a_look(ticket, wanted, planner, afresh=self.request.full):
                    refs.setdefault(ticket.item.connection, []).append(ticket.item.ref)
        self._take(self._visits.look(refs))
        unseen = {*self.reader.errors, *self.reader.out}
        seen = {name: target for name, target in planner.targets.items() if name not in unseen}
        return msgspec.structs.replace(planner, targets=seen)

    @property
    def _visits(self) -> Visits:
        return Visits(self.house, self.id, self.log, self.reader.connectors, self.reader.pulls)

    def _take(self, visits: Sequence[Visit]) -> None:
        for visit in visits:
            for name, error in visit.errors.items():
                self.reader.failed(name, error)
            self.paused |= visit.paused
            self.missing += visit.missing

    def _write(self, plan: Plan) -> list[Write]:
        if self.kind.startswith("plan"):
            return []
        if plan.unsafe and not self.request.force:
            raise UnsafePlan(
                f"The plan removes {plan.removals} of {plan.owned} labels and notes.",
                hint="`okrsync plan` shows them; if that is what you want, run again with --force. "
                "Nothing was written.",
            )
        visits = self._visits.write(plan.changes, self.reader.errors)
        self._take(visits)
        writes = in_order(plan.changes, visits)
        events.deferred(self.log, writes)
        return writes

    def _connection_run(self, name: str) -> ConnectionRun:
        error = self.reader.errors.get(name)
        return msgspec.structs.replace(
            spent(self.house.lines[name]),
            error=error.message if error else "",
            hint=error.hint if error else "",
            paused=self.paused.get(name, 0.0),
            retry_after=error.retry_after if error else 0.0,
            scopes=tuple(self.reader.pulls.get(name, ())),
        )
