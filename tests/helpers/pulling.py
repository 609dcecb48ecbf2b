"""What the tests of pulling share: a clock that somebody moves, and reading scopes as one run does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from fake_connector import FakeTracker
from okr_builders import NOON

from okrsync.marker import Namespace
from okrsync.model.run import ScopePull
from okrsync.model.work import Item, Page, Scope
from okrsync.progress import NoProgress
from okrsync.pull.puller import Puller
from okrsync.store import Store
from okrsync.store.scopes import Cursor

SHOP = Scope("100", "SHOP")
DAY = timedelta(days=1)
OVERLAP = timedelta(minutes=2)


class Clock:
    """Tells NOON until somebody moves it."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time


Pull = Callable[..., list[ScopePull]]


def pull_of(store: Store, tracker: FakeTracker, clock: Clock) -> Pull:
    """Read the scopes (SHOP unless told otherwise) as one run does; ``news`` collects what came."""

    def pull(*scopes: Scope, news: list[Any] | None = None, **asked: Any) -> list[ScopePull]:
        chosen = scopes or (SHOP,)
        with store.transaction():
            store.scopes.keep("jira", chosen)
        puller = Puller(store, "jira", Namespace(), tracker.connect, clock, NoProgress(), **asked)
        try:
            return list(puller.pull(chosen, tracker.connect()))
        finally:
            if news is not None:
                news.extend(puller.news)

    return pull


def page(*items: Item, **more: Any) -> Page:
    return Page(items=items, **more)


def cursor(store: Store, scope: str = "100") -> Cursor:
    return store.scopes.cursor("jira", scope)


def reachable(store: Store, scope: str = "100") -> set[str]:
    return set(chain.from_iterable(store.items.ids("jira", scope)))
