"""What is written to tickets of the sandbox Jira: labels, comments with their properties, remote links."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sandbox_jira import JiraClient

from okrsync.sandbox.jira import JiraState
from okrsync.sandbox.server import Sandbox

ISSUE = "/issue/SHOP-1"
MARK = {"installation": "demo", "digest": "0123", "tenths": {}}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        for state in (sandbox.jira, sandbox.jira_dc):
            state.add_project("SHOP", "Shop")
            state.create("SHOP", "Pay with a card", labels=["ux"])
        sandbox.clock.advance(timedelta(hours=1))
        yield sandbox


@pytest.fixture(params=["cloud", "dc"])
def jira(request: pytest.FixtureRequest, sandbox: Sandbox) -> JiraClient:
    return JiraClient(sandbox.jira if request.param == "cloud" else sandbox.jira_dc)


def state_of(jira: JiraClient) -> JiraState:
    return jira.state


def change_labels(jira: JiraClient, *operations: dict[str, str], query: str = "") -> int:
    return jira("PUT", ISSUE + query, {"update": {"labels": list(operations)}}).status_code


def comment(jira: JiraClient, text: Any = "A note", **more: Any) -> dict[str, Any]:
    answer = jira("POST", f"{ISSUE}/comment", {"body": text, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_labels_are_added_and_removed_one_by_one(jira: JiraClient) -> None:
    issue = state_of(jira).issue("SHOP-1")
    state_of(jira).add_label("SHOP-1", "human")
    assert change_labels(jira, {"add": "okr:a"}, {"remove": "ux"}, {"add": "okr:b"}, {"remove": "missing"}) == 204
    assert issue.labels == ["human", "okr:a", "okr:b"]


def test_a_set_among_the_operations_starts_anew(jira: JiraClient) -> None:
    operations = [{"add": "a"}, {"set": ["b"]}, {"add": "c"}]
    body = {"update": {"labels": operations, "summary": [{"set": "Renamed"}]}, "fields": {"description": None}}
    assert jira("PUT", ISSUE, body).status_code == 204
    issue = state_of(jira).issue("SHOP-1")
    assert (issue.labels, issue.summary) == (["b", "c"], "Renamed")


def test_a_set_replaces_all_labels_and_cannot_be_mixed_with_operations(jira: JiraClient) -> None:
    assert jira("PUT", ISSUE, {"fields": {"labels": ["only"]}}).status_code == 204
    assert state_of(jira).issue("SHOP-1").labels == ["only"]
    mixed = {"fields": {"labels": []}, "update": {"labels": [{"add": "x"}]}}
    assert "labels" in jira("PUT", ISSUE, mixed).json()["errors"]


def test_an_edit_moves_updated_and_one_that_changes_nothing_does_not(jira: JiraClient) -> None:
    issue = state_of(jira).issue("SHOP-1")
    before = issue.updated
    change_labels(jira, {"add": "ux"}, {"remove": "missing"})
    assert (issue.updated, issue.history) == (before, [])
    change_labels(jira, {"add": "new"})
    assert issue.updated == before + timedelta(hours=1)
    (history,) = issue.history
    assert (history.author, history.changes[0].after) == ("okrsync-bot", "ux new")


@pytest.mark.parametrize("label", ["two words", "tab\there", "", "x" * 256])
def test_a_wrong_label_is_refused_and_nothing_of_the_edit_done(jira: JiraClient, label: str) -> None:
    answer = jira("PUT", ISSUE, {"update": {"labels": [{"add": "fine"}, {"add": label}]}})
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {"labels"})
    assert state_of(jira).issue("SHOP-1").labels == ["ux"]


@pytest.mark.parametrize(
    "body",
    [
        {"fields": {"unknown": 1}},
        {"update": {"labels": [{"push": "x"}]}},
        {"labels": ["x"]},
        {"fields": {"summary": ""}},
        {"fields": {"labels": "x"}},
        {"fields": {"description": 3}},
        [],
    ],
)
def test_a_wrong_edit_is_400(jira: JiraClient, body: Any) -> None:
    assert jira("PUT", ISSUE, body).status_code == 400
    assert state_of(jira).issue("SHOP-1").history == []


def test_a_quiet_edit_needs_permission(jira: JiraClient) -> None:
    assert change_labels(jira, {"add": "a"}, query="?notifyUsers=false") == 204
    state_of(jira).silent = False
    assert change_labels(jira, {"add": "b"}, query="?notifyUsers=false") == 403
    assert change_labels(jira, {"add": "c"}) == 204
    assert state_of(jira).issue("SHOP-1").labels == ["ux", "a", "c"]


def test_a_comment_and_its_property_come_into_being_together(jira: JiraClient) -> None:
    made = comment(jira, properties=[{"key": "okrsync", "value": MARK}])
    (shown,) = jira.get(f"{ISSUE}/comment?expand=properties").json()["comments"]
    assert (shown["id"], shown["body"]) == (made["id"], "A note")
    assert shown["properties"] == [{"key": "okrsync", "value": MARK}]
    assert "properties" not in jira.get(f"{ISSUE}/comment").json()["comments"][0]
    assert jira.get(f"/comment/{made['id']}/properties/okrsync").json() == {"key": "okrsync", "value": MARK}


def test_without_expansion_the_property_is_read_by_itself(jira: JiraClient) -> None:
    state_of(jira).expands_properties = False
    made = comment(jira, properties=[{"key": "okrsync", "value": MARK}])
    assert "properties" not in jira.get(f"{ISSUE}/comment?expand=properties").json()["comments"][0]
    assert jira.get(f"/comment/{made['id']}/properties/okrsync").json()["value"] == MARK
    assert [key["key"] for key in jira.get(f"/comment/{made['id']}/properties").json()["keys"]] == ["okrsync"]


def test_an_edit_keeps_id_and_author_and_the_properties_it_does_not_send(jira: JiraClient) -> None:
    made = comment(jira, properties=[{"key": "okrsync", "value": MARK}, {"key": "other", "value": 1}])
    path = f"{ISSUE}/comment/{made['id']}"
    sent = {"body": "Changed", "properties": [{"key": "okrsync", "value": {"digest": "4567"}}]}
    edited = jira("PUT", f"{path}?notifyUsers=false&expand=properties", sent).json()
    assert (edited["id"], edited["body"], edited["author"]) == (made["id"], "Changed", made["author"])
    values = {each["key"]: each["value"] for each in edited["properties"]}
    assert values == {"okrsync": {"digest": "4567"}, "other": 1}


def test_properties_are_put_and_deleted_without_touching_the_issue(jira: JiraClient) -> None:
    made, issue = comment(jira), state_of(jira).issue("SHOP-1")
    before, path = issue.updated, f"/comment/{made['id']}/properties/okrsync"
    assert [jira("PUT", path, MARK).status_code for _ in range(2)] == [201, 200]
    assert jira.get(path).json()["value"] == MARK
    assert [jira("DELETE", path).status_code for _ in range(2)] == [204, 404]
    assert issue.updated == before
    assert jira("PUT", f"/comment/{made['id']}/properties/{'k' * 256}", {}).status_code == 400
    assert jira("PUT", path, "x" * 40_000).status_code == 400
    assert jira.get("/comment/99/properties/okrsync").status_code == 404


def test_a_property_that_is_too_long_keeps_its_comment_from_being_written(jira: JiraClient) -> None:
    sent = {"body": "x", "properties": [{"key": "okrsync", "value": "x" * 40_000}]}
    assert jira("POST", f"{ISSUE}/comment", sent).status_code == 400
    assert state_of(jira).issue("SHOP-1").comments == []


def test_comments_come_in_pages_in_either_order(jira: JiraClient) -> None:
    state = state_of(jira)
    state.comments_page = 4
    for number in range(10):
        state.add_comment("SHOP-1", f"Comment {number}", author="ben")
    read: list[str] = []
    while True:
        page = jira.get(f"{ISSUE}/comment?startAt={len(read)}&maxResults=100").json()
        read += [each["body"] for each in page["comments"]]
        if len(read) >= page["total"]:
            break
    assert read == [f"Comment {number}" for number in range(10)]
    assert page["maxResults"] == 4
    newest = jira.get(f"{ISSUE}/comment?orderBy=-created&maxResults=1").json()["comments"]
    assert [each["body"] for each in newest] == ["Comment 9"]
    assert jira.get(f"{ISSUE}/comment?orderBy=length").status_code == 400


def test_a_deleted_comment_is_404_afterwards(jira: JiraClient) -> None:
    path = f"{ISSUE}/comment/{comment(jira)['id']}"
    assert [jira("DELETE", path).status_code for _ in range(2)] == [204, 404]
    assert jira("PUT", path, {"body": "x"}).status_code == 404
    assert jira.get(path).status_code == 404


def test_somebody_else_s_comment_is_not_ours_to_change(jira: JiraClient) -> None:
    theirs = state_of(jira).add_comment("SHOP-1", "Mine", author="ben", properties={"okrsync": {}})
    path = f"{ISSUE}/comment/{theirs.id}"
    assert jira("PUT", path, {"body": "x"}).status_code == 400
    assert jira("DELETE", path).status_code == 400
    assert jira("PUT", f"/comment/{theirs.id}/properties/okrsync", {}).status_code == 403
    assert theirs.body == "Mine"


@pytest.mark.parametrize("text", ["", "  \n", "x" * 32_768])
def test_an_empty_or_endless_comment_is_refused(jira: JiraClient, text: str) -> None:
    answer = jira("POST", f"{ISSUE}/comment", {"body": text})
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {"comment"})


def test_a_re_rendered_text_changes_and_its_mark_does_not(jira: JiraClient) -> None:
    state_of(jira).rewrites_text = True
    made = comment(jira, "A note  \n\n\n\nwith spaces ", properties=[{"key": "okrsync", "value": MARK}])
    assert made["body"] == "A note\r\n\r\nwith spaces"
    assert jira.get(f"/comment/{made['id']}/properties/okrsync").json()["value"] == MARK


def test_version_3_speaks_in_documents(sandbox: Sandbox) -> None:
    jira = JiraClient(sandbox.jira, api="3")
    text = {"type": "paragraph", "content": [{"type": "text", "text": "Hello"}]}
    assert comment(jira, {"type": "doc", "version": 1, "content": [text, text]})["body"]["content"] == [text, text]
    assert sandbox.jira.issue("SHOP-1").comments[0].body == "Hello\nHello"
    broken = {"type": "paragraph", "content": [{"type": "text", "text": "a"}, {"type": "hardBreak"}]}
    comment(jira, {"type": "doc", "version": 1, "content": [broken, text]})
    assert sandbox.jira.issue("SHOP-1").comments[1].body == "a\n\nHello"
    assert jira("POST", f"{ISSUE}/comment", {"body": "plain"}).status_code == 400
    assert JiraClient(sandbox.jira)("POST", f"{ISSUE}/comment", {"body": text}).status_code == 400


def link(global_id: str | None = "okrsync:demo:a", **more: Any) -> dict[str, Any]:
    return {"globalId": global_id, "object": {"url": "https://okrs.example/a", "title": "Checkout"}, **more}


def test_a_remote_link_with_the_same_global_id_is_replaced_as_a_whole(jira: JiraClient) -> None:
    first = jira("POST", f"{ISSUE}/remotelink", link(relationship="counts for"))
    second = jira("POST", f"{ISSUE}/remotelink", link())
    assert (first.status_code, second.status_code) == (201 if jira.state.cloud else 200, 200)
    assert first.json()["id"] == second.json()["id"]
    (shown,) = jira.get(f"{ISSUE}/remotelink").json()
    assert (shown["globalId"], "relationship" in shown) == ("okrsync:demo:a", False)
    assert jira.get(f"{ISSUE}/remotelink?globalId=okrsync:demo:a").json() == shown
    assert jira.get(f"{ISSUE}/remotelink/{shown['id']}").json() == shown


def test_links_without_a_global_id_pile_up(jira: JiraClient) -> None:
    for _ in range(2):
        jira("POST", f"{ISSUE}/remotelink", link(None))
    assert len(jira.get(f"{ISSUE}/remotelink").json()) == 2


def test_a_link_is_deleted_by_global_id_once(jira: JiraClient) -> None:
    jira("POST", f"{ISSUE}/remotelink", link())
    path = f"{ISSUE}/remotelink?globalId=okrsync:demo:a"
    assert [jira("DELETE", path).status_code for _ in range(2)] == [204, 404]
    assert jira("DELETE", f"{ISSUE}/remotelink").status_code == 400
    made = jira("POST", f"{ISSUE}/remotelink", link()).json()
    assert jira("DELETE", f"{ISSUE}/remotelink/{made['id']}").status_code == 204


@pytest.mark.parametrize("body", [link("x" * 256), {"object": {"url": "https://okrs.example"}}, {"globalId": "a"}])
def test_a_wrong_link_is_400(jira: JiraClient, body: Any) -> None:
    assert jira("POST", f"{ISSUE}/remotelink", body).status_code == 400


@pytest.mark.parametrize(
    ("permission", "method", "path", "body", "status"),
    [
        ("EDIT_ISSUES", "PUT", ISSUE, {"fields": {"labels": []}}, 400),
        ("ADD_COMMENTS", "POST", f"{ISSUE}/comment", {"body": "x"}, 400),
        ("LINK_ISSUES", "POST", f"{ISSUE}/remotelink", link(), 403),
        ("LINK_ISSUES", "DELETE", f"{ISSUE}/remotelink?globalId=a", None, 403),
    ],
)
def test_a_write_without_its_permission_is_refused(
    jira: JiraClient, permission: str, method: str, path: str, body: Any, status: int
) -> None:
    state_of(jira).denied.add(permission)
    assert jira(method, path, body).status_code == status
    granted = jira.get(f"/mypermissions?projectKey=SHOP&permissions={permission}").json()["permissions"]
    assert granted[permission]["havePermission"] is False


def test_a_write_to_a_missing_issue_is_404(jira: JiraClient) -> None:
    for method, path in (("PUT", ""), ("POST", "/comment"), ("POST", "/remotelink"), ("DELETE", "/comment/1")):
        answer = jira(method, f"/issue/SHOP-99{path}", link() if path == "/remotelink" else {"body": "x"})
        assert answer.status_code == 404
        assert answer.json()["errorMessages"] == ["Issue does not exist or you do not have permission to see it."]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["add", "remove"]), st.sampled_from("abc")), max_size=8))
def test_operations_in_one_edit_equal_the_same_one_by_one(sandbox: Sandbox, operations: list[tuple[str, str]]) -> None:
    cloud, center = JiraClient(sandbox.jira), JiraClient(sandbox.jira_dc)
    change_labels(cloud, *({verb: label} for verb, label in operations))
    for verb, label in operations:
        change_labels(center, {verb: label})
    assert sandbox.jira.issue("SHOP-1").labels == sandbox.jira_dc.issue("SHOP-1").labels
    assert "ux" in sandbox.jira.issue("SHOP-1").labels
