"""Labels, the note and links on tickets: found again, changed one by one, never twice."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
import responses
from jira_canned import API, ref
from okrsync_jira.connector import JiraConnector

from okrsync import errors, marker
from okrsync.connector import Context
from okrsync.marker import Namespace
from okrsync.model.change import (
    AddLabel,
    Change,
    DefineLabel,
    DeleteLink,
    DeleteNote,
    Done,
    Note,
    NoteLine,
    PutLink,
    PutNote,
    Receipt,
    RemoveLabel,
)

ISSUE = f"{API}/issue/10001"
NOTE = Note(
    (NoteLine("checkout-1", "Ship it", "Buying is effortless", 4, "5 points", ("epic SHOP-120",)),), "okr:ignore"
)


def mark(installation: str = "acme") -> dict[str, Any]:
    own: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(marker.mark(installation, NOTE, Namespace())))
    return own


def comment(id_: int, value: Any = None, body: str = "text") -> dict[str, Any]:
    return {"id": str(id_), "body": body, "properties": [{"key": "okrsync", "value": value}] if value else []}


def place(number: int, labels: list[str], project: str = "SHOP", project_id: str = "10000") -> dict[str, Any]:
    fields = {"labels": labels, "project": {"id": project_id, "key": project}}
    return {"id": str(10000 + number), "key": f"{project}-{number}", "fields": fields}


def query(call: responses.Call) -> dict[str, list[str]]:
    return parse_qs(urlsplit(str(call.request.url)).query)


def with_comments(rsps: responses.RequestsMock, *comments: dict[str, Any]) -> None:
    rsps.get(f"{ISSUE}/comment", json={"comments": list(comments), "total": len(comments), "startAt": 0})


def test_what_a_ticket_shows_of_ours_is_found(cloud: JiraConnector, rsps: responses.RequestsMock) -> None:
    labels = ["okr:checkout-1", "okr:ignore", "p1"]
    rsps.post(f"{API}/issue/bulkfetch", json={"issues": [place(1, labels)]})
    with_comments(rsps, comment(101, mark()), comment(99, mark()), comment(98, mark("other")), comment(97))
    (shown,) = cloud.observe([ref(1)])
    assert shown.labels == ("okr:checkout-1",)
    assert shown.note is not None
    assert (shown.note.id, shown.note.digest, shown.note.tenths) == ("99", marker.digest(NOTE), {"checkout-1": 4})
    assert shown.surplus == ("101",)


def test_every_page_of_comments_is_read(cloud: JiraConnector, rsps: responses.RequestsMock) -> None:
    rsps.post(f"{API}/issue/bulkfetch", json={"issues": [place(1, [])]})
    rsps.get(f"{ISSUE}/comment", json={"comments": [comment(1), comment(2)], "total": 3})
    rsps.get(f"{ISSUE}/comment", json={"comments": [comment(3, mark())], "total": 3})
    (shown,) = cloud.observe([ref(1)])
    assert shown.note is not None
    asked = [query(call) for call in rsps.calls if "/comment" in str(call.request.url)]
    assert [params["startAt"] for params in asked] == [["0"], ["2"]]
    assert all(params["expand"] == ["properties"] for params in asked)


def test_where_properties_are_not_told_our_comments_are_asked_for_theirs(
    cloud: JiraConnector, rsps: responses.RequestsMock
) -> None:
    rsps.post(f"{API}/issue/bulkfetch", json={"issues": [place(1, [])]})
    with_comments(
        rsps,
        {"id": "5", "body": "hello"},
        {"id": "6", "body": "okrsync keeps this note up to date. To stop it, add okr\\_ignore."},
    )
    rsps.get(f"{API}/comment/6/properties/okrsync", json={"key": "okrsync", "value": mark()})
    (shown,) = cloud.observe([ref(1)])
    assert shown.note is not None
    assert shown.note.id == "6"


def test_tickets_that_are_gone_are_left_out(cloud: JiraConnector, rsps: responses.RequestsMock) -> None:
    rsps.post(f"{API}/issue/bulkfetch", json={"issues": [place(1, [])]})
    rsps.get(f"{API}/issue/10002", status=404)
    with_comments(rsps)
    assert [shown.ref for shown in cloud.observe([ref(1), ref(2)])] == [ref(1)]


def test_a_data_center_is_asked_ticket_by_ticket(data_center: JiraConnector, rsps: responses.RequestsMock) -> None:
    rsps.get(ISSUE, json=place(1, ["okr:a"]))
    with_comments(rsps)
    (shown,) = data_center.observe([ref(1)])
    assert shown.labels == ("okr:a",)


def test_labels_are_a_delta_that_spares_the_watchers(cloud: JiraConnector, rsps: responses.RequestsMock) -> None:
    rsps.put(ISSUE, status=204)
    assert cloud.apply(AddLabel(ref(1), "okr:a")) == Receipt(Done.APPLIED)
    assert cloud.apply(RemoveLabel(ref(1), "okr:b")) == Receipt(Done.APPLIED)
    sent = [json.loads(str(call.request.body, "utf-8")) for call in rsps.calls]
    assert sent == [{"update": {"labels": [{"add": "okr:a"}]}}, {"update": {"labels": [{"remove": "okr:b"}]}}]
    assert all(query(call) == {"notifyUsers": ["false"]} for call in rsps.calls)


def test_who_may_not_write_quietly_writes_plainly_from_then_on(
    cloud: JiraConnector, rsps: responses.RequestsMock
) -> None:
    rsps.put(f"{ISSUE}?notifyUsers=false", status=403)
    rsps.put(ISSUE, status=204, match=[responses.matchers.query_param_matcher({})])
    cloud.apply(AddLabel(ref(1), "okr:a"))
    cloud.apply(AddLabel(ref(1), "okr:b"))
    assert [query(call) for call in rsps.calls] == [{"notifyUsers": ["false"]}, {}, {}]


def test_who_may_not_write_at_all_is_told(cloud: JiraConnector, rsps: responses.RequestsMock) -> None:
    rsps.put(ISSUE, status=403, json={"errorMessages": ["You do not have permission to edit issues."]})
    with pytest.raises(errors.Forbidden, match="permission to edit") as refused:
        cloud.apply(AddLabel(ref(1), "okr:a"))
    assert '"Edit Issues"' in refused.value.hint
    assert [query(call) for call in rsps.calls] == [{"notifyUsers": ["false"]}]


def test_who_is_refused_for_a_reason_that_is_not_understood_is_asked_twice_only_once(
    cloud: JiraConnector, rsps: responses.RequestsMock
) -> None:
    rsps.put(ISSUE, status=403, json={"errorMessages": ["Das dürfen Sie nicht."]})
    for _ in range(3):
        with pytest.raises(errors.Forbidden):
            cloud.apply(AddLabel(ref(1), "okr:a"))
    assert [query(call) for call in rsps.calls] == [{"notifyUsers": ["false"]}, {}, {}, {}]


@pytest.mark.parametrize(
    ("change", "method", "path", "permission"),
    [
        (PutNote(ref(1), NOTE), responses.POST, "/comment", "Add Comments"),
        (PutNote(ref(1), NOTE, "77"), responses.PUT, "/comment/77", "Edit Own Comments"),
        (DeleteNote(ref(1), "77"), responses.DELETE, "/comment/77", "Delete Own Comments"),
        (PutLink(ref(1), "kr", "Title", "https://okr.example/kr"), responses.POST, "/remotelink", "Link Issues"),
    ],
)
def test_the_permission_that_is_missing_is_named(
    cloud: JiraConnector, rsps: responses.RequestsMock, change: Change, method: str, path: str, permission: str
) -> None:
    rsps.add(method, f"{ISSUE}{path}", status=403)
    with pytest.raises(errors.Forbidden) as refused:
        cloud.apply(change)
    assert f'"{permission}"' in refused.value.hint


def test_a_note_is_created_together_with_its_mark(cloud: JiraConnector, rsps: responses.RequestsMock) -> None:
    rsps.post(f"{ISSUE}/comment", status=201, json={"id": "77", "body": "re-rendered"})
    assert cloud.apply(PutNote(ref(1), NOTE)) == Receipt(Done.APPLIED, note_id="77")
    sent = json.loads(rsps.calls[-1].request.body)
    assert "checkout-1" in sent["body"]
    assert sent["properties"] == [{"key": "okrsync", "value": mark()}]


def test_a_note_whose_answer_is_lost_is_not_sent_again(
    cloud: JiraConnector, rsps: responses.RequestsMock, context: Context
) -> None:
    rsps.post(f"{ISSUE}/comment", status=201, body="")
    with pytest.raises(errors.OutcomeUnknown):
        cloud.apply(PutNote(ref(1), NOTE))
    assert context.meter.writes == 1


def test_an_edit_is_quiet_on_cloud_and_carries_the_new_mark(cloud: JiraConnector, rsps: responses.RequestsMock) -> None:
    rsps.put(f"{ISSUE}/comment/77", json={"id": "77"})
    assert cloud.apply(PutNote(ref(1), NOTE, "77")) == Receipt(Done.APPLIED, note_id="77")
    assert query(rsps.calls[-1]) == {"notifyUsers": ["false"]}
    assert json.loads(rsps.calls[-1].request.body)["properties"] == [{"key": "okrsync", "value": mark()}]


def test_an_edit_is_plain_on_data_center(data_center: JiraConnector, rsps: responses.RequestsMock) -> None:
    rsps.put(f"{ISSUE}/comment/77", json={"id": "77"})
    data_center.apply(PutNote(ref(1), NOTE, "77"))
    assert query(rsps.calls[-1]) == {}


def test_a_note_that_somebody_deleted_is_written_anew(cloud: JiraConnector, rsps: responses.RequestsMock) -> None:
    rsps.put(f"{ISSUE}/comment/77", status=404)
    with_comments(rsps, comment(1))
    rsps.post(f"{ISSUE}/comment", status=201, json={"id": "78"})
    assert cloud.apply(PutNote(ref(1), NOTE, "77")) == Receipt(Done.APPLIED, note_id="78")


def test_a_note_of_ours_found_instead_is_edited(cloud: JiraConnector, rsps: responses.RequestsMock) -> None:
    rsps.put(f"{ISSUE}/comment/77", status=404)
    with_comments(rsps, comment(79, mark()))
    rsps.put(f"{ISSUE}/comment/79", json={"id": "79"})
    assert cloud.apply(PutNote(ref(1), NOTE, "77")) == Receipt(Done.APPLIED, note_id="79")


def test_a_note_on_a_ticket_that_is_gone_is_an_error(cloud: JiraConnector, rsps: responses.RequestsMock) -> None:
    rsps.put(f"{ISSUE}/comment/77", status=404)
    rsps.get(f"{ISSUE}/comment", status=404)
    with pytest.raises(errors.Gone):
        cloud.apply(PutNote(ref(1), NOTE, "77"))


@pytest.mark.parametrize(("status", "done"), [(204, Done.APPLIED), (404, Done.ALREADY)])
def test_deleting_what_is_gone_already_is_no_error(
    status: int, done: Done, cloud: JiraConnector, rsps: responses.RequestsMock
) -> None:
    rsps.delete(f"{ISSUE}/comment/77", status=status)
    rsps.delete(f"{ISSUE}/remotelink", status=status)
    assert cloud.apply(DeleteNote(ref(1), "77")).done is done
    assert cloud.apply(DeleteLink(ref(1), "checkout-1")).done is done
    assert query(rsps.calls[-1]) == {"globalId": ["okrsync:acme:checkout-1"]}


def test_a_link_has_the_same_global_id_every_time(cloud: JiraConnector, rsps: responses.RequestsMock) -> None:
    rsps.post(f"{ISSUE}/remotelink", status=201, json={"id": 1})
    cloud.apply(PutLink(ref(1), "checkout-1", "Ship it", "https://okr.example/kr/checkout-1"))
    sent = json.loads(rsps.calls[-1].request.body)
    assert sent["globalId"] == "okrsync:acme:checkout-1"
    assert sent["object"] == {"url": "https://okr.example/kr/checkout-1", "title": "checkout-1: Ship it"}


def test_labels_need_no_definition(cloud: JiraConnector, context: Context) -> None:
    before = context.meter.requests
    change = DefineLabel("jira", "10000", "okr:a", "about", "336699")
    assert cloud.apply(change).done is Done.SKIPPED
    assert cloud.cost(change) == 0
    assert context.meter.requests == before


@pytest.mark.parametrize(
    "change",
    [
        AddLabel(ref(1), "okr:a"),
        RemoveLabel(ref(1), "okr:a"),
        PutNote(ref(1), NOTE),
        PutNote(ref(1), NOTE, "77"),
        DeleteNote(ref(1), "77"),
        PutLink(ref(1), "kr", "t", "https://o"),
        DeleteLink(ref(1), "kr"),
    ],
)
def test_the_announced_cost_is_what_is_sent(
    change: Change, cloud: JiraConnector, rsps: responses.RequestsMock, context: Context
) -> None:
    rsps.put(ISSUE, status=204)
    rsps.post(f"{ISSUE}/comment", status=201, json={"id": "77"})
    rsps.put(f"{ISSUE}/comment/77", json={"id": "77"})
    rsps.delete(f"{ISSUE}/comment/77", status=204)
    rsps.post(f"{ISSUE}/remotelink", status=201, json={"id": 1})
    rsps.delete(f"{ISSUE}/remotelink", status=204)
    cloud.scopes(())
    before = context.meter.requests
    cloud.apply(change)
    assert context.meter.requests - before == cloud.cost(change)


def test_an_archived_project_takes_no_writes(cloud: JiraConnector, rsps: responses.RequestsMock) -> None:
    rsps.put(ISSUE, status=400, json={"errorMessages": ["The issue is archived and cannot be edited."]})
    with pytest.raises(errors.Closed):
        cloud.apply(AddLabel(ref(1), "okr:a"))


def test_a_missing_ticket_is_confirmed_before_it_is_called_unreachable(
    cloud: JiraConnector, rsps: responses.RequestsMock
) -> None:
    here, moved = place(1, []), place(2, [], "OTHER", "10055")
    rsps.post(f"{API}/issue/bulkfetch", json={"issues": [here, moved]})
    rsps.get(f"{API}/issue/10003", status=404)
    rsps.get(f"{API}/issue/10004", json=place(4, []))
    told = cloud.confirm([ref(1), ref(2), ref(3), ref(4)])
    assert told == {"10002": "moved to OTHER", "10003": "deleted, or hidden from this account"}


def test_a_failing_confirmation_concludes_nothing(data_center: JiraConnector, rsps: responses.RequestsMock) -> None:
    rsps.get(ISSUE, status=503)
    with pytest.raises(errors.Transient):
        data_center.confirm([ref(1)])
