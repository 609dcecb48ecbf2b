"""Histories that once ended wrong, as short as they could be made; the properties found them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from installation import Installation
from small_team import small_team

from okrsync.sandbox.faults import Fault


@pytest.fixture
def acme(tmp_path: Path) -> Iterator[Installation]:
    with small_team(tmp_path / "acme") as team:
        team.sandbox.latency = 0
        yield team


def test_not_found_while_cleaning_is_not_taken_for_gone(acme: Installation) -> None:
    """GitHub says 404 for what it hides, too: notes that were still there got a second one beside them."""
    acme.run()
    acme.sandbox.faults.add("status", status=404, method="DELETE", path="/issues/", times=None)
    acme.run("clean")
    acme.sandbox.faults.clear()
    acme.run()
    assert set(acme.notes().values()) == {1}


def test_what_was_not_found_while_cleaning_is_cleaned_by_the_next_run(acme: Installation) -> None:
    before = acme.labels()
    acme.run()
    acme.sandbox.faults.add("status", status=404, method="DELETE", path="/issues/", times=None)
    acme.run("clean")
    acme.sandbox.faults.clear()
    acme.run("clean")
    assert (acme.notes(), acme.labels()) == ({}, before)


def test_an_archived_jira_project_does_not_stop_the_runs(acme: Installation) -> None:
    """Search does not find its tickets any more; they are there, as a second look at each confirms."""
    for number in range(12):
        acme.sandbox.jira.create("SHOP", f"Bug {number}", type="Bug", priority="Highest")
    acme.run()
    acme.sandbox.jira.archive_project("SHOP")
    acme.sandbox.clock.advance(timedelta(hours=25))
    assert acme.run().exit_code == 0
    assert acme.value("checkout-1") == pytest.approx(2 / 6)


def test_what_changed_before_a_jira_project_was_archived_is_seen_when_it_is_opened_again(acme: Installation) -> None:
    acme.run()
    acme.sandbox.jira.transition("SHOP-3", "Done", "Done")
    acme.sandbox.jira.archive_project("SHOP")
    acme.sandbox.clock.advance(timedelta(hours=25))
    acme.run()
    acme.sandbox.clock.advance(timedelta(hours=25))
    acme.sandbox.jira.archive_project("SHOP", False)
    acme.run()
    assert acme.value("checkout-1") == pytest.approx(3 / 6)


def test_a_note_deleted_where_nothing_could_be_written_comes_back_after_a_full_sync(acme: Installation) -> None:
    """The full sync did not look at a ticket it could not write to, and went on believing in its note."""
    acme.run()
    hub = acme.sandbox.github
    issue = hub.issue("acme/shop", 2)
    (note,) = (one for one in issue.comments if "okrsync" in one.body)
    hub.archive("acme/shop")
    hub.delete_comment(note)
    acme.run(full=True)
    hub.archive("acme/shop", False)
    acme.sandbox.clock.advance(timedelta(hours=25))
    acme.run()
    assert ["okrsync" in one.body for one in issue.comments] == [True]
    assert acme.run().plan.changes == ()


def test_a_ticket_that_refused_once_is_tried_again_when_a_census_is_taken(acme: Installation) -> None:
    """A permission that was missing for an hour left tickets without label for as long as nobody touched them."""
    acme.sandbox.faults.add("status", status=403, method="PUT", path="/issue/", times=2)
    assert acme.run().exit_code == 4
    assert acme.run().plan.changes == ()
    acme.sandbox.clock.advance(timedelta(hours=25))
    acme.run()
    worn = acme.labels()
    assert {"okr:checkout-1"} <= set(worn["SHOP-3"]) & set(worn["SHOP-4"])


def test_a_transferred_issue_that_is_linked_no_more_loses_its_note(acme: Installation) -> None:
    """It has a new identity; without a label of ours nobody looked at it."""
    hub = acme.sandbox.github
    hub.add_repository("acme/api")
    acme.config.write_text(acme.config.read_text().replace("[acme/shop]", "[acme/shop, acme/api]"))
    acme.run()
    acme.sandbox.clock.advance(timedelta(hours=1))
    hub.unlabel("acme/shop", 3, "okr:checkout-1")
    hub.transfer("acme/shop", 3, "acme/api")
    acme.run()
    assert "acme/api#1" not in acme.notes()


@pytest.mark.parametrize("asked", ["/labels?", "/issues?", "/milestones?"])
def test_a_label_deleted_while_its_repository_is_read_is_put_back_by_the_next_sync(
    acme: Installation, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An issue read before the list of labels brought the label back that the list told was gone."""
    acme.run()
    label, labelled = "okr:checkout-1", acme.labels()
    hub, take = acme.sandbox.github, acme.sandbox.faults.take

    def deleted_first(method: str, target: str) -> Fault | None:
        if asked in target and label in hub.repository("acme/shop").labels:
            hub.delete_label("acme/shop", label)
        return take(method, target)

    acme.sandbox.clock.advance(timedelta(hours=1))
    monkeypatch.setattr(acme.sandbox.faults, "take", deleted_first)
    acme.run(write_back=False)
    monkeypatch.undo()
    assert acme.labels() != labelled
    acme.run()
    assert acme.labels() == labelled
