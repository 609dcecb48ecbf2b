"""A team with both trackers, an installation of okrsync beside them, and nothing pretended but the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from okrsync.app import App, RunRequest
from okrsync.model.run import RunReport
from okrsync.sandbox.server import Sandbox
from okrsync.sandbox.tickets import github_tickets, jira_tickets
from okrsync.sandbox.world import build_world

ENVIRON = {
    "GITHUB_TOKEN": "github-sandbox-token",
    "JIRA_EMAIL": "ana@acme.example",
    "JIRA_API_TOKEN": "jira-sandbox-token",
}

CONFIG = """\
installation: acme
okrs: [okrs/*.yaml]
store: sqlite:///okrsync.db
connections:
  github: {{type: github, url: "{github}", repositories: [acme/shop, acme/api], seconds_between_writes: 0}}
  jira: {{type: jira, url: "{jira}", projects: [SHOP]}}
write_back: {{label: "okr:{{key_result}}", note: true, on: open}}
schedule: {{every: 5m, census: 1d}}
"""

OKRS = """\
cycle: {id: 2026-Q4, start: 2026-10-01, end: 2026-12-31}
objectives:
  - id: checkout
    title: Buying is effortless
    key_results:
      - id: checkout-1
        title: Ship the one-page checkout
        measure: {type: completion, by: points}
        links:
          - {connection: github, repository: acme/shop, milestone: One-page checkout}
          - {connection: jira, epic: SHOP-120, weight: 2}
      - id: checkout-2
        title: Open P1 bugs from 40 to 5
        measure: {type: count, of: open, start: 40, target: 5}
        links: [{connection: jira, query: "type = Bug AND priority = Highest"}]
      - id: checkout-3
        title: Conversion from 2.1 % to 3 %
        measure: {type: manual, start: 2.1, target: 3, unit: "%"}
  - id: api
    title: Answers come at once
    key_results:
      - id: api-1
        title: Every endpoint under 200 ms
        measure: {type: completion}
        links: [{connection: github, repository: acme/api, labels: [latency]}]
"""


@dataclass
class Installation:
    """One okrsync with its files in ``folder``, talking to ``sandbox`` by its clock."""

    folder: Path
    sandbox: Sandbox
    environ: dict[str, str] = field(default_factory=lambda: dict(ENVIRON))
    slept: list[float] = field(default_factory=list)

    @property
    def config(self) -> Path:
        return self.folder / "okrsync.yaml"

    @property
    def okrs(self) -> Path:
        return self.folder / "okrs" / "shop.yaml"

    @property
    def store(self) -> Path:
        return self.folder / "okrsync.db"

    def open(self, **given: Any) -> App:
        defaults: dict[str, Any] = {"now": self.sandbox.clock.now, "sleep": self.slept.append}
        return App.open(self.config, environ=self.environ, **{**defaults, **given})

    def run(self, kind: str = "sync", **asked: Any) -> RunReport:
        """One run, with the request log starting at its first request."""
        self.sandbox.log.clear()
        with self.open() as app:
            act: Callable[[RunRequest], RunReport] = getattr(app, kind)
            return act(RunRequest(**asked))

    def value(self, key_result: str) -> float | None:
        with self.open() as app:
            sample = app.store.history.sample(key_result)
        return sample.value if sample else None

    def written(self) -> list[datetime]:
        """When writes were sent to GitHub, ever, oldest first."""
        with self.open() as app:
            return app.store.journal.written_since("github", datetime.min.replace(tzinfo=UTC))

    def forget(self) -> None:
        """Lose the store."""
        for file in self.folder.glob("okrsync.db*"):
            file.unlink()

    def notes(self, mark: str = "okrsync keeps this") -> dict[str, int]:
        """Notes of okrsync per ticket, in both trackers."""
        found = {**github_tickets(self.sandbox.github), **jira_tickets(self.sandbox.jira)}
        counted = {key: sum(mark in one["body"] for one in ticket["comments"]) for key, ticket in found.items()}
        return {key: count for key, count in counted.items() if count}

    def labels(self) -> dict[str, list[str]]:
        found = {**github_tickets(self.sandbox.github), **jira_tickets(self.sandbox.jira)}
        return {key: sorted(ticket["labels"]) for key, ticket in found.items()}


def install(folder: Path, sandbox: Sandbox, *, config: str = CONFIG, okrs: str = OKRS) -> Installation:
    (folder / "okrs").mkdir(parents=True)
    made = Installation(folder, sandbox)
    made.config.write_text(config.format(github=sandbox.github_url, jira=sandbox.jira_url, jira_dc=sandbox.jira_dc_url))
    made.okrs.write_text(okrs)
    return made


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Both trackers with the demo's world; a conftest that imports it gives it to its tests, as with ``acme``."""
    with Sandbox() as running:
        build_world(running)
        yield running


@pytest.fixture
def acme(tmp_path: Path, sandbox: Sandbox) -> Installation:
    """An installation that looks at the demo's world and has not run yet."""
    return install(tmp_path / "acme", sandbox)
