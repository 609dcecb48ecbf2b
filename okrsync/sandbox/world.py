"""The demo's world: the shop and its API, as two teams would have left them on a Monday morning in October."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from okrsync.sandbox.data import PEOPLE, text, title
from okrsync.sandbox.github import GitHubState

if TYPE_CHECKING:
    from okrsync.sandbox.jira import JiraState
    from okrsync.sandbox.server import Sandbox


@dataclass(frozen=True, slots=True)
class World:
    """What the demo's OKR files refer to. ``unknown`` is a key result that a ticket names and nobody has."""

    shop: str = "acme/shop"
    api: str = "acme/api"
    milestone: str = "One-page checkout"
    latency: str = "latency"
    tracking: int = 1
    project: str = "SHOP"
    version: str = "2026.4"
    epic: str = "SHOP-120"
    bugs: str = "type = Bug AND priority = Highest"
    checkout: str = "checkout-1"
    api_key_result: str = "api-1"
    unknown: str = "checkout-9"


WORLD = World()
_CHECKOUT = (
    ("Merge address and payment into one form", "done"),
    ("Guest checkout without an account", "done"),
    ("Remember the last address", "done"),
    ("Show the total while typing", "done"),
    ("Drop the newsletter step", "not planned"),
    ("Inline errors instead of a red page", "open"),
    ("Keyboard only, from basket to receipt", "open"),
    ("One-page checkout for vouchers", "open"),
    ("One-page checkout on small screens", "open"),
    ("Measure where people give up", "open"),
    ("Switch the old checkout off", "open"),
    ("Load the payment frame earlier", "merged"),
    ("Move validation to the browser", "pull request"),
)
_PAYMENT = (
    ("Pay with a saved card", 5, "Done"),
    ("Pay with a bank transfer", 8, "In Progress"),
    ("Pay with a wallet", 5, "In Review"),
    ("Confirm on the phone", 3, "To Do"),
    ("Refund in one click", 3, "To Do"),
    ("Split a payment in two", 8, "To Do"),
    ("Show fees before paying", 2, "Done"),
    ("Print a receipt with tax", None, "To Do"),
)
_ENDPOINTS = ("GET /basket", "GET /prices", "POST /orders", "GET /search", "GET /stock", "POST /login", "GET /orders")
_OPEN_BUGS = 40
_SHOP_ISSUES_BEFORE_THE_EPIC = 119


def build_world(sandbox: Sandbox, *, weeks: int = 0) -> World:
    """Both trackers, Data Center included, filled as the demo needs them.

    With ``weeks`` there is work for a whole quarter, and the teams have worked so many weeks of it when this returns:
    the clock is as much later. ``work_a_week`` goes on from there.
    """
    if weeks:
        from okrsync.sandbox.quarter import build_quarter, work_a_week

        build_quarter(sandbox)
        for _ in range(weeks):
            work_a_week(sandbox)
        return WORLD
    build_github(sandbox.github)
    build_jira(sandbox.jira)
    build_jira(sandbox.jira_dc)
    return WORLD


def build_github(state: GitHubState) -> None:
    random = Random(7)
    with state.lock:
        _shop(state, random)
        _api(state, random)


def _shop(state: GitHubState, random: Random) -> None:
    shop, now = WORLD.shop, state.now()
    state.add_repository(shop)
    for name, color in (("bug", "d73a4a"), ("enhancement", "a2eeef"), ("ux", "c5def5"), ("needs-design", "fbca04")):
        state.add_label(shop, name, color=color)
    state.add_milestone(shop, WORLD.milestone, due=now + timedelta(days=60), description="Buying on one page")
    state.add_milestone(shop, "Later")
    for count, (name, fate) in enumerate(_CHECKOUT):
        made = state.create(
            shop,
            name,
            body=text(random, 4),
            labels=random.sample(("enhancement", "ux", "needs-design"), count % 3),
            milestone=WORLD.milestone,
            assignees=[random.choice(PEOPLE)] if count % 4 else [],
            author=random.choice(PEOPLE),
            pull_request=fate in ("merged", "pull request"),
            at=now - timedelta(days=40 - count),
        )
        if count % 3 == 0:
            state.comment(shop, made.number, "I can take this one.", author="ben", at=made.created + timedelta(days=1))
        moment = now - timedelta(days=14 - count)
        if fate == "done":
            state.close(shop, made.number, at=moment)
        elif fate == "not planned":
            state.close(shop, made.number, "not_planned", at=moment)
        elif fate == "merged":
            state.merge(shop, made.number, at=moment)
    for count, reference in enumerate((WORLD.checkout, f"{WORLD.checkout}, {WORLD.api_key_result}", WORLD.unknown)):
        body = f"{text(random, 3)}\n\nOKR: {reference}"
        state.create(shop, title(random), body=body, labels=["bug"], at=now - timedelta(days=9 - count))
    for count in range(20):
        state.create(shop, title(random), body=text(random, 5), labels=["bug"], at=now - timedelta(days=60 - count))


def _api(state: GitHubState, random: Random) -> None:
    api, now = WORLD.api, state.now()
    state.add_repository(api)
    state.add_label(api, WORLD.latency, color="1d76db", description="Slower than 200 ms")
    body = "Everything that answers slower than 200 ms, one sub-issue each."
    tracking = state.create(api, "Fast answers everywhere", body=body, author="emeka", at=now - timedelta(days=30))
    for count, endpoint in enumerate(_ENDPOINTS):
        made = state.create(
            api,
            f"{endpoint} answers in under 200 ms",
            body=text(random, 3),
            labels=[WORLD.latency],
            assignees=[PEOPLE[count]],
            type="Task",
            parent=tracking,
            at=now - timedelta(days=28 - count),
        )
        if count < 2:
            state.close(api, made.number, at=now - timedelta(days=5 - count))
    state.create(api, "Timeouts at midnight", body=text(random, 4), labels=[WORLD.latency], type="Bug")
    state.create(api, "Rotate the signing key", body=text(random, 4), assignees=["grace"])


def build_jira(state: JiraState) -> None:
    """Forty open P1 bugs among other work, then the epic with its stories."""
    random = Random(11)
    with state.lock:
        state.add_project(WORLD.project, "Shop")
        state.add_version(WORLD.project, WORLD.version, release_date="2026-12-15")
        now = state.now()
        for count in range(_SHOP_ISSUES_BEFORE_THE_EPIC):
            bug = count % 3 == 0 and count < 3 * _OPEN_BUGS
            made = state.create(
                WORLD.project,
                title(random),
                type="Bug" if bug else "Task",
                priority="Highest" if bug else "Medium",
                points=None if bug else random.choice((1, 2, 3)),
                labels=["customer"] if count % 5 == 0 else [],
                assignee=random.choice((None, *PEOPLE)),
                description=text(random, 3),
                at=now - timedelta(days=90) + timedelta(hours=12 * count),
            )
            later = made.created + timedelta(days=10)
            if not bug and count % 2:
                state.transition(made.key, "Done", resolution="Done", at=later)
            if count % 10 == 0:
                state.add_comment(made.key, "Seen again this morning.", author="chloe", at=later)
        _epic(state, random)


def _epic(state: JiraState, random: Random) -> None:
    begun = state.now() - timedelta(days=25)
    epic = state.create(WORLD.project, "Payment in one step", type="Epic", labels=["payment"], at=begun)
    if epic.key != WORLD.epic:
        raise RuntimeError(f"the epic is {epic.key}, not {WORLD.epic}")
    for count, (name, points, status) in enumerate(_PAYMENT):
        story = state.create(
            WORLD.project,
            name,
            points=points,
            epic=epic.key,
            version=WORLD.version if count % 2 else None,
            labels=["payment"] if count % 2 == 0 else [],
            assignee=PEOPLE[count],
            description=text(random, 4),
            at=begun + timedelta(days=1 + count),
        )
        if status != "To Do":
            finished = "Done" if status == "Done" else None
            state.transition(story.key, status, resolution=finished, at=begun + timedelta(days=12 + count))
    state.create(WORLD.project, "Draw the confirm screen", type="Sub-task", parent=story.key, at=begun)
    linked = f"{text(random, 2)}\n\nOKR: {WORLD.checkout}"
    state.create(WORLD.project, "Explain the payment steps to support", points=2, description=linked, at=begun)
    state.add_comment(epic.key, "This is the big one of the quarter.", author="ana", at=begun)
