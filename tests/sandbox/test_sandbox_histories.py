"""What the sandbox trackers tell of the past is what people did on them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sandbox_github import GitHubClient
from sandbox_jira import JiraClient

from okrsync.sandbox.server import START, Sandbox

HOUR = timedelta(hours=1)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        hub = running.github
        hub.add_repository("acme/shop")
        hub.add_milestone("acme/shop", "One page")
        hub.create("acme/shop", "First", labels=["ux"], assignees=["ana"], milestone="One page", author="ben")
        hub.create("acme/shop", "Second", pull_request=True)
        for jira in (running.jira, running.jira_dc):
            jira.add_project("SHOP", "Shop")
            jira.create("SHOP", "First", points=3)
            jira.create("SHOP", "Second")
        running.clock.advance(HOUR)
        yield running


def kinds(rows: list[dict[str, Any]]) -> list[str]:
    return [row["event"] for row in rows]


def test_a_repository_tells_its_events_newest_first_with_their_issues(sandbox: Sandbox) -> None:
    hub = sandbox.github
    hub.close("acme/shop", 1, "not_planned", by="chloe")
    sandbox.clock.advance(HOUR)
    hub.merge("acme/shop", 2)
    rows = GitHubClient(sandbox).get("/repos/acme/shop/issues/events").json()
    assert kinds(rows) == ["closed", "merged", "closed", "milestoned", "assigned", "labeled"]
    assert (rows[2]["state_reason"], rows[2]["actor"]["login"]) == ("not_planned", "chloe")
    assert [row["issue"]["number"] for row in rows[:3]] == [2, 2, 1]
    assert rows[3]["milestone"] == {"title": "One page"}
    assert (rows[5]["label"]["name"], rows[5]["actor"]["login"]) == ("ux", "ben")


def test_a_list_of_events_ends_with_the_page_numbers(sandbox: Sandbox) -> None:
    for number in range(8):
        sandbox.github.label("acme/shop", 1, f"label-{number}")
    sandbox.github.deepest_page = 2
    client = GitHubClient(sandbox)
    second = client.get("/repos/acme/shop/issues/events?per_page=2&page=2")
    assert 'rel="next"' not in second.headers["link"]
    assert client.get("/repos/acme/shop/issues/events?per_page=2&page=3").status_code == 422


def test_a_timeline_tells_everything_oldest_first(sandbox: Sandbox) -> None:
    hub = sandbox.github
    acts = (
        lambda: hub.comment("acme/shop", 1, "Hm."),
        lambda: hub.close("acme/shop", 1),
        lambda: hub.reopen("acme/shop", 1),
        lambda: hub.edit("acme/shop", 1, title="Anew"),
        lambda: hub.lock_issue("acme/shop", 1),
        lambda: hub.unlabel("acme/shop", 1, "ux"),
        lambda: hub.set_milestone("acme/shop", 1, None),
        lambda: hub.close("acme/shop", 1, at=START + HOUR),
    )
    for act in acts:
        act()
        sandbox.clock.advance(HOUR)
    rows = GitHubClient(sandbox).get("/repos/acme/shop/issues/1/timeline").json()
    told = ["labeled", "assigned", "milestoned", "closed", "commented", "closed", "reopened", "renamed", "locked"]
    assert sorted(kinds(rows)) == sorted([*told, "unlabeled", "demilestoned"])
    assert [row["created_at"] for row in rows] == sorted(row["created_at"] for row in rows)
    assert next(row for row in rows if row["event"] == "renamed")["rename"] == {"from": "First", "to": "Anew"}


def test_what_changes_nothing_is_no_event(sandbox: Sandbox) -> None:
    hub = sandbox.github
    before = len(hub.issue("acme/shop", 1).events)
    hub.label("acme/shop", 1, "ux")
    hub.reopen("acme/shop", 1)
    hub.edit("acme/shop", 1, title="First", body="More")
    assert len(hub.issue("acme/shop", 1).events) == before


@pytest.mark.parametrize("flavour", ["cloud", "dc"])
def test_a_changelog_names_fields_as_its_product_does(sandbox: Sandbox, flavour: str) -> None:
    jira = sandbox.jira if flavour == "cloud" else sandbox.jira_dc
    effort = jira.add_number_field("Effort")
    jira.transition("SHOP-1", "Done", "Won't Do")
    jira.edit("SHOP-1", points=5.0, numbers={effort: 1.5})
    log = JiraClient(jira).get("/issue/SHOP-1?expand=changelog").json()["changelog"]["histories"]
    items = {item["field"]: item for line in log for item in line["items"]}
    told = {name: (item["from"], item["fromString"], item["to"], item["toString"]) for name, item in items.items()}
    assert told == {
        "status": ("10000", "To Do", "10002", "Done"),
        "resolution": (None, None, "10001", "Won't Do"),
        "Story Points": (None, "3", None, "5"),
        "Effort": (None, None, None, "1.5"),
    }
    assert items["Effort"].get("fieldId") == (effort if flavour == "cloud" else None)
    statuses = {one["id"]: one["statusCategory"]["key"] for one in JiraClient(jira).get("/status").json()}
    assert (statuses["10000"], statuses["3"], statuses["10002"]) == ("new", "indeterminate", "done")


def test_a_search_that_is_not_validated_passes_over_ids_that_are_gone(sandbox: Sandbox) -> None:
    client = JiraClient(sandbox.jira_dc)
    first = sandbox.jira_dc.issue("SHOP-1").id
    asked = {"jql": f"id in ({first}, 99999)", "fields": ["created"], "expand": ["changelog"]}
    assert client("POST", "/search", asked).status_code == 400
    found = client("POST", "/search", asked | {"validateQuery": False}).json()
    assert [issue["id"] for issue in found["issues"]] == [first]


def test_data_center_may_cut_the_changelogs_of_a_search(sandbox: Sandbox) -> None:
    jira = sandbox.jira_dc
    for points in (1, 2, 5):
        jira.edit("SHOP-1", points=points)
    asked = {"jql": "project = SHOP", "expand": ["changelog"]}
    for shown, wanted in ((None, 3), (2, 2)):
        jira.shown_changes = shown
        issues = JiraClient(jira)("POST", "/search", asked).json()["issues"]
        log = next(issue["changelog"] for issue in issues if issue["key"] == "SHOP-1")
        assert (len(log["histories"]), log["total"]) == (wanted, 3)
    alone = JiraClient(jira).get("/issue/SHOP-1?expand=changelog").json()["changelog"]
    assert len(alone["histories"]) == 3


def test_cloud_takes_ten_fields_and_no_more(sandbox: Sandbox) -> None:
    asked = {"issueIdsOrKeys": ["SHOP-1"], "fieldIds": [f"customfield_{number}" for number in range(11)]}
    assert JiraClient(sandbox.jira)("POST", "/changelog/bulkfetch", asked).status_code == 400
