"""The conductor: one run through all rooms, and what one connection's trouble means for the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from okr_builders import NOON, item, placed
from two_trackers import LATER, SHIP, Team, by_name, github

from okrsync.connector import Meter
from okrsync.errors import AuthError, Transient
from okrsync.model.change import AddLabel, PutNote
from okrsync.model.run import RunReport
from okrsync.model.work import Page, Quarantined, Scope
from okrsync.pull.reading import NOT_FINISHED
from okrsync.store import Store
from okrsync.store.scopes import ConnectionState


@pytest.fixture
def team(store: Store) -> Iterator[Team]:
    made = Team(store)
    yield made
    assert all(client.closed for tracker in (made.jira, made.github) for client in tracker.clients)


def test_a_run_reads_measures_and_writes(team: Team) -> None:
    report = team.run()
    assert report.exit_code == 0
    assert (team.value("checkout-1"), team.value("api-1")) == (0.5, 0.0)
    assert [movement.key_result for movement in report.movements] == ["checkout-1", "api-1"]
    assert [type(write.change) for write in report.writes] == [AddLabel, PutNote] * 2
    assert team.jira.shown["1"].labels == ("okr:checkout-1",)
    assert team.github.shown["7"].labels == ("okr:api-1",)
    assert "2" not in team.jira.shown, "a closed ticket is left as it is"
    assert by_name(report)["jira"].requests == 3


def test_a_second_run_plans_and_writes_nothing(team: Team) -> None:
    team.run()
    sent = len(team.wrote())
    report = team.run()
    assert (report.plan.changes, report.writes, report.movements) == ((), (), ())
    assert len(team.wrote()) == sent
    assert team.jira.of("observe") == team.github.of("observe") == []


def test_a_plan_is_what_a_sync_does(team: Team) -> None:
    planned = team.run("plan")
    assert planned.writes == ()
    assert planned.plan.cost == {"jira": 2, "github": 2}
    assert team.wrote() == []
    assert team.run().plan.changes == planned.plan.changes
    assert team.github.of("apply") + team.jira.of("apply") == [*planned.plan.changes]


def test_a_store_that_was_lost_finds_the_notes_again(team: Team, store: Store, tmp_path: Any) -> None:
    team.run()
    for tracker, id in ((team.jira, "1"), (team.github, "7")):
        (scope,) = tracker.pages
        (page,) = tracker.pages[scope]
        assert isinstance(page, Page)
        seen = [msgspec.structs.replace(one, comments=1) if one.id == id else one for one in page.items]
        tracker.pages = {scope: [Page(items=tuple(seen))]}
    sent = len(team.wrote())
    with Store(f"sqlite:///{tmp_path / 'another.db'}") as another:
        team.house = replace(team.house, store=another)
        assert team.run().plan.changes == ()
    assert len(team.wrote()) == sent
    assert team.jira.of("observe") == [("1",)]


def test_a_connection_that_fails_stops_nobody_else(team: Team) -> None:
    team.run()
    team.now += LATER
    team.jira.pages = {
        "100": [Page(items=(item("1", done=True, updated=NOON + LATER),)), AuthError("No.", hint="Key?")]
    }
    team.github.pages = {"10": [Page(items=(github("7", done=True, updated=NOON + LATER),))]}
    report = team.run()
    assert report.exit_code == 4
    assert (by_name(report)["jira"].error, by_name(report)["jira"].hint) == ("No.", "Key?")
    assert by_name(report)["github"].error == ""
    assert report.stale == ("checkout-1",)
    assert (team.value("checkout-1"), team.value("api-1")) == (0.5, 1.0)
    assert team.store.scopes.state("jira") == ConnectionState(NOON, "No. Key?")
    assert not [change for change in report.plan.changes if getattr(change, "ref", item("1").ref).connection == "jira"]


def test_and_what_was_missed_is_made_up_for_when_it_is_back(team: Team) -> None:
    team.run()
    broken = item("1", done=True, updated=NOON + LATER)
    team.jira.pages = {"100": [Page(items=(broken,)), Transient("down")]}
    team.run()
    assert team.value() == 0.5
    team.jira.pages = {"100": []}
    assert team.run().exit_code == 0
    assert team.value() == 1.0


def test_a_connection_that_cannot_even_be_made_fails_alone(team: Team) -> None:
    def refuse() -> Any:
        raise AuthError("There is no token.")

    team.change("jira", connect=refuse)
    report = team.run()
    assert by_name(report)["jira"].error == "There is no token."
    assert team.value("api-1") == 0.0


def test_a_run_killed_while_reading_concludes_nothing_from_that_connection_later(team: Team) -> None:
    def killed() -> None:
        raise KeyboardInterrupt

    team.run()
    team.jira.on_page = killed
    with pytest.raises(KeyboardInterrupt):
        team.run()
    assert team.store.scopes.state("jira") == ConnectionState(NOON, NOT_FINISHED)
    report = team.run(connections=("github",))
    assert report.stale == ("checkout-1",)
    team.jira.on_page = lambda: None
    assert team.run().stale == ()


def test_one_connection_alone_can_be_read_and_the_others_keep_what_they_had(team: Team) -> None:
    team.run()
    calls = len(team.github.calls)
    report = team.run(connections=("jira",))
    assert [one.connection for one in report.connections] == ["jira"]
    assert len(team.github.calls) == calls
    assert report.stale == ()


def test_what_is_configured_anew_is_not_taken_for_read(team: Team) -> None:
    team.run()
    team.change("github", reads="acme/api, acme/web")
    assert team.run(connections=("jira",)).stale == ("api-1",)
    assert team.run().stale == ()


def test_a_connection_that_is_configured_no_more_leaves_the_numbers_and_holds_nobody_back(team: Team) -> None:
    team.jira.pages = {"100": [Page(items=(item("1", done=True),))]}
    team.github.pages = {"10": [Page(items=(github("7", references=("checkout-1",)),))]}
    team.files(SHIP)
    team.run()
    assert team.value() == 0.5
    team.house = replace(team.house, lines={"jira": team.house.lines["jira"]})
    assert team.run().stale == ()
    assert team.value() == 1.0
    assert team.run().stale == ()


def test_queries_are_asked_once_each_and_what_came_or_went_is_mapped(team: Team) -> None:
    bugs = placed({"query": "type = Bug"}, {"query": "type = Bug", "labels": ["p1"]}, id="bugs")
    team.files(bugs)
    team.jira.matching = {"type = Bug": frozenset({"1"})}
    team.run()
    assert team.jira.of("select") == ["type = Bug"]
    assert team.store.links.count("bugs") == 1
    team.jira.matching = {"type = Bug": frozenset({"1", "2"})}
    team.jira.pages = {"100": []}
    team.run()
    assert team.store.links.count("bugs") == 2


def test_a_full_run_asks_the_tracker_anew(team: Team) -> None:
    team.run()
    report = team.run(full=True)
    assert team.jira.of("scopes") == [(), ()]
    assert all(scope.full for one in report.connections for scope in one.scopes)
    assert team.jira.of("observe") == [("1",)]
    team.run()
    assert team.jira.of("scopes")[-1] == (Scope("100", "SHOP"),)


def test_a_census_can_be_asked_for(team: Team) -> None:
    team.run()
    team.jira.existing, team.github.existing = {"100": {"2"}}, {"10": {"7"}}
    team.jira.gone = {"1": "deleted"}
    team.run(census=True)
    assert team.value() == 1.0


def test_an_item_that_could_not_be_understood_makes_the_run_partial(team: Team) -> None:
    bad = Quarantined("9", "SHOP-9", "no state")
    team.jira.pages = {"100": [Page(items=(item("1", comments=0),), quarantined=(bad,))]}
    report = team.run()
    assert report.exit_code == 4
    assert team.value() == 0.0


def test_the_report_tells_what_all_clients_of_a_connection_cost(team: Team) -> None:
    team.change("jira", meter=Meter(requests=8, writes=1, waited=2.0, remaining=80, limit=100))
    found = by_name(team.run())["jira"]
    assert (found.requests, found.writes, found.waited, found.remaining, found.limit) == (8, 1, 2.0, 80, 100)


def test_a_run_is_in_the_journal_as_it_is_reported(team: Team) -> None:
    report = team.run()
    code, kept = team.outcome()
    assert code == 0
    assert msgspec.json.decode(kept, type=RunReport) == report
