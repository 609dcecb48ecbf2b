"""What is wrong with links and measures beside their form, told in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from written_okrs import CONFIGURATION, Load, key_result, loader, messages_of, objective

from okrsync.model.okr import KeyResult
from okrsync.wording import findings


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    return loader(tmp_path, monkeypatch)


def test_a_label_must_fit(load: Load) -> None:
    long = 'write_back: {label: "objective:{key_result}:2026"}'
    [message] = messages_of(load, {"id": "k" * 40}, configuration=f"{CONFIGURATION}\n{long}")
    assert message == f"id: makes the label `objective:{'k' * 40}:2026`, which is 55 long; at most 50 fit"


@pytest.mark.parametrize("labels", ["okr:x", ["a", "OKR:x"], {"any": ["okr:ignore"]}])
def test_labels_of_our_own_cannot_be_selected(load: Load, labels: object) -> None:
    [message] = messages_of(load, {"links": [{"connection": "github", "labels": labels}]})
    assert message.startswith("links[0].labels: `")
    assert message.endswith("is a label that okrsync writes; a selector that reads it would feed itself")


def test_the_prefix_is_that_of_the_connection(load: Load) -> None:
    links = [{"connection": "github", "labels": ["okr:x"]}]
    other = CONFIGURATION.replace("organization: acme", 'organization: acme, write_back: {label: "goal/{key_result}"}')
    assert load(shop=[objective(key_result(links=links))], configuration=other)
    [message] = messages_of(load, {"links": [{**links[0], "labels": ["goal/x"]}]}, configuration=other)
    assert "`goal/x` is a label that okrsync writes" in message


@pytest.mark.parametrize("query", ["labels = okr:checkout-1", 'labels in ("OKR:x", b)', "label:okr:x", 'label:"okr:"'])
def test_queries_for_our_own_labels_are_refused(load: Load, query: str) -> None:
    [message] = messages_of(load, {"links": [{"connection": "jira", "query": query}]})
    assert "is a label that okrsync writes" in message


@pytest.mark.parametrize(
    "query",
    [
        'summary ~ "order by phone"',
        "labels = tokr:x",
        "type = Bug AND text ~ 'it\\'s an order by mail'",
        "border = byte",
    ],
)
def test_harmless_queries_are_accepted(load: Load, query: str) -> None:
    assert load(shop=[objective(key_result(links=[{"connection": "jira", "query": query}]))])


def test_selectors_of_the_other_tracker_are_told_what_there_is(load: Load) -> None:
    links = [
        {"connection": "github", "version": "4.0", "project": "SHOP"},
        {"connection": "jira", "milestone": "Launch"},
    ]
    assert messages_of(load, {"links": links}) == [
        "links[0].version: does not exist on `github` (type github); it has `milestone`",
        "links[0].project: does not exist on `github` (type github); it has `repository`",
        "links[1].milestone: does not exist on `jira` (type jira); it has `version`",
    ]


def test_projects_are_compared_without_case_and_organisations_hold_anything(load: Load) -> None:
    links = [{"connection": "jira", "project": "shop"}, {"connection": "github", "repository": "acme/whatever"}]
    assert load(shop=[objective(key_result(links=links))])


def test_a_project_that_is_not_read_is_refused(load: Load) -> None:
    assert messages_of(load, {"links": [{"connection": "jira", "project": "SHIP"}]}) == [
        "links[0].project: `SHIP` is not among the projects of `jira`; did you mean `SHOP`?"
    ]


@pytest.mark.parametrize("measure", [{"type": "manual", "target": 3}, {"type": "boolean"}])
def test_what_people_report_can_be_supported_by_tickets_but_not_moved(load: Load, measure: dict[str, Any]) -> None:
    link = {"connection": "jira", "epic": "SHOP-1"}
    assert load(shop=[objective(key_result(measure=measure, links=[{**link, "role": "supports"}]))])
    [message] = messages_of(load, {"measure": measure, "links": [link]})
    assert message.startswith("links[0]: tickets cannot move what people report at check-ins")


@pytest.mark.parametrize("link", [{"milestone": "Launch"}, {"epic": "acme/shop#1"}])
def test_milestones_are_measured_where_there_are_some(load: Load, link: dict[str, Any]) -> None:
    measure = {"type": "milestones"}
    assert load(shop=[objective(key_result(measure=measure, links=[{"connection": "github", **link}]))])
    assert messages_of(load, {"measure": measure}) == [
        "measure: needs a link with `milestone`, `version` or `epic`, whose share done it is"
    ]


def test_a_sum_needs_a_number_that_somebody_reads(load: Load) -> None:
    def sum_of(field: str, connection: str) -> dict[str, Any]:
        link = {"connection": connection, "labels": ["x"]}
        return {"measure": {"type": "sum", "field": field, "target": 5}, "links": [link]}

    assert load(shop=[objective(key_result(**sum_of("Cost", "jira")))])
    assert load(shop=[objective(key_result(**sum_of("points", "github")))])
    [message] = messages_of(load, sum_of("Cost", "github"))
    assert message.startswith("measure.field: no linked connection reads the number `Cost`")


def test_a_measure_is_told_its_own_fields_only(load: Load) -> None:
    measure = {"type": "maintain", "below": 5, "of": {"type": "sum", "field": "points", "target": 9, "percentle": 85}}
    assert messages_of(load, {"measure": measure}) == [
        "measure.of.percentle: is not a field here; there are `type`, `field`, `of`, `start` and `target`"
    ]


def test_conditions_say_what_is_wrong_inside(load: Load) -> None:
    measure = {"type": "boolean", "above": 1, "within": [5, 1]}
    assert messages_of(load, {"measure": measure}) == [
        "measure.above: needs `of`, the metric to compare with it",
        "measure.within: must be the lower and then the upper bound",
        "measure.within: stands beside `above`; give one of them",
    ]


fields = st.sampled_from(
    ["cycle", "id", "objectives", "key_results", "measure", "type", "of", "links", "labels", "all", "within", "plan"]
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 99) | st.sampled_from(["count", "ratio", "open", "2026-10-01", "x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(fields, inner, max_size=4),
    max_leaves=15,
)


@given(anything)
def test_whatever_is_wrong_is_said_in_words_and_in_a_place_that_exists(data: Any) -> None:
    try:
        KeyResult.model_validate({**key_result(), "measure": data, "links": [data], "plan": data})
    except ValidationError as error:
        written = {**key_result(), "measure": data, "links": [data], "plan": data}
        for place, message in findings(error, written, KeyResult):
            around: Any = written
            for step in place[:-1]:
                around = around[step]
            assert message
            assert not message.startswith(("Input should", "input should"))
            assert not {"pydantic", "tuple", "dict"} & set(message.split())
