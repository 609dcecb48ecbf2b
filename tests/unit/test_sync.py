"""The conductor: one run through all rooms, and what one connection's trouble means for the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from fake_connector import FakeTracker
from okr_builders import NOON, item, placed
from sqlalchemy import select

from okrsync.connector import Meter, WriteBack, WriteLimit
from okrsync.errors import AuthError, Busy, Closed, Forbidden, Interrupted, RateLimited, Rejected, Transient, UnsafePlan
from okrsync.house import House, Line, RunRequest
from okrsync.marker import Namespace
from okrsync.model.change import AddLabel, DefineLabel, DeleteNote, PutNote, RemoveLabel, Shown, ShownNote
from okrsync.model.okr import Okrs
from okrsync.model.run import ConnectionRun, RunReport
from okrsync.model.work import Item, Page, Quarantined, Scope
from okrsync.reading import NOT_FINISHED
from okrsync.store import Store
from okrsync.store.scopes import ConnectionState
from okrsync.store.tables import runs
from okrsync.sync import run

SHIP = placed({"project": "SHOP"})
SPEED = placed({"connection": "github", "repository": "acme/api"}, id="api-1")
LATER = timedelta(hours=1)


def github(id: str, **changed: Any) -> Item:
    return item(id, connection="github", scope="10", key=f"acme/api#{id}", comments=0, **changed)


class Team:
    """Two trackers with a ticket or two each, a store, and OKR files."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.jira = FakeTracker(scopes=(Scope("100", "SHOP"),))
        self.github = FakeTracker(scopes=(Scope("10", "acme/api"),))
        self.jira.pages = {"100": [Page(items=(item("1", comments=0), item("2", comments=0, done=True)))]}
        self.github.pages = {"10": [Page(items=(github("7"),))]}
        self.now = NOON
        self.house = House(
            store=store,
            okrs=Okrs(placed=(SHIP, SPEED)),
            lines={"jira": self.line("jira", self.jira), "github": self.line("github", self.github)},
            now=lambda: self.now,
        )

    def line(self, name: str, tracker: FakeTracker, **changed: Any) -> Line:
        plain = Line(name, tracker.connect, Meter(requests=3, writes=1), Namespace(), WriteBack(), reads=name)
        return replace(plain, **changed)

    def change(self, name: str, **changed: Any) -> None:
        lines = {**self.house.lines, name: replace(self.house.lines[name], **changed)}
        self.house = replace(self.house, lines=lines)

    def files(self, *key_results: Any) -> None:
        self.house = replace(self.house, okrs=Okrs(placed=key_results))

    def run(self, kind: str = "sync", **asked: Any) -> RunReport:
        return run(self.house, RunRequest(**asked), kind)

    def wrote(self) -> list[object]:
        return [*self.jira.of("apply"), *self.github.of("apply")]

    def value(self, key_result: str = "checkout-1") -> float | None:
        sample = self.store.history.sample(key_result)
        return sample.value if sample else None


@pytest.fixture
def team(store: Store) -> Iterator[Team]:
    made = Team(store)
    yield made
    assert all(client.closed for tracker in (made.jira, made.github) for client in tracker.clients)


def by_name(report: RunReport) -> dict[str, ConnectionRun]:
    return {one.connection: one for one in report.connections}


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


def many(team: Team) -> None:
    found = tuple(item(str(number), comments=0) for number in range(10))
    team.jira.pages = {"100": [Page(items=found)]}
    team.run()


def outcome(team: Team) -> tuple[int | None, bytes]:
    row = team.store._connection.execute(select(runs).order_by(runs.c.id.desc())).first()
    assert row is not None
    return row.exit_code, row.report


def test_a_plan_that_removes_too_much_is_not_carried_out_unasked(team: Team) -> None:
    many(team)
    sent = len(team.wrote())
    team.files(SPEED)
    assert team.run("plan").plan.unsafe
    with pytest.raises(UnsafePlan, match="removes 20 of 22"):
        team.run()
    assert len(team.wrote()) == sent
    code, report = outcome(team)
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


def test_the_report_tells_what_all_clients_of_a_connection_cost(team: Team) -> None:
    team.change("jira", meter=Meter(requests=8, writes=1, waited=2.0, remaining=80, limit=100))
    found = by_name(team.run())["jira"]
    assert (found.requests, found.writes, found.waited, found.remaining, found.limit) == (8, 1, 2.0, 80, 100)


def test_a_run_is_in_the_journal_as_it_is_reported(team: Team) -> None:
    report = team.run()
    code, kept = outcome(team)
    assert code == 0
    assert msgspec.json.decode(kept, type=RunReport) == report
