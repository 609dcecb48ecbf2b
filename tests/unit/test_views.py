"""Views: where key results stand and why, and how old that is; nothing is changed by looking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from okr_builders import CYCLE, NOON, item, key_result, placed

from okrsync.assess import Assessor
from okrsync.errors import ConfigError
from okrsync.model.okr import Cycle, GoalState, KeyResult, Objective, Okrs, Placed
from okrsync.model.status import KeyResultStatus
from okrsync.model.work import Item, Scope
from okrsync.store import Store
from okrsync.store.scopes import ConnectionState
from okrsync.views import explain, find, problems, status

WEEK = timedelta(days=7)


def okrs(*key_results: KeyResult, cycle: Cycle = CYCLE, **objective: Any) -> Okrs:
    owner = Objective(
        **{"id": "checkout", "title": "Buying is effortless", "owner": "ana", **objective}, key_results=key_results
    )
    return Okrs(
        placed=tuple(Placed(key_result=one, objective=owner, cycle=cycle) for one in key_results),
        objectives=((owner, cycle),),
    )


SHIP = okrs(key_result({"project": "SHOP"}))


@pytest.fixture
def shop(store: Store) -> Store:
    with store.transaction():
        store.scopes.keep("jira", [Scope("100", "SHOP")])
        store.scopes.set_state("jira", ConnectionState(NOON))
    return store


def sync(store: Store, files: Okrs, *found: Item, now: datetime = NOON, readable: Sequence[str] = ("jira",)) -> None:
    """Read these items and measure, as a run does."""
    with store.transaction():
        store.items.keep(found, lambda label: False)
    Assessor(store, files, readable, now).assess([])


def row(store: Store, files: Okrs, now: datetime = NOON) -> KeyResultStatus:
    ((only,),) = (objective.key_results for objective in status(store, files, now))
    return only


def test_a_row_says_where_a_key_result_stands(shop: Store) -> None:
    sync(shop, SHIP, item("1", done=True), item("2"))
    shown = row(shop, SHIP)
    assert (shown.key_result, shown.owner, shown.measure, shown.state) == ("checkout-1", "ana", "completion", "active")
    assert (shown.start, shown.target, shown.items) == (0.0, 1.0, 2)
    assert shown.sample is not None
    assert shown.sample.value == 0.5
    assert (shown.pulled_at, shown.stale) == (NOON, False)


def test_the_reading_of_a_week_ago_stands_beside_todays(shop: Store) -> None:
    sync(shop, SHIP, item("1"), item("2"))
    sync(shop, SHIP, item("1", done=True, updated=NOON + WEEK), now=NOON + WEEK)
    shown = row(shop, SHIP, NOON + WEEK)
    assert shown.sample is not None
    assert shown.week_ago is not None
    assert (shown.week_ago.value, shown.sample.value) == (0.0, 0.5)
    assert row(shop, SHIP, NOON + WEEK - timedelta(seconds=1)).week_ago is None


def test_an_objective_shows_the_mean_of_its_key_results(shop: Store) -> None:
    two = okrs(
        key_result({"items": ("SHOP-1",)}),
        key_result({"items": ("SHOP-2",)}, id="checkout-2", weight=3),
        team="shop",
        kind="aspirational",
    )
    sync(shop, two, item("1", done=True), item("2"))
    (shown,) = status(shop, two, NOON)
    assert (shown.objective, shown.team, shown.kind, shown.cycle) == ("checkout", "shop", "aspirational", "2026-Q4")
    assert shown.progress == 0.25
    assert [one.key_result for one in shown.key_results] == ["checkout-1", "checkout-2"]


def test_an_objective_counts_its_children_as_it_says(shop: Store) -> None:
    child, top = SHIP.objectives[0][0], Objective(id="company", title="Grow", rollup="children")
    files = Okrs(placed=SHIP.placed, objectives=((top, CYCLE), (child.model_copy(update={"parent": "company"}), CYCLE)))
    sync(shop, files, item("1", done=True))
    assert [one.progress for one in status(shop, files, NOON)] == [1.0, 1.0]


@pytest.mark.parametrize(("state", "shown"), [(GoalState.ACTIVE, "grading"), (GoalState.POSTPONED, "postponed")])
def test_an_objective_is_in_the_state_of_its_cycle_unless_it_has_one(
    store: Store, state: GoalState, shown: str
) -> None:
    grading = Cycle(**{**CYCLE.model_dump(), "state": "grading"})
    (one,) = status(store, okrs(cycle=grading, state=state), NOON)
    assert one.state == shown
    assert one.progress is None


@pytest.mark.parametrize(
    ("measure", "shown"),
    [
        ({"type": "manual", "start": 2.1, "target": 3, "unit": "%"}, ("manual", 2.1, 3.0, "%")),
        ({"type": "boolean"}, ("boolean", 0.0, 1.0, "")),
        ({"type": "maintain", "above": 3, "of": {"type": "manual", "target": 9}}, ("maintain", 0.0, 1.0, "")),
    ],
)
def test_a_row_shows_what_is_measured_and_from_where_to_where(
    store: Store, measure: dict[str, Any], shown: tuple[object, ...]
) -> None:
    found = row(store, okrs(key_result(measure=measure)))
    assert (found.measure, found.start, found.target, found.unit) == shown
    assert (found.sample, found.week_ago, found.pulled_at, found.stale) == (None, None, None, False)


def test_a_key_results_own_unit_and_owner_come_first(store: Store) -> None:
    own = key_result(measure={"type": "manual", "target": 3, "unit": "%"}, unit="points", owner="ben")
    shown = row(store, okrs(own))
    assert (shown.unit, shown.owner) == ("points", "ben")


def state(store: Store, connection: str, succeeded_at: datetime | None, error: str = "") -> None:
    with store.transaction():
        store.scopes.keep(connection, [Scope(f"{connection} 1", "acme")])
        store.scopes.set_state(connection, ConnectionState(succeeded_at, error))


BOTH = okrs(key_result({"project": "SHOP"}, {"connection": "github", "repository": "acme/shop"}))


def test_a_key_result_is_as_old_as_the_oldest_of_its_connections(shop: Store) -> None:
    state(shop, "github", NOON - WEEK)
    assert row(shop, BOTH).pulled_at == NOON - WEEK
    assert row(shop, SHIP).pulled_at == NOON


def test_it_has_no_age_while_one_of_them_was_never_read(shop: Store) -> None:
    state(shop, "github", None, "down")
    assert row(shop, BOTH).pulled_at is None
    assert row(shop, BOTH).stale


def test_it_is_stale_when_one_of_them_failed_since(shop: Store) -> None:
    state(shop, "github", NOON - WEEK, "down")
    assert row(shop, BOTH).stale
    assert not row(shop, SHIP).stale


def test_a_ticket_that_names_it_makes_it_depend_on_its_connection(shop: Store) -> None:
    state(shop, "github", NOON - WEEK, "down")
    sync(shop, SHIP, item("7", connection="github", references=("checkout-1",)), readable=("jira", "github"))
    shown = row(shop, SHIP)
    assert (shown.pulled_at, shown.stale) == (NOON - WEEK, True)


def test_a_connection_that_is_configured_no_more_makes_nothing_old(shop: Store) -> None:
    state(shop, "github", NOON - WEEK, "down")
    sync(shop, SHIP, item("7", connection="github", references=("checkout-1",)), readable=("jira", "github"))
    with shop.transaction():
        shop.scopes.keep("github", [])
    shown = row(shop, SHIP)
    assert (shown.pulled_at, shown.stale) == (NOON, False)


def test_a_key_result_is_found_whatever_the_case() -> None:
    assert find(SHIP, "CHECKOUT-1").key_result.id == "checkout-1"


def test_a_mistyped_key_result_is_answered_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="no key result 'chekout-1'") as error:
        find(SHIP, "chekout-1")
    assert error.value.hint == "Did you mean checkout-1?"
    with pytest.raises(ConfigError) as error:
        find(SHIP, "entirely different")
    assert "okrsync status" in error.value.hint


def test_an_explanation_lists_every_item_where_it_belongs(shop: Store) -> None:
    files = okrs(key_result({"project": "SHOP"}, {"items": ("OPS-5", "OPS-6"), "role": "supports"}))
    sync(
        shop,
        files,
        item("1", done=True),
        item("2"),
        item("3", cancelled=True),
        item("4"),
        item("5", key="OPS-5", scope="200"),
        item("6", key="OPS-6", scope="200"),
    )
    with shop.transaction():
        shop.items.mark_unreachable("jira", {"4": "deleted", "6": "deleted"})
    sync(shop, files)
    explained = explain(shop, files, "checkout-1", NOON)
    said = {one.item: (one.adds, one.of, one.left_out) for one in explained.contributions}
    assert said == {"1": (1.0, 1.0, ""), "2": (0.0, 1.0, ""), "3": (0.0, 0.0, "cancelled")}
    assert [one.item for one in explained.supports] == ["5"]
    assert {one.item for one in explained.unreachable} == {"4", "6"}
    assert explained.rule == "completion by count v1"
    assert (explained.objective, explained.cycle) == ("Buying is effortless", "2026-Q4")
    sample = explained.status.sample
    assert sample is not None
    assert sum(one.adds for one in explained.contributions) == sample.numerator
    assert sum(one.of for one in explained.contributions) == sample.denominator


def test_before_the_first_sync_there_is_nothing_to_explain(store: Store) -> None:
    explained = explain(store, SHIP, "checkout-1", NOON)
    assert (explained.contributions, explained.rule, explained.status.sample) == ((), "", None)


def test_looking_changes_nothing(shop: Store) -> None:
    sync(shop, SHIP, item("1"))
    with Store(shop.url) as other:
        before = other._connection.exec_driver_sql("PRAGMA data_version").scalar()
        status(shop, SHIP, NOON + WEEK)
        explain(shop, SHIP, "checkout-1", NOON + WEEK)
        problems(shop, SHIP, NOON + WEEK, ["jira"])
        assert other._connection.exec_driver_sql("PRAGMA data_version").scalar() == before


def test_problems_name_the_ticket_and_what_to_do(shop: Store) -> None:
    sync(shop, SHIP, item("1", references=("chekout-1",)))
    (found,) = [one for one in problems(shop, SHIP, NOON, ["jira"]) if one.subject == "SHOP-1"]
    assert "did you mean checkout-1?" in found.message
    assert "https://jira.example/browse/SHOP-1" in found.hint


def test_problems_name_links_that_reach_nothing(shop: Store) -> None:
    files = Okrs(placed=(placed({"project": "SHOPP"}),))
    assert any("SHOPP" in one.message for one in problems(shop, files, NOON, ["jira"]))


def test_nothing_is_said_of_links_to_a_connection_that_was_not_read_completely(shop: Store) -> None:
    files = Okrs(placed=(placed({"project": "SHOPP"}),))
    assert problems(shop, files, NOON, []) == ()
