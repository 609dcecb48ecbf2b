"""Assess: what comes, goes or is carried over is mapped with all that hangs on it; typos are told."""

from __future__ import annotations

from assessing import HOUR, SHIP, assessor, github, keep, moved
from okr_builders import CYCLE, NOON, item, placed

from okrsync.model.okr import Phase
from okrsync.store import Store


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
