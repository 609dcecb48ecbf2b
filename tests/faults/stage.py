"""The stage of the matrix: tiny trackers, an installation beside them, and the scenes in which requests are met.

Whatever does not depend on a cell is made once for a process and put back for every cell: the trackers as they stood
before the scene, the store as a file, the time. So a cell costs its runs and nothing else.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import okrsync_github.client
import okrsync_github.observe
import okrsync_github.past
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from okrsync_jira import tickets as jira_comments
from okrsync_jira.flavour import Cloud, DataCenter
from sqlalchemy import create_engine, event
from sqlalchemy.pool import Pool
from trouble import TroubledSandbox

import okrsync.store.engine
from okrsync.app import App, RunRequest
from okrsync.connector import Finding
from okrsync.model.backfill import BackfillReport
from okrsync.model.hint import Hint
from okrsync.model.run import RunReport
from okrsync.practice.backfill import backfill
from okrsync.sandbox.tickets import github_tickets, jira_tickets
from okrsync.store import Store

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

_JOURNAL = frozenset({"budgets", "runs", "writes", "holder"})
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
        build = _build_github if self.tracker == "github" else _build_jira
        build(self)
        self._prepare()

    @property
    def state(self) -> Any:
        return {"github": self.sandbox.github, "jira": self.sandbox.jira, "jira-dc": self.sandbox.jira_dc}[self.tracker]

    @property
    def store(self) -> Path:
        return self.folder / "okrsync.db"

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
        return Remains({key: self._visible(one) for key, one in self.tickets().items()}, labels, self.readings())

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the store, read without okrsync."""
        with closing(sqlite3.connect(self.store)) as store:
            return store.execute(query).fetchall()

    def readings(self) -> dict[str, tuple[Any, ...]]:
        """The last reading of each key result."""
        columns = "key_result, value, numerator, denominator, scope, flags"
        return {row[0]: row[1:-1] for row in self.ask(f"SELECT {columns}, MAX(id) FROM samples GROUP BY key_result")}

    def cursors(self) -> dict[str, tuple[Any, ...]]:
        """How far each scope was read, by its id."""
        return {row[0]: row[1:] for row in self.ask("SELECT id, cursor, fingerprint, pulled_at FROM scopes")}

    def read_completely(self) -> bool:
        return self.ask("SELECT error FROM connections") == [("",)]

    def kept(self) -> Mapping[str, object]:
        """All that the store holds and a next run builds upon: everything but the journal of runs."""
        names = {row[0] for row in self.ask("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return {name: sorted(map(repr, self.ask(f"SELECT * FROM {name}"))) for name in names - _JOURNAL}

    def past(self) -> Mapping[str, object]:
        """What the store holds of the past: every moment, what was read, and the readings that were rebuilt."""
        moments = "connection, item, at, state, word, outcome, points, numbers, rebuilt"
        readings = "key_result, at, value, scope, done, flags, rule, rebuilt"
        return {
            "moments": sorted(self.ask(f"SELECT {moments} FROM transitions"), key=repr),
            "read": sorted(self.ask("SELECT * FROM backfilled")),
            "readings": sorted(self.ask(f"SELECT {readings} FROM samples"), key=repr),
        }

    def taken(self) -> list[tuple[Any, ...]]:
        """Readings that were taken and not rebuilt."""
        return self.ask("SELECT * FROM samples WHERE NOT rebuilt ORDER BY id")

    def tickets(self) -> dict[str, dict[str, Any]]:
        found = github_tickets(self.state) if self.tracker == "github" else jira_tickets(self.state)
        if self.tracker != "github":
            for key, one in found.items():
                one["links"] = sorted(str(link.global_id) for link in self.state.issue(key).links)
        return found

    def _visible(self, ticket: Mapping[str, Any]) -> object:
        comments = [one["body"] for one in ticket["comments"]]
        return sorted(set(ticket["labels"]) - {BY_HAND}), comments, ticket.get("links")

    def _prepare(self) -> None:
        """Play every scene once without trouble, and remember how it began and ended."""
        config = self.tracker
        Store(f"sqlite:///{self.store}").close()
        empty = self.store.read_bytes()
        self._play("first", Scene(self.moment(), "sync", RunRequest(), config=config))
        self._play("check", Scene(self.scenes["first"].begin, "check", RunRequest(), config=config))
        self.enter("first")
        self.run()
        self.sandbox.clock.advance(timedelta(hours=1))
        settled = self.moment()
        self._play("clean", Scene(settled, "clean", RunRequest(full=True), config=config))
        self._play("lost", Scene(Moment(settled.trackers, empty, settled.now), "sync", RunRequest(), config=config))
        self._play("backfill", Scene(settled, "backfill", RunRequest(), config=config))
        self._forget_some_histories()
        self._play("few", Scene(self.moment(), "backfill", RunRequest(), config=config))
        self.put_back(settled)
        touched = _touch_on_github(self) if self.tracker == "github" else _touch_on_jira(self)
        hints = {"it": [Hint(*row) for row in self.ask("SELECT scope, id, key FROM items") if row[2] in touched]}
        self.sandbox.clock.advance(timedelta(minutes=1))
        self._play("hinted", Scene(self.moment(), "sync", RunRequest(hints=hints), config=config))
        self.put_back(settled)
        work = _work_on_github if self.tracker == "github" else _work_on_jira
        work(self)
        self.sandbox.clock.advance(timedelta(minutes=30))
        second = Scene(self.moment(), "sync", RunRequest(census=True), renamed=True, config=config)
        self._play("second", second)
        begin = self.scenes["first"].begin
        if self.tracker == "jira":
            self._play("several", Scene(begin, "sync", RunRequest(), config="several"))
        if self.tracker == "github":
            self._play("organisation", Scene(begin, "sync", RunRequest(), config="organisation"))
            self._play("check-app", Scene(begin, "check", RunRequest(), config="organisation"))

    def _play(self, name: str, scene: Scene) -> None:
        self.scenes[name] = scene
        self.enter(name)
        if scene.kind == "check":
            scene.usual = self.check()
            assert not [one for one in scene.usual if one.level == "error"], scene.usual
            return
        if scene.kind == "backfill":
            assert self.backfill().exit_code == 0
            scene.kept = self.past()
            return
        report = self.run()
        assert report.exit_code == 0, (name, report.connections, [write for write in report.writes if write.error])
        scene.undisturbed, scene.kept = self.remains(), self.kept()
        self.sandbox.clock.advance(timedelta(minutes=5))
        assert self.run("plan" if scene.kind == "sync" else "plan_clean").plan.changes == (), name

    def _forget_some_histories(self) -> None:
        """So few that they are asked for one by one, where a tracker tells many at once."""
        with closing(sqlite3.connect(self.store)) as store, store:
            kept = "SELECT item FROM backfilled ORDER BY item LIMIT 5"
            store.execute(f"DELETE FROM backfilled WHERE item NOT IN ({kept})")


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


def _build_github(stage: Stage) -> None:
    """Ten issues: three in a milestone, three children of a fifth, one of a ninth, three bugs; and repositories to get
    lost in."""
    hub = stage.state
    hub.tells_parent = False
    hub.add_repository("acme/shop")
    hub.add_label("acme/shop", "docs")
    for title in ("One page", "Later", "Never"):
        hub.add_milestone("acme/shop", title)
    for title in ("Merge two forms", "Guest checkout", "Vouchers"):
        hub.create("acme/shop", title, milestone="One page", labels=["ux"])
    hub.create("acme/shop", "Slow search", labels=["bug"])
    parent = hub.create("acme/shop", "Payment")
    for title in ("Cards", "Wallets", "Transfers"):
        hub.create("acme/shop", title, parent=parent, labels=[] if title == "Transfers" else ["bug"])
    gifts = hub.create("acme/shop", "Gifts")
    hub.create("acme/shop", "Gift cards", parent=gifts)
    for text in ("When?", "Soon.", "Thanks."):
        hub.comment("acme/shop", 3, text)
    for number in range(1, 11):
        stage.sandbox.clock.advance(timedelta(minutes=1))
        hub.edit("acme/shop", number, body="Seen by a customer.")
    hub.label("acme/shop", 8, "docs")
    for number in (1, 7):
        hub.close("acme/shop", number)
    stage.sandbox.clock.advance(timedelta(hours=1))
    for name in ("acme/elsewhere", "acme/old"):
        hub.add_repository(name)


def _touch_on_github(stage: Stage) -> list[str]:
    """What is touched a moment ago, of which a webhook tells: an issue, and one that has children."""
    stage.state.close("acme/shop", 2)
    stage.state.edit("acme/shop", 5, body="Seen again.")
    return ["acme/shop#2", "acme/shop#5"]


def _work_on_github(stage: Stage) -> None:
    hub = stage.state
    hub.close("acme/shop", 2)
    hub.set_milestone("acme/shop", 3, None)
    hub.unlabel("acme/shop", 4, "bug")
    hub.delete("acme/shop", 8)


def _build_jira(stage: Stage) -> None:
    """An epic with three stories, and three urgent bugs; a second project to move to."""
    jira = stage.state
    jira.expands_properties = jira.flavour == "cloud"
    jira.shown_changes = 1
    jira.comments_page = 2
    jira.add_number_field("Minutes saved")
    jira.add_project("SHOP", "Shop")
    jira.add_project("OPS", "Operations")
    epic = jira.create("SHOP", "Payment in one step", type="Epic")
    for title in ("Saved card", "Bank transfer", "Wallet"):
        stage.sandbox.clock.advance(timedelta(minutes=1))
        jira.create("SHOP", title, epic=epic.key, labels=["payment"])
    for title in ("The basket is empty", "The basket is full", "The total is wrong"):
        stage.sandbox.clock.advance(timedelta(minutes=1))
        jira.create("SHOP", title, type="Bug", priority="Highest")
    for text in ("When?", "Soon.", "Thanks."):
        jira.add_comment("SHOP-3", text)
    jira.transition("SHOP-2", "In Progress")
    for key in ("SHOP-2", "SHOP-6"):
        jira.transition(key, "Done", "Done")
    stage.sandbox.clock.advance(timedelta(hours=1))


def _touch_on_jira(stage: Stage) -> list[str]:
    stage.state.transition("SHOP-3", "Done", "Done")
    return ["SHOP-3", "SHOP-4"]


def _work_on_jira(stage: Stage) -> None:
    jira = stage.state
    jira.transition("SHOP-3", "Done", "Done")
    jira.edit("SHOP-5", priority="Low")
    jira.delete("SHOP-7")


_STATEMENTS: dict[Any, Any] = {}
_DIALECTS: list[Any] = []
"""Statements are compiled once for all stages, which share a dialect for it."""


@contextmanager
def small_pages() -> Iterator[None]:
    """Pages of two, so that tiny lists have next ones; and no waiting for the disk."""

    def hasty(raw: Any, *_: Any) -> None:
        raw.execute("PRAGMA synchronous=OFF")

    def engine(url: str, **given: Any) -> Any:
        made = create_engine(url, execution_options={"compiled_cache": _STATEMENTS}, **given)
        _DIALECTS.append(made.dialect)
        made.dialect = _DIALECTS[0]
        return made

    event.listen(Pool, "checkout", hasty)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(okrsync.store.engine, "create_engine", engine)
        patch.setattr(okrsync_github.client, "PER_PAGE", 2)
        patch.setattr(okrsync_github.observe, "BULK_FROM", 2)
        patch.setattr(okrsync_github.past, "BULK_FROM", 2)
        patch.setattr(okrsync_github.past, "DEEPEST", 5)
        patch.setattr(Cloud, "_lines", 1)
        patch.setattr(jira_comments, "_COMMENTS", 2)
        for flavour in (Cloud, DataCenter):
            patch.setattr(flavour, "_page", 2)
            patch.setattr(flavour, "_ids", 2)
        patch.setattr(Cloud, "_changelogs", 2)
        patch.setattr(DataCenter, "_bulk", 2)
        yield
    event.remove(Pool, "checkout", hasty)
