"""Small makers of work and key results for tests: name what matters, the rest is ordinary."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from okrsync.model.okr import Cycle, KeyResult, Link, Objective, Placed
from okrsync.model.sample import Linked
from okrsync.model.work import Item, Milestone, Outcome, State

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
CYCLE = Cycle(id="2026-Q4", start=date(2026, 10, 1), end=date(2026, 12, 31))


def item(id: str = "1", **changed: Any) -> Item:
    """A task in project SHOP of connection jira; ``done=True`` is short for delivered."""
    if changed.pop("done", False):
        changed |= {"state": State.DONE, "outcome": Outcome.DELIVERED}
    if changed.pop("cancelled", False):
        changed |= {"state": State.DONE, "outcome": Outcome.CANCELLED}
    facts: dict[str, Any] = {
        "connection": "jira",
        "scope": "100",
        "id": id,
        "key": f"SHOP-{id}",
        "url": f"https://jira.example/browse/SHOP-{id}",
        "title": f"Task {id}",
        "created": NOON,
        "updated": NOON,
        "type": "Task",
    }
    return Item(**{**facts, **changed})


def key_result(
    *links: dict[str, Any], id: str = "checkout-1", measure: dict[str, Any] | None = None, **changed: Any
) -> KeyResult:
    return KeyResult(
        id=id,
        title=f"Title of {id}",
        measure=measure or {"type": "completion"},
        links=tuple(Link(**{"connection": "jira", **link}) for link in links),
        **changed,
    )


def placed(*links: dict[str, Any], cycle: Cycle = CYCLE, objective: Objective | None = None, **changed: Any) -> Placed:
    return Placed(
        key_result=key_result(*links, **changed),
        objective=objective or Objective(id="checkout", title="Buying is effortless"),
        cycle=cycle,
    )


def version(id: str, title: str, **changed: Any) -> Milestone:
    return Milestone(**{"connection": "jira", "scope": "100", "id": id, "title": title, **changed})


def part(one: Item, *, weight: float = 1.0, supports: bool = False) -> tuple[Item, Linked]:
    return one, Linked("checkout-1", one.connection, one.id, weight, supports, ("has label x",))
