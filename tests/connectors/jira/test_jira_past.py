"""Changelogs of both products into what was true of an issue, and when."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st
from jira_canned import API, POINTS, site_with
from okrsync_jira.connector import JiraConnector
from okrsync_jira.fields import Fields
from okrsync_jira.flavour import Cloud
from okrsync_jira.past import Past, Statuses
from okrsync_jira.shapes import Category, ChangedField, ChangeLine, StatusInfo
from okrsync_jira.translate import Translator

from okrsync.errors import BadAnswer
from okrsync.model.life import ItemHistory, Moment
from okrsync.model.work import Item, Outcome, Scope, State

CREATED = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
STATUSES = [
    StatusInfo("1", "To Do", Category("new")),
    StatusInfo("3", "In Progress", Category("indeterminate")),
    StatusInfo("5", "Done", Category("done")),
]
IDS = {status.name: status.id for status in STATUSES}
FIELDS = Fields("customfield_10016", "Story Points", numbers={"effort": "customfield_7"})
DONE = {"state": State.DONE, "word": "Done", "outcome": Outcome.DELIVERED}


def item(number: int = 1, **given: Any) -> Item:
    known: dict[str, Any] = {"word": "To Do", "updated": CREATED + 9 * DAY, "points": 3.0}
    return Item("jira", "10000", str(10000 + number), f"SHOP-{number}", "", "An issue", CREATED, **{**known, **given})


def past(items: Sequence[Item] = (), names: dict[str, str] | None = None) -> Past:
    translator = Translator("jira", Scope("10000", "SHOP"), "", FIELDS, ["Won't Do"])
    return Past(FIELDS, Statuses(STATUSES, items), translator, names)


def step(field: str, before: str | None, after: str | None, **given: Any) -> ChangedField:
    ids: dict[str, Any] = {}
    if field == "status":
        ids = {"before_id": IDS.get(before or ""), "after_id": IDS.get(after or "")}
    return ChangedField(**{"field": field, "id": field, "before": before, "after": after, **ids, **given})


def line(days: float, *steps: ChangedField, id: int = 1) -> ChangeLine:
    return ChangeLine(CREATED + days * DAY, str(id), list(steps))


def told(moments: Sequence[Moment]) -> list[tuple[Any, ...]]:
    return [((one.at - CREATED) / DAY, one.state, one.word, one.outcome, one.points) for one in moments]


def test_an_issue_that_never_changed_was_always_what_it_is() -> None:
    (only,) = past().moments(item(state=State.DOING, word="In Progress"), ())
    assert only == Moment(CREATED, State.DOING, "In Progress", None, 3.0, rebuilt=True)


def test_the_way_from_open_to_done_and_back() -> None:
    lines = [
        line(4, step("status", "Done", "To Do"), step("resolution", "Done", None), id=3),
        line(1, step("status", "To Do", "In Progress")),
        line(2, step("status", "In Progress", "Done"), step("resolution", None, "Done"), id=2),
    ]
    assert told(past().moments(item(), lines)) == [
        (0, State.TODO, "To Do", None, 3.0),
        (1, State.DOING, "In Progress", None, 3.0),
        (2, State.DONE, "Done", Outcome.DELIVERED, 3.0),
        (4, State.TODO, "To Do", None, 3.0),
    ]


@pytest.mark.parametrize(
    ("resolution", "outcome"),
    [("Done", Outcome.DELIVERED), ("Won't Do", Outcome.CANCELLED), ("Duplicate", Outcome.DUPLICATE)],
)
def test_the_resolution_says_how_it_ended(resolution: str, outcome: Outcome) -> None:
    lines = [line(1, step("status", "To Do", "Done"), step("resolution", None, resolution))]
    done = item(state=State.DONE, word="Done", outcome=outcome)
    assert past().moments(done, lines)[-1].outcome is outcome


def test_a_resolution_that_changes_while_it_is_done_is_a_moment_of_its_own() -> None:
    lines = [
        line(1, step("status", "To Do", "Done"), step("resolution", None, "Done")),
        line(2, step("resolution", "Done", "Won't Do"), id=2),
    ]
    done = item(state=State.DONE, word="Done", outcome=Outcome.CANCELLED)
    outcomes = [one.outcome for one in past().moments(done, lines)]
    assert outcomes == [None, Outcome.DELIVERED, Outcome.CANCELLED]


def test_work_without_a_resolution_ended_as_it_says_today() -> None:
    done = item(state=State.DONE, word="Done", outcome=Outcome.DELIVERED)
    assert past().moments(done, [line(1, step("status", "To Do", "Done"))])[-1].outcome is Outcome.DELIVERED


def test_points_and_numbers_are_what_they_were_and_no_text_is_a_number() -> None:
    lines = [
        line(1, step("customfield_10016", "8", "5")),
        line(2, step("customfield_7", None, "1.5"), id=2),
        line(3, step("customfield_10016", "5", "many"), id=3),
        line(4, step("customfield_7", "1.5", None), step("customfield_10016", "many", "3"), id=4),
    ]
    moments = past().moments(item(), lines)
    assert [one.points for one in moments] == [8.0, 5.0, 5.0, None, 3.0]
    assert [one.numbers for one in moments] == [{}, {}, {"effort": 1.5}, {"effort": 1.5}, {}]


def test_data_center_names_fields_and_a_namesake_of_the_status_is_not_it() -> None:
    lines = [
        line(1, step("Story Points", "5", "3", id="")),
        line(2, step("Effort", None, "2", id=""), id=2),
        line(3, step("status", "Low", "High", id="", fieldtype="custom"), id=3),
        line(4, step("status", "To Do", "In Progress", id="", fieldtype="jira"), id=4),
    ]
    moments = past(names={"customfield_7": "Effort"}).moments(item(numbers={"effort": 2.0}), lines)
    assert [(one.points, one.numbers, one.word) for one in moments] == [
        (5.0, {}, "To Do"),
        (3.0, {}, "To Do"),
        (3.0, {"effort": 2.0}, "To Do"),
        (3.0, {"effort": 2.0}, "In Progress"),
    ]


def test_a_status_that_is_gone_is_known_by_its_name_or_not_at_all() -> None:
    lines = [
        line(1, step("status", "To Do", "in progress", after_id="999")),
        line(2, step("status", "in progress", "Odd", after_id="998"), id=2),
        line(3, step("status", "Odd", "Nobody knows", after_id="997"), id=3),
    ]
    odd = item(2, state=State.DOING, word="Odd")
    assert [one.state for one in past([odd]).moments(item(), lines)] == [
        State.TODO,
        State.DOING,
        State.DOING,
        State.UNKNOWN,
    ]


def test_times_may_be_seconds_or_milliseconds_and_never_lie_before_the_creation() -> None:
    seconds = int((CREATED + DAY).timestamp())
    lines = [
        ChangeLine(seconds, 7, [step("status", "To Do", "In Progress")]),
        ChangeLine((seconds + 60) * 1000, 8, [step("status", "In Progress", "Done")]),
        line(-3, step("customfield_10016", "1", "3"), id=1),
    ]
    moments = past().moments(item(**DONE), lines)
    assert [one.at - CREATED for one in moments] == [
        timedelta(0),
        timedelta(0),
        DAY,
        DAY + timedelta(minutes=1),
    ]


@given(st.permutations(range(6)), st.lists(st.sampled_from(list(IDS)), min_size=6, max_size=6))
def test_a_history_does_not_depend_on_the_order_of_its_lines(order: list[int], words: list[str]) -> None:
    steps = list(zip(["To Do", *words], words, strict=False))
    lines = [line(number // 2, step("status", *pair), id=number) for number, pair in enumerate(steps)]
    today = item(word=words[-1], state=Statuses(STATUSES, ()).state(IDS[words[-1]], None))
    moments = past().moments(today, [lines[number] for number in order])
    assert moments == past().moments(today, lines)
    assert moments[-1].word == words[-1]
    assert [one.at for one in moments] == sorted(one.at for one in moments)


# Over the wire


def histories(jira: JiraConnector, *items: Item) -> dict[str, ItemHistory]:
    (scope,) = jira.scopes(())
    return {one.id: one for one in jira.histories([scope], items)}


def page(token: str | None, *logs: tuple[int, list[dict[str, Any]]]) -> dict[str, Any]:
    found = [{"issueId": str(10000 + number), "changeHistories": lines} for number, lines in logs]
    return {"issueChangeLogs": found} | ({"nextPageToken": token} if token else {})


def written(id_: int, day: int, before: str, after: str) -> dict[str, Any]:
    ids = {"from": IDS[before], "to": IDS[after]}
    item = {"field": "status", "fieldId": "status", "fieldtype": "jira", "fromString": before, "toString": after}
    return {"id": str(id_), "created": f"2026-10-{day:02d}T09:00:00.000+0000", "items": [item | ids]}


@pytest.fixture
def statuses(rsps: responses.RequestsMock) -> None:
    known = [{"id": one.id, "name": one.name, "statusCategory": {"key": one.statusCategory.key}} for one in STATUSES]  # type: ignore[union-attr]
    rsps.get(f"{API}/status", json=known)


@pytest.mark.usefixtures("statuses")
def test_cloud_tells_an_issue_on_several_pages(cloud: JiraConnector, rsps: responses.RequestsMock) -> None:
    rsps.post(f"{API}/changelog/bulkfetch", json=page("a", (1, [written(1, 2, "To Do", "In Progress")])))
    later = (2, [written(2, 3, "To Do", "Done")]), (1, [written(3, 4, "In Progress", "Done")])
    rsps.post(f"{API}/changelog/bulkfetch", json=page(None, *later))
    found = histories(cloud, item(1, **DONE), item(2, **DONE), item(3))
    assert [one.word for one in found["10001"].moments] == ["To Do", "In Progress", "Done"]
    assert [one.word for one in found["10002"].moments] == ["To Do", "Done"]
    assert [one.word for one in found["10003"].moments] == ["To Do"]
    bodies = [json.loads(call.request.body) for call in rsps.calls if "bulkfetch" in str(call.request.url)]
    assert bodies[0]["fieldIds"] == ["status", "resolution", POINTS["id"]]
    assert [body.get("nextPageToken") for body in bodies] == [None, "a"]


@pytest.mark.usefixtures("statuses")
def test_a_repeated_page_of_changelogs_is_an_error(cloud: JiraConnector, rsps: responses.RequestsMock) -> None:
    rsps.post(f"{API}/changelog/bulkfetch", json=page("a"))
    with pytest.raises(BadAnswer):
        histories(cloud, item())


@pytest.mark.usefixtures("statuses")
def test_many_issues_are_asked_for_in_batches(
    cloud: JiraConnector, rsps: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Cloud, "_changelogs", 2)
    rsps.post(f"{API}/changelog/bulkfetch", json=page(None))
    items = [item(number) for number in range(5)]
    (scope,) = cloud.scopes(())
    assert cloud.history_cost([scope], items) == 1 + 3
    assert len(list(cloud.histories([scope], items))) == 5
    asked = [json.loads(call.request.body) for call in rsps.calls if "bulkfetch" in str(call.request.url)]
    assert [len(body["issueIdsOrKeys"]) for body in asked] == [2, 2, 1]


@pytest.mark.usefixtures("statuses")
def test_finished_work_that_cloud_tells_nothing_of_is_looked_for(
    cloud: JiraConnector, rsps: responses.RequestsMock
) -> None:
    rsps.post(f"{API}/changelog/bulkfetch", json=page(None))
    place = {"id": "10001", "key": "SHOP-1", "fields": {"project": {"id": "10000", "key": "SHOP"}}}
    rsps.post(f"{API}/issue/bulkfetch", json={"issues": [place]})
    rsps.get(f"{API}/issue/10002", status=404, json={"errorMessages": ["Issue does not exist"]})
    assert set(histories(cloud, item(1, **DONE), item(2, **DONE))) == {"10001"}


@pytest.mark.usefixtures("statuses")
def test_data_center_looks_alone_at_what_search_hides_or_cuts(
    data_center: JiraConnector, rsps: responses.RequestsMock
) -> None:
    whole, cut = ([written(1, 2, "To Do", "Done")], 1), ([], 1)
    rows = [
        {"id": str(10000 + number), "key": f"SHOP-{number}", "changelog": {"histories": lines, "total": total}}
        for number, (lines, total) in enumerate((whole, cut, cut), start=1)
    ]
    rsps.post(f"{API}/search", json={"issues": rows, "total": 3, "startAt": 0, "maxResults": 5})
    rsps.get(f"{API}/issue/10002", json={**rows[0], "id": "10002"})
    rsps.get(f"{API}/issue/10003", json=rows[2])
    rsps.get(f"{API}/issue/10004", status=404, json={"errorMessages": ["Issue does not exist"]})
    found = histories(data_center, *(item(number, **DONE) for number in range(1, 5)))
    assert set(found) == {"10001", "10002"}
    (asked,) = [json.loads(call.request.body) for call in rsps.calls if str(call.request.url).endswith("/search")]
    assert (asked["expand"], asked["validateQuery"]) == (["changelog"], False)
    assert asked["jql"].startswith("id in (10001, 10002, 10003, 10004)")


@pytest.mark.usefixtures("statuses")
def test_data_center_is_asked_for_the_names_of_fields_only_where_numbers_are_configured(
    rsps: responses.RequestsMock, connect: Any
) -> None:
    effort = {"id": "customfield_7", "name": "Effort", "schema": {"type": "number"}}
    site_with(rsps, "Server", [POINTS, effort])
    jira = connect(numbers=["customfield_7"])
    step = {"field": "Effort", "fieldtype": "custom", "fromString": "1", "toString": "2"}
    told = {"id": "1", "created": "2026-10-02T09:00:00.000+0000", "items": [step]}
    row = {"id": "10001", "key": "SHOP-1", "changelog": {"histories": [told], "total": 1}}
    rsps.post(f"{API}/search", json={"issues": [row], "total": 1, "startAt": 0, "maxResults": 5})
    found = histories(jira, item(numbers={"customfield_7": 2.0}))
    assert [one.numbers for one in found["10001"].moments] == [{"customfield_7": 1.0}, {"customfield_7": 2.0}]
