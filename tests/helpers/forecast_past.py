"""Weeks of work in a store, told as what each week finished and added: what forecasts are made from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from okr_builders import item
from practising import Practice, practise

from okrsync.model.sample import Linked
from okrsync.model.work import Item

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
"""A Sunday noon, 52 days into the cycle: seven complete weeks before that day's midnight."""

OKRS = """\
cycle: {id: 2026-Q4, start: 2026-10-01, end: 2026-12-31}
objectives:
  - id: checkout
    title: Buying is effortless
    owner: ana
    key_results:
      - id: checkout-1
        title: Ship the one-page checkout
        measure: {type: completion}
        links: [{connection: github, repository: acme/shop, labels: [checkout]}]
      - id: checkout-2
        title: Open P1 bugs from 40 to 5
        measure: {type: count, of: open, start: 40, target: 5}
        links: [{connection: github, repository: acme/shop, labels: [bug]}]
      - id: checkout-3
        title: Conversion from 2.1 % to 3 %
        measure: {type: manual, start: 2.1, target: 3, unit: "%"}
      - id: checkout-4
        title: Points shipped
        measure: {type: completion, by: points}
        links: [{connection: github, repository: acme/shop, labels: [points]}]
      - id: rota
        title: The on-call rota is in force
        measure: {type: boolean}
"""


def with_work(folder: Path) -> Practice:
    """The team, on that Sunday, with nothing linked yet."""
    made = practise(folder, okrs=OKRS)
    made.now = NOW
    return made


def work(
    acme: Practice,
    key_result: str,
    finished: Sequence[int],
    *,
    added: Sequence[int] = (),
    remaining: int = 20,
    connection: str = "github",
    weight: float = 1.0,
    points: float | None = None,
) -> None:
    """Link work that finished and added so many items in each of the last complete weeks, the last of them last.

    Everything else was there a month before the first week; ``remaining`` items are open today.
    """
    last_midnight = acme.now.replace(hour=0)
    weeks = len(finished)
    fresh = [
        last_midnight - timedelta(weeks=weeks - week, hours=-9) for week, one in enumerate(added) for _ in range(one)
    ]
    closed = [
        last_midnight - timedelta(weeks=weeks - week, hours=-60)
        for week, one in enumerate(finished)
        for _ in range(one)
    ]
    count = len(closed) + remaining
    begun = last_midnight - timedelta(weeks=weeks)
    created = [begun - timedelta(days=30)] * (count - len(fresh)) + fresh
    items = [
        _item(f"{connection}-{key_result}-{weight:g}-{number}", connection, made, begun, closed[number:][:1], points)
        for number, made in enumerate(created)
    ]
    links = [Linked(key_result, connection, one.id, weight, False, ("has label x",)) for one in items]
    with acme.desk() as desk, desk.store.transaction():
        desk.store.items.keep(items, lambda label: False)
        desk.store.links.replace(connection, [one.id for one in items], links)


def _item(
    name: str, connection: str, created: datetime, begun: datetime, closed: Sequence[datetime], points: float | None
) -> Item:
    ended = {"done": True, "closed": closed[0], "started": max(created, begun)} if closed else {}
    return item(name, connection=connection, created=created, updated=created, points=points, **ended)
