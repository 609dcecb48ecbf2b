"""Assess: what changed is mapped, what that touches is measured, and nothing is measured from half a read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from okr_builders import CYCLE, NOON, item, placed, version

from okrsync import assess
from okrsync.assess import Assessor
from okrsync.measure import measure
from okrsync.model.checkin import CheckIn
from okrsync.model.okr import Cycle, Okrs, Phase, Placed
from okrsync.model.run import Movement
from okrsync.model.work import Item, Scope, State
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


def test_an_unreachable_item_leaves_the_numbers(shop: Store) -> None:
    keep(shop, item("1"), item("2", done=True))
    moved(shop, SHIP)
    with shop.transaction():
        shop.items.mark_unreachable("jira", {"1": "deleted"})
    after = moved(shop, SHIP)["checkout-1"].after
    assert (after.value, after.excluded) == (1.0, 1)


def test_a_ticket_counts_no_more_once_something_is_below_it(shop: Store) -> None:
    keep(shop, item("1"), item("2", done=True))
    moved(shop, SHIP)
    keep(shop, item("3", parent="1", done=True))
    assert moved(shop, SHIP)["checkout-1"].after.value == 1.0
    with shop.transaction():
        shop.items.mark_unreachable("jira", {"3": "deleted"})
    assert moved(shop, SHIP)["checkout-1"].after.value == 0.5, "a leaf again"


def test_sub_tasks_count_instead_of_their_ticket_where_a_link_asks_for_them(shop: Store) -> None:
    fine = placed({"project": "SHOP", "subtasks": True}, id="fine")
    keep(shop, item("1"), item("2", parent="1", subtask=True, done=True), item("3", parent="1", subtask=True))
    moved(shop, SHIP, fine)
    with shop.reading():
        assert [one.id for one, _ in shop.links.parts("fine")] == ["2", "3"]
        assert [one.id for one, _ in shop.links.parts("checkout-1")] == ["1"]


def test_an_epic_that_is_linked_reaches_what_comes_below_it_later(shop: Store) -> None:
    epic = placed({"epic": "SHOP-9"})
    keep(shop, item("9"), item("1"))
    moved(shop, epic)
    with shop.reading():
        assert [one.id for one, _ in shop.links.parts("checkout-1")] == ["9"]
    keep(shop, item("1", parent="SHOP-9", updated=NOON + HOUR))
    moved(shop, epic)
    with shop.reading():
        assert [one.id for one, _ in shop.links.parts("checkout-1")] == ["1"]


def test_what_is_carried_over_ends_with_what_it_began_with_by_the_lines_of_its_tickets(shop: Store) -> None:
    """Half was done by the lines that tickets have; in the next cycle it is still half, before anything is done."""
    done = item("2", references=("checkout-1",), done=True)
    keep(shop, item("1", references=("checkout-1",)), done)
    before = moved(shop, placed())["checkout-1"].after
    over = placed(cycle=CYCLE.model_copy(update={"state": Phase.CLOSED}))
    new = placed(id="one-page", carried_from="checkout-1")
    after = moved(shop, over, new, now=NOON + HOUR)["one-page"].after
    assert (before.value, after.value, after.scope) == (0.5, 0.5, 2)
    assert [(one.key, one.counts_for) for one in shop.links.dangling()] == [
        ("SHOP-1", "one-page"),
        ("SHOP-2", "one-page"),
    ]


def test_what_is_said_later_to_be_carried_over_is_followed_at_once(shop: Store) -> None:
    keep(shop, item("1", references=("checkout-1",)))
    moved(shop, placed(id="one-page"))
    assert "one-page" in moved(shop, placed(id="one-page", carried_from="checkout-1"), now=NOON + HOUR)


def test_names_of_key_results_that_do_not_exist_are_kept_and_forgotten_with_the_line(shop: Store) -> None:
    keep(shop, item("1", references=("checkout-9",)))
    moved(shop, SHIP)
    (dangling,) = shop.links.dangling()
    assert (dangling.key, dangling.names) == ("SHOP-1", "checkout-9")
    keep(shop, item("1", updated=NOON + HOUR))
    moved(shop, SHIP)
    assert shop.links.dangling() == ()


def test_a_connection_that_is_configured_no_more_does_not_hold_a_key_result_back(shop: Store) -> None:
    keep(shop, github("2", references=("checkout-1",)))
    keep(shop, item("1"))
    moved(shop, SHIP)
    with shop.transaction():
        shop.scopes.keep("github", [])
    assert "github" in shop.scopes.connections(), "it stays among the readable ones, since nothing can be missed there"
    assert moved(shop, SHIP)["checkout-1"].after.excluded == 1


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


def test_a_run_tells_words_that_no_ticket_uses_only_of_what_was_read_completely(shop: Store) -> None:
    keep(shop, item("1", assignees=("ana",)))
    typo = placed({"assignee": "anna"}, {"connection": "github", "items": ["acme/shop#9"]})
    run = assessor(shop, typo, readable=["jira"])
    run.assess([])
    assert [(one.subject, one.message, one.hint) for one in run.warnings] == [
        ("checkout-1", "No ticket in jira is assigned to 'anna'.", "Did you mean 'ana'?")
    ]


def test_a_run_that_maps_only_what_changed_still_knows_the_words_of_the_rest(shop: Store) -> None:
    one = placed({"assignee": "ana"})
    keep(shop, item("1", assignees=("ana",)))
    moved(shop, one)
    keep(shop, item("2", assignees=("ben",)))
    run = assessor(shop, one)
    run.assess([])
    assert run.warnings == []
