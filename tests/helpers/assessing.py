"""A project and a repository that were read completely, and what a run over them says moved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from okr_builders import NOON, item, placed

from okrsync.assess import Assessor
from okrsync.model.okr import Okrs, Placed
from okrsync.model.run import Movement
from okrsync.model.work import Item, Scope
from okrsync.store import Store
from okrsync.store.items import News
from okrsync.store.scopes import ConnectionState

HOUR = timedelta(hours=1)


@pytest.fixture
def shop(store: Store) -> Store:
    """Project SHOP of jira and repository acme/shop of github, both read completely."""
    with store.transaction():
        store.scopes.keep("jira", [Scope("100", "SHOP")])
        store.scopes.keep("github", [Scope("10", "acme/shop")])
        for name in ("jira", "github"):
            store.scopes.set_state(name, ConnectionState(NOON))
    return store


def keep(store: Store, *found: Item) -> list[News]:
    with store.transaction():
        return store.items.keep(found, lambda label: label.startswith("okr:"))


def okrs(*key_results: Placed) -> Okrs:
    return Okrs(placed=key_results)


def assessor(store: Store, *key_results: Placed, readable: Sequence[str] = ("jira", "github")) -> Assessor:
    return Assessor(store, okrs(*key_results), readable, NOON)


def moved(
    store: Store,
    *key_results: Placed,
    news: Sequence[News] = (),
    readable: Sequence[str] = ("jira", "github"),
    now: datetime = NOON,
) -> dict[str, Movement]:
    """What one run says moved."""
    found = Assessor(store, okrs(*key_results), readable, now).assess(news)
    return {one.key_result: one for one in found}


def value(store: Store, key_result: str = "checkout-1") -> float | None:
    sample = store.history.sample(key_result)
    return sample.value if sample else None


def dirty(store: Store, connection: str = "jira") -> set[str]:
    with store.reading():
        return {one.id for chunk in store.dirt.to_map(connection) for one in chunk}


SHIP = placed({"project": "SHOP"})
BOTH = placed({"project": "SHOP"}, {"connection": "github", "repository": "acme/shop"})


def github(id: str, **changed: Any) -> Item:
    return item(id, connection="github", scope="10", key=f"acme/shop#{id}", **changed)
