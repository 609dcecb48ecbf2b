"""Assess: baselines, milestones and words of people move key results of which no item changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from assessing import keep, moved, value
from okr_builders import NOON, item, placed, version

from okrsync import assess
from okrsync.measure import measure
from okrsync.model.okr import Cycle, Placed
from okrsync.model.work import State
from okrsync.store import Store

BASELINE = {"type": "completion", "denominator": "baseline"}


def test_the_baseline_is_the_scope_of_the_cycles_fourteenth_day(shop: Store) -> None:
    one = placed({"project": "SHOP"}, measure=BASELINE)
    early, locked = datetime(2026, 10, 5, tzinfo=UTC), datetime(2026, 10, 15, tzinfo=UTC)
    keep(shop, item("1", done=True), item("2"))
    moved(shop, one, now=early)
    keep(shop, item("3"), item("4"))
    assert moved(shop, one, now=locked)["checkout-1"].after.denominator == 2
    assert value(shop) == 0.5


def test_the_baseline_is_locked_at_midnight_where_the_cycle_lives(shop: Store) -> None:
    tokyo = Cycle(id="2026-Q4", start=date(2026, 10, 1), end=date(2026, 12, 31), timezone="Asia/Tokyo")
    one = placed({"project": "SHOP"}, measure=BASELINE, cycle=tokyo)
    keep(shop, item("1"))
    moved(shop, one, now=datetime(2026, 10, 14, 14, 59, tzinfo=UTC))
    keep(shop, item("2"))
    moved(shop, one, now=datetime(2026, 10, 14, 15, 1, tzinfo=UTC))
    keep(shop, item("3"))
    assert moved(shop, one, now=NOON) == {} or value(shop) == 0.0
    sample = shop.history.sample("checkout-1")
    assert sample is not None
    assert (sample.denominator, sample.scope) == (1, 3)


@pytest.mark.parametrize(
    "how",
    [
        {"type": "milestones"},
        {"type": "boolean", "above": 0.5, "of": {"type": "milestones"}},
        {"type": "maintain", "above": 0.5, "of": {"type": "milestones"}},
    ],
)
def test_a_milestone_that_is_closed_moves_its_key_result_without_any_ticket(shop: Store, how: dict[str, Any]) -> None:
    one = placed({"version": "1.0"}, measure=how)
    with shop.transaction():
        shop.scopes.keep_milestones("jira", "100", [version("7", "1.0")])
    assert moved(shop, one)["checkout-1"].after.progress == 0.0
    with shop.transaction():
        shop.scopes.keep_milestones("jira", "100", [version("7", "1.0", state=State.DONE)])
    assert moved(shop, one)["checkout-1"].after.progress == 1.0


@pytest.fixture
def measured(shop: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    def measured(*key_results: Placed) -> int:
        """How many key results a run measures in which nothing changed."""
        moved(shop, *key_results)
        seen: list[str] = []

        def counted(one: Placed, *rest: Any) -> Any:
            seen.append(one.key_result.id)
            return measure(one, *rest)

        with monkeypatch.context() as patched:
            patched.setattr(assess, "measure", counted)
            moved(shop, *key_results)
        return len(seen)

    return measured


@pytest.mark.parametrize(
    ("how", "again"),
    [
        ({"type": "completion"}, 0),
        (BASELINE, 1),
        ({"type": "count", "of": "open", "target": 3}, 0),
        ({"type": "maintain", "below": 3, "of": {"type": "count", "of": "open", "target": 3}}, 0),
        ({"type": "boolean"}, 1),
        ({"type": "manual", "target": 3}, 1),
    ],
)
def test_only_what_moves_by_itself_is_measured_when_nothing_changed(
    measured: Callable[..., int], how: dict[str, Any], again: int
) -> None:
    assert measured(placed({"project": "SHOP"}, measure=how)) == again
