"""What the tests of apply share: changes of a small shop, and what the store says of them afterwards."""

from __future__ import annotations

import msgspec
import pytest
from fake_connector import FakeTracker
from okr_builders import NOON, item
from sqlalchemy import select

from okrsync.apply import Applier
from okrsync.marker import Namespace
from okrsync.model.change import (
    AddLabel,
    Change,
    DefineLabel,
    Done,
    Note,
    NoteLine,
    PutLink,
    PutNote,
    Receipt,
)
from okrsync.model.run import Write
from okrsync.model.ticket import Showing
from okrsync.progress import NoProgress
from okrsync.store import Store
from okrsync.store.tables import writes

REF = item("1").ref
LABEL = "okr:checkout-1"
APPLIED = Receipt(Done.APPLIED)
DEFINE = DefineLabel("jira", "100", LABEL, "Key result: Ship it", "c5def5")
LINK = PutLink(REF, "checkout-1", "Ship it", "https://okr.example/key-results/checkout-1")


def note(tenth: int = 3) -> Note:
    line = NoteLine("checkout-1", "Ship it", "Buying is effortless", tenth, "1 item", ("in project SHOP",))
    return Note((line,), "okr:ignore")


def put(id: str = "1", tenth: int = 3, note_id: str | None = None) -> PutNote:
    return PutNote(item(id).ref, note(tenth), note_id)


def add(id: str = "1", label: str = LABEL) -> AddLabel:
    return AddLabel(item(id).ref, label)


def apply(applier: Applier, *changes: Change) -> list[Write]:
    return list(applier.apply(changes))


def deferred(done: list[Write]) -> int:
    return sum(write == Write(write.change) for write in done)


def showing(store: Store, id: str = "1") -> Showing:
    with store.reading():
        every = store.links.tickets(everything=True)
        return {one.item.id: one.showing for one in every if one.item.connection == "jira"}[id]


def labels(store: Store, id: str = "1") -> tuple[str, ...]:
    kept = store.items.get("jira", id)
    assert kept is not None
    return kept.labels


def journal(store: Store) -> list[tuple[bool, Receipt | None, str]]:
    """Whether it ended, its receipt, its error, for every write intended so far."""
    rows = store._connection.execute(select(writes).order_by(writes.c.id)).all()
    store._connection.rollback()
    return [
        (row.ended_at is not None, msgspec.json.decode(row.receipt, type=Receipt) if row.receipt else None, row.error)
        for row in rows
    ]


@pytest.fixture
def shop(store: Store) -> Store:
    """Seven tickets of Jira and one of GitHub, all mapped."""
    with store.transaction():
        store.items.keep([item(str(number)) for number in range(1, 8)], Namespace().owns)
        store.items.keep([item("1", connection="github")], Namespace().owns)
        for connection in ("jira", "github"):
            store.dirt.clean(connection)
    return store


@pytest.fixture
def applier(shop: Store, tracker: FakeTracker) -> Applier:
    connectors = {name: tracker.connect() for name in ("jira", "github")}
    namespaces = {name: Namespace() for name in connectors}
    return Applier(shop, connectors, namespaces, 7, lambda: NOON, NoProgress())
