"""Pull: pages of work from a connector into the store, and what is missing from there.

A cursor moves only after the last page is stored. A pull that raises leaves what it stored and concludes nothing.
Where a census finds an item that was thought lost, nobody knows what became of it meanwhile: the next pull is full.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from queue import Empty, Queue

import msgspec

from okrsync.connector import Connector
from okrsync.errors import Interrupted, UnsafePlan
from okrsync.guard import unsafe
from okrsync.marker import Namespace
from okrsync.model.run import ScopePull
from okrsync.model.work import Item, Page, Scope
from okrsync.progress import Progress
from okrsync.store import Store
from okrsync.store.items import News
from okrsync.store.scopes import Cursor

GONE_FROM_SCOPE = "not found by a census of {scope}: {reason}"


@dataclass
class Puller:
    """Reads one connection. ``connect`` makes one more client, for scopes read at the same time."""

    store: Store
    connection: str
    namespace: Namespace
    connect: Callable[[], Connector]
    now: Callable[[], datetime]
    progress: Progress
    parallel: int = 1
    full: bool = False
    census_every: timedelta = timedelta(days=1)
    force: bool = False
    stopping: Callable[[], bool] = lambda: False
    news: list[News] = field(default_factory=list)
    seen: dict[str, set[str]] = field(default_factory=dict)

    def pull(self, scopes: Sequence[Scope], connector: Connector) -> Iterator[ScopePull]:
        """Read all scopes; yields how each went. Raises what the connector raised, at the first failure."""
        asked = {scope.id: self._question(scope, connector) for scope in scopes}
        reports = {
            scope.id: ScopePull(self.connection, scope.name, asked[scope.id].since is None, id=scope.id)
            for scope in scopes
        }
        self.progress.stage(f"reading {self.connection}")
        began, as_of = self.now(), dict[str, datetime]()
        for scope, page in self._pages(scopes, asked, connector):
            if self.stopping():
                raise Interrupted(f"Stopped while reading {scope.name}; it will be read again.")
            if page is None:
                missing = self._conclude(scope, asked[scope.id], as_of.get(scope.id, began), connector)
                yield msgspec.structs.replace(reports[scope.id], unreachable=missing)
                continue
            if page.as_of is not None:
                as_of.setdefault(scope.id, page.as_of)
            news = self._keep(scope, page, asked[scope.id])
            before = reports[scope.id]
            reports[scope.id] = msgspec.structs.replace(
                before,
                seen=before.seen + len(page.items),
                changed=before.changed + len(news),
                quarantined=before.quarantined + page.quarantined,
            )
            self.progress.advance(len(page.items))
        self.progress.done()

    def _question(self, scope: Scope, connector: Connector) -> Cursor:
        """The cursor to pull from, under today's fingerprint; ``since`` is None for a full pull."""
        held = self.store.scopes.cursor(self.connection, scope.id)
        fingerprint = connector.asks(scope)
        same = held.fingerprint == fingerprint and not self.full
        return msgspec.structs.replace(held, since=held.since if same else None, fingerprint=fingerprint)

    def _pages(
        self, scopes: Sequence[Scope], asked: dict[str, Cursor], connector: Connector
    ) -> Iterator[tuple[Scope, Page | None]]:
        """Pages with their scope, and None after a scope's last page."""
        if self.parallel == 1 or len(scopes) == 1:
            for scope in scopes:
                for page in connector.pull(scope, asked[scope.id].since):
                    yield scope, page
                yield scope, None
        else:
            yield from _together(scopes, asked, self.connect, self.parallel)

    def _keep(self, scope: Scope, page: Page, asked: Cursor) -> list[News]:
        full = asked.since is None
        if full:
            seen = self.seen.setdefault(scope.id, set())
            seen.update(item.id for item in page.items)
            seen.update(one.id for one in page.quarantined)
        owns = self.namespace.owns
        with self.store.transaction():
            if page.scope is not None:
                self.store.scopes.learn(self.connection, page.scope)
            if page.milestones is not None:
                self.store.scopes.keep_milestones(self.connection, scope.id, page.milestones)
            if page.labels is not None:
                renamed = self.store.scopes.keep_labels(self.connection, scope.id, page.labels)
                if renamed:
                    self.store.items.rename_labels(self.connection, scope.id, renamed, owns)
            news = self.store.items.keep(page.items, owns)
            changed = page.items if full else [one.after for one in news]
            self.store.links.unblock(self.connection, [item.id for item in changed])
            for item in _came_from_elsewhere(news, asked.pulled_at):
                self.store.links.begin_note(self.connection, item.id)
        self.news.extend(one for one in news if one.before is not None or not full)
        return news

    def _conclude(self, scope: Scope, asked: Cursor, began: datetime, connector: Connector) -> int:
        """Promote the cursor after the last page, and find what is missing when a census is due."""
        now, full = self.now(), asked.since is None
        due = full or asked.census_due(now, self.census_every)
        missing: dict[str, str] = {}
        returned: set[str] = set()
        if due:
            existing = self.seen.get(scope.id, set()) if full else set(connector.census(scope))
            missing = self._missing(scope, existing, connector)
            returned = set() if full else existing & self.store.items.lost(self.connection, scope.id)
        with self.store.transaction():
            self.store.items.mark_unreachable(self.connection, missing)
            if due:
                self.store.links.unblock(self.connection, sorted(existing))
            self.store.scopes.promote(
                self.connection,
                scope.id,
                Cursor(
                    since=None if returned else began - connector.overlap,
                    fingerprint=asked.fingerprint,
                    pulled_at=now,
                    census_at=now if due else asked.census_at,
                ),
            )
        self.seen.pop(scope.id, None)
        return len(missing)

    def _missing(self, scope: Scope, existing: set[str], connector: Connector) -> dict[str, str]:
        """Id -> reason, of items we hold that a census did not find and a second look confirmed."""
        held = self.store.items.ids(self.connection, scope.id)
        absent = sorted(held - existing)
        if not absent:
            return {}
        if not scope.archived:
            self._guard(scope, len(absent), len(held))
        refs = [item.ref for item in self.store.items.some(self.connection, absent)]
        gone = connector.confirm(refs)
        self._guard(scope, len(gone), len(held))
        return {item: GONE_FROM_SCOPE.format(scope=scope.name, reason=reason) for item, reason in gone.items()}

    def _guard(self, scope: Scope, missing: int, held: int) -> None:
        """Of an archived scope a census may find nothing, so there only what a second look confirms is counted."""
        if unsafe(missing, held) and not self.force:
            raise UnsafePlan(
                f"{missing} of {held} items of {scope.name} are no longer there.",
                hint="If they were really deleted or moved, run again with --force; "
                "otherwise check the permissions of the token. Nothing was concluded.",
            )


def _came_from_elsewhere(news: Sequence[News], pulled_at: datetime | None) -> Iterator[Item]:
    """New tickets older than the last pull: transferred ones may bring a note of ours, so somebody has to look."""
    if pulled_at is not None:
        yield from (
            one.after
            for one in news
            if one.before is None and one.after.created <= pulled_at and one.after.comments != 0
        )


def _together(
    scopes: Sequence[Scope], asked: dict[str, Cursor], connect: Callable[[], Connector], parallel: int
) -> Iterator[tuple[Scope, Page | None]]:
    """Read several scopes at the same time, each thread with a client of its own; pages wait in a short queue."""
    pages: Queue[tuple[Scope, Page | None] | BaseException] = Queue(maxsize=2 * parallel)
    stopped = False

    def read(scope: Scope) -> None:
        if stopped:
            return
        try:
            with closing(connect()) as connector:
                for page in connector.pull(scope, asked[scope.id].since):
                    if stopped:
                        return
                    pages.put((scope, page))
            pages.put((scope, None))
        except BaseException as error:
            pages.put(error)

    with ThreadPoolExecutor(parallel) as pool:
        futures = [pool.submit(read, scope) for scope in scopes]
        try:
            yield from _until_all_ended(pages, len(scopes))
        finally:
            stopped = True
            while not all(future.done() for future in futures):
                _drain(pages)


def _until_all_ended(
    pages: Queue[tuple[Scope, Page | None] | BaseException], open_scopes: int
) -> Iterator[tuple[Scope, Page | None]]:
    while open_scopes:
        found = pages.get()
        if isinstance(found, BaseException):
            raise found
        yield found
        open_scopes -= found[1] is None


def _drain(pages: Queue[tuple[Scope, Page | None] | BaseException]) -> None:
    try:
        pages.get(timeout=0.05)
    except Empty:
        return
