"""A stand-in for the engine behind the command line, and a way to call commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import pytest
from past_runs import Past, installed
from report_values import NOW, explanation, objective, quiet_report
from typer.testing import CliRunner, Result

from okrsync.cli import app
from okrsync.cli.session import Session
from okrsync.connector import Finding, Level


@dataclass
class FakeApp:
    """Answers with what a test put in; remembers what it was asked for. An exception as an answer is raised."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, Any]] = field(default_factory=list)
    opened: dict[str, Any] = field(default_factory=dict)
    settings: Any = field(default_factory=lambda: SimpleNamespace(connections={"github": None, "jira": None}))

    def open(self, config: Path, **given: Any) -> Self:
        self.opened = {"config": config, **given}
        self._answer("open", None, None)
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.asked.append(("close", None))

    def check(self, *, offline: bool) -> Iterator[tuple[str, Finding]]:
        good = ("files", Finding(Level.OK, "OKR files", "2 objectives"))
        yield from self._answer("check", offline, [good])

    def plan(self, request: Any) -> Any:
        return self._answer("plan", request, quiet_report(kind="plan"))

    def sync(self, request: Any) -> Any:
        return self._answer("sync", request, quiet_report())

    def plan_clean(self, request: Any) -> Any:
        return self._answer("plan_clean", request, quiet_report(kind="plan clean"))

    def clean(self, request: Any) -> Any:
        return self._answer("clean", request, quiet_report(kind="clean"))

    def status(self, *, forecasts: bool = False) -> Any:
        return self._answer("status", None, (objective(),))

    def explain(self, key_result: str, at: datetime | None = None) -> Any:
        return self._answer("explain", key_result, explanation())

    def _answer(self, name: str, given: Any, default: Any) -> Any:
        self.asked.append((name, given))
        answer = self.answers.get(name, default)
        if isinstance(answer, BaseException):
            raise answer
        return answer


@pytest.fixture
def engine() -> FakeApp:
    return FakeApp()


@pytest.fixture
def environ() -> dict[str, str]:
    """The environment that commands see; a test may add to it before it calls them."""
    return {}


@pytest.fixture
def okrsync(engine: FakeApp, environ: dict[str, str]) -> Callable[..., Result]:
    """Call the command line with the stand-in, as in ``okrsync("plan", "--check")``."""

    def call(*arguments: str, typed: str | None = None) -> Result:
        session = Session(environ=environ, now=lambda: NOW, open_app=engine.open)
        return CliRunner().invoke(app, list(arguments), obj=session, input=typed)

    return call


@pytest.fixture
def past(tmp_path: Path) -> Past:
    return installed(tmp_path / "acme")
