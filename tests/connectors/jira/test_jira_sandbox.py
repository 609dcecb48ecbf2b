"""The connector against the sandbox's two Jiras, over real sockets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from okrsync_jira import plugin
from okrsync_jira.connector import JiraConnector

from okrsync import marker
from okrsync.connector import Context, Level
from okrsync.errors import AuthError, BadAnswer, Gone, OutcomeUnknown
from okrsync.marker import Namespace
from okrsync.model.change import (
    AddLabel,
    DeleteLink,
    DeleteNote,
    Done,
    Note,
    NoteLine,
    PutLink,
    PutNote,
    RemoveLabel,
    Shown,
)
from okrsync.model.work import Item, Outcome, Ref, State
from okrsync.retry import Retry
from okrsync.sandbox.jira import JiraState
from okrsync.sandbox.server import Sandbox


def note(tenth: int = 4) -> Note:
    line = NoteLine("checkout-1", "Ship it", "Buying is effortless", tenth, "5 points", ("epic SHOP-1",))
    return Note((line,), "okr:ignore")


@dataclass
class World:
    """One of the two products, and a connector to it."""

    sandbox: Sandbox
    state: JiraState
    url: str
    credentials: dict[str, str]

    def connect(self, **options: Any) -> JiraConnector:
        now = self.sandbox.clock.now
        context = Context("jira", "acme", Namespace(), Retry(lambda _: None), now)
        given = {"url": self.url, "projects": ["SHOP"], **self.credentials, **options}
        connector = plugin.connect(plugin.options(**given), context)
        assert isinstance(connector, JiraConnector)
        return connector

    def pull(self, connector: JiraConnector, **since: Any) -> dict[str, Item]:
        (scope,) = connector.scopes(())
        pages = connector.pull(scope, since.get("since"))
        return {item.key: item for page in pages for item in page.items}

    def ref(self, key: str) -> Ref:
        issue = self.state.issue(key)
        return Ref("jira", issue.project.id, issue.id, issue.key)

    def shown(self, connector: JiraConnector, key: str) -> Shown:
        (found,) = connector.observe([self.ref(key)])
        return found


@pytest.fixture(params=["cloud", "dc"])
def world(request: pytest.FixtureRequest, sandbox: Sandbox) -> World:
    cloud = request.param == "cloud"
    state = sandbox.jira if cloud else sandbox.jira_dc
    state.add_project("SHOP", "Shop")
    state.add_version("SHOP", "2.0", release_date="2026-12-01")
    state.add_sprint("Pay, [now]")
    state.create("SHOP", "Payment in one step", type="Epic")
    state.create("SHOP", "Pay by card", epic="SHOP-1", points=5, version="2.0", sprint="Pay, [now]", labels=["p1"])
    state.create("SHOP", "Split the form", type="Sub-task", parent="SHOP-2", description="OKR: checkout-1")
    url = sandbox.jira_url if cloud else sandbox.jira_dc_url
    return World(sandbox, state, url, {"token": state.token} | ({"email": state.email} if cloud else {}))


def test_everything_is_in_order(world: World) -> None:
    world.state.denied.add("ADMINISTER_PROJECTS")
    told = list(world.connect(remote_link=True).check())
    assert [finding for finding in told if finding.level is not Level.OK] == []


def test_a_wrong_token_is_told_as_such(world: World) -> None:
    with pytest.raises(AuthError):
        world.connect(token="wrong").scopes(())


def test_items_are_read_whole(world: World) -> None:
    items = world.pull(world.connect())
    epic, story, subtask = items["SHOP-1"], items["SHOP-2"], items["SHOP-3"]
    assert story.parent in (epic.id, epic.key)
    assert (subtask.parent, subtask.subtask) == (story.id, True)
    assert (story.points, story.sprints, story.labels) == (5.0, ("Pay, [now]",), ("p1",))
    assert story.url.endswith("/browse/SHOP-2")
    assert subtask.references == ("checkout-1",)
    assert story.milestones == tuple(world.state.project("SHOP").versions)


def test_states_and_outcomes_follow_the_board(world: World) -> None:
    connector = world.connect()
    world.state.transition("SHOP-1", "In Progress")
    world.state.transition("SHOP-2", "Done", "Done")
    world.state.transition("SHOP-3", "Done", "Won't Do")
    items = world.pull(connector)
    assert items["SHOP-1"].state is State.DOING
    assert (items["SHOP-2"].outcome, items["SHOP-3"].outcome) == (Outcome.DELIVERED, Outcome.CANCELLED)
    assert items["SHOP-2"].closed is not None


def test_only_what_changed_is_read_again(world: World) -> None:
    connector = world.connect()
    world.pull(connector)
    world.sandbox.clock.advance(timedelta(hours=1))
    since = world.sandbox.clock.now()
    world.state.edit("SHOP-2", summary="Pay by card or bank")
    assert list(world.pull(connector, since=since)) == ["SHOP-2"]


def test_every_page_is_read_in_as_few_requests_as_possible(world: World) -> None:
    for number in range(247):
        world.sandbox.clock.advance(timedelta(minutes=1))
        world.state.create("SHOP", f"Story {number}")
    world.state.largest_page = 100
    world.sandbox.log.clear()
    connector = world.connect()
    (scope,) = connector.scopes(())
    seen = [item.id for page in connector.pull(scope, None) for item in page.items]
    assert sorted(seen) == sorted(world.state.issues)
    assert len(world.sandbox.log) <= 3 + 5
    assert sorted(connector.census(scope)) == sorted(world.state.issues)


def test_short_and_empty_pages_are_not_the_last_one(world: World) -> None:
    for number in range(60):
        world.state.create("SHOP", f"Story {number}")
    world.state.short_pages, world.state.tells_last, world.state.largest_page = True, False, 7
    connector = world.connect()
    assert len(world.pull(connector)) == 63


def test_more_than_the_result_window_is_read(world: World) -> None:
    world.state.result_window, world.state.largest_page = 20, 10
    for number in range(50):
        world.sandbox.clock.advance(timedelta(minutes=1))
        world.state.create("SHOP", f"Story {number}")
    assert len(world.pull(world.connect())) == 53


@pytest.mark.parametrize("world", ["cloud"], indirect=True)
def test_a_repeated_page_is_an_error(sandbox: Sandbox, world: World) -> None:
    """Pages of Data Center have no token to repeat."""
    for number in range(300):
        world.state.create("SHOP", f"Story {number}")
    sandbox.faults.add("repeated-page", path="/search/jql", skip=1)
    with pytest.raises(BadAnswer, match="again"):
        world.pull(world.connect())


def test_a_query_is_answered_inside_the_project(world: World) -> None:
    world.state.add_project("OTHER", "Other")
    world.state.create("OTHER", "Elsewhere", type="Bug")
    bug = world.state.create("SHOP", "Broken", type="Bug", priority="Highest")
    connector = world.connect()
    query = 'type = Bug AND priority = "Highest" OR type = Bug'
    assert connector.select(connector.scopes(()), query) == {bug.id}


def test_labels_come_and_go_and_spare_those_of_people(world: World) -> None:
    connector = world.connect()
    connector.apply(AddLabel(world.ref("SHOP-2"), "okr:checkout-1"))
    world.state.add_label("SHOP-2", "from-a-human")
    connector.apply(AddLabel(world.ref("SHOP-2"), "okr:checkout-1"))
    assert world.shown(connector, "SHOP-2").labels == ("okr:checkout-1",)
    connector.apply(RemoveLabel(world.ref("SHOP-2"), "okr:checkout-1"))
    assert world.state.issue("SHOP-2").labels == ["p1", "from-a-human"]


def test_a_note_is_found_again_by_its_mark_after_jira_has_rewritten_it(world: World) -> None:
    world.state.rewrites_text = True
    world.state.add_comment("SHOP-2", "I will take this one")
    receipt = world.connect().apply(PutNote(world.ref("SHOP-2"), note()))
    found = world.shown(world.connect(), "SHOP-2")
    assert found.note == marker.shown(receipt.note_id or "", marker.mark("acme", note(), Namespace()))
    assert found.surplus == ()


def test_a_note_is_edited_in_place_and_written_anew_when_it_is_gone(world: World) -> None:
    connector, ref = world.connect(), world.ref("SHOP-2")
    first = connector.apply(PutNote(ref, note()))
    second = connector.apply(PutNote(ref, note(7), first.note_id))
    assert second.note_id == first.note_id
    found = world.shown(connector, "SHOP-2").note
    assert found is not None
    assert found.digest == marker.digest(note(7))
    (comment,) = world.state.issue("SHOP-2").comments
    assert "about 70 %" in comment.body
    world.state.delete_comment(comment)
    third = connector.apply(PutNote(ref, note(8), first.note_id))
    assert third.note_id != first.note_id
    assert len(world.state.issue("SHOP-2").comments) == 1
    assert connector.apply(DeleteNote(ref, str(third.note_id))).done is Done.APPLIED
    assert connector.apply(DeleteNote(ref, str(third.note_id))).done is Done.ALREADY


def test_a_note_among_many_comments_is_found(world: World) -> None:
    connector = world.connect()
    world.state.comments_page = 10
    for number in range(25):
        world.state.add_comment("SHOP-2", f"comment {number}")
    connector.apply(PutNote(world.ref("SHOP-2"), note()))
    assert world.shown(connector, "SHOP-2").note is not None


def test_a_note_is_found_where_comments_do_not_show_properties(world: World) -> None:
    connector = world.connect()
    world.state.expands_properties = False
    connector.apply(PutNote(world.ref("SHOP-2"), note()))
    assert world.shown(connector, "SHOP-2").note is not None


def test_who_may_not_edit_quietly_still_edits(world: World) -> None:
    world.state.silent = False
    connector, ref = world.connect(), world.ref("SHOP-2")
    connector.apply(AddLabel(ref, "okr:checkout-1"))
    receipt = connector.apply(PutNote(ref, note()))
    connector.apply(PutNote(ref, note(9), receipt.note_id))
    assert "okr:checkout-1" in world.state.issue("SHOP-2").labels


@pytest.mark.parametrize("fault", ["committed-then-status", "committed-then-reset"])
def test_a_note_whose_answer_was_lost_is_seen_by_looking(fault: str, world: World) -> None:
    connector = world.connect()
    world.sandbox.faults.add(fault, path="/comment", method="POST")
    with pytest.raises(OutcomeUnknown):
        connector.apply(PutNote(world.ref("SHOP-2"), note()))
    assert world.shown(connector, "SHOP-2").note is not None
    assert len(world.state.issue("SHOP-2").comments) == 1


@pytest.mark.parametrize("fault", ["rate-limit", "reset", "cut-off", "truncated", "html-error"])
def test_a_passing_trouble_costs_only_a_second_request(fault: str, world: World) -> None:
    world.sandbox.faults.add(fault, path="/search")
    assert len(world.pull(world.connect())) == 3


def test_a_link_is_put_once_and_taken_away(world: World) -> None:
    connector, ref = world.connect(), world.ref("SHOP-2")
    for title in ("Ship it", "Ship it soon"):
        connector.apply(PutLink(ref, "checkout-1", title, "https://okr.example/kr/checkout-1"))
    (link,) = world.state.issue("SHOP-2").links
    assert link.data["object"]["title"] == "checkout-1: Ship it soon"
    assert connector.apply(DeleteLink(ref, "checkout-1")).done is Done.APPLIED
    assert connector.apply(DeleteLink(ref, "checkout-1")).done is Done.ALREADY


def test_what_is_missing_is_confirmed_with_its_reason(world: World) -> None:
    connector = world.connect()
    (scope,) = connector.scopes(())
    world.state.add_project("OTHER", "Other")
    moved = world.state.create("SHOP", "Moves away")
    refs = [world.ref(key) for key in ("SHOP-1", "SHOP-3", moved.key)]
    world.state.move(moved.key, "OTHER")
    world.state.delete("SHOP-3")
    assert refs[1].id not in set(connector.census(scope))
    reasons = connector.confirm(refs)
    assert reasons[refs[2].id] == "moved to OTHER"
    assert "deleted" in reasons[refs[1].id]
    assert refs[0].id not in reasons
    assert {found.ref.id for found in connector.observe(refs)} == {refs[0].id, refs[2].id}


def test_a_ticket_that_search_has_lost_for_a_moment_is_not_unreachable(world: World) -> None:
    connector = world.connect()
    (scope,) = connector.scopes(())
    ref = world.ref("SHOP-2")
    world.state.unindexed.add(ref.id)
    assert ref.id not in set(connector.census(scope))
    assert connector.confirm([ref]) == {}


def test_a_hidden_project_does_not_exist(world: World) -> None:
    world.state.hidden.add("SHOP")
    with pytest.raises(Gone, match="no project SHOP"):
        world.connect().scopes(())
