"""The quarter's story: plausible for as long as anybody wants to look, and the same every time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from okrsync.sandbox.quarter import CONVERSION, build_quarter, work_a_day
from okrsync.sandbox.server import START, Sandbox
from okrsync.sandbox.team import work_a_week
from okrsync.sandbox.tickets import github_tickets, jira_tickets
from okrsync.sandbox.world import WORLD, build_world

WEEK = timedelta(days=7)


def new_quarter() -> Sandbox:
    sandbox = Sandbox()
    build_quarter(sandbox)
    return sandbox


def everything(sandbox: Sandbox) -> Any:
    return github_tickets(sandbox.github), jira_tickets(sandbox.jira), jira_tickets(sandbox.jira_dc)


def milestone(sandbox: Sandbox) -> list[Any]:
    issues = sandbox.github.repository(WORLD.shop).issues.values()
    return [issue for issue in issues if issue.milestone and issue.milestone.title == WORLD.milestone]


def stories(sandbox: Sandbox) -> list[Any]:
    return [issue for issue in sandbox.jira.issues.values() if issue.epic == WORLD.epic]


def endpoints(sandbox: Sandbox) -> list[Any]:
    return sandbox.github.issue(WORLD.api, WORLD.tracking).children


def bugs(sandbox: Sandbox) -> list[Any]:
    return [one for one in sandbox.jira.issues.values() if one.type == "Bug" and one.priority == "Highest"]


@pytest.fixture(scope="module")
def worked() -> Sandbox:
    """After twelve weeks."""
    sandbox = Sandbox()
    build_world(sandbox, weeks=12)
    return sandbox


def test_a_world_with_weeks_behind_it_is_the_quarter_after_so_many_weeks() -> None:
    one, other = Sandbox(), new_quarter()
    build_world(one, weeks=2)
    for _ in range(2):
        work_a_week(other)
    assert everything(one) == everything(other)
    assert one.clock.now() == other.clock.now() == START + 2 * WEEK
    assert (one.weeks, one.days) == (2, 14)


def test_a_week_is_seven_days() -> None:
    one, other = new_quarter(), new_quarter()
    told = [sentence for _ in range(7) for sentence in work_a_day(one)]
    assert told == work_a_week(other)
    assert everything(one) == everything(other)
    assert one.clock.now() == START + WEEK


def test_the_world_without_weeks_stays_the_one_of_the_short_demo() -> None:
    sandbox = Sandbox()
    build_world(sandbox)
    assert not sandbox.quarter
    assert len(milestone(sandbox)) == 13


def test_there_is_enough_work_for_a_forecast_and_not_all_of_it_is_finished(worked: Sandbox) -> None:
    linked = milestone(worked) + stories(worked) + endpoints(worked)
    assert 60 <= len(linked) <= 120
    assert any(issue.open for issue in milestone(worked))
    assert any(issue.status != "Done" for issue in stories(worked))


@pytest.mark.parametrize(
    ("share", "least", "most"),
    [
        (lambda box: _done(milestone(box)), 0.5, 0.85),
        (lambda box: _done(endpoints(box)), 0.9, 1.0),
        (lambda box: sum(bug.status == "Done" for bug in bugs(box)) / len(bugs(box)), 0.7, 0.95),
    ],
    ids=["the checkout is late", "the API is on time", "bugs go down"],
)
def test_twelve_weeks_of_work_leave_goals_late_on_time_and_on_the_way(
    worked: Sandbox, share: Callable[[Sandbox], float], least: float, most: float
) -> None:
    assert least <= share(worked) <= most


def _done(issues: list[Any]) -> float:
    return sum(not issue.open for issue in issues) / len(issues)


def test_work_arrives_is_given_up_comes_back_and_is_estimated_anew(worked: Sandbox) -> None:
    events = [event for issue in milestone(worked) for event in issue.events]
    kinds = {event.kind for event in events}
    assert {"closed", "reopened", "merged"} <= kinds
    assert "not_planned" in {event.reason for event in events if event.kind == "closed"}
    assert sum(issue.created > START for issue in milestone(worked)) >= 12
    changes = [change for story in stories(worked) for line in story.history for change in line.changes]
    assert "points" in {change.field for change in changes}
    assert "Won't Do" in {change.after for change in changes}
    assert [change for change in changes if (change.field, change.before) == ("status", "Done")]


def test_one_week_brings_nothing_and_every_other_one_something() -> None:
    sandbox = new_quarter()
    told = [len(work_a_week(sandbox)) for _ in range(13)]
    assert [week for week, count in enumerate(told, start=1) if count == 0] == [6]
    assert all(count >= 4 for week, count in enumerate(told, start=1) if week != 6)
    assert len(CONVERSION) == 13


def test_the_teams_go_on_for_as_long_as_anybody_looks() -> None:
    sandbox = new_quarter()
    for _ in range(30):
        work_a_week(sandbox)
    assert any(issue.open for issue in milestone(sandbox))


def test_both_jiras_live_through_the_same(worked: Sandbox) -> None:
    cloud, center = jira_tickets(worked.jira), jira_tickets(worked.jira_dc)
    assert {key: one["state"] for key, one in cloud.items()} == {key: one["state"] for key, one in center.items()}
