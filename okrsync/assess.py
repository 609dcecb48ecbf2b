"""Assess: map what changed, measure the key results it touches, and say what moved.

All of it happens in one transaction, so that a killed run leaves the changed items marked for the next one.
Key results that depend on a connection which was not read completely keep their last reading.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

import msgspec

from okrsync import __version__
from okrsync.mapping import Mapper, Surroundings
from okrsync.measure import Evidence, measure
from okrsync.model.okr import Completion, Cycle, KeyResult, Manual, Milestones, Okrs, Placed
from okrsync.model.run import Movement, Warned
from okrsync.model.sample import Sample
from okrsync.model.work import Item, State
from okrsync.store import Store
from okrsync.store.history import MEASURE_OF
from okrsync.store.items import News

BASELINE_AFTER = timedelta(days=14)
BECAUSE_SHOWN = 6
WHEN_READABLE = "when readable"
"""In the place of a fingerprint: its items changed while something else that feeds it could not be read."""


@dataclass
class Assessor:
    """Maps and measures over the store. ``readable`` are the connections read completely in this run."""

    store: Store
    okrs: Okrs
    readable: Collection[str]
    now: datetime
    touched: set[str] = field(default_factory=set)
    stale: list[str] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)
    _known: dict[str, str] = field(default_factory=dict)
    _fed_by: dict[str, set[str]] = field(default_factory=dict)
    _held: set[str] = field(default_factory=set)

    def assess(self, news: Sequence[News]) -> list[Movement]:
        """Bring links and samples up to date; returns the key results whose reading changed."""
        with self.store.transaction():
            mapper, fingerprint, self._held = self.mapper(), self._mapping_fingerprint(), self._unanswered()
            self.warnings = [Warned(one.subject, one.message, one.hint) for one in mapper.problems]
            self._known = self.store.history.fingerprints()
            for connection in self.readable:
                self._map(connection, mapper, fingerprint)
            verbs = self._verbs(news)
            self._fed_by = self.store.links.connections_by_key_result()
            return [
                movement
                for placed in self.okrs.live()
                if (movement := self._measure(placed, mapper, verbs.get(placed.key_result.id, []))) is not None
            ]

    def mapper(self) -> Mapper:
        scopes, items = self.store.scopes, self.store.items
        links = [link for placed in self.okrs.live() for link in placed.key_result.links]
        asked = {(link.connection, link.query) for link in links if link.query}
        memberships = {one: members for one in asked if (members := scopes.membership(*one)) is not None}
        names = {
            (connection, scope.id): scope.name
            for connection in scopes.connections()
            for scope in scopes.known(connection)
        }
        return Mapper(
            self.okrs.placed,
            Surroundings(
                milestones=scopes.milestones(),
                scopes=names,
                parents=items.parents(),
                memberships=memberships,
                split=items.split() if any(link.subtasks for link in links) else {},
            ),
        )

    def _map(self, connection: str, mapper: Mapper, fingerprint: str) -> None:
        subject = f"mapping of {connection}"
        if self._known.get(subject) == fingerprint:
            self.store.items.spread_dirt(connection)
        else:
            self.store.items.mark_all_dirty(connection)
        for chunk in self.store.items.to_map(connection):
            linked = [one for item in chunk for one in mapper.links(item)]
            self.touched |= self.store.links.replace(connection, [item.id for item in chunk], linked, self._held)
            dangling = [(item.id, one) for item in chunk if item.references for one in mapper.dangling(item)]
            self.store.links.keep_dangling(connection, chunk, dangling)
        self.store.items.clean_dirt(connection)
        self.store.history.set_fingerprint(subject, fingerprint)

    def _mapping_fingerprint(self) -> str:
        """Changes when okrsync, an OKR file, a milestone or a repository does: then everything is mapped anew."""
        scopes = self.store.scopes
        digest = hashlib.sha256(__version__.encode())
        for placed in self.okrs.placed:
            digest.update(f"{placed.live}{placed.key_result.model_dump_json(include={'id', 'links'})}".encode())
        for milestone in scopes.milestones():
            digest.update(f"{milestone.connection}{milestone.scope}{milestone.id}{milestone.title}".encode())
        for connection in scopes.connections():
            for scope in scopes.known(connection):
                digest.update(f"{connection}{scope.id}{scope.name}".encode())
        return digest.hexdigest()

    def _measure(self, placed: Placed, mapper: Mapper, because: list[str]) -> Movement | None:
        key_result, history = placed.key_result, self.store.history
        subject = f"{MEASURE_OF}{key_result.id}"
        if not self._read_completely(key_result):
            self.stale.append(key_result.id)
            if key_result.id in self.touched:
                history.set_fingerprint(subject, WHEN_READABLE)
            return None
        definition = f"{__version__}{key_result.model_dump_json(exclude={'links'})}{placed.cycle.model_dump_json()}"
        fingerprint = hashlib.sha256(definition.encode()).hexdigest()
        known = self._known.get(subject) == fingerprint
        if known and key_result.id not in self.touched and not _moves_by_itself(placed):
            return None
        sample = self._sample(placed, self.evidence(placed, mapper))
        history.set_fingerprint(subject, fingerprint)
        before = history.sample(key_result.id)
        if not history.add_sample(sample):
            return None
        return Movement(key_result.id, key_result.title, before, sample, _shorten(because))

    def _sample(self, placed: Placed, evidence: Evidence) -> Sample:
        """A reading; the first one after the 14th day locks a baseline that nobody was there to lock."""
        sample = measure(placed, self.store.links.parts(placed.key_result.id), evidence)
        if evidence.baseline is not None or not _has_baseline(placed) or self.now < _lock(placed.cycle):
            return sample
        late = msgspec.structs.replace(evidence, baseline=sample.scope)
        return measure(placed, self.store.links.parts(placed.key_result.id), late)

    def _read_completely(self, key_result: KeyResult) -> bool:
        """Whether everything that feeds it was read, and each of its queries was answered when it was asked last."""
        depends_on = {link.connection for link in key_result.links} | self._fed_by.get(key_result.id, set())
        return depends_on <= set(self.readable) and key_result.id not in self._held

    def _unanswered(self) -> set[str]:
        """Key results with a query that was never answered, or not when it was asked last."""
        answered = self.store.scopes.answered
        return {
            placed.key_result.id
            for placed in self.okrs.live()
            if not all(answered(link.connection, link.query) for link in placed.key_result.links if link.query)
        }

    def evidence(self, placed: Placed, mapper: Mapper) -> Evidence:
        key_result, history = placed.key_result.id, self.store.history
        lock = _lock(placed.cycle)
        locked = history.sample(key_result, at=lock) or history.first_sample(key_result) if self.now >= lock else None
        return Evidence(
            at=self.now,
            checkin=history.checkin_value(key_result),
            baseline=locked.scope if locked else None,
            unreachable=self.store.items.unreachable(key_result),
            targets=mapper.targets(placed),
        )

    def _verbs(self, news: Iterable[News]) -> dict[str, list[str]]:
        """Key result -> what happened to its tickets, in words."""
        said: dict[str, list[str]] = defaultdict(list)
        for one in news:
            verb = _verb(one.before, one.after)
            if verb:
                for key_result in self.store.links.key_results_of(one.after.connection, [one.after.id]):
                    said[key_result].append(f"{one.after.key} {verb}")
        return said


def _moves_by_itself(placed: Placed) -> bool:
    """Whether a reading can change without any of its items changing."""
    metric = placed.key_result.metric
    return metric is None or isinstance(metric, Manual | Milestones) or _has_baseline(placed)


def _has_baseline(placed: Placed) -> bool:
    metric = placed.key_result.metric
    return isinstance(metric, Completion) and metric.denominator == "baseline"


def _lock(cycle: Cycle) -> datetime:
    """When baselines are locked."""
    return datetime.combine(cycle.start, time.min, cycle.zone) + BASELINE_AFTER


def _verb(before: Item | None, after: Item) -> str:
    if before is None:
        return "added"
    if after.state is State.DONE and (before.state is not State.DONE or before.outcome != after.outcome):
        return str(after.outcome or "delivered")
    if before.state is State.DONE and after.state is not State.DONE:
        return "reopened"
    if before.points != after.points:
        return f"re-estimated from {_number(before.points)} to {_number(after.points)}"
    return "started" if before.state is State.TODO and after.state is State.DOING else ""


def _number(points: float | None) -> str:
    return "nothing" if points is None else f"{points:g}"


def _shorten(because: list[str]) -> tuple[str, ...]:
    rest = len(because) - BECAUSE_SHOWN
    return tuple(because[:BECAUSE_SHOWN]) + ((f"and {rest} more",) if rest > 0 else ())
