"""Which fields are read, and when a person must say."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import responses
from jira_canned import API, EPIC, OTHER_POINTS, POINTS, SITE, SPRINT, SUMMARY, TIME_SPENT, numeric, site_with
from okrsync_jira import plugin
from okrsync_jira.connector import JiraConnector

from okrsync.connector import Context
from okrsync.errors import ConnectionFailed

Connect = Callable[..., JiraConnector]


def asked(rsps: responses.RequestsMock, connect: Connect, fields: list[dict[str, Any]], **options: Any) -> list[str]:
    """The fields that the first search names."""
    site_with(rsps, "Cloud", fields)
    rsps.post(f"{API}/search/jql", json={"issues": []})
    connector = connect(**options)
    list(connector.pull(connector.scopes(())[0], None))
    body = next(call.request.body for call in rsps.calls if "search/jql" in str(call.request.url))
    named: list[str] = json.loads(body)["fields"]
    return named


def test_the_only_story_point_field_is_found_by_its_type(rsps: responses.RequestsMock, connect: Connect) -> None:
    translated = POINTS | {"name": "Schätzung"}
    assert POINTS["id"] in asked(rsps, connect, [SUMMARY, translated])


def test_without_a_typed_field_a_float_of_that_name_is_taken(rsps: responses.RequestsMock, connect: Connect) -> None:
    assert OTHER_POINTS["id"] in asked(rsps, connect, [SUMMARY, OTHER_POINTS])


def test_between_two_story_point_fields_nobody_guesses(rsps: responses.RequestsMock, connect: Connect) -> None:
    with pytest.raises(ConnectionFailed) as caught:
        asked(rsps, connect, [POINTS, OTHER_POINTS])
    assert POINTS["id"] in caught.value.message
    assert OTHER_POINTS["id"] in caught.value.message
    assert "story_points" in caught.value.hint


def test_a_second_field_takes_nothing_down_where_no_key_result_is_made_of_points(
    rsps: responses.RequestsMock, context: Context
) -> None:
    def indifferent(**options: Any) -> Any:
        given = {"url": SITE, "projects": ["SHOP"], "email": "ana@acme.example", "token": "t"} | options
        return plugin.connect(plugin.options(**given), replace(context, points=False))

    named = asked(rsps, indifferent, [POINTS, OTHER_POINTS])
    assert not {POINTS["id"], OTHER_POINTS["id"]} & set(named)


def test_doubts_that_did_not_matter_are_looked_at_again_once_they_do(
    rsps: responses.RequestsMock, context: Context, connect: Connect
) -> None:
    site_with(rsps, "Cloud", [POINTS, OTHER_POINTS])
    options = plugin.options(url=SITE, projects=["SHOP"], email="ana@acme.example", token="t")
    known = plugin.connect(options, replace(context, points=False)).scopes(())
    with pytest.raises(ConnectionFailed, match="Several Jira fields"):
        connect().scopes(known)


@pytest.mark.parametrize("choice", ["Story Points", "story points", "customfield_10026"])
def test_a_person_chooses_by_name_or_id(choice: str, rsps: responses.RequestsMock, connect: Connect) -> None:
    named = asked(rsps, connect, [POINTS, OTHER_POINTS], story_points=choice)
    assert OTHER_POINTS["id"] in named
    assert POINTS["id"] not in named


def test_a_person_may_want_no_story_points(rsps: responses.RequestsMock, connect: Connect) -> None:
    named = asked(rsps, connect, [POINTS, OTHER_POINTS], story_points=False)
    assert not any(name.startswith("customfield") for name in named)


def test_a_board_knows_its_estimation_field(rsps: responses.RequestsMock, connect: Connect) -> None:
    configuration = {"name": "Shop", "estimation": {"type": "field", "field": {"fieldId": OTHER_POINTS["id"]}}}
    rsps.get(f"{SITE}/rest/agile/1.0/board/3/configuration", json=configuration)
    named = asked(rsps, connect, [POINTS, OTHER_POINTS], board=3)
    assert OTHER_POINTS["id"] in named


def test_a_board_without_estimation_has_no_points(rsps: responses.RequestsMock, connect: Connect) -> None:
    rsps.get(f"{SITE}/rest/agile/1.0/board/3/configuration", json={"name": "Kanban"})
    assert POINTS["id"] not in asked(rsps, connect, [POINTS], board=3)


def test_an_unknown_number_is_refused_with_the_nearest_name(rsps: responses.RequestsMock, connect: Connect) -> None:
    with pytest.raises(ConnectionFailed) as caught:
        asked(rsps, connect, [TIME_SPENT], numbers=["Time Spend"])
    assert "Time Spent" in caught.value.hint


def test_a_text_field_is_no_number(rsps: responses.RequestsMock, connect: Connect) -> None:
    with pytest.raises(ConnectionFailed, match="numeric"):
        asked(rsps, connect, [SUMMARY], numbers=["summary"])


def test_a_name_that_two_fields_share_is_refused(rsps: responses.RequestsMock, connect: Connect) -> None:
    with pytest.raises(ConnectionFailed) as caught:
        asked(rsps, connect, [numeric("cf_1", "Cost"), numeric("cf_2", "Cost")], numbers=["Cost"])
    assert "cf_1, cf_2" in caught.value.hint


def test_epic_links_are_read_where_epics_are_no_parents(data_center: JiraConnector) -> None:
    assert EPIC["id"] in data_center.asks(data_center.scopes(())[0])


def test_sprints_are_found_by_type(rsps: responses.RequestsMock, connect: Connect) -> None:
    named = asked(rsps, connect, [SPRINT, EPIC])
    assert SPRINT["id"] in named
    assert EPIC["id"] not in named
