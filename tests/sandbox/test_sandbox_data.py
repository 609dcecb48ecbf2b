"""Work of any size from a seed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from okrsync.sandbox.data import fill_github, fill_jira
from okrsync.sandbox.github import GitHubState
from okrsync.sandbox.github.render import Renderer
from okrsync.sandbox.jira import JiraState
from okrsync.sandbox.tickets import jira_tickets

NOW = datetime(2026, 10, 5, 8, tzinfo=UTC)


def issues(items: int, seed: int) -> list[dict[str, Any]]:
    state = GitHubState(lambda: NOW)
    fill_github(state, items=items, seed=seed)
    render = Renderer(state)
    return [render.issue(issue) for issue in state.repository("acme/bulk").issues.values()]


def test_the_same_seed_gives_the_same_work_and_another_gives_other_work() -> None:
    assert issues(50, 1) == issues(50, 1)
    assert issues(50, 1) != issues(50, 2)


@settings(max_examples=10)
@given(items=st.integers(0, 120), seed=st.integers(0, 1_000))
def test_dates_are_in_order_and_milestones_count_their_issues(items: int, seed: int) -> None:
    made = issues(items, seed)
    assert len(made) == items
    created = [issue["created_at"] for issue in made]
    assert created == sorted(created)
    for issue in made:
        assert issue["created_at"] <= (issue["closed_at"] or issue["created_at"]) <= issue["updated_at"] <= NOW
    in_milestones = [issue["milestone"] for issue in made if issue["milestone"]]
    counted = {each["number"]: each["open_issues"] + each["closed_issues"] for each in in_milestones}
    assert sum(counted.values()) == len(in_milestones)


def test_an_issue_weighs_about_five_kilobytes() -> None:
    made = issues(300, 1)
    assert 4_000 < len(msgspec.json.encode(made)) / len(made) < 7_000


def test_there_is_work_of_every_kind() -> None:
    made = issues(300, 1)
    assert {issue["state_reason"] for issue in made} == {None, "completed", "not_planned"}
    assert any(issue["pull_request"]["merged_at"] for issue in made if "pull_request" in issue)
    assert any(issue["comments"] for issue in made)


def test_jira_is_filled_the_same_way_every_time() -> None:
    filled = []
    for _ in range(2):
        state = JiraState(lambda: NOW, flavour="cloud")
        fill_jira(state, items=60, seed=3)
        filled.append(jira_tickets(state))
    assert filled[0] == filled[1]
    assert len(filled[0]) == 60
    assert {ticket["state"] for ticket in filled[0].values()} == {"To Do", "In Progress", "Done"}
