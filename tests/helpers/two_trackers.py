"""A team with two trackers, and runs over both."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from fake_connector import FakeTracker
from okr_builders import NOON, item, placed
from sqlalchemy import select

from okrsync.connector import Meter, WriteBack
from okrsync.house import House, Line, RunRequest
from okrsync.marker import Namespace
from okrsync.model.okr import Okrs
from okrsync.model.run import ConnectionRun, RunReport
from okrsync.model.work import Item, Page, Scope
from okrsync.store import Store
from okrsync.store.tables import runs
from okrsync.sync import run

SHIP = placed({"project": "SHOP"})
SPEED = placed({"connection": "github", "repository": "acme/api"}, id="api-1")
LATER = timedelta(hours=1)


def github(id: str, **changed: Any) -> Item:
    return item(id, connection="github", scope="10", key=f"acme/api#{id}", comments=0, **changed)


class Team:
    """Two trackers with a ticket or two each, a store, and OKR files."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.jira = FakeTracker(scopes=(Scope("100", "SHOP"),))
        self.github = FakeTracker(scopes=(Scope("10", "acme/api"),))
        self.jira.pages = {"100": [Page(items=(item("1", comments=0), item("2", comments=0, done=True)))]}
        self.github.pages = {"10": [Page(items=(github("7"),))]}
        self.now = NOON
        self.house = House(
            store=store,
            okrs=Okrs(placed=(SHIP, SPEED)),
            lines={"jira": self.line("jira", self.jira), "github": self.line("github", self.github)},
            now=lambda: self.now,
        )

    def line(self, name: str, tracker: FakeTracker, **changed: Any) -> Line:
        plain = Line(name, tracker.connect, Meter(requests=3, writes=1), Namespace(), WriteBack(), reads=name)
        return replace(plain, **changed)

    def change(self, name: str, **changed: Any) -> None:
        lines = {**self.house.lines, name: replace(self.house.lines[name], **changed)}
        self.house = replace(self.house, lines=lines)

    def files(self, *key_results: Any) -> None:
        self.house = replace(self.house, okrs=Okrs(placed=key_results))

    def run(self, kind: str = "sync", **asked: Any) -> RunReport:
        return run(self.house, RunRequest(**asked), kind)

    def wrote(self) -> list[object]:
        return [*self.jira.of("apply"), *self.github.of("apply")]

    def value(self, key_result: str = "checkout-1") -> float | None:
        sample = self.store.history.sample(key_result)
        return sample.value if sample else None

    def outcome(self) -> tuple[int | None, bytes]:
        """The exit code and the kept report of the last run."""
        row = self.store._connection.execute(select(runs).order_by(runs.c.id.desc())).first()
        assert row is not None
        return row.exit_code, row.report


def by_name(report: RunReport) -> dict[str, ConnectionRun]:
    return {one.connection: one for one in report.connections}
