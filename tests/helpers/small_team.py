"""A team so small that a sync of it takes a moment and yet does all that a sync can: for tests that need many."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from installation import Installation, install
from sqlalchemy import Pool, event

from okrsync.sandbox.faults import FaultBook
from okrsync.sandbox.server import Sandbox

LATENCY = 0.003
"""Seconds a request is on its way, so that some instants fall between its sending and its arrival."""

CONFIG = """\
installation: acme
okrs: [okrs/*.yaml]
connections:
  github: {{type: github, url: "{github}", repositories: [acme/shop], seconds_between_writes: 0}}
  jira: {{type: jira, url: "{jira}", projects: [SHOP], remote_link: true}}
dashboard_url: https://okr.acme.example
"""

OKRS = """\
cycle: {id: 2026-Q4, start: 2026-10-01, end: 2026-12-31}
objectives:
  - id: checkout
    title: Buying is effortless
    key_results:
      - id: checkout-1
        title: Ship the one-page checkout
        measure: {type: completion}
        links:
          - {connection: github, repository: acme/shop, milestone: One page}
          - {connection: jira, epic: SHOP-1}
      - id: checkout-2
        title: Open P1 bugs from 10 to 0
        measure: {type: count, of: open, start: 10, target: 0}
        links: [{connection: jira, query: "type = Bug AND priority = Highest"}]
"""


@contextmanager
def small_team(folder: Path, faults: FaultBook | None = None) -> Iterator[Installation]:
    """A running sandbox with a small team, and an installation in ``folder`` that has not run yet."""
    sandbox = Sandbox(latency=LATENCY)
    sandbox.faults = faults or sandbox.faults
    with sandbox, without_waiting_for_the_disk():
        build_small_team(sandbox)
        yield install(folder, sandbox, config=CONFIG, okrs=OKRS)


def build_small_team(sandbox: Sandbox) -> None:
    """Four issues and six tickets, of which five are open and linked."""
    github, jira = sandbox.github, sandbox.jira
    github.add_repository("acme/shop")
    github.add_milestone("acme/shop", "One page")
    for title in ("Merge two forms", "Guest checkout", "Vouchers"):
        github.create("acme/shop", title, milestone="One page", labels=["ux"])
    github.create("acme/shop", "Something else")
    github.close("acme/shop", 1)
    jira.add_project("SHOP", "Shop")
    epic = jira.create("SHOP", "Payment in one step", type="Epic")
    for title in ("Saved card", "Bank transfer", "Wallet"):
        jira.create("SHOP", title, epic=epic.key, labels=["payment"])
    jira.create("SHOP", "The basket is empty", type="Bug", priority="Highest")
    jira.create("SHOP", "Something else")
    jira.transition("SHOP-2", "Done", "Done")


def work_on(sandbox: Sandbox) -> None:
    """Enough progress that notes must be edited, and one more ticket that needs one."""
    sandbox.github.close("acme/shop", 2)
    sandbox.github.create("acme/shop", "Small screens", milestone="One page")
    sandbox.jira.transition("SHOP-3", "Done", "Done")


@contextmanager
def without_waiting_for_the_disk() -> Iterator[None]:
    """SIGKILL loses nothing that the system was given; only a power failure does, and these tests have none."""

    def relax(connection: Any, *_: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    event.listen(Pool, "checkout", relax)
    try:
        yield
    finally:
        event.remove(Pool, "checkout", relax)
