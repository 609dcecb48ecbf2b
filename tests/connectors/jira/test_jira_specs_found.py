"""Anybody with a copy of Atlassian's descriptions can run the tests that hold requests and answers to them."""

from __future__ import annotations

from pathlib import Path

from jira_specs import folder


def test_the_descriptions_are_looked_for_where_the_environment_says() -> None:
    assert folder({"OKRSYNC_JIRA_SPECS": "/srv/specs"}) == Path("/srv/specs")


def test_without_a_word_from_the_environment_they_are_looked_for_beside_the_repository() -> None:
    repository = Path(__file__).resolve().parents[3]
    assert folder({"OKRSYNC_JIRA_SPECS": ""}) == folder({}) == repository.parent / "shared" / "specs"
