"""Jira's JSON into items: states, outcomes, sprints, hierarchy, and misfits set apart."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jira_canned import SITE, raw_issue
from okrsync_jira.fields import Fields
from okrsync_jira.options import CANCELLED
from okrsync_jira.pages import batch_decoder
from okrsync_jira.shapes import Version
from okrsync_jira.translate import Translator, sprint_name

from okrsync.model.work import Item, Outcome, Scope, State

FIELDS = Fields(
    points="customfield_10016", epic="customfield_10014", sprints="customfield_10020", numbers={"Spent": "timespent"}
)
SCOPE = Scope("10000", "SHOP")


def translator(scope: Scope = SCOPE) -> Translator:
    return Translator("jira", scope, SITE, FIELDS, CANCELLED)


def item(**fields: Any) -> Item:
    page = json.dumps({"issues": [raw_issue(7, **fields)]}).encode()
    batch = batch_decoder(FIELDS.shape())(page)
    assert not batch.quarantined
    return translator().item(batch.rows[0])


def test_an_issue_is_understood_whole() -> None:
    told = item(
        summary="Pay in one step",
        description="Why\nOKR: checkout-1, checkout-2\n",
        labels=["p1", "okr:checkout-1"],
        assignee={"displayName": "Ana", "accountId": "557058:1"},
        fixVersions=[{"id": "31", "name": "2.0"}],
        priority={"name": "High"},
        status={"name": "In Review", "statusCategory": {"key": "indeterminate"}},
        statuscategorychangedate="2026-10-02T08:00:00.000+0200",
        customfield_10016=5,
        timespent=3600,
    )
    assert told == Item(
        connection="jira",
        scope="10000",
        id="10007",
        key="SHOP-7",
        url=f"{SITE}/browse/SHOP-7",
        title="Pay in one step",
        created=datetime(2026, 10, 1, 9, tzinfo=UTC),
        updated=datetime(2026, 10, 2, 9, tzinfo=UTC),
        type="Story",
        state=State.DOING,
        word="In Review",
        labels=("p1", "okr:checkout-1"),
        assignees=("Ana", "557058:1"),
        milestones=("31",),
        priority="High",
        points=5.0,
        numbers={"Spent": 3600.0},
        references=("checkout-1", "checkout-2"),
        started=datetime(2026, 10, 2, 6, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("category", "state"),
    [("new", State.TODO), ("indeterminate", State.DOING), ("done", State.DONE), ("undefined", State.UNKNOWN)],
)
def test_the_state_is_the_status_category(category: str, state: State) -> None:
    assert item(status={"name": "Erledigt", "statusCategory": {"key": category}}).state is state


def test_a_missing_status_is_unknown() -> None:
    assert item(status=None).state is State.UNKNOWN
    assert item(status={"name": "Odd"}).state is State.UNKNOWN


@pytest.mark.parametrize(
    ("resolution", "outcome"),
    [
        (None, Outcome.DELIVERED),
        ("Done", Outcome.DELIVERED),
        ("Fixed", Outcome.DELIVERED),
        ("Won't Do", Outcome.CANCELLED),
        ("Won’t do", Outcome.CANCELLED),
        ("Cannot Reproduce", Outcome.CANCELLED),
        ("Duplicate", Outcome.DUPLICATE),
    ],
)
def test_done_work_ends_by_its_resolution(resolution: str | None, outcome: Outcome) -> None:
    done = {"name": "Done", "statusCategory": {"key": "done"}}
    told = item(status=done, resolution={"name": resolution} if resolution else None)
    assert told.outcome is outcome


def test_a_resolution_on_open_work_means_nothing() -> None:
    told = item(resolution={"name": "Won't Do"}, resolutiondate="2026-10-03T09:00:00.000+0000")
    assert (told.state, told.outcome, told.closed) == (State.TODO, None, None)


def test_done_work_without_a_resolution_closed_when_its_category_changed() -> None:
    done = {"name": "Done", "statusCategory": {"key": "done"}}
    told = item(status=done, statuscategorychangedate="2026-10-03T09:00:00.000+0000")
    assert told.closed == datetime(2026, 10, 3, 9, tzinfo=UTC)
    assert told.started is None


def test_the_parent_is_an_id_and_an_epic_link_a_key() -> None:
    assert item(parent={"id": "55", "key": "SHOP-1"}).parent == "55"
    assert item(customfield_10014="SHOP-1").parent == "SHOP-1"
    subtask = item(parent={"id": "55"}, customfield_10014="SHOP-1", issuetype={"name": "Sub-task", "subtask": True})
    assert (subtask.parent, subtask.subtask) == ("55", True)


PREFIX = "com.atlassian.greenhopper.service.sprint.Sprint@1a2b"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (f"{PREFIX}[id=3,state=ACTIVE,name=Sprint 3]", "Sprint 3"),
        (f"{PREFIX}[id=3,rapidViewId=1,state=ACTIVE,name=Pay, [now],startDate=<null>,goal=]", "Pay, [now]"),
        (f"{PREFIX}[id=3,state=CLOSED,name=a]b,c=d,goal=name=x]", "a]b,c=d"),
        ("nonsense", ""),
    ],
)
def test_a_sprint_written_as_text_keeps_commas_and_brackets_in_its_name(written: str, name: str) -> None:
    assert sprint_name(written) == name


@given(st.text(min_size=1).filter(lambda name: "=" not in name))
def test_any_sprint_name_is_read_back(name: str) -> None:
    assert sprint_name(f"{PREFIX}[id=3,state=ACTIVE,name={name},startDate=<null>,sequence=3]") == name
    assert sprint_name(f"{PREFIX}[id=3,state=ACTIVE,name={name}]") == name


def test_sprints_come_as_objects_too() -> None:
    assert item(customfield_10020=[{"id": 1, "name": "S1"}, f"{PREFIX}[id=2,name=S2]"]).sprints == ("S1", "S2")


def test_one_bad_issue_is_set_apart_with_its_reason() -> None:
    good, bad = raw_issue(1), raw_issue(2, created="yesterday")
    page = json.dumps({"issues": [good, bad, 5, raw_issue(3)], "nextPageToken": "t"}).encode()
    batch = batch_decoder(FIELDS.shape())(page)
    assert [row.key for row in batch.rows] == ["SHOP-1", "SHOP-3"]
    assert [(misfit.id, misfit.key) for misfit in batch.quarantined] == [("10002", "SHOP-2"), ("", "")]
    assert "created" in batch.quarantined[0].reason
    assert (batch.size, batch.token) == (4, "t")


@pytest.mark.parametrize(
    ("version", "state"),
    [
        (Version("1", "2.0"), State.TODO),
        (Version("1", "2.0", released=True, archived=True), State.DONE),
        (Version("1", "2.0", archived=True), State.UNKNOWN),
    ],
)
def test_a_version_is_done_when_it_is_released(version: Version, state: State) -> None:
    assert translator().milestone(version).state is state


def test_a_version_has_a_due_date_and_an_address() -> None:
    told = translator().milestone(Version("31", "2.0", releaseDate="2026-12-01"))
    assert told.due == date(2026, 12, 1)
    assert told.url == f"{SITE}/projects/SHOP/versions/31"
    assert translator().milestone(Version("31", "2.0", releaseDate="soon")).due is None
    assert translator().milestone(Version("31", "2.0", releaseDate=1278385482288)).due == date(2010, 7, 6)


def test_an_archived_project_is_told_by_its_scope_and_not_by_its_items() -> None:
    """A project can come back without any of its issues changing."""
    page = json.dumps({"issues": [raw_issue(7)]}).encode()
    issue = batch_decoder(FIELDS.shape())(page).rows[0]
    archived, open_again = Scope("10000", "SHOP", archived=True), Scope("10000", "SHOP")
    assert translator(archived).item(issue) == translator(open_again).item(issue)
