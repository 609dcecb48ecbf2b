"""A tracker in memory and a connector to it: scripted where a test wants trouble, honest everywhere else."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from okrsync import marker
from okrsync.connector import Finding
from okrsync.errors import OutcomeUnknown
from okrsync.marker import Namespace
from okrsync.model.change import (
    AddLabel,
    Change,
    DeleteNote,
    Done,
    PutNote,
    Receipt,
    RemoveLabel,
    Shown,
    ref_of,
)
from okrsync.model.life import ItemHistory, Moment
from okrsync.model.work import Item, Page, Ref, Scope

INSTALLATION = "acme"


@dataclass(frozen=True)
class AnswerLost:
    """Scripts a write whose answer never came; ``happened`` tells whether the tracker carried it out."""

    happened: bool


Outcome = Exception | Receipt | AnswerLost | None
"""How a scripted write ends; None: as it should."""


@dataclass
class FakeTracker:
    """What the tracker holds. ``pages`` and ``writes`` are scripts; an exception in them is raised at its turn.

    ``existing`` is what a census finds per scope id, ``gone`` what ``confirm`` says, ``matching`` the ids per query,
    ``shown`` our traces by item id, ``seeing`` what happens instead when somebody looks at them. ``past`` is what it
    tells of items' histories, by id; an exception is raised when its item's turn comes.
    ``calls`` logs every verb with its argument, over all clients.
    """

    pages: dict[str, Iterable[Page | Exception]] = field(default_factory=dict)
    existing: dict[str, set[str]] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)
    matching: dict[str, frozenset[str]] = field(default_factory=dict)
    shown: dict[str, Shown] = field(default_factory=dict)
    writes: deque[Outcome] = field(default_factory=deque)
    seeing: Exception | None = None
    past: dict[str, tuple[Moment, ...] | Exception] = field(default_factory=dict)
    scopes: tuple[Scope, ...] = ()
    fingerprint: str = "fields 1"
    overlap: timedelta = timedelta(minutes=2)
    on_page: Callable[[], object] = lambda: None
    before_write: Callable[[Change], object] = lambda change: None
    calls: list[tuple[str, object]] = field(default_factory=list)
    clients: list[FakeConnector] = field(default_factory=list)

    def connect(self) -> FakeConnector:
        self.clients.append(FakeConnector(self, self.overlap))
        return self.clients[-1]

    def of(self, verb: str) -> list[object]:
        """The arguments a verb was called with, in order."""
        return [argument for name, argument in self.calls if name == verb]

    def show(self, ref: Ref) -> Shown:
        return self.shown.get(ref.id, Shown(ref))

    def as_it_is(self, item: Item) -> Item:
        """An item of the script with the labels of ours that it wears by now."""
        if item.id not in self.shown:
            return item
        others = tuple(label for label in item.labels if not Namespace().owns(label))
        return msgspec.structs.replace(item, labels=others + self.shown[item.id].labels)

    def carry_out(self, change: Change) -> Receipt:
        ref = ref_of(change)
        if ref is None:
            return Receipt(Done.APPLIED)
        shows, note_id = self.show(ref), None
        match change:
            case AddLabel():
                shows = msgspec.structs.replace(shows, labels=(*shows.labels, change.label))
            case RemoveLabel():
                kept = tuple(label for label in shows.labels if label != change.label)
                shows = msgspec.structs.replace(shows, labels=kept)
            case PutNote():
                note_id = change.note_id or f"note {len(self.of('apply'))}"
                own = marker.mark(INSTALLATION, change.note)
                surplus = shows.surplus if shows.note is None or shows.note.id == note_id else (shows.note.id,)
                shows = msgspec.structs.replace(shows, note=marker.shown(note_id, own), surplus=surplus)
            case DeleteNote():
                note = None if shows.note and shows.note.id == change.note_id else shows.note
                rest = tuple(one for one in shows.surplus if one != change.note_id)
                shows = msgspec.structs.replace(shows, note=note, surplus=rest)
        self.shown[ref.id] = shows
        return Receipt(Done.APPLIED, note_id=note_id)


@dataclass
class FakeConnector:
    """One client of the tracker."""

    tracker: FakeTracker
    overlap: timedelta
    closed: bool = False

    def check(self) -> Iterator[Finding]:
        return iter(())

    def scopes(self, known: Sequence[Scope]) -> Sequence[Scope]:
        self.tracker.calls.append(("scopes", tuple(known)))
        return self.tracker.scopes

    def asks(self, scope: Scope) -> str:
        return self.tracker.fingerprint

    def pull(self, scope: Scope, since: datetime | None) -> Iterator[Page]:
        self.tracker.calls.append(("pull", (scope.id, since)))
        for page in self.tracker.pages.get(scope.id, ()):
            self.tracker.on_page()
            if isinstance(page, Exception):
                raise page
            yield msgspec.structs.replace(page, items=tuple(map(self.tracker.as_it_is, page.items)))

    def reread(self, scope: Scope, refs: Sequence[Ref]) -> Iterator[Page]:
        self.tracker.calls.append(("reread", tuple(refs)))
        for page in self.tracker.pages.get(scope.id, ()):
            if isinstance(page, Exception):
                raise page
            yield Page(items=tuple(item for item in page.items if item.id in {ref.id for ref in refs}))

    def select(self, scopes: Sequence[Scope], query: str) -> frozenset[str]:
        self.tracker.calls.append(("select", query))
        return self.tracker.matching.get(query, frozenset())

    def probe(self, scopes: Sequence[Scope], query: str) -> None:
        self.tracker.calls.append(("probe", query))

    def observe(self, refs: Sequence[Ref]) -> Iterator[Shown]:
        self.tracker.calls.append(("observe", tuple(ref.id for ref in refs)))
        if self.tracker.seeing is not None:
            raise self.tracker.seeing
        for ref in refs:
            if ref.id not in self.tracker.gone:
                yield self.tracker.show(ref)

    def cost(self, change: Change) -> int:
        return 1

    def apply(self, change: Change) -> Receipt:
        self.tracker.calls.append(("apply", change))
        self.tracker.before_write(change)
        ending = self.tracker.writes.popleft() if self.tracker.writes else None
        if isinstance(ending, Exception):
            raise ending
        if isinstance(ending, Receipt):
            return ending
        if isinstance(ending, AnswerLost):
            if ending.happened:
                self.tracker.carry_out(change)
            raise OutcomeUnknown("The answer got lost.")
        return self.tracker.carry_out(change)

    def census(self, scope: Scope) -> Iterator[str]:
        self.tracker.calls.append(("census", scope.id))
        yield from sorted(self.tracker.existing.get(scope.id, ()))

    def confirm(self, refs: Sequence[Ref]) -> Mapping[str, str]:
        self.tracker.calls.append(("confirm", tuple(ref.id for ref in refs)))
        return {ref.id: self.tracker.gone[ref.id] for ref in refs if ref.id in self.tracker.gone}

    def histories(self, scopes: Sequence[Scope], items: Sequence[Item]) -> Iterator[ItemHistory]:
        self.tracker.calls.append(("histories", tuple(item.id for item in items)))
        for item in items:
            told = self.tracker.past.get(item.id)
            if isinstance(told, Exception):
                raise told
            if told is not None:
                yield ItemHistory(item.id, told)

    def history_cost(self, scopes: Sequence[Scope], items: Sequence[Item]) -> int:
        return len(items)

    def close(self) -> None:
        self.closed = True
