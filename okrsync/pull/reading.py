"""Reading: pull the chosen connections, ask their queries, and tell which of them may be concluded from.

A connection that fails is kept with its error, and the others go on. A query that its tracker does not understand
holds back only the key results that ask it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

import msgspec

from okrsync import events
from okrsync.connector import Connector
from okrsync.errands import Errand
from okrsync.errors import ConnectionFailed, Rejected
from okrsync.events import Event, Log
from okrsync.house import House, Line, RunRequest
from okrsync.model.run import ScopePull, Warned
from okrsync.model.work import Scope
from okrsync.pull.puller import Puller
from okrsync.pull.queries import Asking, asking
from okrsync.store import Store
from okrsync.store.items import News
from okrsync.store.scopes import ConnectionState
from okrsync.visits import Visit

NOT_FINISHED = "reading it began and has not finished"
NOT_CONFIGURED = "not configured"

FEW = 50
"""Hinted items that are asked for one by one; of more, an ordinary pull brings most with a few pages."""

MOST = 500
"""Hinted items that a pull did not bring and that are then asked for; the next census finds what is beyond."""


@dataclass
class Reader:
    """Reads for one run. ``connectors`` are the clients made, ``errors`` the connections that failed at anything.

    ``broken`` is what ended an errand; the run that brings it in ends by it, and tells what it cost. ``late`` are
    visits that an earlier run left out: this one tells of them, and leaves their connections alone otherwise.
    ``afresh`` asks anew which repositories and projects there are, and whether they take writes.
    """

    house: House
    request: RunRequest
    log: Log
    afresh: bool = False
    connectors: dict[str, Connector] = field(default_factory=dict)
    pulls: dict[str, list[ScopePull]] = field(default_factory=dict)
    errors: dict[str, ConnectionFailed] = field(default_factory=dict)
    news: list[News] = field(default_factory=list)
    refused: list[Warned] = field(default_factory=list)
    left_out: list[Warned] = field(default_factory=list)
    broken: BaseException | None = None
    late: list[Visit] = field(default_factory=list)
    _begun: dict[str, datetime] = field(default_factory=dict)

    @property
    def out(self) -> frozenset[str]:
        """Connections with an errand out; they are left to it."""
        return self.house.errands.out if self.house.errands else frozenset()

    def read(self, names: Sequence[str]) -> None:
        """Read these, all that changed or what was hinted at; a failure is kept and the others go on."""
        if self.house.errands is None:
            for name in names:
                self._read_one(name)
            return
        tasks: dict[str, Callable[[Errand], Reader | Visit]]
        tasks = {name: partial(self._on_an_errand, name) for name in names}
        brought = self.house.errands.bring(tasks)
        for name, one in brought.items():
            if isinstance(one, Reader):
                self._take(name, one)
            else:
                self._take_over(one)
        for one in brought.values():
            if one.broken is not None:
                raise one.broken

    def _on_an_errand(self, name: str, errand: Errand) -> Reader:
        """What reading one connection brought, in a thread with its own way into the store."""
        with Store(self.house.store.url, turn=errand.writing) as store:
            house = replace(self.house, store=store, stopping=errand.dropped, errands=None)
            reader = Reader(house, self.request, self.log, self.afresh)
            try:
                reader.read([name])
            except BaseException as error:
                reader.broken = error
            return reader

    def _take(self, name: str, reader: Reader) -> None:
        self.house.lines[name] = reader.house.lines[name]
        self.connectors |= reader.connectors
        self.pulls |= reader.pulls
        self.errors |= reader.errors
        self.news += reader.news
        self.refused += reader.refused
        self.left_out += reader.left_out
        self._begun |= reader._begun

    def _take_over(self, visit: Visit) -> None:
        self.late.append(visit)
        for name, line in visit.lines.items():
            self.house.lines[name] = replace(self.house.lines[name], meter=line.meter)
        self.pulls |= visit.pulls
        visit.close()

    def _read_one(self, name: str) -> None:
        if name in self.request.hints and self._is_up_to_date(name):
            self._look_again(name)
        else:
            self._read(name)

    def _is_up_to_date(self, name: str) -> bool:
        """Whether a look at a few items is enough: all else was read completely, and the hints name items of it."""
        known = {scope.id for scope in self.house.store.scopes.known(name)}
        hints = self.request.hints[name]
        few = len(hints) <= FEW and all(hint.item and hint.scope in known for hint in hints)
        return few and bool(read_completely(self.house.store, {name: self.house.lines[name].reads}))

    def _look_again(self, name: str) -> None:
        house, line = self.house, self.house.lines[name]
        self.pulls[name] = []
        self._begun[name] = house.now()
        try:
            connector = self.connectors[name] = line.connect()
            puller = self._puller(line)
            scopes = self._readable_scopes(name, connector.scopes(house.store.scopes.known(name)))
            self._reread(puller, scopes, connector)
            self._select(name, connector)
            self.news += puller.news
        except ConnectionFailed as error:
            self.failed(name, error)

    def _reread(self, puller: Puller, scopes: Sequence[Scope], connector: Connector) -> None:
        """Look at the hinted items that no page has brought."""
        missed = [hint for hint in self.request.hints.get(puller.connection, ()) if hint.item not in puller.met]
        for scope in scopes:
            hints = [hint for hint in missed if hint.item and hint.scope == scope.id][:MOST]
            if hints:
                self.pulls[puller.connection].append(puller.reread(scope, hints, connector))

    def _read(self, name: str) -> None:
        house, line = self.house, self.house.lines[name]
        self.pulls[name] = []
        self._begun[name] = house.now()
        before = house.store.scopes.state(name).succeeded_at
        with house.store.transaction():
            house.store.scopes.set_state(name, ConnectionState(before, NOT_FINISHED))
        try:
            connector = self.connectors[name] = line.connect()
            self._pull(line, connector)
            self._select(name, connector)
            state = ConnectionState(succeeded_at=house.now())
            requests = line.meter.requests
            self.log.debug(Event.CONNECTION_READ, connection=name, requests=requests, seconds=self._seconds(name))
        except ConnectionFailed as error:
            self.failed(name, error)
            state = ConnectionState(before, str(error))
        with house.store.transaction():
            house.store.scopes.set_state(name, state)
            if state.complete:
                house.store.history.set_fingerprint(_reading(name), line.reads)

    def _pull(self, line: Line, connector: Connector) -> None:
        house, request = self.house, self.request
        known = house.store.scopes.known(line.name)
        anew = request.full or self.afresh or self._census_due(line.name)
        scopes = self._readable_scopes(line.name, connector.scopes(() if anew else known))
        if not request.full:
            scopes = _with_memory(scopes, known)
        with house.store.transaction():
            house.store.scopes.keep(line.name, scopes, house.now())
        puller = self._puller(line)
        began = house.now()
        for read in puller.pull(scopes, connector):
            self.pulls[line.name].append(read)
            events.scope_read(self.log, read, (house.now() - began).total_seconds())
            began = house.now()
        self._reread(puller, scopes, connector)
        self.news += puller.news

    def _readable_scopes(self, name: str, scopes: Sequence[Scope]) -> list[Scope]:
        """Without those that cannot be read at all, which are told."""
        hint = "Nothing in it counts; `okrsync check` says what to do."
        told = [Warned(name, f"{one.name} is left out: {one.left_out}.", hint) for one in scopes if one.left_out]
        self.left_out += told
        return [one for one in scopes if not one.left_out]

    def _puller(self, line: Line) -> Puller:
        house, request = self.house, self.request
        return Puller(
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
            looked_for=frozenset(hint.item for hint in request.hints.get(line.name, ())),
        )

    def _census_due(self, name: str) -> bool:
        """Then repositories and projects are resolved anew, too: one may be archived, or open again."""
        scopes, now, every = self.house.store.scopes, self.house.now(), self.house.census_every
        cursors = [scopes.cursor(name, scope.id) for scope in scopes.known(name)]
        return self.request.census or any(cursor.census_due(now, every) for cursor in cursors)

    def failed(self, connection: str, error: ConnectionFailed) -> None:
        """Note that nothing may be concluded from a connection; the others go on."""
        self.errors[connection] = error
        self.log.debug(
            Event.CONNECTION_FAILED,
            connection=connection,
            error=error.message,
            hint=error.hint,
            reason=type(error).__name__,
            seconds=self._seconds(connection),
        )

    def _seconds(self, connection: str) -> float:
        """Since the connection was asked for the first time in this run."""
        now = self.house.now()
        return round((now - self._begun.get(connection, now)).total_seconds(), 3)

    def _select(self, name: str, connector: Connector) -> None:
        """Ask the tracker which items each query of the OKR files matches."""
        scopes = self.house.store.scopes
        for query, links in asking(self.house.okrs, name).items():
            try:
                ids = connector.select(scopes.known(name), query)
            except Rejected as error:
                self._refuse(name, query, links, error)
                continue
            with self.house.store.transaction():
                if not scopes.answered(name, query):
                    for link in links:
                        self.house.store.dirt.mark_linked(link.key_result)
                changed = scopes.keep_membership(name, query, ids)
                self.house.store.dirt.mark(name, sorted(changed))

    def _refuse(self, name: str, query: str, links: Sequence[Asking], error: Rejected) -> None:
        """A query that the tracker does not understand holds back only the key results that ask it."""
        for link in links:
            told = link.refused(query, error, ", so the last value stays")
            self.refused.append(Warned(link.key_result, *told))
        with self.house.store.transaction():
            self.house.store.scopes.refuse_query(name, query)

    def readable(self) -> list[str]:
        """Connections of which all that is configured today was read, now or in an earlier run, and former ones."""
        scopes, history, lines = self.house.store.scopes, self.house.store.history, self.house.lines
        former = [name for name in scopes.connections() if name not in lines]
        with self.house.store.transaction():
            for name in former:
                scopes.keep(name, (), self.house.now())
                history.set_fingerprint(_reading(name), NOT_CONFIGURED)
        reading = self.house.errands.reading if self.house.errands else ()
        asked = {name: line.reads for name, line in lines.items() if name not in reading}
        return [*read_completely(self.house.store, asked), *former]

    def close(self) -> None:
        """Let go of every client that no errand needs."""
        for name in self.connectors.keys() - self.out:
            self.connectors[name].close()


def read_completely(store: Store, asked: Mapping[str, str]) -> list[str]:
    """Those connections of which all was read that is ``asked`` of them today (:attr:`okrsync.house.Line.reads`)."""
    read, states = store.history.fingerprints(), store.scopes.states()
    return [
        name
        for name, reads in asked.items()
        if name in states and states[name].complete and read.get(_reading(name), "") == reads
    ]


def _reading(connection: str) -> str:
    return f"reading of {connection}"


def _with_memory(scopes: Sequence[Scope], known: Sequence[Scope]) -> list[Scope]:
    """Scopes that were asked for anew, with what an incremental pull must not forget about them."""
    learned = {scope.id: scope.data for scope in known}
    return [msgspec.structs.replace(scope, data={**learned.get(scope.id, {}), **scope.data}) for scope in scopes]
