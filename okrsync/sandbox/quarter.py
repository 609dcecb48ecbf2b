"""A quarter of the demo's teams, day by day: more work than a week's story needs, and what comes between it and done.

The checkout runs late, since new work keeps coming and some of it comes back. The API gets faster on time, and bugs
are fixed somewhat faster than they are found. Nobody works in the sixth week. Deterministic, whatever the calendar
says: a day begins when the one before is over, and the first of every seven is a Monday.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from okrsync.sandbox.data import AREAS, PEOPLE, text, title
from okrsync.sandbox.github import GitHubState
from okrsync.sandbox.github.records import Issue
from okrsync.sandbox.world import WORLD, build_github, build_jira

if TYPE_CHECKING:
    from okrsync.sandbox.jira import JiraState
    from okrsync.sandbox.jira.records import Issue as Ticket
    from okrsync.sandbox.server import Sandbox

CONVERSION = (2.1, 2.1, 2.2, 2.2, 2.3, 2.2, 2.2, 2.4, 2.4, 2.5, 2.5, 2.6, 2.6)
"""What the shop's conversion was at the end of each week, in per cent: the value for weekly check-ins."""

_DAY = timedelta(days=1)
_HOLIDAY = 6
_MORE_ISSUES, _MORE_ENDPOINTS, _MORE_STORIES = 12, 17, 8
_NEXT = {"To Do": "In Progress", "In Progress": "In Review", "In Review": "Done"}
_POINTS = (1, 2, 3, 5, 8)

GitHubAct = Callable[[GitHubState, Random, int], Iterator[str]]
JiraAct = Callable[["JiraState", Random, int], Iterator[str]]


def build_quarter(sandbox: Sandbox) -> None:
    """The demo's world with three times the work, at the beginning of its first Monday."""
    build_github(sandbox.github)
    _more_on_github(sandbox.github, Random(17))
    for jira in (sandbox.jira, sandbox.jira_dc):
        build_jira(jira)
        _more_on_jira(jira, Random(19))
    sandbox.quarter = True


def work_a_week(sandbox: Sandbox) -> list[str]:
    """Seven days; returns what the teams did, a sentence each."""
    return [sentence for _ in range(7) for sentence in work_a_day(sandbox)]


def work_a_day(sandbox: Sandbox) -> list[str]:
    """Move both trackers and the clock one day forward. Raises KeyError without the quarter's world."""
    week, weekday = divmod(sandbox.days, 7)
    sandbox.days += 1
    sandbox.weeks = sandbox.days // 7
    over, told = sandbox.clock.now() + _DAY, []
    if week + 1 != _HOLIDAY:
        for hours, on_github, on_jira in _WEEK.get(weekday, ()):
            sandbox.clock.advance(timedelta(hours=hours))
            told += _act(sandbox, week + 1, weekday, on_github, on_jira)
    sandbox.clock.advance(max(over - sandbox.clock.now(), timedelta(0)))
    return told


def go_on(sandbox: Sandbox) -> Iterator[str]:
    """Day after day, one act each time somebody asks, "" at the end of each. The clock is left alone."""
    while True:
        week, weekday = divmod(sandbox.days, 7)
        sandbox.days += 1
        sandbox.weeks = sandbox.days // 7
        for _, on_github, on_jira in _WEEK.get(weekday, ()):
            yield from on_github(sandbox.github, Random(f"github {week + 1} {weekday}"), week + 1)
            yield from on_jira(sandbox.jira, Random(f"jira {week + 1} {weekday}"), week + 1)
        yield ""


def _act(sandbox: Sandbox, week: int, weekday: int, on_github: GitHubAct, on_jira: JiraAct) -> list[str]:
    """Both Jiras do the same, and one of them is told of."""
    told = list(on_github(sandbox.github, Random(f"github {week} {weekday}"), week))
    for jira in (sandbox.jira, sandbox.jira_dc):
        acts = list(on_jira(jira, Random(f"jira {week} {weekday}"), week))
        told += acts if jira is sandbox.jira else []
    return told


def _more_on_github(state: GitHubState, random: Random) -> None:
    now = state.now()
    tracking = state.issue(WORLD.api, WORLD.tracking)
    with state.lock:
        for count in range(_MORE_ISSUES):
            at = now - timedelta(days=26 - count % 20, hours=count)
            state.create(WORLD.shop, title(random), body=text(random, 3), milestone=WORLD.milestone, at=at)
        for count in range(_MORE_ENDPOINTS):
            name = f"{random.choice(('GET', 'POST'))} /{random.choice(AREAS)}/{count} answers in under 200 ms"
            at = now - timedelta(days=20 - count, hours=1)
            state.create(WORLD.api, name, labels=[WORLD.latency], type="Task", parent=tracking, at=at)


def _more_on_jira(state: JiraState, random: Random) -> None:
    begun = state.now() - timedelta(days=20)
    with state.lock:
        for count in range(_MORE_STORIES):
            at = begun + timedelta(hours=20 * count)
            _story(state, random, at=at)


def _story(state: JiraState, random: Random, **given: object) -> Ticket:
    points = random.choice((*_POINTS, None))
    return state.create(
        WORLD.project,
        title(random),
        points=points,
        epic=WORLD.epic,
        labels=["payment"],
        **given,  # type: ignore[arg-type]
    )


def _new_issues(state: GitHubState, random: Random, week: int) -> Iterator[str]:
    for _ in range(1 + week % 2):
        made = state.create(WORLD.shop, title(random), milestone=WORLD.milestone, author="chloe", labels=["ux"])
        yield f"opened {named(made)} in the milestone {WORLD.milestone}"


def _new_tickets(state: JiraState, random: Random, week: int) -> Iterator[str]:
    found = state.create(WORLD.project, title(random), type="Bug", priority="Highest", labels=["customer"])
    yield f"found a new P1 bug, {found.key}"
    if week % 3 == 0:
        made = _story(state, random)
        yield f"planned {made.key} ({made.summary}) in the epic {WORLD.epic}"


def faster_endpoints(state: GitHubState, random: Random, week: int) -> Iterator[str]:
    slow = [issue for issue in open_issues(state, WORLD.api) if issue.parent is not None]
    for issue in slow[:2]:
        state.close(WORLD.api, issue.number, by=random.choice(PEOPLE))
        yield f"closed {named(issue)}"


def _stories_move(state: JiraState, random: Random, week: int) -> Iterator[str]:
    """Work in progress goes on before anything new is begun."""
    open_ones = [story for story in _stories(state) if story.status != "Done"]
    begun = [story for story in open_ones if story.status != "To Do"][:3]
    fresh = [story for story in open_ones if story.status == "To Do"][: 4 - len(begun)]
    for story in (*begun, *fresh):
        status = _NEXT[story.status]
        state.transition(story.key, status, resolution="Done" if status == "Done" else None, by=random.choice(PEOPLE))
        yield f"moved {story.key} ({story.summary}) to {status}"


def _issues_done(state: GitHubState, random: Random, week: int) -> Iterator[str]:
    waiting = in_milestone(state)
    for issue in [issue for issue in waiting if not issue.pull_request][: 1 + week % 2]:
        state.close(WORLD.shop, issue.number, by=random.choice(PEOPLE))
        yield f"closed {named(issue)}"
    for issue in [issue for issue in waiting if issue.pull_request][:1]:
        state.merge(WORLD.shop, issue.number, by=random.choice(PEOPLE))
        yield f"merged {named(issue)}"


def _bugs_fixed(state: JiraState, random: Random, week: int) -> Iterator[str]:
    bugs = [issue for issue in state.issues.values() if is_an_open_p1_bug(issue)]
    fixed = [bug.key for bug in bugs[: 3 + week % 3]]
    for key in fixed:
        state.transition(key, "Done", resolution="Cannot Reproduce" if random.random() < 0.1 else "Done")
    if fixed:
        yield f"fixed {len(fixed)} P1 bug{'' if len(fixed) == 1 else 's'} ({', '.join(fixed)})"


def _second_thoughts(state: GitHubState, random: Random, week: int) -> Iterator[str]:
    """Every fourth week an issue is given up, every third one comes back, every other one a pull request is opened."""
    waiting = in_milestone(state)
    if week % 4 == 2 and waiting:
        state.close(WORLD.shop, waiting[-1].number, "not_planned")
        yield f"cancelled {named(waiting[-1])}"
    done = [one for one in _milestone_issues(state) if one.state_reason == "completed" and not one.open]
    if week % 3 == 0 and done:
        state.reopen(WORLD.shop, done[-1].number, by="grace")
        yield f"reopened {named(done[-1])}"
    if week % 2 == 0:
        made = state.create(WORLD.shop, title(random), milestone=WORLD.milestone, author="dmitri", pull_request=True)
        yield f"opened the pull request {named(made)}"


def _new_estimates(state: JiraState, random: Random, week: int) -> Iterator[str]:
    """Every other week a story is estimated anew, every fifth one is given up, every fourth one comes back."""
    open_ones = [story for story in _stories(state) if story.status != "Done"]
    if week % 2 == 0 and open_ones:
        story, points = open_ones[-1], random.choice(_POINTS)
        before, story_key = story.points, story.key
        state.edit(story_key, points=float(points))
        yield f"estimated {story_key} anew, from {before or 'nothing'} to {points} points"
    if week % 5 == 3 and len(open_ones) > 1:
        state.transition(open_ones[-2].key, "Done", resolution="Won't Do")
        yield f"decided against {open_ones[-2].key} ({open_ones[-2].summary})"
    done = [story for story in _stories(state) if story.status == "Done" and story.resolution == "Done"]
    if week % 4 == 0 and done:
        state.transition(done[-1].key, "In Progress", by="grace")
        yield f"took {done[-1].key} ({done[-1].summary}) up again"


_WEEK: dict[int, tuple[tuple[float, GitHubAct, JiraAct], ...]] = {
    0: ((1.5, _new_issues, _new_tickets),),
    1: ((3, faster_endpoints, _stories_move),),
    2: ((6, _issues_done, _bugs_fixed),),
    3: ((2, _second_thoughts, _new_estimates),),
}
"""By weekday: after how many hours, and what is done on GitHub and on Jira. Fridays are for talking."""


def named(issue: Issue) -> str:
    return f"{issue.repository.full_name}#{issue.number} ({issue.title})"


def open_issues(state: GitHubState, repository: str) -> list[Issue]:
    return [issue for issue in state.repository(repository).issues.values() if issue.open]


def _milestone_issues(state: GitHubState) -> list[Issue]:
    every = state.repository(WORLD.shop).issues.values()
    return [issue for issue in every if issue.milestone is not None and issue.milestone.title == WORLD.milestone]


def in_milestone(state: GitHubState) -> list[Issue]:
    return [issue for issue in _milestone_issues(state) if issue.open]


def _stories(state: JiraState) -> list[Ticket]:
    return [issue for issue in state.issues.values() if issue.epic == WORLD.epic]


def is_an_open_p1_bug(issue: Ticket) -> bool:
    ours = issue.project.key == WORLD.project
    return ours and issue.type == "Bug" and issue.priority == "Highest" and issue.status != "Done"
