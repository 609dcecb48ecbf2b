"""The stage of the matrix: tiny trackers, an installation beside them, and the scenes in which requests are met.

Whatever does not depend on a cell is made once for a process and put back for every cell: the trackers as they stood
before the scene, the store as a file, the time. So a cell costs its runs and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from ledger import Ledger
from scenery import build_github, build_jira
from trouble import TroubledSandbox

from okrsync.app import App, RunRequest
from okrsync.connector import Finding
from okrsync.model.backfill import BackfillReport
from okrsync.model.run import RunReport
from okrsync.practice.backfill import backfill
from okrsync.sandbox.tickets import github_tickets, jira_tickets

CONFIGS = {
    "github": '{type: github, url: "URL", repositories: [acme/shop], seconds_between_writes: 0}',
    "jira": '{type: jira, url: "URL", projects: [SHOP], board: 1, remote_link: true}',
    "jira-dc": '{type: jira, url: "URL", projects: [SHOP], board: 1, remote_link: true, numbers: [Minutes saved]}',
    "several": '{type: jira, url: "URL", projects: [SHOP, OPS], board: 1, remote_link: true}',
    "organisation": '{type: github, url: "URL", organization: acme, seconds_between_writes: 0, app_id: 7, '
    "private_key_file: key.pem, installation_id: 5}",
}
ENVIRON = {
    "github": {"GITHUB_TOKEN": "github-sandbox-token"},
    "jira": {"JIRA_EMAIL": "ana@acme.example", "JIRA_API_TOKEN": "jira-sandbox-token"},
    "jira-dc": {"JIRA_API_TOKEN": "jira-dc-token"},
}
SECRETS = ("github-sandbox-token", "jira-sandbox-token", "jira-dc-token", "ghs_sandbox", "BEGIN PRIVATE")

OKRS = """\
cycle: {{id: all, start: 2026-01-01, end: 2026-12-31}}
objectives:
  - id: checkout
    title: Buying is effortless
    key_results:
      - {{id: ship, title: "{title}", measure: {{type: completion}}, links: [{ship}]}}
      - {{id: bugs, title: Fewer bugs, measure: {{type: count, of: open, start: 5, target: 0}}, links: [{bugs}]}}
"""
LINKS = {
    "github": (
        "{connection: it, milestone: One page}, {connection: it, parent: 'acme/shop#5'}, "
        "{connection: it, parent: 'acme/shop#9'}",
        '{connection: it, query: "label:bug"}',
    ),
    "jira": ("{connection: it, epic: SHOP-1}", '{connection: it, query: "type = Bug AND priority = Highest"}'),
}
BY_HAND = "by-hand"
"""A label that a person puts on every ticket in the middle of a run that writes."""

_REVISIONS = count(1_000_000, 1_000)


@dataclass(frozen=True)
class Remains:
    """What a run leaves behind that must not depend on what went wrong before."""

    tickets: Mapping[str, object]
    labels: Mapping[str, object]
    readings: Mapping[str, object]


@dataclass
class Moment:
    """Everything that changes, as it stood: the trackers, the store's file, the time."""

    trackers: dict[str, dict[str, Any]]
    store: bytes
    now: datetime


@dataclass
class Scene:
    """A moment to begin at, what then is run, and how it ends when nothing goes wrong."""

    begin: Moment
    kind: str
    request: RunRequest
    renamed: bool = False
    config: str = ""
    undisturbed: Remains | None = None
    kept: Mapping[str, object] = field(default_factory=dict)
    usual: Sequence[Finding] = ()


@dataclass
class Stage:
    """One tracker's stage. ``folder`` holds the configuration files and the store."""

    tracker: str
    folder: Path
    sandbox: TroubledSandbox
    scenes: dict[str, Scene] = field(default_factory=dict)
    slept: list[float] = field(default_factory=list)
    skew: timedelta = timedelta(0)
    scene: Scene | None = None
    given: dict[str, set[str]] = field(default_factory=dict)
    _apps: dict[tuple[str, bool], App] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _furnish(self)
        build = build_github if self.tracker == "github" else build_jira
        build(self.state, self.sandbox.clock)

    @property
    def state(self) -> Any:
        return {"github": self.sandbox.github, "jira": self.sandbox.jira, "jira-dc": self.sandbox.jira_dc}[self.tracker]

    @property
    def store(self) -> Path:
        return self.folder / "okrsync.db"

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.store)

    def now(self) -> datetime:
        return self.sandbox.clock.now() + self.skew

    @contextmanager
    def app(self) -> Iterator[App]:
        """The scene's installation, with its files read once."""
        assert self.scene is not None
        key = (self.scene.config, self.scene.renamed)
        if key not in self._apps:
            self._apps[key] = self._read(*key)
        read = self._apps[key]
        with App(read.settings, read.okrs, read.plugins, self.now, self.slept.append) as app:
            yield app

    def _read(self, config: str, renamed: bool) -> App:
        family = "github" if self.tracker == "github" else "jira"
        ship, bugs = LINKS[family]
        title = "Ship the page of one piece" if renamed else "Ship the one page"
        name = f"{config}-{renamed}"
        (self.folder / f"{name}.okrs").write_text(OKRS.format(title=title, ship=ship, bugs=bugs))
        urls = {"github": self.sandbox.github_url, "jira": self.sandbox.jira_url, "jira-dc": self.sandbox.jira_dc_url}
        (self.folder / f"{name}.yaml").write_text(
            f"installation: acme\nokrs: ['{name}.okrs']\ndashboard_url: https://okr.acme.example\n"
            f"connections: {{it: {CONFIGS[config].replace('URL', urls[self.tracker])}}}\n"
        )
        environ = {} if config == "organisation" else ENVIRON[self.tracker]
        return App.open(self.folder / f"{name}.yaml", environ=environ, now=self.now, sleep=self.slept.append)

    def run(self, kind: str = "", **asked: Any) -> RunReport:
        """The scene's run, or another one."""
        assert self.scene is not None
        self.sandbox.log.clear()
        request = RunRequest(**asked) if kind else self.scene.request
        with self.app() as app:
            return getattr(app, kind or self.scene.kind)(request)

    def check(self) -> list[Finding]:
        self.sandbox.log.clear()
        with self.app() as app:
            return [finding for place, finding in app.check(offline=False) if place not in ("files", "last reading")]

    def backfill(self) -> BackfillReport:
        self.sandbox.log.clear()
        with self.app() as app:
            return backfill(app.house())

    def play(self) -> None:
        """The scene as it goes without trouble."""
        assert self.scene is not None
        act = {"check": self.check, "backfill": self.backfill}.get(self.scene.kind, self.run)
        act()

    def moment(self) -> Moment:
        state = self.state
        memo: dict[int, Any] = {id(state.lock): state.lock, id(state._clock): state._clock}
        return Moment({self.tracker: deepcopy(vars(state), memo)}, self.store.read_bytes(), self.sandbox.clock.now())

    def put_back(self, moment: Moment) -> None:
        state = self.state
        held = moment.trackers[self.tracker]
        memo: dict[int, Any] = {id(state.lock): state.lock, id(state._clock): state._clock}
        vars(state).update(deepcopy(held, memo))
        state.revision = next(_REVISIONS)
        self.sandbox.clock._now = moment.now
        self.forget()
        self.store.write_bytes(moment.store)
        self.slept.clear()
        self.skew = timedelta(0)

    def forget(self) -> None:
        """Lose the store."""
        for file in self.folder.glob("okrsync.db*"):
            file.unlink()

    def enter(self, name: str) -> Scene:
        """Begin a scene."""
        self.scene = self.scenes[name]
        self.put_back(self.scene.begin)
        return self.scene

    def remains(self) -> Remains:
        labels = {}
        if self.tracker == "github":
            homes = self.state.repositories.values()
            labels = {
                f"{home.full_name} {label.name}": label.description
                for home in homes
                for label in home.labels.values()
                if label.name.startswith("okr:")
            }
        return Remains({key: self._visible(one) for key, one in self.tickets().items()}, labels, self.ledger.readings())

    def tickets(self) -> dict[str, dict[str, Any]]:
        found = github_tickets(self.state) if self.tracker == "github" else jira_tickets(self.state)
        if self.tracker != "github":
            for key, one in found.items():
                one["links"] = sorted(str(link.global_id) for link in self.state.issue(key).links)
        return found

    def _visible(self, ticket: Mapping[str, Any]) -> object:
        comments = [one["body"] for one in ticket["comments"]]
        return sorted(set(ticket["labels"]) - {BY_HAND}), comments, ticket.get("links")


def _furnish(stage: Stage) -> None:
    """Limits that no test reaches, and a key for the App."""
    stage.sandbox.github.limits = {"core": 100_000_000, "search": 100_000_000}
    stage.sandbox.jira.quota = 100_000_000
    stage.folder.mkdir(parents=True, exist_ok=True)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (stage.folder / "key.pem").write_bytes(private)
