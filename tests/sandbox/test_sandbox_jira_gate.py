"""What every request to the sandbox Jira passes, and what the site tells about itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests
from jira import JIRA
from sandbox_jira import JiraClient

from okrsync.sandbox.server import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        for state in (sandbox.jira, sandbox.jira_dc):
            state.add_project("SHOP", "Shop")
            state.create("SHOP", "Pay with a card")
        yield sandbox


@pytest.fixture(params=["cloud", "dc"])
def jira(request: pytest.FixtureRequest, sandbox: Sandbox) -> JiraClient:
    return JiraClient(sandbox.jira if request.param == "cloud" else sandbox.jira_dc)


def test_a_wrong_or_missing_token_is_401(jira: JiraClient) -> None:
    wrong = JiraClient(jira.state, token="wrong").get("/myself")
    missing = requests.get(f"{jira.state.base_url}/rest/api/2/myself", timeout=5)
    assert (wrong.status_code, missing.status_code) == (401, 401)
    assert wrong.headers["x-seraph-loginreason"] == "AUTHENTICATED_FAILED"
    assert jira.get("/myself").json()["displayName"] == "Okrsync Bot"


def test_each_flavour_takes_its_own_kind_of_credentials(sandbox: Sandbox) -> None:
    bearer = {"Authorization": f"Bearer {sandbox.jira.token}"}
    assert requests.get(f"{sandbox.jira_url}/rest/api/2/myself", headers=bearer, timeout=5).status_code == 401
    basic = (sandbox.jira_dc.email, sandbox.jira_dc.token)
    assert requests.get(f"{sandbox.jira_dc_url}/rest/api/2/myself", auth=basic, timeout=5).status_code == 401


def test_the_server_tells_its_flavour_even_to_strangers(sandbox: Sandbox) -> None:
    told = {
        url: requests.get(f"{url}/rest/api/2/serverInfo", timeout=5).json()
        for url in (sandbox.jira_url, sandbox.jira_dc_url)
    }
    assert [each["deploymentType"] for each in told.values()] == ["Cloud", "Server"]
    assert [each["baseUrl"] for each in told.values()] == list(told)


def test_accounts_are_known_by_id_on_cloud_and_by_name_on_data_center(sandbox: Sandbox) -> None:
    cloud, center = JiraClient(sandbox.jira).get("/myself").json(), JiraClient(sandbox.jira_dc).get("/myself").json()
    assert ("accountId" in cloud, "name" in cloud) == (True, False)
    assert ("accountId" in center, center["name"]) == (False, "okrsync-bot")


def test_a_read_only_token_reads_and_searches_and_writes_nothing(jira: JiraClient) -> None:
    jira.state.read_only = True
    assert jira.keys("project = SHOP") == ["SHOP-1"]
    assert jira("POST", "/issue/SHOP-1/comment", {"body": "x"}).status_code == 403
    assert jira("PUT", "/issue/SHOP-1", {"fields": {}}).status_code == 403
    granted = jira.get("/mypermissions?permissions=EDIT_ISSUES,BROWSE_PROJECTS").json()["permissions"]
    assert {key: each["havePermission"] for key, each in granted.items()} == {
        "EDIT_ISSUES": False,
        "BROWSE_PROJECTS": True,
    }


def test_a_read_only_token_may_fetch_in_bulk(sandbox: Sandbox) -> None:
    sandbox.jira.read_only = True
    cloud = JiraClient(sandbox.jira)
    for path in ("/issue/bulkfetch", "/changelog/bulkfetch"):
        assert cloud("POST", path, {"issueIdsOrKeys": ["SHOP-1"]}).status_code == 200


def test_cloud_wants_permissions_named_and_refuses_unknown_ones(sandbox: Sandbox) -> None:
    cloud, center = JiraClient(sandbox.jira), JiraClient(sandbox.jira_dc)
    assert cloud.get("/mypermissions").status_code == 400
    assert cloud.get("/mypermissions?permissions=FLY").status_code == 400
    assert "EDIT_ISSUES" in center.get("/mypermissions").json()["permissions"]
    for jira in (cloud, center):
        assert jira.get("/mypermissions?permissions=EDIT_ISSUES&projectKey=NONE").status_code == 404


def test_the_quota_counts_down_refuses_and_comes_back_with_the_clock(sandbox: Sandbox) -> None:
    sandbox.jira.quota = 2
    jira = JiraClient(sandbox.jira)
    left = [jira.get("/myself").headers["x-ratelimit-remaining"] for _ in range(2)]
    refused = jira.get("/myself")
    assert (left, refused.status_code, refused.headers["retry-after"]) == (["1", "0"], 429, "3600")
    assert refused.headers["ratelimit-reason"] == "jira-quota-global-based"
    sandbox.clock.advance(timedelta(hours=1))
    assert jira.get("/myself").status_code == 200


def test_data_center_has_no_limits_unless_given_some(sandbox: Sandbox) -> None:
    assert "x-ratelimit-limit" not in JiraClient(sandbox.jira_dc).get("/myself").headers


def test_the_date_is_the_clock_s(sandbox: Sandbox, jira: JiraClient) -> None:
    sandbox.clock.advance(timedelta(days=3))
    assert jira.get("/myself").headers["date"] == "Thu, 08 Oct 2026 08:00:00 GMT"


def test_what_is_no_json_and_what_is_nowhere(jira: JiraClient) -> None:
    url = f"{jira.state.base_url}/rest/api/2/issue/SHOP-1"
    assert jira.session.put(url, data=b"{", timeout=5).status_code == 400
    assert jira.get("/nowhere").status_code == 404
    assert jira("DELETE", "/myself").status_code == 405
    assert jira.get("/issue/SHOP-1/comment?startAt=x").status_code == 400


def test_story_points_epics_and_sprints_are_found_by_their_type(sandbox: Sandbox) -> None:
    custom = {
        state.flavour: {
            field["schema"]["custom"].rpartition(":")[2]: field["id"]
            for field in JiraClient(state).get("/field").json()
            if field["custom"]
        }
        for state in (sandbox.jira, sandbox.jira_dc)
    }
    assert custom == {
        "cloud": {"jsw-story-points": "customfield_10016", "gh-sprint": "customfield_10020"},
        "dc": {"float": "customfield_10106", "gh-epic-link": "customfield_10100", "gh-sprint": "customfield_10101"},
    }


def test_a_board_names_the_field_it_estimates_by(jira: JiraClient) -> None:
    board = jira.get("/board/1/configuration").json()
    assert board["estimation"]["field"]["fieldId"] == jira.state.points_field.id
    counting = jira.state.add_board("Counting")
    kanban = jira.state.add_board("Flow", type="kanban")
    assert jira.get(f"/board/{counting}/configuration").json()["estimation"] == {"type": "issueCount"}
    assert "estimation" not in jira.get(f"/board/{kanban}/configuration").json()
    assert jira.get("/board/99/configuration").status_code == 404


def test_jql_tells_its_fields_and_reserved_words(jira: JiraClient) -> None:
    data = jira.get("/jql/autocompletedata").json()
    names = [field["value"] for field in data["visibleFieldNames"]]
    assert {"status", "fixVersion", '"Story Points"'} <= set(names)
    assert "int" in data["jqlReservedWords"]


def test_projects_and_versions_are_found_by_key_and_id(jira: JiraClient) -> None:
    version = jira.state.add_version("SHOP", "2026.4", release_date="2026-10-01")
    jira.state.add_version("SHOP", "2026.5")
    project = jira.get("/project/shop").json()
    versions = jira.get(f"/project/{project['id']}/versions").json()
    assert [(each["name"], each["released"], each.get("overdue")) for each in versions] == [
        ("2026.4", False, True),
        ("2026.5", False, None),
    ]
    jira.state.edit_version(version, released=True)
    assert jira.get("/project/SHOP/versions").json()[0]["released"] is True


def test_the_usual_client_library_feels_at_home(sandbox: Sandbox) -> None:
    for state in (sandbox.jira, sandbox.jira_dc):
        basic = (state.email, state.token) if state.cloud else None
        library = JIRA(state.base_url, basic_auth=basic, token_auth=None if state.cloud else state.token, max_retries=0)
        (issue,) = library.search_issues("project = SHOP", maxResults=False)
        issue.update(fields={"labels": ["from-the-library"]})
        made = library.add_comment(issue, "Hello")
        assert [comment.body for comment in library.comments(issue)] == [made.body] == ["Hello"]
        assert state.issue("SHOP-1").labels == ["from-the-library"]
