"""Pull: pages of work from a connector into the store, and what is missing from there.

The next pages are read while the last one is stored: waiting for a tracker and working for the store share their time.
A cursor moves only after the last page is stored. A pull that raises leaves what it stored and concludes nothing.
Where a census finds an item that was thought lost, nobody knows what became of it meanwhile: the next pull is full.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import chain

import msgspec

from okrsync.connector import Connector
from okrsync.errors import ConnectionFailed, Interrupted
from okrsync.marker import Namespace
from okrsync.model.hint import Hint
from okrsync.model.run import ScopePull
from okrsync.model.work import Item, Page, Ref, Scope
from okrsync.progress import Progress
from okrsync.pull.census import Census, named
from okrsync.store import Store
from okrsync.store.items import News
from okrsync.store.scopes import Cursor
from okrsync.threads import ahead, gathered

TOGETHER = 10
"""Pages kept in one transaction; nothing is concluded from any of them before the last one of a scope."""

Delivery = tuple[Scope, Page | None]
"""A page with its scope, or None after the scope's last page."""


@dataclass
class Puller:
    """Reads one connection. ``connect`` makes one more client, for scopes read at the same time.

    ``met`` are those of ``looked_for`` (ids) that a page brought.
    """

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
    looked_for: frozenset[str] = frozenset()
    met: set[str] = field(default_factory=set)

    @cached_property
    def _measured(self) -> datetime | None:
        """When anybody measured for the last time without what this run reads."""
        return self.store.history.measured_with(self.connection)

    def pull(self, scopes: Sequence[Scope], connector: Connector) -> Iterator[ScopePull]:
        """Read all scopes; yields how each went. Raises what the connector raised, at the first failure."""
        asked = {scope.id: self._question(scope, connector) for scope in scopes}
        reports = {
            scope.id: ScopePull(self.connection, scope.name, asked[scope.id].since is None, id=scope.id)
            for scope in scopes
        }
        self.progress.stage(f"reading {self.connection}")
        began, as_of = self.now(), dict[str, datetime]()
        for scope, pages, complete in self._together(self._pages(scopes, asked, connector)):
            for page in pages:
                if page.as_of is not None:
                    as_of.setdefault(scope.id, page.as_of)
            reports[scope.id] = self._counted(reports[scope.id], pages, self._keep(scope, pages, asked[scope.id]))
            if complete:
                missing = self._conclude(scope, asked[scope.id], as_of.get(scope.id, began), connector)
                yield msgspec.structs.replace(reports[scope.id], unreachable=len(missing), lost=named(missing))
        self.progress.done()

    def _counted(self, before: ScopePull, pages: Sequence[Page], news: Sequence[News]) -> ScopePull:
        found = sum(len(page.items) for page in pages)
        self.progress.advance(found)
        return msgspec.structs.replace(
            before,
            seen=before.seen + found,
            changed=before.changed + self._changed(news),
            quarantined=(*before.quarantined, *chain.from_iterable(page.quarantined for page in pages)),
        )

    def _changed(self, news: Sequence[News]) -> int:
        """How many of these say something new. Our own labels and notes do not, nor does anybody's talk."""
        return sum(one.before is None or not self._only_talk(one.before, one.after) for one in news)

    def _only_talk(self, before: Item, after: Item) -> bool:
        """Whether they differ, and by nothing but our own labels, the comments and the time."""
        theirs, were = ({name for name in one.labels if not self.namespace.owns(name)} for one in (after, before))
        as_before = {name: getattr(before, name) for name in ("labels", "comments", "updated")}
        return after != before and theirs == were and msgspec.structs.replace(after, **as_before) == before

    def reread(self, scope: Scope, hints: Sequence[Hint], connector: Connector) -> ScopePull:
        """Look again at a few items of a scope; the cursor stays. Raises what the connector raised."""
        asked = self.store.scopes.cursor(self.connection, scope.id)
        wanted = {hint.item: Ref(self.connection, scope.id, hint.item, hint.key) for hint in hints}
        for held in self.store.items.some(self.connection, sorted(wanted)):
            if held.scope == scope.id:
                wanted[held.id] = held.ref
        seen, changed = set[str](), 0
        for page in connector.reread(scope, list(wanted.values())):
            changed += self._changed(self._keep(scope, [page], asked))
            seen |= {item.id for item in page.items} | {one.id for one in page.quarantined}
        missing = self._census(connector).confirmed(scope, sorted(wanted.keys() - seen))
        self._look_below(missing, connector)
        with self.store.transaction():
            self._mark(missing)
        found, lost = len(seen), named(missing)
        return ScopePull(self.connection, scope.name, False, found, changed, len(missing), id=scope.id, lost=lost)

    def _question(self, scope: Scope, connector: Connector) -> Cursor:
        """The cursor to pull from, under today's fingerprint; ``since`` is None for a full pull."""
        held = self.store.scopes.cursor(self.connection, scope.id)
        fingerprint = connector.asks(scope)
        same = held.fingerprint == fingerprint and not self.full
        return msgspec.structs.replace(held, since=held.since if same else None, fingerprint=fingerprint)

    def _pages(self, scopes: Sequence[Scope], asked: dict[str, Cursor], connector: Connector) -> Iterator[Delivery]:
        """What the scopes hold. Between a scope's first page and its end the caller must leave ``connector`` alone."""
        unread = iter(scopes)

        def read(scope: Scope, connector: Connector) -> Iterator[Delivery]:
            for page in connector.pull(scope, asked[scope.id].since):
                yield scope, page
            yield scope, None

        def read_apart() -> Iterator[Delivery]:
            for scope in unread:
                with closing(self.connect()) as own:
                    yield from read(scope, own)

        if self.parallel == 1 or len(scopes) == 1:
            for scope in scopes:
                yield from ahead(read(scope, connector))
        else:
            yield from chain.from_iterable(gathered([read_apart] * min(self.parallel, len(scopes))))

    def _together(self, found: Iterator[Delivery]) -> Iterator[tuple[Scope, list[Page], bool]]:
        """A few pages of a scope at a time, and whether they are its last; before a failure, what came until then."""
        waiting: dict[str, tuple[Scope, list[Page]]] = {}
        try:
            for scope, page in found:
                if self.stopping():
                    raise Interrupted(f"Stopped while reading {scope.name}; it will be read again.")
                _, pages = waiting.setdefault(scope.id, (scope, []))
                if page is not None:
                    pages.append(page)
                if page is None or len(pages) == TOGETHER:
                    del waiting[scope.id]
                    yield scope, pages, page is None
        except ConnectionFailed:
            for scope, pages in waiting.values():
                yield scope, pages, False
            raise

    def _keep(self, scope: Scope, pages: Sequence[Page], asked: Cursor) -> list[News]:
        if not pages:
            return []
        full = asked.since is None
        items = [item for page in pages for item in page.items]
        found = [item.id for item in items] + [one.id for page in pages for one in page.quarantined]
        self.met |= self.looked_for.intersection(found)
        if full:
            self.seen.setdefault(scope.id, set()).update(found)
        owns, now = self.namespace.owns, self.now()
        with self.store.transaction():
            for page in pages:
                self._learn(scope, page, now)
            news = self.store.items.keep(items, owns, now, self._measured)
            self.store.showings.unblock(self.connection, found if full else [one.after.id for one in news])
            for item in _came_from_elsewhere(news, asked.pulled_at):
                self.store.showings.begin_note(self.connection, item.id)
        self.news.extend(one for one in news if one.before is not None or not full)
        return news

    def _learn(self, scope: Scope, page: Page, now: datetime) -> None:
        """What a page tells of its scope beside the items."""
        if page.scope is not None:
            self.store.scopes.learn(self.connection, page.scope)
        if page.milestones is not None:
            self.store.scopes.keep_milestones(self.connection, scope.id, page.milestones)
        if page.labels is not None:
            renamed = self.store.scopes.keep_labels(self.connection, scope.id, page.labels)
            if renamed:
                self.store.items.rename_labels(self.connection, scope.id, renamed, self.namespace.owns, now)

    def _conclude(self, scope: Scope, asked: Cursor, began: datetime, connector: Connector) -> dict[Ref, str]:
        """Promote the cursor after the last page, and find what is missing when a census is due."""
        now, full = self.now(), asked.since is None
        due = full or asked.census_due(now, self.census_every)
        missing: dict[Ref, str] = {}
        returned: set[str] = set()
        if due:
            existing = self.seen.get(scope.id, set()) if full else set(connector.census(scope))
            missing = self._census(connector).missing(scope, existing)
            self._look_below(missing, connector)
            returned = set() if full else existing & self.store.items.lost(self.connection, scope.id)
        with self.store.transaction():
            self._mark(missing)
            if due and not full:
                self.store.showings.unblock(self.connection, sorted(existing))
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
        return missing

    def _census(self, connector: Connector) -> Census:
        return Census(self.store, self.connection, connector, full=self.full, force=self.force)

    def _look_below(self, gone: Collection[Ref], connector: Connector) -> None:
        """No tracker says of what was below a deleted or transferred item that its parent is another now, or none.

        It may lie in any scope. What this run has read in full already has its parent of today and is not asked for.
        """
        below = self.store.items.below(self.connection, [ref.id for ref in gone])
        scopes = self.store.scopes.known(self.connection) if below else ()
        for scope in scopes:
            refs = [item.ref for item in below if item.scope == scope.id]
            asked = self.store.scopes.cursor(self.connection, scope.id)
            for page in connector.reread(scope, refs) if refs else ():
                self._keep(scope, [page], asked)

    def _mark(self, missing: Mapping[Ref, str]) -> None:
        reasons = {ref.id: reason for ref, reason in missing.items()}
        self.store.items.mark_unreachable(self.connection, reasons, self.now())


def _came_from_elsewhere(news: Sequence[News], pulled_at: datetime | None) -> Iterator[Item]:
    """New tickets older than the last pull: transferred ones may bring a note of ours, so somebody has to look."""
    if pulled_at is not None:
        yield from (
            one.after
            for one in news
            if one.before is None and one.after.created <= pulled_at and one.after.comments != 0
        )
