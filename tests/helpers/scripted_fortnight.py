"""Ten scripted days of the small team: work finished, reopened, added and cancelled, a check-in, a moved target."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from installation import ENVIRON, Installation, install
from small_team import CONFIG, OKRS, build_small_team, without_waiting_for_the_disk
from typer.testing import CliRunner, Result

from okrsync.cli import app
from okrsync.cli.session import Session
from okrsync.model.checkin import CheckIn
from okrsync.sandbox.server import Sandbox

MORE = """\
      - id: checkout-3
        title: Conversion from 2 % to 3 %
        measure: {type: manual, start: 2, target: 3, unit: "%"}
"""
BEGAN = datetime(2026, 10, 26, 9, tzinfo=UTC)
"""A Monday morning, when okrsync was installed. It runs every morning that something is done."""


@dataclass
class Fortnight:
    acme: Installation
    sandbox: Sandbox

    def call(self, *arguments: str, width: int = 100) -> Result:
        session = Session(
            config=self.acme.config, environ={**ENVIRON, "COLUMNS": str(width)}, now=self.sandbox.clock.now
        )
        return CliRunner(env={"COLUMNS": str(width)}).invoke(app, list(arguments), obj=session)

    def morning(self, days: int = 1) -> None:
        self.sandbox.clock.advance(timedelta(days=days))
        self.acme.run()

    def target(self, before: str, after: str) -> None:
        self.acme.okrs.write_text(self.acme.okrs.read_text().replace(before, after))

    def say(self, **said: Any) -> None:
        with self.acme.open() as opened, opened.store.transaction():
            opened.store.checkins.add(CheckIn("checkout-3", self.sandbox.clock.now(), "ana", **said))


@contextmanager
def fortnight(folder: Path) -> Iterator[Fortnight]:
    """2/6 done on the 26th, 2/7 on the 28th, 4/7 on the 29th, a target of 80 % from the 30th, 3/6, and 3/8."""
    with Sandbox(start=BEGAN) as sandbox, without_waiting_for_the_disk():
        build_small_team(sandbox)
        made = Fortnight(install(folder / "acme", sandbox, config=CONFIG, okrs=OKRS + MORE), sandbox)
        made.acme.run()
        _tell(made)
        yield made


def _tell(made: Fortnight) -> None:
    github, jira = made.sandbox.github, made.sandbox.jira
    made.morning()
    github.create("acme/shop", "Small screens", milestone="One page")
    made.morning()
    github.close("acme/shop", 2)
    jira.transition("SHOP-3", "Done", "Done")
    made.morning()
    made.say(value=2.4, note="the test helped", confidence=6)
    made.target("measure: {type: completion}", "measure: {type: completion, target: 0.8}")
    made.morning()
    jira.transition("SHOP-3", "To Do")
    jira.transition("SHOP-4", "Done", "Won't Do")
    made.morning()
    jira.create("SHOP", "Gift cards", epic="SHOP-1")
    jira.create("SHOP", "Receipts", epic="SHOP-1")
    made.morning(3)
