"""What `check` says about a connection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import responses
from jira_canned import API, DATE, OTHER_POINTS, POINTS, SITE, site_with
from okrsync_jira import plugin
from okrsync_jira.connector import JiraConnector
from pydantic import ValidationError

from okrsync.connector import Context, Finding, Level
from okrsync.marker import Namespace

Connect = Callable[..., JiraConnector]
ALL = ("EDIT_ISSUES", "ADD_COMMENTS", "EDIT_OWN_COMMENTS", "DELETE_OWN_COMMENTS")


def allow(rsps: responses.RequestsMock, *names: str) -> None:
    granted = {name: {"havePermission": name in names} for name in ALL}
    rsps.get(f"{API}/mypermissions", json={"permissions": granted}, headers=DATE)
    rsps.get(f"{API}/myself", json={"displayName": "Ana"}, headers=DATE | {"X-RateLimit-Remaining": "90"})


def by_subject(connector: JiraConnector) -> dict[str, Finding]:
    return {finding.subject: finding for finding in connector.check()}


def test_everything_in_order_is_said_so(cloud: JiraConnector, rsps: responses.RequestsMock) -> None:
    allow(rsps, *ALL)
    told = by_subject(cloud)
    assert {finding.level for finding in told.values()} == {Level.OK}
    assert told["account"].message == "signed in as Ana"
    assert POINTS["id"] in told["story points"].message
    assert told["project SHOP"].message == "readable and writable"
    assert told["rate limit"].message == "90 requests left"


def test_a_missing_permission_is_named(cloud: JiraConnector, rsps: responses.RequestsMock) -> None:
    allow(rsps, "EDIT_ISSUES", "EDIT_OWN_COMMENTS", "DELETE_OWN_COMMENTS")
    told = by_subject(cloud)["project SHOP"]
    assert told.level is Level.ERROR
    assert "add comments" in told.message


def test_reading_only_needs_no_permission_to_write(connect: Connect, rsps: responses.RequestsMock) -> None:
    site_with(rsps, "Cloud")
    allow(rsps)
    assert by_subject(connect(write_back=False))["project SHOP"] == Finding(Level.OK, "project SHOP", "readable")


def test_a_clock_that_is_off_is_a_warning(cloud: JiraConnector, rsps: responses.RequestsMock) -> None:
    allow(rsps, *ALL)
    rsps.replace(
        responses.GET,
        f"{API}/serverInfo",
        json={"baseUrl": "https://acme", "deploymentType": "Cloud"},
        headers={"Date": "Fri, 20 Nov 2026 12:05:00 GMT"},
    )
    told = by_subject(cloud)["clock"]
    assert (told.level, told.message) == (Level.WARNING, "differs from Jira's by 300 s")


def test_wrong_credentials_end_the_check_with_what_to_do(cloud: JiraConnector, rsps: responses.RequestsMock) -> None:
    rsps.get(f"{API}/myself", status=401)
    (told,) = cloud.check()
    assert told.level is Level.ERROR
    assert "JIRA_EMAIL" in told.hint
    assert "JIRA_API_TOKEN" in told.hint


def test_an_ambiguous_story_point_field_is_an_error(connect: Connect, rsps: responses.RequestsMock) -> None:
    site_with(rsps, "Cloud", [POINTS, OTHER_POINTS])
    allow(rsps, *ALL)
    told = by_subject(connect())["story points"]
    assert told.level is Level.ERROR
    assert POINTS["id"] in told.message
    assert OTHER_POINTS["id"] in told.message
    assert f"story_points: {POINTS['id']}, story_points: {OTHER_POINTS['id']}, story_points: false" in told.hint


def test_an_ambiguous_story_point_field_is_a_warning_where_no_key_result_needs_points(
    context: Context, rsps: responses.RequestsMock
) -> None:
    site_with(rsps, "Cloud", [POINTS, OTHER_POINTS])
    allow(rsps, *ALL)
    options = plugin.options(url=SITE, projects=["SHOP"], email="ana@acme.example", token="t")
    told = by_subject(plugin.connect(options, replace(context, points=False)))["story points"]
    assert told.level is Level.WARNING
    assert f"`jira:` in okrsync.yaml: story_points: {POINTS['id']}" in told.hint


def test_one_missing_project_does_not_hide_the_others(connect: Connect, rsps: responses.RequestsMock) -> None:
    site_with(rsps, "Cloud")
    allow(rsps, *ALL)
    rsps.get(f"{API}/project/NOPE", status=404)
    told = by_subject(connect(projects=["NOPE", "SHOP"]))
    assert told["project NOPE"].level is Level.ERROR
    assert told["project SHOP"].level is Level.OK


@pytest.mark.parametrize(
    "broken",
    [
        {"url": "acme.atlassian.net"},
        {"url": "https://ana:token@acme.atlassian.net"},
        {"url": "https://acme.atlassian.net?x=1"},
        {"projects": []},
        {"projects": ["SHOP-1"]},
        {"board": 0},
        {"cloud_id": "../x"},
        {"storypoints": "Story Points"},
    ],
)
def test_options_that_cannot_work_are_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        plugin.options(**({"url": "https://acme.atlassian.net", "projects": ["SHOP"]} | broken))


def test_a_token_shows_nowhere(connect: Connect) -> None:
    options = plugin.options(url="https://acme.atlassian.net", projects=["SHOP"], token="s3cret")
    assert "s3cret" not in f"{options!r} {options.model_dump_json()}"


def test_an_unencrypted_site_is_a_warning(connect: Connect, rsps: responses.RequestsMock) -> None:
    plain = "http://jira.acme.example"
    rsps.get(f"{plain}/rest/api/2/myself", json={"name": "ana"})
    rsps.get(f"{plain}/rest/api/2/serverInfo", json={"baseUrl": plain, "version": "10.3.0"})
    rsps.get(f"{plain}/rest/api/2/field", json=[])
    rsps.get(f"{plain}/rest/api/2/project/SHOP", json={"id": "1", "key": "SHOP", "archived": True})
    told = by_subject(connect(url=plain, write_back=False, allow_http=True))
    assert "Data Center 10.3.0, unencrypted" in told["site"].message
    assert told["clock"].message == "Jira does not tell the time"
    assert told["story points"].message == "no field found"
    assert told["project SHOP"].message.startswith("archived")


def test_story_points_can_be_left_out_on_purpose(connect: Connect, rsps: responses.RequestsMock) -> None:
    site_with(rsps, "Cloud")
    allow(rsps, *ALL)
    assert by_subject(connect(story_points=False))["story points"].level is Level.OK


def test_a_label_with_a_space_is_an_error(rsps: responses.RequestsMock, context: Context) -> None:
    site_with(rsps, "Cloud")
    allow(rsps, *ALL)
    spaced = replace(context, namespace=Namespace("okr {key_result}"))
    options = plugin.options(url=SITE, projects=["SHOP"], email="ana@acme.example", token="t")
    told = {finding.subject: finding for finding in plugin.connect(options, spaced).check()}
    assert told["labels"].level is Level.ERROR
