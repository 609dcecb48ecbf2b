"""What a run writes and takes away, and when it leaves tickets alone: guards, clean, write-back, limits and paces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from okr_builders import NOON, item
from two_trackers import LATER, SPEED, Team, by_name

from okrsync.connector import WriteLimit
from okrsync.errors import Busy, Closed, Forbidden, Interrupted, RateLimited, Rejected, Transient, UnsafePlan
from okrsync.house import RunRequest
from okrsync.model.change import AddLabel, DefineLabel, DeleteNote, PutNote, RemoveLabel, Shown, ShownNote
from okrsync.model.work import Page, Scope
from okrsync.store import Store
from okrsync.sync import run


@pytest.fixture
def team(store: Store) -> Iterator[Team]:
    made = Team(store)
    yield made
    assert all(client.closed for tracker in (made.jira, made.github) for client in tracker.clients)


def many(team: Team) -> None:
    found = tuple(item(str(number), comments=0) for number in range(10))
    team.jira.pages = {"100": [Page(items=found)]}
    team.run()


def test_a_plan_that_removes_too_much_is_not_carried_out_unasked(team: Team) -> None:
    many(team)
    sent = len(team.wrote())
    team.files(SPEED)
    assert team.run("plan").plan.unsafe
    with pytest.raises(UnsafePlan, match="removes 20 of 22"):
        team.run()
    assert len(team.wrote()) == sent
    code, report = team.outcome()
    assert code == 5
    assert b"removes 20 of 22" in report
    assert team.run(force=True).exit_code == 0
    assert team.jira.shown["1"] == Shown(item("1").ref)


def test_a_run_leaves_the_store_to_the_next_however_it_ends(team: Team) -> None:
    with team.store.held("sync", NOON), Store(team.store.url) as other, pytest.raises(Busy):
        run(replace(team.house, store=other), RunRequest(), "plan")
    team.house = replace(team.house, stopping=lambda: True)
    with pytest.raises(Interrupted):
        team.run()
    team.house = replace(team.house, stopping=lambda: False)
    assert team.run().exit_code == 0


def test_clean_takes_away_what_is_ours_and_stays_clean(team: Team) -> None:
    many(team)
    report = team.run("plan clean")
    assert {type(change) for change in report.plan.changes} == {RemoveLabel, DeleteNote}
    assert report.writes == ()
    assert team.run("clean").exit_code == 0
    assert all(shown == Shown(shown.ref) for shown in team.jira.shown.values())
    assert team.run("clean").plan.changes == ()


def test_clean_asks_anew_what_takes_writes_and_says_what_remains(team: Team) -> None:
    many(team)
    team.jira.scopes = (Scope("100", "SHOP", archived=True),)
    report = team.run("clean")
    assert (report.exit_code, team.jira.of("scopes")[-1]) == (4, ())
    assert {one.reason for one in report.plan.left_alone} == {"its repository or project is archived"}
    assert team.run("plan clean").exit_code == 4
    team.jira.scopes = (Scope("100", "SHOP"),)
    assert team.run("clean").exit_code == 0
    assert all(shown == Shown(shown.ref) for shown in team.jira.shown.values())


def test_clean_tries_again_what_was_refused_and_is_partial_while_it_is(team: Team) -> None:
    team.run()
    team.jira.writes += [Closed("SHOP-1: takes no changes."), Rejected("SHOP-1: no.")]
    assert team.run("clean").exit_code == 4
    team.jira.writes += [Closed("SHOP-1: takes no changes."), Closed("SHOP-1: takes no changes.")]
    assert team.run("clean").exit_code == 4
    assert team.run("clean").exit_code == 0
    assert team.jira.shown["1"] == Shown(item("1").ref)


def test_clean_finds_notes_that_no_store_knows_of(team: Team) -> None:
    team.files()
    team.jira.pages = {"100": [Page(items=(item("1", comments=3), item("2", comments=0)))]}
    team.jira.shown["1"] = Shown(item("1").ref, note=ShownNote("77", "d1"), surplus=("78",))
    assert team.run("clean").plan.changes == ()
    assert [type(one) for one in team.run("clean", full=True).plan.changes] == [DeleteNote, DeleteNote]
    assert team.jira.of("observe") == [("1",)]
    assert team.jira.shown["1"] == Shown(item("1").ref)


def test_without_write_back_tickets_are_not_looked_at_and_not_written_to(team: Team) -> None:
    report = team.run(write_back=False)
    assert (report.plan.changes, team.wrote()) == ((), [])
    assert team.value() == 0.5


def test_write_back_can_be_off_for_one_connection(team: Team) -> None:
    team.change("jira", write_back=None)
    team.run()
    assert {change.ref.connection for change in team.wrote() if isinstance(change, AddLabel | PutNote)} == {"github"}


def test_a_look_that_fails_costs_that_connection_its_writes_and_no_other(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    team.jira.pages = {"100": [Page(items=(item("1", comments=2),))]}
    team.jira.seeing = Transient("down")
    report = team.run()
    assert report.exit_code == 4
    assert by_name(report)["jira"].error == "down"
    assert team.jira.of("apply") == []
    assert team.github.shown["7"].labels == ("okr:api-1",)
    assert team.value() == 0.0, "it was read completely"


def test_a_rate_limit_while_writing_defers_the_rest_to_the_next_run(team: Team) -> None:
    team.jira.writes.extend([None, RateLimited("Slow down.", retry_after=3600)])
    report = team.run()
    assert report.exit_code == 4
    assert by_name(report)["jira"].error == "Slow down."
    assert team.github.shown["7"].labels == ("okr:api-1",)
    assert team.run().exit_code == 0
    assert team.jira.shown["1"].note is not None
    assert team.jira.shown["1"].surplus == ()
    assert team.run().plan.changes == ()


def test_what_exceeds_the_trackers_pace_is_deferred_and_said(team: Team) -> None:
    team.change("jira", write_limits=(WriteLimit(1, 3600),))
    report = team.run()
    assert report.exit_code == 4
    assert by_name(report)["jira"].paused == 3600
    assert by_name(report)["jira"].error == ""
    team.now += LATER
    assert team.run().exit_code == 0


def test_a_refusal_makes_the_run_partial(team: Team) -> None:
    team.jira.writes.append(Forbidden("Not you."))
    assert team.run().exit_code == 4


def test_labels_are_defined_where_the_tracker_wants_them_to_be(team: Team) -> None:
    team.change("github", defines_labels=True)
    report = team.run()
    defined = {change.label for change in report.plan.changes if isinstance(change, DefineLabel)}
    assert defined == {"okr:api-1", "okr:ignore"}
    assert team.run().plan.changes == ()


def test_an_archived_repository_is_left_alone_with_a_reason(team: Team) -> None:
    team.github.scopes = (Scope("10", "acme/api", archived=True),)
    report = team.run()
    assert {one.ref.key: one.reason for one in report.plan.left_alone} == {
        "acme/api#7": "its repository or project is archived"
    }
    assert team.github.of("apply") == []
