"""The demo's world, and the team that works in it."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests

from okrsync.sandbox.data import fill_github, fill_jira
from okrsync.sandbox.server import START, Sandbox
from okrsync.sandbox.team import go_on, work_a_week
from okrsync.sandbox.tickets import github_tickets, jira_tickets
from okrsync.sandbox.world import WORLD, build_world


def new_world() -> Sandbox:
    sandbox = Sandbox()
    build_world(sandbox)
    return sandbox


@pytest.fixture
def sandbox() -> Sandbox:
    return new_world()


def open_bugs(sandbox: Sandbox) -> int:
    issues = sandbox.jira.issues.values()
    return sum(issue.type == "Bug" and issue.priority == "Highest" and issue.status != "Done" for issue in issues)


def everything(sandbox: Sandbox) -> Any:
    return github_tickets(sandbox.github), jira_tickets(sandbox.jira), jira_tickets(sandbox.jira_dc)


def bulk(tickets: dict[str, Any]) -> dict[str, Any]:
    return {key: ticket for key, ticket in tickets.items() if key.startswith(("BULK-", "acme/bulk#"))}


def test_the_world_is_the_one_of_the_example(sandbox: Sandbox) -> None:
    milestone = sandbox.github.milestone(WORLD.shop, WORLD.milestone)
    assert (milestone.open, milestone.closed) == (7, 6)
    assert sandbox.jira.issue(WORLD.epic).summary == "Payment in one step"
    assert open_bugs(sandbox) == 40
    assert len(sandbox.github.issue(WORLD.api, WORLD.tracking).children) == 7


def test_two_worlds_work_the_same_weeks() -> None:
    one, other = new_world(), new_world()
    assert everything(one) == everything(other)
    for _ in range(3):
        assert work_a_week(one) == work_a_week(other)
    assert everything(one) == everything(other)


def test_a_week_moves_both_trackers_and_the_clock(sandbox: Sandbox) -> None:
    before = everything(sandbox)
    told = work_a_week(sandbox)
    after = everything(sandbox)
    assert sandbox.clock.now() == START + timedelta(days=7)
    assert len(told) >= 8
    assert all(old != new for old, new in zip(before, after, strict=True))
    assert open_bugs(sandbox) < 40
    assert sandbox.github.milestone(WORLD.shop, WORLD.milestone).closed > 6


def test_the_team_goes_on_when_little_is_left_to_do(sandbox: Sandbox) -> None:
    for _ in range(20):
        assert work_a_week(sandbox)
    assert open_bugs(sandbox) < 10


def test_the_team_leaves_other_work_alone(sandbox: Sandbox) -> None:
    fill_github(sandbox.github, items=40)
    fill_jira(sandbox.jira, items=40)
    before = everything(sandbox)
    work_a_week(sandbox)
    for old, new in zip(before, everything(sandbox), strict=True):
        assert bulk(new) == bulk(old)


def test_nobodys_label_is_ours(sandbox: Sandbox) -> None:
    tickets = [ticket for tracker in everything(sandbox) for ticket in tracker.values()]
    assert any(ticket["labels"] for ticket in tickets)
    assert not [label for ticket in tickets for label in ticket["labels"] if label.startswith("okr:")]


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "okrsync.sandbox", "--items", "120", "--still", "--unlimited"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        yield running
        running.kill()


def test_the_sandbox_runs_in_a_process_of_its_own_until_it_is_told_to_stop(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    addresses = dict(line.split() for line in iter(process.stdout.readline, "ready\n"))
    headers = {"Authorization": "Bearer github-sandbox-token"}
    listed = requests.get(f"{addresses['github']}/repos/acme/bulk/issues?state=all&page=4", headers=headers, timeout=5)
    assert len(listed.json()) == 30
    assert len(requests.post(f"{addresses['control']}/week", timeout=5).json()) >= 8
    assert requests.get(addresses["control"], timeout=5).json()["now"] == "2026-10-12T08:00:00Z"
    process.terminate()
    assert process.wait(timeout=5) == 0


@pytest.mark.parametrize("weeks", [0, 1])
def test_the_team_goes_on_act_by_act_for_as_long_as_somebody_asks(weeks: int) -> None:
    sandbox = Sandbox()
    build_world(sandbox, weeks=weeks)
    before = sandbox.clock.now()
    told = list(itertools.islice(go_on(sandbox), 400))
    assert len([sentence for sentence in told if sentence]) > 30
    assert sandbox.clock.now() == before
