"""The scripted team: a week of work on both trackers, the same every time, told in a few sentences."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from okrsync.sandbox import quarter
from okrsync.sandbox.data import PEOPLE, title
from okrsync.sandbox.github import GitHubState
from okrsync.sandbox.quarter import faster_endpoints, in_milestone, is_an_open_p1_bug, named
from okrsync.sandbox.world import WORLD

if TYPE_CHECKING:
    from okrsync.sandbox.jira import JiraState
    from okrsync.sandbox.server import Sandbox

_NEXT = {"To Do": "In Progress", "In Progress": "In Review", "In Review": "Done"}
_WEEK = timedelta(days=7)
_BETWEEN_ACTS = timedelta(hours=5)


def work_a_week(sandbox: Sandbox) -> list[str]:
    """Move the demo's trackers and the clock one week forward; returns what the team did, a sentence each.

    Deterministic: it depends on the trackers and on how many weeks went by. Raises KeyError without the demo world.
    Where the world was built for a quarter, its own story goes on.
    """
    if sandbox.quarter:
        return quarter.work_a_week(sandbox)
    sandbox.weeks += 1
    began = sandbox.clock.now()
    told = []
    for sentence in _acts(sandbox, sandbox.weeks):
        told.append(sentence)
        sandbox.clock.advance(_BETWEEN_ACTS)
    sandbox.clock.advance(max(began + _WEEK - sandbox.clock.now(), timedelta(0)))
    return told


def go_on(sandbox: Sandbox) -> Iterator[str]:
    """The work of the weeks to come, one act each time somebody asks; "" where nobody worked. The clock is left."""
    if sandbox.quarter:
        yield from quarter.go_on(sandbox)
    while True:
        sandbox.weeks += 1
        yield from _acts(sandbox, sandbox.weeks)
        yield ""


def _acts(sandbox: Sandbox, week: int) -> Iterator[str]:
    yield from _on_github(sandbox.github, Random(f"github {week}"), week)
    for jira in (sandbox.jira, sandbox.jira_dc):
        acts = list(_on_jira(jira, Random(f"jira {week}"), week))
        if jira is sandbox.jira:
            yield from acts


def _on_github(state: GitHubState, random: Random, week: int) -> Iterator[str]:
    yield from _in_the_shop(state, random, week)
    yield from faster_endpoints(state, random, week)


def _in_the_shop(state: GitHubState, random: Random, week: int) -> Iterator[str]:
    shop, waiting = WORLD.shop, in_milestone(state)
    reviewed = [issue for issue in waiting if issue.pull_request][:1]
    finished = [issue for issue in waiting if issue not in reviewed][:2]
    left = [issue for issue in waiting if issue not in reviewed + finished]
    for issue in finished:
        state.close(shop, issue.number, by=random.choice(PEOPLE))
        yield f"closed {named(issue)}"
    for issue in reviewed:
        state.merge(shop, issue.number)
        yield f"merged {named(issue)}"
    if week % 3 == 1:
        made = state.create(shop, title(random), milestone=WORLD.milestone, author="chloe", labels=["ux"])
        yield f"opened {named(made)} in the milestone {WORLD.milestone}"
    if week % 2 == 0 and left:
        cancelled = left.pop()
        state.close(shop, cancelled.number, "not_planned")
        yield f"cancelled {named(cancelled)}"
    if left:
        state.comment(shop, left[0].number, "Half of it works on my machine.", author=random.choice(PEOPLE))
        state.label(shop, left[0].number, "needs-design")
        yield f"talked about {named(left[0])} and labelled it needs-design"


def _on_jira(state: JiraState, random: Random, week: int) -> Iterator[str]:
    yield from _move_stories(state, week)
    bugs = [issue.key for issue in state.issues.values() if is_an_open_p1_bug(issue)]
    fixed = bugs[: 5 + week % 3]
    for key in fixed:
        state.transition(key, "Done", resolution="Done")
    if fixed:
        yield f"fixed {len(fixed)} P1 bug{'' if len(fixed) == 1 else 's'} ({', '.join(fixed)})"
    found = state.create(WORLD.project, title(random), type="Bug", priority="Highest", labels=["customer"])
    yield f"found a new P1 bug, {found.key}"
    if bugs[len(fixed) :]:
        state.add_comment(bugs[-1], "A customer wrote in again.", author=random.choice(PEOPLE))
        yield f"commented on {bugs[-1]}"


def _move_stories(state: JiraState, week: int) -> Iterator[str]:
    epic = state.issue(WORLD.epic)
    stories = [issue for issue in state.issues.values() if issue.epic == epic.key and issue.status != "Done"]
    for story in stories[:3]:
        status = _NEXT[story.status]
        state.transition(story.key, status, resolution="Done" if status == "Done" else None)
        yield f"moved {story.key} ({story.summary}) to {status}"
    if week == 2 and len(stories) > 3:
        state.transition(stories[-1].key, "Done", resolution="Won't Do")
        yield f"decided against {stories[-1].key} ({stories[-1].summary})"
