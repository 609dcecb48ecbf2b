"""What people do on the sandbox Jira, and how a ticket shows it afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sandbox_jira import JiraClient

from okrsync.sandbox.jira import JiraState
from okrsync.sandbox.server import START, Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        for state in (sandbox.jira, sandbox.jira_dc):
            state.add_project("SHOP", "Shop")
            state.add_project("API", "Interface")
            state.add_version("SHOP", "2026.4")
            state.add_sprint("Sprint 7, [late], id=3")
            state.create("SHOP", "Payment", type="Epic")
            state.create("SHOP", "Card", epic="SHOP-1", points=5, version="2026.4", sprint="Sprint 7, [late], id=3")
            state.create("SHOP", "Draw", type="Sub-task", parent="SHOP-2")
        yield sandbox


@pytest.fixture(params=["cloud", "dc"])
def jira(request: pytest.FixtureRequest, sandbox: Sandbox) -> JiraClient:
    return JiraClient(sandbox.jira if request.param == "cloud" else sandbox.jira_dc)


def fields(jira: JiraClient, key: str) -> dict[str, Any]:
    out: dict[str, Any] = jira.get(f"/issue/{key}").json()["fields"]
    return out


def test_an_epic_is_a_parent_on_cloud_and_a_field_of_its_own_on_data_center(sandbox: Sandbox) -> None:
    epic = sandbox.jira.issue("SHOP-1")
    on_cloud, on_center = fields(JiraClient(sandbox.jira), "SHOP-2"), fields(JiraClient(sandbox.jira_dc), "SHOP-2")
    assert (on_cloud["parent"]["id"], on_cloud["parent"]["key"]) == (epic.id, "SHOP-1")
    assert (on_center["parent"], on_center["customfield_10100"]) == (None, "SHOP-1")
    for state in (sandbox.jira, sandbox.jira_dc):
        assert fields(JiraClient(state), "SHOP-3")["parent"]["key"] == "SHOP-2"
        assert [each["key"] for each in fields(JiraClient(state), "SHOP-2")["subtasks"]] == ["SHOP-3"]


def test_a_sprint_is_an_object_on_cloud_and_a_text_on_data_center(sandbox: Sandbox) -> None:
    (on_cloud,) = fields(JiraClient(sandbox.jira), "SHOP-2")["customfield_10020"]
    (on_center,) = fields(JiraClient(sandbox.jira_dc), "SHOP-2")["customfield_10101"]
    assert (on_cloud["name"], on_cloud["state"]) == ("Sprint 7, [late], id=3", "active")
    assert "name=Sprint 7, [late], id=3,startDate=" in on_center
    assert "state=ACTIVE" in on_center


def test_a_transition_moves_category_resolution_and_dates(sandbox: Sandbox, jira: JiraClient) -> None:
    sandbox.clock.advance(timedelta(days=1))
    jira.state.transition("SHOP-2", "In Progress")
    sandbox.clock.advance(timedelta(days=1))
    jira.state.transition("SHOP-2", "In Review")
    jira.state.transition("SHOP-3", "Done", resolution="Won't Do")
    review, done = fields(jira, "SHOP-2"), fields(jira, "SHOP-3")
    assert review["status"]["statusCategory"]["key"] == "indeterminate"
    assert (done["status"]["statusCategory"]["key"], done["resolution"]["name"]) == ("done", "Won't Do")
    assert done["resolutiondate"] == "2026-10-07T10:00:00.000+0200"
    if jira.state.cloud:
        assert review["statuscategorychangedate"] == "2026-10-06T10:00:00.000+0200"
    jira.state.transition("SHOP-3", "To Do")
    assert (fields(jira, "SHOP-3")["resolution"], fields(jira, "SHOP-3")["resolutiondate"]) == (None, None)


def test_every_act_of_a_person_moves_updated(sandbox: Sandbox) -> None:
    state = sandbox.jira
    issue, comment = state.issue("SHOP-2"), state.add_comment("SHOP-2", "Hello")
    acts = [
        lambda: state.edit("SHOP-2", summary="New"),
        lambda: state.add_label("SHOP-2", "ux"),
        lambda: state.remove_label("SHOP-2", "ux"),
        lambda: state.add_comment("SHOP-2", "Well"),
        lambda: state.edit_comment(comment, "Changed"),
        lambda: state.delete_comment(comment),
        lambda: state.transition("SHOP-2", "In Progress"),
        lambda: state.move("SHOP-2", "API"),
    ]
    for act in acts:
        before = issue.updated
        sandbox.clock.advance(timedelta(minutes=1))
        act()
        assert issue.updated == before + timedelta(minutes=1)


def test_a_moved_issue_keeps_its_id_and_is_found_by_every_key_it_had(jira: JiraClient) -> None:
    id_ = jira.state.issue("SHOP-2").id
    jira.state.move("SHOP-2", "API")
    for name in ("SHOP-2", "API-1", "api-1", id_):
        found = jira.get(f"/issue/{name}?fields=project").json()
        assert (found["id"], found["key"], found["fields"]["project"]["key"]) == (id_, "API-1", "API")
    assert jira.state.issue("SHOP-3").key == "API-2"
    assert jira.keys("project = SHOP") == ["SHOP-1"]


def test_a_moved_epic_is_named_by_its_new_key(sandbox: Sandbox) -> None:
    sandbox.jira_dc.move("SHOP-1", "API")
    assert fields(JiraClient(sandbox.jira_dc), "SHOP-2")["customfield_10100"] == "API-1"
    assert JiraClient(sandbox.jira_dc).keys('"Epic Link" = SHOP-1') == ["SHOP-2"]


def test_a_deleted_issue_is_404_takes_its_sub_tasks_along_and_frees_its_stories(jira: JiraClient) -> None:
    jira.state.delete("SHOP-1")
    assert jira.state.issue("SHOP-2").epic is None
    jira.state.delete("SHOP-2")
    assert [jira.get(f"/issue/SHOP-{number}").status_code for number in (1, 2, 3)] == [404] * 3
    assert jira.state.issues == {}
    assert jira.state.create("SHOP", "Next").key == "SHOP-4"


def test_edits_take_the_names_that_create_takes(jira: JiraClient) -> None:
    state, effort = jira.state, jira.state.add_number_field("Effort")
    state.create("SHOP", "Other epic", type="Epic")
    state.edit(
        "SHOP-2",
        description="Words",
        points=None,
        priority="Low",
        type="Task",
        assignee="chloe",
        epic="SHOP-4",
        version=None,
        sprint=None,
        labels=["a", "b", "a"],
        numbers={effort: 2.5},
    )
    state.edit("SHOP-3", parent="SHOP-4")
    shown, issue = fields(jira, "SHOP-2"), state.issue("SHOP-2")
    assert (shown["description"], shown["priority"]["name"], shown["issuetype"]["name"]) == ("Words", "Low", "Task")
    assert (shown["labels"], shown["fixVersions"], shown[effort]) == (["a", "b"], [], 2.5)
    assert (issue.epic, issue.points, issue.subtasks, state.issue("SHOP-3").parent) == ("SHOP-4", None, [], "SHOP-4")
    assert jira.keys("Effort > 2") == ["SHOP-2"]
    with pytest.raises(TypeError, match="colour"):
        state.edit("SHOP-2", colour="red")


def test_names_that_do_not_exist_are_refused() -> None:
    state = JiraState(lambda: START)
    state.add_project("SHOP", "Shop")
    mistakes: list[dict[str, Any]] = [{"type": "Saga"}, {"status": "Donne"}, {"version": "9"}, {"epic": "SHOP-9"}]
    for mistake in mistakes:
        with pytest.raises(KeyError):
            state.create("SHOP", "One", **mistake)
    with pytest.raises(KeyError):
        state.transition(state.create("SHOP", "One").key, "Done", resolution="Maybe")


def test_an_issue_may_be_older_than_now_and_time_never_runs_backwards_on_it(sandbox: Sandbox) -> None:
    old = datetime(2026, 1, 1, tzinfo=UTC)
    issue = sandbox.jira.create("SHOP", "Old", at=old)
    sandbox.jira.transition(issue.key, "In Progress", at=old + timedelta(days=2))
    sandbox.jira.add_comment(issue.key, "Earlier", at=old + timedelta(days=1))
    assert (issue.created, issue.updated) == (old, old + timedelta(days=2))


def test_the_changelog_tells_every_change_oldest_first_in_pages(sandbox: Sandbox) -> None:
    for number in range(5):
        sandbox.jira.add_label("SHOP-2", f"label-{number}")
    cloud = JiraClient(sandbox.jira)
    first = cloud.get("/issue/SHOP-2/changelog?maxResults=3").json()
    rest = cloud.get("/issue/SHOP-2/changelog?startAt=3").json()
    assert (first["total"], first["isLast"], rest["isLast"], "nextPage" in rest) == (5, False, True, False)
    told = [line["items"][0]["toString"].split()[-1] for line in [*first["values"], *rest["values"]]]
    assert told == [f"label-{number}" for number in range(5)]


def test_an_expanded_changelog_is_cut_on_cloud_and_whole_on_data_center(jira: JiraClient) -> None:
    for number in range(45):
        jira.state.add_label("SHOP-2", f"label-{number}")
    log = jira.get("/issue/SHOP-2?expand=changelog").json()["changelog"]
    assert (log["total"], len(log["histories"])) == (45, 40 if jira.state.cloud else 45)
    assert log["histories"][0]["items"][0]["toString"].endswith("label-44")
    assert jira.get("/issue/SHOP-2/changelog").status_code == (200 if jira.state.cloud else 404)


def test_changelogs_of_many_issues_come_by_token(sandbox: Sandbox) -> None:
    for key in ("SHOP-1", "SHOP-2"):
        for number in range(3):
            sandbox.jira.add_label(key, f"label-{number}")
        sandbox.jira.transition(key, "In Progress")
    body: dict[str, Any] = {"issueIdsOrKeys": ["SHOP-1", "SHOP-2", "NONE-1"], "fieldIds": ["labels"], "maxResults": 2}
    read: list[tuple[str, str]] = []
    while True:
        page = JiraClient(sandbox.jira)("POST", "/changelog/bulkfetch", body).json()
        read += [(log["issueId"], line["id"]) for log in page["issueChangeLogs"] for line in log["changeHistories"]]
        if "nextPageToken" not in page:
            break
        body["nextPageToken"] = page["nextPageToken"]
    lines = [(issue.id, line) for issue in sandbox.jira.issues.values() for line in issue.history[:3]]
    assert read == [(id_, line.id) for id_, line in sorted(lines, key=lambda pair: (pair[1].created, int(pair[0])))]


def test_descriptions_are_documents_in_version_3(sandbox: Sandbox) -> None:
    sandbox.jira.edit("SHOP-2", description="One\n\nTwo")
    shown = fields(JiraClient(sandbox.jira, api="3"), "SHOP-2")["description"]
    assert [block["content"] for block in shown["content"]] == [
        [{"type": "text", "text": "One"}],
        [],
        [{"type": "text", "text": "Two"}],
    ]
    edited = {"fields": {"description": shown, "summary": "Same", "customfield_10016": 8}}
    assert JiraClient(sandbox.jira, api="3")("PUT", "/issue/SHOP-2", edited).status_code == 204
    issue = sandbox.jira.issue("SHOP-2")
    assert (issue.description, issue.summary, issue.points) == ("One\n\nTwo", "Same", 8)
