"""Search on the sandbox Jira: tokens on Cloud, offsets on Data Center, and an index that lags behind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sandbox_jira import JiraClient

from okrsync.sandbox.jira import JiraState
from okrsync.sandbox.server import Sandbox

ALL = "project = SHOP ORDER BY created ASC, id ASC"


def fill(state: JiraState, count: int = 25) -> None:
    state.add_project("SHOP", "Shop")
    for number in range(count):
        state.create("SHOP", f"Story {number + 1}", at=state.now() - timedelta(days=90, minutes=-number))


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        fill(sandbox.jira)
        fill(sandbox.jira_dc)
        yield sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        fill(sandbox.jira)
        fill(sandbox.jira_dc)
        yield sandbox


@pytest.fixture
def cloud(sandbox: Sandbox) -> JiraClient:
    return JiraClient(sandbox.jira)


@pytest.fixture
def center(sandbox: Sandbox) -> JiraClient:
    return JiraClient(sandbox.jira_dc)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(size=st.integers(1, 30), short=st.booleans(), tells_last=st.booleans())
def test_following_tokens_reads_every_issue_once_in_order(
    running: Sandbox, size: int, short: bool, tells_last: bool
) -> None:
    running.jira.short_pages, running.jira.tells_last = short, tells_last
    pages = list(JiraClient(running.jira).token_pages(ALL, ["id"], size))
    read = [issue["id"] for page in pages for issue in page["issues"]]
    assert read == list(running.jira.issues)
    assert all(len(page["issues"]) <= size for page in pages)
    assert [page.get("isLast") for page in pages] == (
        [False] * (len(pages) - 1) + [True] if tells_last else [None] * len(pages)
    )


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(size=st.integers(1, 30))
def test_following_offsets_reads_every_issue_once_in_order(running: Sandbox, size: int) -> None:
    read = [issue["id"] for issue in JiraClient(running.jira_dc).search(ALL, "created", size=size)]
    assert read == list(running.jira_dc.issues)


def test_short_pages_may_be_empty_and_are_not_the_last(sandbox: Sandbox, cloud: JiraClient) -> None:
    sandbox.jira.short_pages = True
    sizes = [len(page["issues"]) for page in cloud.token_pages(ALL, ["id"], 8)]
    assert 0 in sizes[:-1]
    assert sum(sizes) == 25


def test_cloud_gives_ids_only_unless_fields_are_named(cloud: JiraClient) -> None:
    bare = cloud("POST", "/search/jql", {"jql": ALL}).json()["issues"][0]
    named = cloud("POST", "/search/jql", {"jql": ALL, "fields": ["summary"]}).json()["issues"][0]
    assert set(bare) == {"id"}
    assert (named["key"], named["fields"]) == ("SHOP-1", {"summary": "Story 1"})


def test_data_center_gives_all_fields_unless_some_are_named(center: JiraClient) -> None:
    everything = center("POST", "/search", {"jql": ALL}).json()["issues"][0]["fields"]
    assert {"summary", "status", "description", "comment", "customfield_10106"} <= everything.keys()
    assert "statuscategorychangedate" not in everything
    assert center.search(ALL, "-description", "*all")[0]["fields"].keys() == everything.keys() - {"description"}


def test_cloud_gives_100_issues_with_fields_and_5000_ids_on_a_page(sandbox: Sandbox, cloud: JiraClient) -> None:
    fill(sandbox.jira, 5_100)
    sizes = {
        fields: len(
            cloud("POST", "/search/jql", {"jql": ALL, "maxResults": 9_999, "fields": [fields]}).json()["issues"]
        )
        for fields in ("id", "key", "summary")
    }
    assert sizes == {"id": 5_000, "key": 5_000, "summary": 100}


def test_data_center_caps_pages_and_says_so(sandbox: Sandbox, center: JiraClient) -> None:
    sandbox.jira_dc.largest_page = 10
    page = center("POST", "/search", {"jql": ALL, "maxResults": 100}).json()
    assert (page["maxResults"], len(page["issues"]), page["total"]) == (10, 10, 25)


def test_data_center_refuses_to_page_beyond_its_window(sandbox: Sandbox, center: JiraClient) -> None:
    sandbox.jira_dc.result_window = 20
    assert center("POST", "/search", {"jql": ALL, "startAt": 10, "maxResults": 10}).status_code == 200
    beyond = center("POST", "/search", {"jql": ALL, "startAt": 15, "maxResults": 10})
    assert (beyond.status_code, "Search limit exceeded" in beyond.text) == (500, True)


def test_get_and_post_answer_the_same(cloud: JiraClient, center: JiraClient) -> None:
    query = "jql=project%20%3D%20SHOP&fields=summary,status&maxResults=3"
    body = {"jql": "project = SHOP", "fields": ["summary", "status"], "maxResults": 3}
    assert cloud.get(f"/search/jql?{query}").json() == cloud("POST", "/search/jql", body).json()
    assert center.get(f"/search?{query}").json() == center("POST", "/search", body).json()


def test_the_removed_search_is_410_on_cloud_and_the_new_one_unknown_on_data_center(
    cloud: JiraClient, center: JiraClient
) -> None:
    gone = cloud.get("/search?jql=project=SHOP")
    assert (gone.status_code, "has been removed" in gone.json()["errorMessages"][0]) == (410, True)
    assert cloud("POST", "/search", {"jql": ALL}).status_code == 410
    assert center("POST", "/search/jql", {"jql": ALL}).status_code == 404
    assert JiraClient(center.state, api="3").get("/myself").status_code == 404


@pytest.mark.parametrize("jql", ["", "ORDER BY created"])
def test_cloud_wants_bounded_queries_and_data_center_does_not(cloud: JiraClient, center: JiraClient, jql: str) -> None:
    assert cloud.refused(jql).startswith("Unbounded JQL queries are not allowed here")
    assert len(center.search(jql, "key")) == 25


def test_a_token_is_good_for_its_own_query_only(cloud: JiraClient) -> None:
    token = next(cloud.token_pages(ALL, ["id"], 5))["nextPageToken"]
    for body in ({"jql": "project = SHOP", "nextPageToken": token}, {"jql": ALL, "nextPageToken": "nonsense"}):
        assert cloud("POST", "/search/jql", body).status_code == 400


def test_an_unknown_parameter_in_the_body_is_refused(cloud: JiraClient, center: JiraClient) -> None:
    assert cloud("POST", "/search/jql", {"jql": ALL, "startAt": 0}).status_code == 400
    assert center("POST", "/search", {"jql": ALL, "nextPageToken": "x"}).status_code == 400
    assert cloud.get("/search/jql?jql=project%3DSHOP&maxResults=many").status_code == 400
    assert cloud("POST", "/search/jql", {"jql": ALL, "reconcileIssues": list(range(51))}).status_code == 400


def test_issues_are_counted_without_being_read(cloud: JiraClient) -> None:
    assert cloud("POST", "/search/approximate-count", {"jql": "key in (SHOP-1, SHOP-2)"}).json() == {"count": 2}


def test_a_walk_that_search_has_forgotten_must_begin_again(cloud: JiraClient) -> None:
    walk = cloud.token_pages(ALL, ["id"], 5)
    next(walk)
    for number in range(40):
        cloud.search(f"id = {cloud.state.issue('SHOP-1').id} OR created > {number}", "id")
    with pytest.raises(AssertionError, match="invalid or has expired"):
        next(walk)


def test_a_walk_keeps_its_order_shows_what_is_true_now_and_leaves_out_the_deleted(
    sandbox: Sandbox, cloud: JiraClient
) -> None:
    walk = cloud.token_pages("project = SHOP ORDER BY updated ASC", ["summary"], 10)
    read = next(walk)["issues"]
    sandbox.jira.edit("SHOP-15", summary="Changed meanwhile")
    sandbox.jira.delete("SHOP-20")
    read += [issue for page in walk for issue in page["issues"]]
    assert [issue["key"] for issue in read] == [f"SHOP-{number}" for number in range(1, 26) if number != 20]
    assert read[14]["fields"]["summary"] == "Changed meanwhile"


def test_offsets_skip_an_issue_that_is_edited_during_the_scan(sandbox: Sandbox, center: JiraClient) -> None:
    walk = center.offset_pages("project = SHOP ORDER BY updated ASC", ["summary"], 10)
    keys = [issue["key"] for issue in next(walk)["issues"]]
    sandbox.jira_dc.edit("SHOP-3", summary="Changed meanwhile")
    keys += [issue["key"] for page in walk for issue in page["issues"]]
    assert "SHOP-11" not in keys


def test_search_lags_behind_and_reading_the_issue_does_not(sandbox: Sandbox, cloud: JiraClient) -> None:
    sandbox.jira.index_lag = 60
    made = sandbox.jira.create("SHOP", "Just now")
    sandbox.jira.add_label("SHOP-1", "fresh")
    missing = {"SHOP-1", made.key}
    assert missing.isdisjoint(cloud.keys(ALL))
    assert cloud.get(f"/issue/{made.key}").status_code == 200
    reconciled = {"jql": ALL, "fields": ["key"], "reconcileIssues": [int(made.id)]}
    assert made.key in [issue["key"] for issue in cloud("POST", "/search/jql", reconciled).json()["issues"]]
    sandbox.clock.advance(timedelta(seconds=61))
    assert missing <= set(cloud.keys(ALL))


def test_search_may_lose_an_issue_for_a_moment_and_bulk_fetch_finds_it(sandbox: Sandbox, cloud: JiraClient) -> None:
    lost = sandbox.jira.issue("SHOP-7")
    sandbox.jira.unindexed.add(lost.id)
    assert lost.key not in cloud.keys(ALL)
    found = cloud("POST", "/issue/bulkfetch", {"issueIdsOrKeys": [lost.id], "fields": ["labels"]}).json()["issues"]
    assert [issue["id"] for issue in found] == [lost.id]
    sandbox.jira.unindexed.clear()
    assert lost.key in cloud.keys(ALL)


def test_bulk_fetch_leaves_out_what_is_missing_and_takes_100_at_most(sandbox: Sandbox, cloud: JiraClient) -> None:
    sandbox.jira.delete("SHOP-2")
    asked = ["SHOP-1", "SHOP-2", "NONE-1", "SHOP-3", "SHOP-1"]
    answer = cloud("POST", "/issue/bulkfetch", {"issueIdsOrKeys": asked, "fields": ["project", "labels"]}).json()
    assert [issue["key"] for issue in answer["issues"]] == ["SHOP-1", "SHOP-3"]
    assert answer["issueErrors"] == []
    too_many = {"issueIdsOrKeys": [str(number) for number in range(101)]}
    assert cloud("POST", "/issue/bulkfetch", too_many).status_code == 400


def test_a_hidden_project_does_not_exist_for_the_account(sandbox: Sandbox, cloud: JiraClient) -> None:
    issue = sandbox.jira.issue("SHOP-1")
    walk = cloud.token_pages(ALL, ["id"], 5)
    next(walk)
    sandbox.jira.hidden.add("SHOP")
    assert next(walk)["issues"] == []
    assert cloud.refused(ALL) == "The value 'SHOP' does not exist for the field 'project'."
    assert cloud.search("created >= 0", "id") == []
    paths = ("/project/SHOP", "/project/SHOP/versions", "/issue/SHOP-1", f"/issue/{issue.id}/comment")
    assert [cloud.get(path).status_code for path in paths] == [404] * 4
    assert cloud("POST", "/issue/bulkfetch", {"issueIdsOrKeys": [issue.id]}).json()["issues"] == []


def test_an_archived_project_can_be_looked_at_but_not_searched_nor_changed(sandbox: Sandbox, cloud: JiraClient) -> None:
    sandbox.jira.archive_project("SHOP")
    assert cloud.get("/project/SHOP").json()["archived"] is True
    assert cloud.search(ALL, "id") == []
    assert cloud.get("/issue/SHOP-1").status_code == 200
    refused = cloud("PUT", "/issue/SHOP-1", {"update": {"labels": [{"add": "x"}]}})
    assert (refused.status_code, "archived" in refused.text) == (403, True)
