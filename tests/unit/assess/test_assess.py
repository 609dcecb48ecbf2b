"""Assess: what changed is mapped, what that touches is measured, and nothing is measured from half a read."""

from __future__ import annotations

from typing import Any

import pytest
from assessing import BOTH, HOUR, SHIP, assessor, dirty, github, keep, moved, value
from okr_builders import CYCLE, NOON, item, placed, version

from okrsync import assess
from okrsync.measure import measure
from okrsync.model.checkin import CheckIn
from okrsync.model.okr import Cycle, Placed
from okrsync.model.work import Scope, State
from okrsync.store import Store


def test_work_moves_the_key_result_it_is_linked_to(shop: Store) -> None:
    keep(shop, item("1"), item("2", done=True))
    movement = moved(shop, SHIP)["checkout-1"]
    assert movement.before is None
    assert (movement.after.value, movement.after.at) == (0.5, NOON)
    assert movement.title == "Title of checkout-1"
    assert dirty(shop) == set()
    assert shop.links.count("checkout-1") == 2


def test_a_second_look_at_the_same_moves_and_keeps_nothing(shop: Store) -> None:
    keep(shop, item("1"))
    moved(shop, SHIP)
    assert moved(shop, SHIP, now=NOON + HOUR) == {}
    assert len(shop.history.samples("checkout-1")) == 1


def test_only_what_the_changed_items_touch_is_measured(shop: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    other = placed({"items": ("SHOP-2",)}, id="checkout-2")
    keep(shop, item("1"), item("2"))
    first = placed({"items": ("SHOP-1",)})
    moved(shop, first, other)
    measured: list[str] = []

    def counted(one: Placed, *rest: Any) -> Any:
        measured.append(one.key_result.id)
        return measure(one, *rest)

    monkeypatch.setattr(assess, "measure", counted)
    keep(shop, item("1", done=True, updated=NOON + HOUR))
    assert set(moved(shop, first, other)) == {"checkout-1"}
    assert measured == ["checkout-1"]


def test_an_item_that_is_linked_no_more_still_moves_what_it_fed(shop: Store) -> None:
    one = placed({"labels": ["checkout"]})
    keep(shop, item("1", labels=("checkout",)), item("2", labels=("checkout",), done=True))
    moved(shop, one)
    keep(shop, item("1", updated=NOON + HOUR))
    assert moved(shop, one)["checkout-1"].after.value == 1.0


def test_a_run_killed_before_its_end_leaves_everything_to_the_next(
    shop: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(shop, item("1"))

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(assess, "measure", killed)
        with pytest.raises(KeyboardInterrupt):
            moved(shop, SHIP)
    assert dirty(shop) == {"1"}
    assert shop.links.count("checkout-1") == 0
    assert moved(shop, SHIP)["checkout-1"].after.value == 0.0


def test_a_key_result_fed_by_a_connection_that_failed_keeps_its_last_reading(shop: Store) -> None:
    keep(shop, item("1"))
    keep(shop, github("2"))
    moved(shop, BOTH)
    keep(shop, github("2", done=True, updated=NOON + HOUR))
    run = assessor(shop, BOTH, readable=["github"])
    assert run.assess([]) == []
    assert run.stale == ["checkout-1"]
    assert value(shop) == 0.0


def test_and_is_measured_as_soon_as_the_connection_is_back(shop: Store) -> None:
    keep(shop, item("1"))
    keep(shop, github("2"))
    moved(shop, BOTH)
    keep(shop, github("2", done=True, updated=NOON + HOUR))
    moved(shop, BOTH, readable=["github"])
    assert moved(shop, BOTH)["checkout-1"].after.value == 0.5
    assert moved(shop, BOTH) == {}


def test_a_connection_that_failed_is_not_mapped(shop: Store) -> None:
    keep(shop, item("1"))
    moved(shop, SHIP, readable=["github"])
    assert dirty(shop) == {"1"}
    assert shop.links.count("checkout-1") == 0


def test_a_ticket_that_names_the_key_result_makes_it_depend_on_its_connection(shop: Store) -> None:
    keep(shop, github("2", references=("checkout-1",)))
    moved(shop, SHIP)
    run = assessor(shop, SHIP, readable=["jira"])
    run.assess([])
    assert run.stale == ["checkout-1"]


def test_a_key_result_of_nothing_but_check_ins_depends_on_no_connection(shop: Store) -> None:
    manual = placed(measure={"type": "manual", "target": 3})
    with shop.transaction():
        shop.checkins.add(CheckIn("checkout-1", NOON, "ana", 1.5))
    assert moved(shop, manual, readable=[])["checkout-1"].after.progress == 0.5
    with shop.transaction():
        shop.checkins.add(CheckIn("checkout-1", NOON, "ana", 3.0))
    assert moved(shop, manual, readable=[])["checkout-1"].after.progress == 1.0


QUERY = "type = Bug"
BUGS = placed({"query": QUERY}, measure={"type": "count", "of": "open", "start": 4, "target": 0})


def ask(store: Store, *ids: str) -> None:
    with store.transaction():
        changed = store.scopes.keep_membership("jira", QUERY, frozenset(ids))
        store.dirt.mark("jira", sorted(changed))


def test_a_query_nobody_has_asked_yet_is_not_taken_for_an_empty_one(shop: Store) -> None:
    keep(shop, item("1"))
    run = assessor(shop, BUGS)
    assert run.assess([]) == []
    assert run.stale == ["checkout-1"]
    assert value(shop) is None
    ask(shop, "1")
    assert moved(shop, BUGS)["checkout-1"].after.value == 1.0


def test_a_query_that_matches_nothing_any_more_is_an_answer(shop: Store) -> None:
    keep(shop, item("1"))
    ask(shop, "1")
    moved(shop, BUGS)
    ask(shop)
    assert moved(shop, BUGS)["checkout-1"].after.value == 0.0


def test_a_changed_definition_is_measured_anew(shop: Store) -> None:
    keep(shop, item("1"), item("2", done=True))
    moved(shop, SHIP)
    counted = placed({"project": "SHOP"}, measure={"type": "count", "of": "done", "target": 4})
    assert moved(shop, counted)["checkout-1"].after.value == 1.0


def test_a_changed_link_maps_everything_anew(shop: Store) -> None:
    keep(shop, item("1"), item("2", done=True))
    moved(shop, SHIP)
    assert moved(shop, placed({"items": ("SHOP-2",)}))["checkout-1"].after.value == 1.0


def test_a_renamed_milestone_or_project_maps_everything_anew(shop: Store) -> None:
    released = placed({"version": "2.0"})
    keep(shop, item("1", milestones=("7",), done=True))
    with shop.transaction():
        shop.scopes.keep_milestones("jira", "100", [version("7", "1.0")])
    assert moved(shop, released, SHIP)["checkout-1"].after.value is not None
    assert shop.links.count("checkout-1") == 1
    with shop.transaction():
        shop.scopes.keep_milestones("jira", "100", [version("7", "2.0")])
        shop.scopes.keep("jira", [Scope("100", "STORE")])
    moved(shop, released)
    assert shop.links.count("checkout-1") == 1
    moved(shop, SHIP)
    assert shop.links.count("checkout-1") == 0, "there is no project SHOP any more"


def test_a_new_version_of_okrsync_maps_and_measures_everything_anew(
    shop: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(shop, item("1", done=True))
    moved(shop, SHIP)
    with shop.transaction():
        shop.links.replace("jira", ["1"], [])
    assert moved(shop, SHIP) == {}
    monkeypatch.setattr(assess, "__version__", "99")
    moved(shop, SHIP)
    assert shop.links.count("checkout-1") == 1


def test_key_results_that_are_not_live_are_left_alone(shop: Store) -> None:
    keep(shop, item("1"))
    draft = placed({"project": "SHOP"}, cycle=Cycle(**{**CYCLE.model_dump(), "state": "draft"}))
    assert moved(shop, draft) == {}
    assert shop.links.count("checkout-1") == 0
    assert moved(shop, SHIP)["checkout-1"].after.value == 0.0


CHANGES: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"state": State.TODO}, {"state": State.DOING}, "started"),
    ({"state": State.DOING}, {"done": True}, "delivered"),
    ({"state": State.DOING}, {"cancelled": True}, "cancelled"),
    ({"state": State.DOING}, {"state": State.DONE}, "delivered"),
    ({"done": True}, {"cancelled": True}, "cancelled"),
    ({"done": True}, {"state": State.DOING}, "reopened"),
    ({"points": None}, {"points": 3.0}, "re-estimated from nothing to 3"),
    ({"points": 2.5}, {"points": None}, "re-estimated from 2.5 to nothing"),
]


@pytest.mark.parametrize(("before", "after", "verb"), CHANGES)
def test_a_movement_says_which_tickets_did_it(
    shop: Store, before: dict[str, Any], after: dict[str, Any], verb: str
) -> None:
    measured = {"type": "completion", "by": "points", "in_progress_credit": 0.25}
    one = placed({"project": "SHOP"}, measure=measured)
    keep(shop, item("1", **before), item("2", points=1.0, done=True), item("3", points=8.0))
    moved(shop, one)
    news = keep(shop, item("1", **after, updated=NOON + HOUR))
    assert moved(shop, one, news=news)["checkout-1"].because == (f"SHOP-1 {verb}",)


def test_a_new_ticket_is_said_to_be_added_and_a_renamed_one_is_not_worth_a_word(shop: Store) -> None:
    keep(shop, item("1"), item("2", done=True))
    moved(shop, SHIP)
    news = keep(shop, item("3"), item("2", done=True, title="renamed", updated=NOON + HOUR))
    assert moved(shop, SHIP, news=news)["checkout-1"].because == ("SHOP-3 added",)


def test_many_tickets_are_summed_up(shop: Store) -> None:
    moved(shop, SHIP)
    news = keep(shop, *(item(str(number)) for number in range(9)))
    because = moved(shop, SHIP, news=news)["checkout-1"].because
    assert len(because) == 7
    assert because[-1] == "and 3 more"
