"""Assess: map what changed, measure the key results it touches, and say what moved.

All of it happens in one transaction, so that a killed run leaves the changed items marked for the next one.
Key results that depend on a connection which was not read completely keep their last reading.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import cached_property, partial

import msgspec

from okrsync import __version__
from okrsync.connector import Finding
from okrsync.mapping import Heirs, Mapper, Surroundings, Words, heirs_of
from okrsync.measure import Evidence, measure
from okrsync.method import definition
from okrsync.method.happened import happened, shortened
from okrsync.method.terms import terms
from okrsync.method.timeline import linked_at
from okrsync.model.okr import Cycle, KeyResult, Milestones, Okrs, Placed
from okrsync.model.run import Movement, Warned
from okrsync.model.sample import Linked, Sample
from okrsync.store import Store
from okrsync.store.history import MEASURE_OF
from okrsync.store.items import News

BASELINE_AFTER = timedelta(days=14)
WHEN_READABLE = "when readable"
"""In the place of a fingerprint: its items changed while something else that feeds it could not be read."""


_MAPPED_BY = {"id", "links", "carried_from"}
"""What of a key result decides which items are its own."""


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
    _measured: dict[str, datetime] = field(default_factory=dict)
    _measured_with: datetime | None = None
    _written: dict[str, str] = field(default_factory=dict)

    def assess(self, news: Sequence[News]) -> list[Movement]:
        """Bring links and samples up to date; returns the key results whose reading changed."""
        with self.store.transaction():
            self.store.terms.keep(terms(self.okrs), self.now)
            mapper, fingerprint, self._held = self.mapper(), self._mapping_fingerprint(), self._unanswered()
            self._known = self.store.history.fingerprints()
            self._measured = self.store.history.measured_at()
            for connection in self.readable:
                self._map(connection, mapper, fingerprint)
            self.warnings = [Warned(one.subject, one.message, one.hint) for one in self.problems(mapper)]
            verbs = self._verbs(news)
            self._fed_by = self.store.links.connections_by_key_result()
            moved = [
                movement
                for placed in self.okrs.live()
                if (movement := self._measure(placed, mapper, verbs.get(placed.key_result.id, []))) is not None
            ]
            self.store.history.add([movement.after for movement in moved])
            self.store.history.set_fingerprints(self._written)
            return moved

    def mapper(self, only: Placed | None = None) -> Mapper:
        """Maps to everything in the OKR files, or to one key result, which may be as it was once."""
        scopes, items = self.store.scopes, self.store.items
        live = self.okrs.live() if only is None else (only,)
        links = [link for placed in live for link in placed.key_result.links]
        asked = {(link.connection, link.query) for link in links if link.query}
        memberships = {one: members for one in asked if (members := scopes.membership(*one)) is not None}
        split = items.split() if any(link.subtasks for link in links) else {}
        around = msgspec.structs.replace(self._around, memberships=memberships, split=split)
        return Mapper(self.okrs.placed if only is None else (only,), around, self._heirs)

    @cached_property
    def _heirs(self) -> Heirs:
        return heirs_of(self.okrs.placed)

    def problems(self, mapper: Mapper) -> tuple[Finding, ...]:
        """What is wrong with links, as far as the connections tell that were read completely."""
        known = self.store.vocabulary.known(self.readable, mapper.asked())
        return mapper.problems(known)

    @cached_property
    def _around(self) -> Surroundings:
        """What is around the items for every mapper: asked for once."""
        scopes = self.store.scopes
        names = {
            (connection, scope.id): scope.name
            for connection in scopes.connections()
            for scope in scopes.known(connection)
        }
        return Surroundings(scopes.milestones(), names, self.store.items.parents())

    def _map(self, connection: str, mapper: Mapper, fingerprint: str) -> None:
        subject, history = f"mapping of {connection}", self.store.history
        self._measured_with = history.measured_with(connection)
        heard, anew = Words(), self._known.get(subject) != fingerprint
        if not anew:
            self.store.dirt.spread(connection)
        else:
            self.store.dirt.mark_all(connection)
        for chunk in self.store.dirt.to_map(connection):
            heard.hear(chunk)
            linked = [one for item in chunk for one in mapper.links(item)]
            born = {item.id: item.created for item in chunk}
            self.touched |= self.store.links.replace(
                connection,
                list(born),
                linked,
                self._held,
                now=self.now,
                begins=partial(self._counts_since, born),
            )
            dangling = [(item.id, one) for item in chunk if item.references for one in mapper.dangling(item)]
            self.store.links.keep_dangling(connection, chunk, dangling)
        self.store.dirt.clean(connection)
        self.store.vocabulary.keep(connection, heard, anew=anew)
        history.set_fingerprint(subject, fingerprint)
        history.set_measured_with(connection, self.now)

    def _counts_since(self, created: Mapping[str, datetime], one: Linked) -> datetime | None:
        """Since when a new link counts: since now, unless nobody could have seen it before, or nobody had looked.

        What was created after anybody measured counts since its creation, and so does everything at the first look at a
        key result.
        """
        measured = self._measured.get(one.key_result)
        if measured is None:
            return None
        seen = measured if self._measured_with is None else max(measured, self._measured_with)
        return None if created[one.item] > seen else self.now

    def _mapping_fingerprint(self) -> str:
        """Changes when okrsync, an OKR file, a milestone or a repository does: then everything is mapped anew."""
        scopes = self.store.scopes
        digest = hashlib.sha256(__version__.encode())
        for placed in self.okrs.placed:
            digest.update(f"{placed.live}{placed.key_result.model_dump_json(include=_MAPPED_BY)}".encode())
        for milestone in scopes.milestones():
            digest.update(f"{milestone.connection}{milestone.scope}{milestone.id}{milestone.title}".encode())
        for connection in scopes.connections():
            for scope in scopes.known(connection):
                digest.update(f"{connection}{scope.id}{scope.name}".encode())
        return digest.hexdigest()

    def _measure(self, placed: Placed, mapper: Mapper, because: list[str]) -> Movement | None:
        key_result = placed.key_result
        subject = f"{MEASURE_OF}{key_result.id}"
        if not self._read_completely(key_result):
            self.stale.append(key_result.id)
            if key_result.id in self.touched:
                self._written[subject] = WHEN_READABLE
            return None
        written = f"{__version__}{key_result.model_dump_json()}{placed.cycle.model_dump_json()}"
        fingerprint = hashlib.sha256(written.encode()).hexdigest()
        known = self._known.get(subject) == fingerprint
        if known and key_result.id not in self.touched and not _moves_by_itself(placed):
            return None
        before = self._latest.get(key_result.id)
        evidence = self.evidence(placed, mapper)
        sample = definition.stamped(self._sample(placed, evidence), placed)
        sample = self._compared(sample, before, placed, evidence)
        self._written[subject] = fingerprint
        if sample.same_reading(before):
            return None
        return Movement(key_result.id, key_result.title, before, sample, shortened(because))

    def _sample(self, placed: Placed, evidence: Evidence) -> Sample:
        """A reading; the first one after the 14th day locks a baseline that nobody was there to lock."""
        sample = measure(placed, self.store.links.parts(placed.key_result.id), evidence)
        if evidence.baseline is not None or not placed.key_result.has_baseline or self.now < lock_of(placed.cycle):
            return sample
        late = msgspec.structs.replace(evidence, baseline=sample.scope)
        return measure(placed, self.store.links.parts(placed.key_result.id), late)

    def _compared(self, sample: Sample, before: Sample | None, placed: Placed, evidence: Evidence) -> Sample:
        """The sample with what of its definition changed since ``before``, and how it would read under the old one."""
        key_result = placed.key_result
        name = definition.subject(key_result.id, sample.definition)
        if name not in self._known:
            self._written[name] = definition.written(key_result)
        if before is None:
            return sample
        old = definition.revived(self._known, before, key_result)
        changed = definition.what_changed(before, sample, old, key_result)
        if not changed:
            return sample
        raw = self._under(old, placed, evidence, before.at) if old else None
        return msgspec.structs.replace(sample, changed=changed, before=raw)

    def _under(self, old: KeyResult, placed: Placed, evidence: Evidence, at: datetime) -> float | None:
        """Raw progress of today's work under an old definition, which held at ``at``.

        What is linked today or was linked then is mapped as the old links say.
        """
        before = placed.model_copy(update={"key_result": old})
        mapper = self.mapper(before)
        items = {(item.connection, item.id): item for item, _ in self.store.links.parts(placed.key_result.id)}
        lives = self.store.lives.of(placed.key_result.id)
        items |= {(life.item.connection, life.item.id): life.item for life in lives if linked_at(life, at)}
        parts = [(item, linked) for item in items.values() for linked in mapper.links(item)]
        return measure(before, parts, msgspec.structs.replace(evidence, targets=mapper.targets(before))).raw

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

    def evidence(
        self, placed: Placed, mapper: Mapper, unreachable: Mapping[tuple[str, str], str] | None = None
    ) -> Evidence:
        """What a reading needs beside the items; ``unreachable`` are all those there are, unless given."""
        key_result, history = placed.key_result.id, self.store.history
        lock = lock_of(placed.cycle)
        due = placed.key_result.has_baseline and self.now >= lock
        locked = history.sample(key_result, at=lock) or history.first_sample(key_result) if due else None
        return Evidence(
            at=self.now,
            checkin=self.store.checkins.value(key_result) if placed.key_result.by_people else None,
            baseline=locked.scope if locked else None,
            unreachable=self._lost if unreachable is None else unreachable,
            targets=mapper.targets(placed),
        )

    @cached_property
    def _latest(self) -> dict[str, Sample]:
        """The latest reading of every key result: asked for once."""
        return self.store.history.latest_samples()

    @cached_property
    def _lost(self) -> dict[tuple[str, str], str]:
        """All unreachable items: asked for once, where each key result would look at each of its own for them."""
        return self.store.items.unreachable()

    def _verbs(self, news: Iterable[News]) -> dict[str, list[str]]:
        """Key result -> what happened to its tickets, in words."""
        said: dict[str, list[str]] = defaultdict(list)
        for one in news:
            verb = happened(one.before, one.after)
            if verb:
                for key_result in self.store.links.key_results_of(one.after.connection, [one.after.id]):
                    said[key_result].append(f"{one.after.key} {verb}")
        return said


def _moves_by_itself(placed: Placed) -> bool:
    """Whether a reading can change without any of its items changing."""
    key_result = placed.key_result
    return key_result.by_people or key_result.has_baseline or isinstance(key_result.metric, Milestones)


def lock_of(cycle: Cycle) -> datetime:
    """When baselines are locked."""
    return datetime.combine(cycle.start, time.min, cycle.zone) + BASELINE_AFTER
