"""What every command is given: where the configuration is, how to talk, and how to open the engine.

The demo makes its own sessions, with the sandbox's clock and environment, and calls the same commands.
"""

from __future__ import annotations

import gc
import getpass
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import typer

from okrsync.clock import utc_now
from okrsync.errors import ConfigError
from okrsync.near import did_you_mean
from okrsync.redact import mask, masking

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from okrsync.app import App
    from okrsync.events import Log

DEFAULT_CONFIG = Path("okrsync.yaml")
PIPE_WIDTH = 120


def _open_app(config: Path, **given: Any) -> App:
    if not config.exists():
        raise ConfigError(f"There is no {config}.", hint="okrsync init writes one; --config names another.")
    from okrsync.app import App

    return App.open(config, **given)


class LogForm(StrEnum):
    TEXT = "text"
    JSON = "json"


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass
class Session:
    """One invocation. ``open_app`` takes what ``App.open`` takes, ``prompt`` what ``typer.prompt`` takes."""

    config: Path = DEFAULT_CONFIG
    log: LogForm | None = None
    log_level: LogLevel | None = None
    verbose: bool = False
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    now: Callable[[], datetime] = utc_now
    sleep: Callable[[float], None] = time.sleep
    open_app: Callable[..., App] = _open_app
    interrupted: str = "interrupted; what was done is kept, and the next run looks at what was in hand and goes on"
    prompt: Callable[..., str] = field(default_factory=lambda: typer.prompt)

    @cached_property
    def out(self) -> Console:
        """For data."""
        return _console(self.environ, stderr=False)

    @cached_property
    def err(self) -> Console:
        """For talk."""
        return _console(self.environ, stderr=True)

    @cached_property
    def logger(self) -> Log:
        """What happens, line by line on stderr; silent unless somebody asked for it."""
        from okrsync.events import Silence, logger

        if self.log is None and self.log_level is None:
            return Silence()
        return cast("Log", logger(log_json=self.logs_json, level=(self.log_level or LogLevel.INFO).value))

    @property
    def logs_json(self) -> bool:
        """Whether a program reads stderr, where each line then is an event."""
        return self.log == LogForm.JSON

    def open(self) -> App:
        """The engine on this configuration. Raises ConfigError; touches no network."""
        return self._open()

    def open_records(self) -> App:
        """The engine for what concerns the store alone, and works while the OKR files are broken."""
        return self._open(okr_files=False)

    def _open(self, **more: Any) -> App:
        from okrsync.cli.progress import progress_on
        from okrsync.progress import NoProgress

        given = {"environ": self.environ, "now": self.now, "sleep": self.sleep, "log": self.logger}
        progress = NoProgress() if self.logs_json else progress_on(self.err)
        app = self.open_app(self.config, **given, progress=progress, **more)
        gc.freeze()  # what is loaded by now stays until the end: no collection need look at it again
        return app

    def show(self, report: RenderableType) -> None:
        """Print a report; lines are wrapped on a terminal only, so that a pipe can be searched."""
        from rich.console import Group

        report = Group(report)  # a bare text would lose its own wrapping
        self.out.print(report, soft_wrap=not self.out.is_terminal, crop=False)

    def emit(self, data: str) -> None:
        """Print data for programs, exactly as it is."""
        self.out.file.write(data if data.endswith("\n") else f"{data}\n")

    def say(self, text: str, style: str = "") -> None:
        """Talk to the person on stderr, unless a program reads there; ``text`` is not markup."""
        if not self.logs_json:
            self.err.print(text, style=style or None, soft_wrap=True)

    @property
    def in_actions(self) -> bool:
        return self.environ.get("GITHUB_ACTIONS") == "true"

    def in_repository(self, file: str) -> str:
        """A file as annotations name it: from the checkout's root, in whichever of its folders the step runs."""
        root, whole = self.environ.get("GITHUB_WORKSPACE"), Path(file).resolve()
        if not (file and root and whole.is_relative_to(Path(root).resolve())):
            return file
        return whole.relative_to(Path(root).resolve()).as_posix()

    def annotate(self, annotations: Iterable[str]) -> None:
        """Inside GitHub Actions, put these beside the lines of the pull request."""
        if self.in_actions:
            self.err.file.writelines(f"{annotation}\n" for annotation in annotations)

    def summarise(self, text: str) -> None:
        """Where GitHub Actions wants a step summary, add to it."""
        from okrsync.report.actions import append_summary

        if path := self.environ.get("GITHUB_STEP_SUMMARY"):
            append_summary(Path(path), mask(text))


def session_of(context: typer.Context) -> Session:
    return cast(Session, context.obj)


def login() -> str:
    """Who sits at this machine, as the system knows them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"


def refuse_unknown(connections: Iterable[str], app: App) -> None:
    """A mistyped connection must not look like one that has nothing to do. Raises ConfigError."""
    known = list(app.settings.connections)
    for name in connections:
        if name not in known:
            hint = did_you_mean(name, known, f"There are {', '.join(known)}.")
            raise ConfigError(f"There is no connection {name!r}.", hint=hint)


def _console(environ: Mapping[str, str], *, stderr: bool) -> Console:
    from rich.console import Console

    stream = masking(sys.stderr if stderr else sys.stdout)
    made = Console(file=stream, stderr=stderr, highlight=False, markup=False, emoji=False)
    if not made.is_terminal and "COLUMNS" not in environ:
        made.width = PIPE_WIDTH
    return made
