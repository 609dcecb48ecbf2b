"""A webhook's hint: the item is read again, by one request, and its ticket and numbers follow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from installation import Installation
from small_team import small_team

from okrsync.model.hint import Hint


@pytest.fixture
def acme(tmp_path: Path) -> Iterator[Installation]:
    with small_team(tmp_path / "acme") as team:
        team.run()
        team.run()
        yield team


def hint_of(acme: Installation, connection: str, key: str) -> Hint:
    with acme.open() as app, app.store.reading():
        (item,) = [one.item for one in app.store.links.tickets(everything=True) if one.item.key == key]
    return Hint(item.scope, item.id, item.key)


def test_a_hinted_issue_is_read_by_one_request_and_moves_its_key_result(acme: Installation) -> None:
    hint, before = hint_of(acme, "github", "acme/shop#2"), acme.value("checkout-1")
    acme.sandbox.github.close("acme/shop", 2)
    report = acme.run(connections=("github",), hints={"github": (hint,)})
    assert report.exit_code == 0
    assert [movement.key_result for movement in report.movements] == ["checkout-1"]
    assert acme.value("checkout-1") != before
    reads = [entry.path for entry in acme.sandbox.log if entry.method == "GET"]
    assert reads == [f"/github/api/v3/repositories/{hint.scope}/issues/2"]


def test_a_hinted_jira_ticket_moves_its_key_result(acme: Installation) -> None:
    acme.sandbox.jira.transition("SHOP-3", "Done", "Done")
    report = acme.run(connections=("jira",), hints={"jira": (hint_of(acme, "jira", "SHOP-3"),)})
    assert [movement.key_result for movement in report.movements] == ["checkout-1"]


def test_a_hint_about_a_new_ticket_finds_it(acme: Installation) -> None:
    made = acme.sandbox.github.create("acme/shop", "New", milestone="One page")
    scope = hint_of(acme, "github", "acme/shop#2").scope
    hint = Hint(scope, f"I_{made.id:08x}", f"acme/shop#{made.number}")
    acme.run(connections=("github",), hints={"github": (hint,)})
    assert acme.labels()[f"acme/shop#{made.number}"] == ["okr:checkout-1"]


def test_a_hint_about_a_deleted_ticket_makes_it_unreachable(acme: Installation) -> None:
    hint = hint_of(acme, "github", "acme/shop#2")
    acme.sandbox.github.delete("acme/shop", 2)
    acme.run(connections=("github",), hints={"github": (hint,)})
    with acme.open() as app:
        assert [id for _, id in app.store.items.unreachable("checkout-1")] == [hint.item]


def test_after_a_hinted_run_an_ordinary_one_finds_nothing_new(acme: Installation) -> None:
    acme.sandbox.github.close("acme/shop", 2)
    acme.run(connections=("github",), hints={"github": (hint_of(acme, "github", "acme/shop#2"),)})
    after = acme.run()
    assert after.movements == ()
    assert {change.ref.connection for change in after.plan.changes} <= {"jira"}
    assert acme.run().plan.changes == ()


def test_a_hint_about_a_whole_repository_is_an_ordinary_pull(acme: Installation) -> None:
    hint = hint_of(acme, "github", "acme/shop#2")
    acme.sandbox.github.edit_milestone("acme/shop", 1, title="Another page")
    acme.run(connections=("github",), hints={"github": (Hint(hint.scope), hint)})
    assert any(entry.path.endswith("/milestones") for entry in acme.sandbox.log)


def test_many_hints_are_one_pull_and_only_what_it_does_not_bring_is_asked_for(acme: Installation) -> None:
    gone = hint_of(acme, "github", "acme/shop#3")
    made = [acme.sandbox.github.create("acme/shop", f"Bulk {number}") for number in range(60)]
    acme.sandbox.github.delete("acme/shop", 3)
    hints = [Hint(gone.scope, f"I_{one.id:08x}", f"acme/shop#{one.number}") for one in made]
    report = acme.run(connections=("github",), hints={"github": (*hints, gone)})
    assert report.exit_code == 0
    asked = [entry.path.rpartition("/issues/")[2] for entry in acme.sandbox.log if "/issues/" in entry.path]
    assert {number for number in asked if number.isdecimal()} == {"3"}
    assert len(acme.sandbox.log) < 12
    with acme.open() as app:
        assert [id for _, id in app.store.items.unreachable("checkout-1")] == [gone.item]


def test_a_hinted_look_that_fails_changes_nothing_and_ends_partial(acme: Installation) -> None:
    hint, before = hint_of(acme, "github", "acme/shop#2"), acme.value("checkout-1")
    acme.sandbox.github.close("acme/shop", 2)
    acme.sandbox.faults.add(kind="status", status=502, times=50)
    report = acme.run(connections=("github",), hints={"github": (hint,)})
    assert report.exit_code == 4
    acme.sandbox.faults.clear()
    assert acme.value("checkout-1") == before
    acme.run()
    assert acme.value("checkout-1") != before
