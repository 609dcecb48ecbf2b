"""A baseline for those who come late: nobody measured on the cycle's 14th day."""

from __future__ import annotations

from datetime import datetime, timedelta

from okr_builders import CYCLE, NOON, item, placed

from okrsync.assess import Assessor
from okrsync.model.okr import Okrs
from okrsync.model.work import Scope
from okrsync.store import Store

LATE = placed({"project": "SHOP"}, measure={"type": "completion", "denominator": "baseline"})


def assess(store: Store, now: datetime, *items: str) -> None:
    with store.transaction():
        store.items.keep([item(one, done=one == "1") for one in items], lambda _: False)
    Assessor(store, Okrs(placed=(LATE,)), ["jira"], now).assess(())


def test_the_first_reading_locks_a_baseline_that_nobody_was_there_to_lock(store: Store) -> None:
    assert NOON.date() > CYCLE.start + timedelta(days=14)
    with store.transaction():
        store.scopes.keep("jira", [Scope("100", "SHOP")])
    assess(store, NOON, "1", "2")
    first = store.history.sample("checkout-1")
    assert first is not None
    assert (first.denominator, first.flags) == (2, ())
    assess(store, NOON + timedelta(days=1), "1", "2", "3", "4")
    later = store.history.sample("checkout-1")
    assert later is not None
    assert (later.scope, later.denominator, later.value) == (4, 2, 0.5)
