"""Why: what moved a key result between two readings, by cause and by ticket.

A change is told between the readings that were true at the two times asked for. Where the definition changed in
between, each stretch is measured as the files said then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from math import fsum

from okrsync.errors import ConfigError
from okrsync.method.attribution import Effect
from okrsync.method.causes import CHECK_IN, Step, attribute, sentence
from okrsync.method.definition import revived, subject
from okrsync.method.snapshot import Snapshot, height, snapshot
from okrsync.method.timeline import parts_at
from okrsync.model.attribution import Attribution, Cause, Piece
from okrsync.model.checkin import CheckIn
from okrsync.model.life import Life
from okrsync.model.okr import Completion, Milestones, Placed
from okrsync.model.sample import Sample
from okrsync.practice.desk import Desk
from okrsync.practice.record import Record
from okrsync.practice.replay import evidence_at

ONLY_SHOWN = ("weight ", "links ")
"""How changes of a definition begin that move no number by themselves."""


def why(desk: Desk, placed: Placed, since: datetime, until: datetime | None = None) -> Attribution:
    """What moved a key result from ``since`` to ``until`` (None: now). Raises ConfigError where nothing is known."""
    with desk.store.reading():
        return why_by(desk, Record(desk.store, placed), since, until)


def why_by(desk: Desk, record: Record, since: datetime, until: datetime | None = None) -> Attribution:
    """The same from a record that others read, too. Opens no snapshot of the store."""
    end = until or desk.now
    if since >= end:
        raise ConfigError("The begin is not before the end.", hint="Give --since a day before --until.")
    return _Why(record).between(since, end)


class _Why:
    def __init__(self, record: Record) -> None:
        self.store, self.placed = record.store, record.placed
        self.key_result = self.placed.key_result
        self.lives: Sequence[Life] = record.lives
        self.kept = self.store.history.fingerprints(subject(self.key_result.id, ""))
        self.samples = record.samples
        self.checkins: Sequence[CheckIn] = self.store.checkins.of(self.key_result.id)

    def between(self, since: datetime, until: datetime) -> Attribution:
        first, last = self._reading(since), self._reading(until)
        if last is None:
            raise ConfigError(
                f"{self.key_result.id} was not measured by then.", hint="Run okrsync sync, or give a later --until."
            )
        begin = first.at if first else since
        steps = list(self._steps(first, begin, last))
        causes = (*attribute(steps), *self._shown(begin, last.at))
        before, after = self._told(steps[0], first), self._told(steps[-1], last, end=True)
        change = fsum(cause.contributes for cause in causes)
        bound = self.key_result.way is None
        said, regression = sentence(
            causes,
            change,
            unit=self.key_result.unit if bound else None,
            share=isinstance(self.key_result.measure, Completion),
        )
        return Attribution(
            key_result=self.key_result.id,
            title=self.key_result.title,
            since=since,
            until=until,
            of="value" if bound else "progress",
            before=before,
            after=after,
            change=change,
            causes=causes,
            said=said,
            regression=regression,
            remarks=tuple(self._remarks(first, since)),
        )

    def _reading(self, at: datetime) -> Sample | None:
        return self.store.history.sample(self.key_result.id, at)

    def _steps(self, first: Sample | None, begin: datetime, last: Sample) -> Iterator[Step]:
        """Stretches between the moments at which the definition changed in a way that moves the number."""
        turns = [one for one in self.samples if begin < one.at <= last.at and _moves(one.changed)]
        moments = [begin, *(one.at for one in turns), last.at]
        earliest = first or next((one for one in self.samples if begin < one.at), last)
        under = [self._as_it_was(earliest), *map(self._as_it_was, turns)]
        for place, (start, end) in enumerate(pairwise(moments)):
            yield Step(
                under[place],
                self._snapshot(under[place], start),
                self._snapshot(under[place], end),
                tuple(one for one in turns[place].changed if _moves((one,))) if place < len(turns) else (),
                tuple(self._said(start, end)) if self.key_result.by_people else (),
            )

    def _as_it_was(self, sample: Sample) -> Placed:
        old = revived(self.kept, sample, self.key_result)
        return self.placed if old is None else self.placed.model_copy(update={"key_result": old})

    def _snapshot(self, placed: Placed, at: datetime) -> Snapshot:
        """Milestones have no past of their own: their reading is all there is."""
        if isinstance(placed.key_result.metric, Milestones):
            sample = self._reading(at)
            value = (
                sample.numerator / sample.denominator if sample and sample.numerator and sample.denominator else None
            )
            return Snapshot(at, {}, {}, value, 0.0, 0.0)
        parts, unreachable = parts_at(self.lives, at)
        return snapshot(placed, parts, evidence_at(self.store, placed, at, unreachable))

    def _said(self, start: datetime, end: datetime) -> Iterator[Effect]:
        """What each check-in moved the value by."""
        before = self.store.checkins.value(self.key_result.id, at=start)
        if before is None:
            before = self.key_result.metric.start if self.key_result.metric else 0.0
        for one in self.checkins:
            if start < one.at <= end and one.value is not None:
                yield Effect(CHECK_IN, one.value - before, _piece(one))
                before = one.value

    def _shown(self, begin: datetime, end: datetime) -> Iterator[Cause]:
        """What of the definition changed and moves nothing by itself: named all the same."""
        for sample in self.samples:
            if begin < sample.at <= end:
                yield from (Cause(one, 0.0, False) for one in sample.changed if not _moves((one,)))

    def _told(self, step: Step, sample: Sample | None, *, end: bool = False) -> float | None:
        at = step.after if end else step.before
        if at.value is None and (sample is None or sample.raw is None):
            return None
        return height(step.placed, at)

    def _remarks(self, first: Sample | None, since: datetime) -> Iterator[str]:
        if first is None:
            yield f"nobody measured it by {since:%Y-%m-%d}: what was true then is told by its tickets"
        elif first.raw is None:
            yield "there was no value before; it counts as no progress"
        if isinstance(self.key_result.metric, Milestones):
            yield "milestones and versions tell no past: only the whole change is known"


def _moves(changed: Sequence[str]) -> bool:
    """Whether a change of the definition moves the number; tickets that links bring or take are told one by one."""
    return any(not one.startswith(ONLY_SHOWN) for one in changed)


def _piece(checkin: CheckIn) -> Piece:
    key = f"{checkin.who}, {checkin.at:%Y-%m-%d}"
    return Piece("", checkin.at.isoformat(), key, checkin.note, "", 0.0, f"{checkin.value:g}")
