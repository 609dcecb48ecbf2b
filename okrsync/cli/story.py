"""The story that ``okrsync demo`` tells: every command is printed and then run, just as it is printed.

It runs where the demo's files are, on the sandbox's clock. The sandbox counts every request it gets, and a step that
does not end as it should ends the demo with an error.
"""

from __future__ import annotations

import shlex
import threading
from collections.abc import Callable
from contextlib import chdir
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from okrsync.cli.demo import SECRETS
from okrsync.cli.session import DEFAULT_CONFIG, Session
from okrsync.errors import OkrsyncError
from okrsync.interrupt import INTERRUPTED, TERMINATED, Terminated

if TYPE_CHECKING:
    from okrsync.sandbox.server import Sandbox

BEFORE = 8
"""Weeks that the teams worked before okrsync came."""

WEEKS = timedelta(weeks=12)


@dataclass
class Story:
    """``speaker`` is the session of whoever started the demo; the story's own runs on the sandbox's clock."""

    speaker: Session
    sandbox: Sandbox
    folder: Path

    def __post_init__(self) -> None:
        self.session = Session(
            config=self.folder / "okrsync.yaml",
            verbose=self.speaker.verbose,
            environ=SECRETS | {name: value for name, value in self.speaker.environ.items() if name == "COLUMNS"},
            now=self.sandbox.clock.now,
            sleep=self.skip,
            interrupted="",
            open_app=self.speaker.open_app,
        )
        self._chapters = 0

    def skip(self, seconds: float) -> None:
        """Waiting, as for the pace that GitHub asks of writers, passes on the sandbox's clock alone."""
        self.sandbox.clock.advance(timedelta(seconds=seconds))

    def tell(self) -> None:
        from okrsync.cli import chapters

        with chdir(self.folder):
            for act in chapters.ACTS:
                act(self)

    def chapter(self, title: str) -> None:
        from rich.rule import Rule
        from rich.text import Text

        self._chapters += 1
        self.session.out.print()
        self.session.out.print(Rule(Text(f"{self._chapters}  {title}", "bold cyan"), align="left", style="cyan"))

    def okrsync(self, command: str, *, answers: str = "") -> None:
        """Print a command as a user would type it, and run it. ``answers`` is a file that it reads its answers from."""
        self.typed(f"okrsync {command}{f' < {answers}' if answers else ''}")
        prompt = spoken(Path(answers)) if answers else self.session.prompt
        self.expect(self.run(command, replace(self.session, config=DEFAULT_CONFIG, prompt=prompt)))

    def run(self, command: str, session: Session) -> int:
        """The exit code of a command, called as from the shell in the demo's folder."""
        from okrsync.cli.entry import app

        try:
            return int(app(shlex.split(command), obj=session, prog_name="okrsync", standalone_mode=False) or 0)
        except typer.Abort:  # what click makes of Ctrl-C before the command is at work
            return INTERRUPTED

    def typed(self, line: str) -> None:
        from rich.text import Text

        self.session.out.print(Text.assemble(("$ ", "dim"), (line, "bold")), soft_wrap=True)
        self.session.out.print()

    def expect(self, code: int) -> None:
        """A demo that does not work says so with its exit code; Ctrl-C in one of its commands ends all of it."""
        if code in (INTERRUPTED, TERMINATED):
            raise Terminated if code == TERMINATED else KeyboardInterrupt
        if code:
            raise OkrsyncError(
                f"This step ended with exit code {code}, and 0 was expected.", hint=f"The files are in {self.folder}."
            )

    def wait(self) -> None:
        """Until Ctrl-C."""
        threading.Event().wait()


def spoken(file: Path) -> Callable[..., str]:
    """A prompt that takes the lines of a file for answers, and shows them as a terminal would."""
    lines = iter(file.read_text("utf-8").splitlines())

    def prompt(text: str, **_: object) -> str:
        answer = next(lines)
        typer.echo(f"{text}: {answer}", err=True)
        return answer

    return prompt
