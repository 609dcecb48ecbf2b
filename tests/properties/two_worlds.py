"""A team's trackers, and their twin without okrsync: people do the same in both, okrsync writes in one.

Whatever is not okrsync's on a ticket must be the same in both, at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from installation import Installation

from okrsync.sandbox.faults import Fault, FaultBook
from okrsync.sandbox.github import GitHubState
from okrsync.sandbox.jira import JiraState
from okrsync.sandbox.server import Sandbox
from okrsync.sandbox.tickets import github_tickets, jira_tickets

READ = ("acme/shop", "acme/api")
"""Repositories that okrsync is told to read; issues transferred to the attic are out of its sight."""

ATTIC = "acme/attic"
PROJECTS = ("SHOP", "OPS")
ELSEWHERE = "HR"
MARK = "okrsync keeps this"
PREFIX = "okr:"

Seen = Mapping[str, Mapping[str, Any]]
"""Ticket key -> what a person sees there that people put there."""


class Unrest(FaultBook):
    """A fault book that also lets people act just before a certain request arrives."""

    def __init__(self) -> None:
        super().__init__()
        self._left = 0
        self._act: Callable[[], None] | None = None

    def at_request(self, nth: int, act: Callable[[], None]) -> None:
        self._left, self._act = nth, act

    def calm(self) -> None:
        self.clear()
        self._act = None

    def take(self, method: str, target: str) -> Fault | None:
        self._left -= 1
        if self._left == 0 and self._act is not None:
            act, self._act = self._act, None
            act()
        return super().take(method, target)


class TwoWorlds:
    """``main`` is where okrsync works, ``twin`` where it never did."""

    def __init__(self) -> None:
        self.main, self.twin = Sandbox(), Sandbox()
        self.unrest = Unrest()
        self.main.faults = self.unrest
        self.both(_found_github, _found_jira)

    @contextmanager
    def running(self) -> Iterator[TwoWorlds]:
        with self.main, self.twin:
            yield self

    def both(
        self,
        on_github: Callable[[GitHubState], object] | None = None,
        on_jira: Callable[[JiraState], object] | None = None,
    ) -> None:
        """People do something in both worlds."""
        for world in (self.main, self.twin):
            if on_github is not None:
                on_github(world.github)
            if on_jira is not None:
                on_jira(world.jira)

    def pass_time(self, by: timedelta) -> None:
        for world in (self.main, self.twin):
            world.clock.advance(by)

    def issues(self) -> list[tuple[str, int]]:
        """Issues in the repositories that are read, as (repository, number)."""
        hub = self.main.github
        return [(name, number) for name in READ for number in sorted(hub.repository(name).issues)]

    def tickets(self) -> list[str]:
        """Keys in the projects that are read, in the order of creation."""
        found = [issue for issue in self.main.jira.issues.values() if issue.project.key in PROJECTS]
        return [issue.key for issue in sorted(found, key=lambda issue: int(issue.id))]

    def of_people(self, foreign: set[str]) -> tuple[Seen, Seen]:
        """What people put on the tickets of either world; ``foreign`` labels wear the prefix and are not okrsync's."""
        return _seen(self.main, foreign), _seen(self.twin, foreign)


def visible(sandbox: Sandbox) -> dict[str, dict[str, Any]]:
    """Every ticket of a world as a person sees it."""
    return {**github_tickets(sandbox.github), **jira_tickets(sandbox.jira)}


def _seen(sandbox: Sandbox, foreign: set[str]) -> Seen:
    return {
        key: {
            "title": ticket["title"],
            "state": ticket["state"],
            "labels": sorted(label for label in ticket["labels"] if not label.startswith(PREFIX) or label in foreign),
            "comments": [(one["author"], one["body"]) for one in ticket["comments"] if MARK not in one["body"]],
        }
        for key, ticket in visible(sandbox).items()
    }


def links_of(sandbox: Sandbox) -> dict[str, list[str]]:
    """Remote links by ticket key."""
    return {
        issue.key: sorted(str(link.global_id) for link in issue.links)
        for issue in sandbox.jira.issues.values()
        if issue.links
    }


def notes_on(ticket: Mapping[str, Any]) -> int:
    return sum(MARK in one["body"] for one in ticket["comments"])


def installation_in(folder: Any, sandbox: Sandbox, config: str, okrs: str) -> Installation:
    """An installation in a folder of its own, with these files."""
    made = Installation(folder, sandbox)
    (folder / "okrs").mkdir(parents=True)
    made.config.write_text(config.format(github=sandbox.github_url, jira=sandbox.jira_url))
    made.okrs.write_text(okrs)
    return made


def _found_github(hub: GitHubState) -> None:
    for name in (*READ, ATTIC):
        hub.add_repository(name)
    hub.add_milestone("acme/shop", "One page")
    hub.add_milestone("acme/shop", "Later")
    for title in ("Merge two forms", "Guest checkout", "Vouchers"):
        hub.create("acme/shop", title, milestone="One page", labels=["ux"])
    hub.create("acme/shop", "Something else")
    slow = hub.create("acme/api", "Everything is slow", labels=["latency"])
    hub.create("acme/api", "Search is slow", parent=slow)
    hub.create("acme/api", "Login is slow", labels=["latency"])
    hub.create("acme/api", "Cache", body="OKR: checkout-1")
    hub.close("acme/shop", 1)
    hub.comment("acme/shop", 2, "Half of it works on my machine.")


def _found_jira(jira: JiraState) -> None:
    for key in (*PROJECTS, ELSEWHERE):
        jira.add_project(key, key.title())
    jira.add_version("SHOP", "1.0")
    epic = jira.create("SHOP", "Payment in one step", type="Epic")
    for points, title in enumerate(("Saved card", "Bank transfer", "Wallet")):
        jira.create("SHOP", title, epic=epic.key, labels=["payment"], points=points or None)
    jira.create("SHOP", "The basket is empty", type="Bug", priority="Highest", version="1.0")
    jira.create("OPS", "More machines", description="OKR: ops-1")
    jira.create("OPS", "Backups", labels=["safety"])
    jira.transition("SHOP-2", "Done", "Done")
    jira.add_comment("SHOP-3", "The bank called.")
