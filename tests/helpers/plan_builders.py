"""Small makers of tickets, key results and plans for tests of planning."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from okrsync import marker
from okrsync.connector import WriteBack
from okrsync.marker import Namespace
from okrsync.model.change import Change, ShownNote
from okrsync.model.okr import Completion, Cycle, KeyResult, Objective, Phase, Placed
from okrsync.model.run import Plan
from okrsync.model.sample import Linked, Sample
from okrsync.model.ticket import Showing, Ticket
from okrsync.model.work import Item, LabelDefinition
from okrsync.plan import Planner, Target, Wanted, make_plan

NOW = datetime(2026, 11, 2, tzinfo=UTC)
TARGET = Target(Namespace(), WriteBack(), defines_labels=True)


def placed(key_result: str = "checkout-1", *, phase: Phase = Phase.ACTIVE, by: str = "count") -> Placed:
    measure = Completion.model_validate({"type": "completion", "by": by})
    result = KeyResult(id=key_result, title="Ship the one-page checkout", measure=measure)
    objective = Objective(id="checkout", title="Buying is effortless", key_results=(result,))
    cycle = Cycle.model_validate({"id": "2026-Q4", "start": "2026-10-01", "end": "2026-12-31", "state": phase})
    return Placed(key_result=result, objective=objective, cycle=cycle)


def item(name: str = "1", **fields: object) -> Item:
    plain = Item("github", "10", f"I_{name}", f"acme/shop#{name}", "https://x/1", "Pay", NOW, NOW, comments=0)
    return msgspec.structs.replace(plain, **fields)


def linked(to: str = "checkout-1", name: str = "1", **fields: object) -> Linked:
    plain = Linked(to, "github", f"I_{name}", 1.0, False, ("in milestone One-page checkout",))
    return msgspec.structs.replace(plain, **fields)


def ticket(
    name: str = "1", links: tuple[Linked, ...] | None = None, showing: Showing | None = None, **fields: object
) -> Ticket:
    chosen = (linked(name=name),) if links is None else links
    return Ticket(item(name, **fields), chosen, showing or Showing())


def planner(target: Target = TARGET, progress: float | None = 0.36, *key_results: Placed) -> Planner:
    chosen = key_results or (placed(),)
    samples = {one.key_result.id: Sample(one.key_result.id, NOW, progress, progress) for one in chosen}
    known = frozenset({"old", *(one.key_result.id for one in chosen)})
    return Planner({one.key_result.id: one for one in chosen}, samples, {"github": target}, known)


def plan_of(
    *tickets: Ticket, by: Planner | None = None, defined: tuple[str, ...] = ("okr:checkout-1", "okr:ignore")
) -> Plan:
    text = "Key result: Ship the one-page checkout"
    labels = [LabelDefinition(name, name, text if name != "okr:ignore" else "") for name in defined]
    return make_plan(tickets, by or planner(), {("github", "10"): labels}, lambda change: 1)


def kinds(plan: Plan) -> list[type[Change]]:
    return [type(change) for change in plan.changes]


def shown_as_wanted(one: Ticket, by: Planner | None = None) -> Ticket:
    """The ticket after everything wanted was written to it."""
    wanted = (by or planner()).wanted(one)
    assert isinstance(wanted, Wanted)
    note = None
    if wanted.note is not None:
        own = marker.mark("x", wanted.note)
        note = ShownNote("77", own.digest, own.tenths, statuses=own.statuses)
    labels = tuple(label for label in one.item.labels if not Namespace().owns(label)) + wanted.labels
    return Ticket(msgspec.structs.replace(one.item, labels=labels), one.linked, Showing(known=True, note=note))
