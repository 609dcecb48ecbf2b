"""Visits: what a run does at tickets, looking at them and writing to them.

In the daemon each connection's are paid by an errand, with a way of its own into the store, which may outlast the run:
then a later one takes over what it left.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from okrsync import events
from okrsync.apply import Applier, Pace, memory, observe
from okrsync.connector import Connector
from okrsync.errands import Doing, Errand
from okrsync.errors import ConnectionFailed
from okrsync.events import Event, Log
from okrsync.house import House, Line
from okrsync.model.change import Change, connection_of
from okrsync.model.run import ScopePull, Warned, Write
from okrsync.model.work import Ref
from okrsync.store import Store

Task = Callable[[Store, "Visit"], None]


@dataclass
class Visit:
    """What came of being at the tickets of some connections. ``broken`` is what ended it; ``errand`` pays it, if any.

    ``pulls`` tell how they were read before, and ``paused`` is as in an ``Applier``.
    """

    lines: dict[str, Line]
    connectors: dict[str, Connector]
    pulls: dict[str, list[ScopePull]]
    errand: Errand | None = None
    writes: list[Write] = field(default_factory=list)
    errors: dict[str, ConnectionFailed] = field(default_factory=dict)
    paused: dict[str, float] = field(default_factory=dict)
    missing: list[Warned] = field(default_factory=list)
    broken: BaseException | None = None

    def sign(self) -> None:
        """It gets on."""
        if self.errand is not None:
            self.errand.sign()

    def close(self) -> None:
        """Let go of its clients."""
        for connector in self.connectors.values():
            connector.close()


@dataclass(frozen=True)
class Visits:
    """Those of one run. ``connectors`` are its clients, ``pulls`` how their connections were read."""

    house: House
    run: int
    log: Log
    connectors: Mapping[str, Connector]
    pulls: Mapping[str, list[ScopePull]]

    def look(self, refs: Mapping[str, Sequence[Ref]]) -> list[Visit]:
        """Look at these tickets of each connection, and remember what they show. Visits that take long are not back."""
        parts = {name: partial(self._look, {name: of}) for name, of in refs.items()}
        return self._paid(parts, Doing.LOOKS) if self.house.errands else [self._at_once(partial(self._look, refs))]

    def write(self, changes: Sequence[Change], failed: Mapping[str, ConnectionFailed]) -> list[Visit]:
        """Make these changes in their order, side by side on several errands. Visits that take long are not back."""
        if self.house.errands is None:
            return [self._at_once(partial(self._write, changes, failed))]
        parts: dict[str, list[Change]] = {}
        for change in changes:
            parts.setdefault(connection_of(change), []).append(change)
        tasks = {name: partial(self._write, part, failed) for name, part in parts.items()}
        return self._paid(tasks, Doing.WRITES, self._called_back)

    def _called_back(self) -> bool:
        return self.house.stopping() or self.house.others_wait()

    def _at_once(self, task: Task) -> Visit:
        visit = Visit(self.house.lines, dict(self.connectors), dict(self.pulls))
        task(self.house.store, visit)
        return visit

    def _paid(self, tasks: Mapping[str, Task], doing: Doing, give_way: Callable[[], bool] | None = None) -> list[Visit]:
        assert self.house.errands is not None
        sent = {name: partial(self._on_an_errand, name, task) for name, task in tasks.items()}
        visits = list(self.house.errands.bring(sent, doing, give_way).values())
        for visit in visits:
            if visit.broken is not None:
                raise visit.broken
        return visits

    def _on_an_errand(self, name: str, task: Task, errand: Errand) -> Visit:
        lines, connectors = {name: self.house.lines[name]}, {name: self.connectors[name]}
        visit = Visit(lines, connectors, {name: self.pulls.get(name, [])}, errand)
        try:
            with Store(self.house.store.url, turn=errand.writing) as store:
                task(store, visit)
        except BaseException as error:
            visit.broken = error
        return visit

    def _look(self, refs: Mapping[str, Sequence[Ref]], store: Store, visit: Visit) -> None:
        for name, of in refs.items():
            try:
                observe(store, visit.connectors[name], of)
                self.log.debug(Event.TICKETS_OBSERVED, connection=name, count=len(of))
            except ConnectionFailed as error:
                visit.errors[name] = error

    def _write(
        self, changes: Sequence[Change], failed: Mapping[str, ConnectionFailed], store: Store, visit: Visit
    ) -> None:
        if changes:
            store.survive_power_cuts()
        applier, began = self._applier(failed, store, visit), self.house.now()
        for write in applier.apply(changes):
            visit.writes.append(write)
            visit.sign()
            if write.receipt is not None or write.error:
                events.written(self.log, write, (self.house.now() - began).total_seconds())
            began = self.house.now()
        visit.errors |= {name: error for name, error in applier.failed.items() if name not in failed}
        visit.paused = applier.paused
        visit.missing = list(applier.refusals.missing(store.scopes.names()))

    def _applier(self, failed: Mapping[str, ConnectionFailed], store: Store, visit: Visit) -> Applier:
        house, errand = self.house, visit.errand
        return Applier(
            store=store,
            connectors=visit.connectors,
            namespaces={name: line.namespace for name, line in house.lines.items()},
            run=self.run,
            now=house.now,
            progress=house.progress,
            stopping=errand.dropped if errand else house.stopping,
            paces={name: self._pace(line, store) for name, line in visit.lines.items() if line.write_limits},
            pause=house.pause,
            failed=dict(failed),
            patience=house.patience,
            others_wait=(lambda: errand.called_back) if errand else house.others_wait,
        )

    def _pace(self, line: Line, store: Store) -> Pace:
        since = self.house.now() - memory(line.write_limits)
        return Pace(line.write_limits, store.journal.written_since(line.name, since))


def in_order(changes: Sequence[Change], visits: Sequence[Visit]) -> list[Write]:
    """What became of these changes, in their order, without those of visits that are not back."""
    made: dict[str, deque[Write]] = {}
    for visit in visits:
        for write in visit.writes:
            made.setdefault(connection_of(write.change), deque()).append(write)
    return [made[name].popleft() for change in changes if (name := connection_of(change)) in made]
