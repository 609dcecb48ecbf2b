"""Apply: perform a plan's changes one by one, each with its intent stored before and its receipt after.

A write whose outcome is unknown is observed before it is tried again. What cannot be done now is deferred, in the
plan's order of value; what a ticket refuses is remembered, so that it is not tried on every run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from okrsync import marker
from okrsync.apply.pace import Pace
from okrsync.apply.refusals import Refusals
from okrsync.connector import Connector
from okrsync.errors import Closed, ConnectionFailed, Forbidden, OutcomeUnknown, RateLimited, Rejected
from okrsync.marker import Namespace
from okrsync.model.change import (
    AddLabel,
    Change,
    DefineLabel,
    DeleteLink,
    DeleteNote,
    Done,
    PutLink,
    PutNote,
    Receipt,
    RemoveLabel,
    Shown,
    connection_of,
    ref_of,
)
from okrsync.model.run import Write
from okrsync.model.work import Ref
from okrsync.plan import link_fingerprint
from okrsync.progress import Progress
from okrsync.retry import PATIENCE
from okrsync.store import Store

NOT_FOUND = "it could not be found when its note was looked for"


class _Withheld(Exception):
    """The tracker takes no more requests for now, and the change was surely not made."""

    def __init__(self, limit: RateLimited) -> None:
        super().__init__(str(limit))
        self.limit = limit


def observe(store: Store, connector: Connector, refs: Sequence[Ref]) -> None:
    """Look at tickets and remember what they show; those that cannot be found are left alone until they change."""
    answered = set()
    for found in connector.observe(refs):
        answered.add(found.ref.id)
        with store.transaction():
            store.showings.keep_shown(found)
    with store.transaction():
        for ref in refs:
            if ref.id not in answered:
                store.showings.block(ref.connection, ref.id, NOT_FOUND)


@dataclass
class Applier:
    """Applies one run's changes. ``connectors`` holds only the connections that may be written to.

    ``paused`` tells, after a run, which connections took no more writes for now, and for how many seconds; a wait of
    up to ``patience`` seconds is waited. Once ``others_wait``, all that is left is deferred. ``refusals`` are what the
    account was not allowed.
    """

    store: Store
    connectors: Mapping[str, Connector]
    namespaces: Mapping[str, Namespace]
    run: int
    now: Callable[[], datetime]
    progress: Progress
    stopping: Callable[[], bool] = lambda: False
    paces: Mapping[str, Pace] = field(default_factory=dict)
    pause: Callable[[float], None] = time.sleep
    patience: float = PATIENCE
    others_wait: Callable[[], bool] = lambda: False
    failed: dict[str, ConnectionFailed] = field(default_factory=dict)
    paused: dict[str, float] = field(default_factory=dict)
    refusals: Refusals = field(default_factory=Refusals)
    _gave_way: bool = False

    def apply(self, changes: Sequence[Change]) -> Iterator[Write]:
        """Yields every change with how it ended; deferred ones have neither receipt nor error."""
        self.progress.stage("writing", len(changes))
        for change in changes:
            yield self._one(change) if self._may_write(change) else Write(change)
            self.progress.advance()
        self.progress.done()

    def _may_write(self, change: Change) -> bool:
        """Whether a change is made in this run. A short wait for the tracker's pace is waited; a long one defers."""
        connection = connection_of(change)
        self._gave_way = self._gave_way or self.others_wait()
        if connection in self.failed or connection in self.paused or self._gave_way or self.stopping():
            return False
        if self.refusals.withholds(change):
            return False
        pace = self.paces.get(connection)
        wait = pace.wait(self.now()) if pace else 0.0
        if wait > self.patience:
            self.paused[connection] = wait
            return False
        if wait > 0:
            self.pause(wait)
        return True

    def _one(self, change: Change) -> Write:
        connection = connection_of(change)
        write = self._intend(change)
        try:
            receipt = self._surely(change)
        except _Withheld as withheld:
            return self._withdrawn(change, write, withheld.limit)
        except (Closed, Forbidden, Rejected) as error:
            return self._refused(change, write, error)
        except ConnectionFailed as error:
            self.failed[connection] = error
            with self.store.transaction():
                self.store.journal.end(write, self.now(), error=str(error))
            return Write(change, error=str(error))
        self.refusals.took(change)
        with self.store.transaction():
            self.store.journal.end(write, self.now(), receipt=receipt)
            self._remember(change, receipt)
        return Write(change, receipt)

    def _intend(self, change: Change) -> int:
        if pace := self.paces.get(connection_of(change)):
            pace.wrote(self.now())
        with self.store.transaction():
            if isinstance(change, PutNote | DeleteNote):
                self.store.showings.begin_note(change.ref.connection, change.ref.id)
            return self.store.journal.intend(self.run, change, self.now())

    def _surely(self, change: Change) -> Receipt:
        """Apply; after a lost answer look first, and only then try once more."""
        connector = self.connectors[connection_of(change)]
        try:
            return connector.apply(change)
        except RateLimited as error:
            raise _Withheld(error) from error
        except OutcomeUnknown:
            ref = ref_of(change)
            shown = next(iter(connector.observe([ref])), None) if ref else None
            if shown is not None and (note_id := _already(change, shown)) is not None:
                return Receipt(Done.ALREADY, note_id=note_id or None)
            return connector.apply(_again(change, shown))

    def _withdrawn(self, change: Change, write: int, limit: RateLimited) -> Write:
        """A limit struck before anything happened: the change was never begun, and is deferred as the rest is."""
        self.failed[connection_of(change)] = limit
        with self.store.transaction():
            self.store.journal.withdraw(write)
            if isinstance(change, PutNote | DeleteNote):
                self.store.showings.withdraw_note(change.ref.connection, change.ref.id)
        return Write(change)

    def _refused(self, change: Change, write: int, error: ConnectionFailed) -> Write:
        connection, ref = connection_of(change), ref_of(change)
        reason = f"{error.message} {error.hint}".strip()
        skipped = Receipt(Done.SKIPPED, reason=reason) if isinstance(error, Closed) else None
        blameless = self.refusals.met(change, error) if isinstance(error, Forbidden) else []
        with self.store.transaction():
            self.store.journal.end(write, self.now(), receipt=skipped, error="" if skipped else reason)
            if blameless:
                self.store.showings.unblock(connection, blameless)
            elif ref is not None:
                self.store.showings.block(ref.connection, ref.id, error.message)
        return Write(change, skipped, "" if skipped else reason)

    def _remember(self, change: Change, receipt: Receipt) -> None:
        if receipt.done is Done.SKIPPED and not isinstance(change, PutLink | DeleteLink):
            return
        if receipt.done is Done.ALREADY and isinstance(change, RemoveLabel | DeleteNote):
            return  # "not found" may also mean "not for you": the next run looks
        if isinstance(change, AddLabel | RemoveLabel):
            self._remember_label(change)
        elif isinstance(change, PutNote):
            own = marker.mark("", change.note)
            if note_id := receipt.note_id or change.note_id:
                self.store.showings.set_note(change.ref.connection, change.ref.id, marker.shown(note_id, own))
        elif isinstance(change, DeleteNote):
            self.store.showings.forget_note(change.ref.connection, change.ref.id, change.note_id)
        elif isinstance(change, PutLink | DeleteLink):
            self._remember_link(change)
        elif isinstance(change, DefineLabel):
            self.store.scopes.define_label(change)
        else:
            self.store.scopes.undefine_label(change)
            self.store.items.forget_label(change, self.namespaces[change.connection].owns)

    def _remember_label(self, change: AddLabel | RemoveLabel) -> None:
        item = self.store.items.get(change.ref.connection, change.ref.id)
        if item is None:
            return
        others = tuple(label for label in item.labels if label != change.label)
        labels = (*others, change.label) if isinstance(change, AddLabel) else others
        self.store.items.rewrite(
            msgspec.structs.replace(item, labels=labels), self.namespaces[change.ref.connection].owns
        )

    def _remember_link(self, change: PutLink | DeleteLink) -> None:
        links = self.store.showings.remote_links(change.ref.connection, change.ref.id)
        links.pop(change.key_result, None)
        if isinstance(change, PutLink):
            links[change.key_result] = link_fingerprint(change)
        self.store.showings.set_links(change.ref.connection, change.ref.id, links)


def _again(change: Change, shown: Shown | None) -> Change:
    """The same change; a note that is there already is edited, and none is put beside it."""
    if isinstance(change, PutNote) and shown is not None and shown.note is not None:
        return msgspec.structs.replace(change, note_id=shown.note.id)
    return change


def _already(change: Change, shown: Shown) -> str | None:
    """The note's id ("" for a label) when a ticket shows already what a change would do; None when it does not."""
    worn = {label.casefold() for label in shown.labels}
    if isinstance(change, AddLabel):
        return "" if change.label.casefold() in worn else None
    if isinstance(change, RemoveLabel):
        return None if change.label.casefold() in worn else ""
    if isinstance(change, PutNote) and shown.note is not None:
        return shown.note.id if shown.note.digest == marker.digest(change.note) else None
    if isinstance(change, DeleteNote):
        present = {shown.note.id if shown.note else "", *shown.surplus}
        return None if change.note_id in present else ""
    return None
