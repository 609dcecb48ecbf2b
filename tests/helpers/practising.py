"""Two teams that practise OKRs: their files, a clock that tests move, and the command line. No tracker is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from typer.testing import CliRunner, Result

from okrsync.app import App
from okrsync.cli import app
from okrsync.cli.session import Session
from okrsync.model.checkin import CheckIn
from okrsync.model.sample import Sample
from okrsync.practice.checkins import Words, check_in
from okrsync.practice.desk import Desk

CONFIG = """\
okrs: [okrs/*.yaml]
store: sqlite:///okrsync.db
connections:
  github: {type: github, repositories: [acme/shop]}
"""
OKRS = """\
cycle: {id: 2026-Q4, start: 2026-10-01, end: 2026-12-31, timezone: Europe/Berlin}
roles: {coach: kim, champion: lea}
objectives:
  - id: checkout
    title: Buying is effortless
    owner: ana
    key_results:
      - id: checkout-1
        title: Ship the one-page checkout
        measure: {type: completion}
        links: [{connection: github, repository: acme/shop, labels: [checkout]}]
      - id: checkout-3
        title: Conversion from 2.1 % to 3 %
        measure: {type: manual, start: 2.1, target: 3, unit: "%"}
  - id: api
    title: Answers come at once
    owner: ben
    key_results:
      - id: api-1
        title: The on-call rota is in force
        measure: {type: boolean}
"""
BEGIN = datetime(2026, 10, 1, 8, tzinfo=UTC)
FRIDAY = datetime(2026, 10, 9, 8, tzinfo=UTC)
"""The first due day of the cycle, at ten by the clocks of Berlin."""


@dataclass
class Practice:
    """An installation in ``folder``; ``now`` is its time, and ``environ`` its variables."""

    folder: Path
    now: datetime = BEGIN
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        return self.folder / "okrsync.yaml"

    @property
    def okrs(self) -> Path:
        return self.folder / "okrs" / "shop.yaml"

    @property
    def key_results(self) -> tuple[str, ...]:
        with self.open() as opened:
            return tuple(opened.okrs.by_id())

    def configure(self, *lines: str) -> None:
        self.config.write_text(CONFIG + "\n".join(lines) + "\n")

    def rewrite(self, old: str, new: str) -> None:
        assert old in self.okrs.read_text()
        self.okrs.write_text(self.okrs.read_text().replace(old, new, 1))

    def open(self) -> App:
        return App.open(self.config, environ=self.environ, now=lambda: self.now)

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        with self.open() as opened:
            yield opened.desk()

    def know(self, at: datetime = BEGIN, progress: float | None = 0.25) -> None:
        """Every key result was measured at a time, as by a sync."""
        with self.desk() as desk, desk.store.transaction():
            for name in desk.okrs.by_id():
                desk.store.history.add_sample(Sample(name, at, progress, progress, rule="completion v1"))

    def say(self, key_result: str, at: datetime | None = None, *, who: str = "ana", **words: object) -> CheckIn:
        """A check-in now, or at a time."""
        with self.desk() as desk:
            then = Desk(desk.store, desk.okrs, desk.settings, at or self.now)
            return check_in(then, key_result, Words(**{"confidence": 6, **words}), who)  # type: ignore[arg-type]

    def call(self, *arguments: str, typed: str | None = None, width: int = 120) -> Result:
        environ = {**self.environ, "COLUMNS": str(width)}
        session = Session(config=self.config, environ=environ, now=lambda: self.now)
        return CliRunner(env={"COLUMNS": str(width)}).invoke(app, list(arguments), obj=session, input=typed)

    def later(self, **passed: int) -> None:
        self.now += timedelta(**passed)


def practise(folder: Path, *, okrs: str = OKRS) -> Practice:
    (folder / "okrs").mkdir(parents=True)
    made = Practice(folder)
    made.configure()
    made.okrs.write_text(okrs)
    return made
