"""Backfill: read from the trackers what linked items were before okrsync was installed, and rebuild the days of then.

Histories are fetched in threads of their own and stored here as they come, batch by batch, so that waiting for a
tracker and keeping what it told happen at the same time. Killed at any instant, the next run goes on where it was: what
was read is noted in the same transaction that keeps it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby

from okrsync import events
from okrsync.connector import Connector
from okrsync.errors import ConfigError, ConnectionFailed, Interrupted
from okrsync.events import Event
from okrsync.house import House, Line, begun
from okrsync.model.backfill import BackfillReport, Due, Estimate, HistoriesRead, Rebuilt, Told
from okrsync.model.life import ItemHistory, Life
from okrsync.model.okr import Placed
from okrsync.model.run import ConnectionRun, Plan, RunReport
from okrsync.model.work import Scope
from okrsync.practice.rebuild import rebuild
from okrsync.store.journal import BACKFILL
from okrsync.threads import gathered

BATCH = 200
"""Histories stored at a time: what a killed run may have to ask for again."""

AT_ONCE = 100
"""Key results whose items are held in memory at a time."""


def estimate(house: House, connections: Sequence[str] = ()) -> tuple[Estimate, ...]:
    """What each connection would be asked; nothing is sent. Raises ConfigError where nothing was ever measured."""
    return _estimates(house, _chosen(_due(house), connections))


def backfill(
    house: House,
    connections: Sequence[str] = (),
    *,
    wait: float = 0.0,
    announce: Callable[[Sequence[Estimate]], None] | None = None,
) -> BackfillReport:
    """Read what is due and rebuild the past of all live key results whose items were read.

    ``announce`` is told what it takes before anything is asked. Raises ConfigError where nothing was ever measured,
    Busy, StoreError, Interrupted; a failing connection only makes the report partial.
    """
    with begun(house, BACKFILL, wait) as run_id:
        due = _due(house)
        chosen = _chosen(due, connections)
        if announce is not None:
            announce(_estimates(house, chosen))
        left = Counter(one for found in due.values() for item in found for one in item.key_results)
        return _Backfill(house, run_id, left).go(chosen)


def _chosen(due: dict[str, list[Due]], connections: Sequence[str]) -> dict[str, list[Due]]:
    return {name: found for name, found in due.items() if not connections or name in connections}


def _estimates(house: House, due: dict[str, list[Due]]) -> tuple[Estimate, ...]:
    return tuple(_estimate(house, name, found) for name, found in due.items())


def _estimate(house: House, name: str, due: Sequence[Due]) -> Estimate:
    if not due:
        return Estimate(name, 0)
    try:
        connector = house.lines[name].connect()
        try:
            scopes = house.store.scopes.known(name)
            cost = connector.history_cost(scopes, [one.item for one in due])
        finally:
            connector.close()
    except ConnectionFailed as error:
        return Estimate(name, len(due), error=error.message, hint=error.hint)
    return Estimate(name, len(due), cost)


def _due(house: House) -> dict[str, list[Due]]:
    """By connection; of scopes that are read no more nothing is due."""
    with house.store.reading():
        measured = house.store.history.known_since()
        found = house.store.backlog.due(measured)
        known = {(name, scope.id) for name in house.lines for scope in house.store.scopes.known(name)}
    if not measured:
        raise ConfigError("Nothing was ever measured, so nothing has a past yet.", hint="Run okrsync sync first.")
    due: dict[str, list[Due]] = {name: [] for name in house.lines}
    for one in found:
        if (one.item.connection, one.item.scope) in known:
            due[one.item.connection].append(one)
    return due


@dataclass
class _Backfill:
    """``left`` counts, by key result (case-folded), the items whose past is still to be read."""

    house: House
    id: int
    left: Counter[str]
    rebuilt: dict[str, Rebuilt] = field(default_factory=dict)

    def go(self, due: dict[str, list[Due]]) -> BackfillReport:
        started = self.house.now()
        self.house.log.debug(Event.RUN_STARTED, run=self.id, kind=BACKFILL)
        connections = tuple(self._read(self.house.lines[name], found) for name, found in due.items())
        self._rebuild_the_others()
        self.house.progress.done()
        report = BackfillReport(
            id=self.id,
            started=started,
            finished=self.house.now(),
            connections=connections,
            key_results=tuple(self.rebuilt[placed.key_result.id] for placed in self.house.okrs.live()),
            exit_code=4 if any(one.error for one in connections) else 0,
        )
        self._keep(report)
        return report

    def _read(self, line: Line, due: Sequence[Due]) -> HistoriesRead:
        """One connection's histories, stored as they come; a failure is kept and the others go on."""
        waiting = {one.item.id: one for one in due}
        self.house.progress.stage(f"reading what was, {line.name}", len(due))
        error: ConnectionFailed | None = None
        try:
            for batch in self._histories(line, due):
                self._store([Told(waiting.pop(one.id), one.moments) for one in batch if one.id in waiting])
            self._store([Told(one) for one in waiting.values()])
        except ConnectionFailed as failed:
            error = failed
            self.house.log.debug(Event.CONNECTION_FAILED, connection=line.name, error=failed.message, hint=failed.hint)
        return HistoriesRead(
            connection=line.name,
            items=len(due),
            told=len(due) - len(waiting),
            silent=0 if error else len(waiting),
            requests=line.meter.requests,
            waited=line.meter.waited,
            error=error.message if error else "",
            hint=error.hint if error else "",
        )

    def _histories(self, line: Line, due: Sequence[Due]) -> Iterator[list[ItemHistory]]:
        """Scopes are dealt to as many clients as the connection may have, each in a thread."""
        if not due:
            return
        scopes = {scope.id: scope for scope in self.house.store.scopes.known(line.name)}
        homes = [list(group) for _, group in groupby(due, key=lambda one: one.item.scope)]
        hands = [homes[number :: line.parallel] for number in range(min(line.parallel, len(homes)))]

        def ask(homes: Sequence[Sequence[Due]]) -> Iterator[ItemHistory]:
            connector = line.connect()
            try:
                for home in homes:
                    yield from _of_home(connector, scopes[home[0].item.scope], home)
            finally:
                connector.close()

        yield from gathered([partial(ask, hand) for hand in hands], BATCH)

    def _store(self, told: Sequence[Told]) -> None:
        """Keep a batch, and rebuild the key results that waited for nothing else while the tracker is asked on."""
        if self.house.stopping():
            raise Interrupted("Stopped while reading what was; the next backfill goes on from here.")
        with self.house.store.transaction():
            self.house.store.backlog.keep(told)
        self.house.progress.advance(len(told))
        touched = Counter(one for item in told for one in item.due.key_results)
        self.left -= touched
        for placed in self.house.okrs.live():
            name = placed.key_result.id.casefold()
            if name in touched and name not in self.left:
                with self.house.store.reading():
                    lives = self.house.store.lives.of(placed.key_result.id)
                self._rebuild(placed, lives)

    def _rebuild_the_others(self) -> None:
        """Those of which nothing was to be read, and the reason for those of which not all was told."""
        others = [placed for placed in self.house.okrs.live() if placed.key_result.id not in self.rebuilt]
        self.house.progress.stage("measuring the days before", len(others))
        for start in range(0, len(others), AT_ONCE):
            some = others[start : start + AT_ONCE]
            with self.house.store.reading():
                lives = self.house.store.lives.all(placed.key_result.id for placed in some)
            for placed in some:
                self._rebuild(placed, lives[placed.key_result.id])
                self.house.progress.advance()

    def _rebuild(self, placed: Placed, lives: Sequence[Life]) -> None:
        """Nothing is concluded for a key result while the past of some of its items is still to be read."""
        key_result = placed.key_result
        if waiting := self.left[key_result.id.casefold()]:
            reason = f"the past of {waiting:,} of its items is still to be read"
            self.rebuilt[key_result.id] = Rebuilt(key_result.id, key_result.title, reason=reason)
        else:
            self.rebuilt[key_result.id] = rebuild(self.house.store, placed, lives)

    def _keep(self, report: BackfillReport) -> None:
        """Beside the other runs in the journal."""
        connections = tuple(
            ConnectionRun(one.connection, one.requests, waited=one.waited, error=one.error, hint=one.hint)
            for one in report.connections
        )
        run = RunReport(
            report.id, BACKFILL, report.started, report.finished, connections, Plan(), exit_code=report.exit_code
        )
        with self.house.store.transaction():
            self.house.store.journal.end_run(run)
        events.finished(self.house.log.bind(kind=BACKFILL), run)


def _of_home(connector: Connector, scope: Scope, home: Sequence[Due]) -> Iterator[ItemHistory]:
    return connector.histories([scope], [one.item for one in home])
