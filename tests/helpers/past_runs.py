"""A store with a past, and the real command line on it: no stand-in and no network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import msgspec
from report_values import HOSTILE, NOW, SHOP_12, SHOP_13, report
from typer.testing import CliRunner, Result

from okrsync.cli import app
from okrsync.cli.session import Session
from okrsync.model.change import AddLabel, DefineLabel, Done, Receipt, RemoveLabel
from okrsync.model.run import Write
from okrsync.store import Store

CONFIG = """\
okrs: [okrs/*.yaml]
store: sqlite:///okrsync.db
connections:
  github: {type: github, repositories: [acme/shop]}
"""
OKRS = """\
cycle: {id: 2026-Q4, start: 2026-10-01, end: 2026-12-31}
objectives:
  - id: checkout
    title: Buying is effortless
    key_results:
      - id: checkout-1
        title: Ship it
        measure: {type: completion}
        links: [{connection: github, repository: acme/shop, milestone: A}]
"""


@dataclass
class Past:
    """An installation that can ``remember`` three runs: good in part, ended by an error, and killed while it wrote."""

    folder: Path

    @property
    def store(self) -> Path:
        return self.folder / "okrsync.db"

    def call(self, *arguments: str) -> Result:
        session = Session(
            config=self.folder / "okrsync.yaml", environ={"GITHUB_TOKEN": "a-secret-token"}, now=lambda: NOW
        )
        return CliRunner().invoke(app, list(arguments), obj=session)

    def remember(self) -> None:
        with Store(f"sqlite:///{self.store}") as store, store.transaction():
            journal = store.journal
            first = journal.begin_run("sync", NOW)
            changes = (DefineLabel("github", "1", "okr:checkout-1", "Ship it", "c5def5"), AddLabel(SHOP_12, "okr:a-1"))
            refused = RemoveLabel(SHOP_13, f"okr:{HOSTILE}")
            receipt = Receipt(Done.APPLIED)
            for change in changes:
                journal.end(journal.intend(first, change, NOW), NOW + timedelta(seconds=1), receipt=receipt)
            journal.end(journal.intend(first, refused, NOW), NOW + timedelta(seconds=2), error="it is locked")
            writes = (*(Write(change, receipt) for change in changes), Write(refused, error="it is locked"))
            told = report(id=first, writes=(*writes, Write(AddLabel(SHOP_13, "okr:later-1"))), exit_code=4)
            journal.end_run(msgspec.structs.replace(told, stages={"read": 2.0, "write": 1.2}))
            second = journal.begin_run("plan", NOW + timedelta(hours=1))
            journal.fail_run(second, NOW + timedelta(hours=1, seconds=1), 5, "The plan removes 40 of 50 labels.")
            third = journal.begin_run("sync", NOW + timedelta(days=1))
            journal.intend(third, AddLabel(SHOP_13, "okr:b-1"), NOW + timedelta(days=1))


def installed(folder: Path) -> Past:
    """An installation that has not run yet."""
    (folder / "okrs").mkdir(parents=True)
    (folder / "okrsync.yaml").write_text(CONFIG)
    (folder / "okrs" / "shop.yaml").write_text(OKRS)
    return Past(folder)
