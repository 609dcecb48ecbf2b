"""Runs the worked examples of the documentation: files that a page shows, commands, and what they print.

A page marks them in comments, which a reader does not see: ``<!-- file: okrs/shop.yaml -->`` before the block that
is the file's content, and ``<!-- run -->`` before a block of ``$ okrsync …`` lines, each followed by what it prints.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from typer.testing import CliRunner, Result

from okrsync.cli import app
from okrsync.cli.session import Session

DOCS = Path(__file__).parents[2] / "docs"
_MARKED = re.compile(
    r"<!-- (?P<kind>file|run)(?:: (?P<name>\S+))? -->\n+```\w*\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE
)


@dataclass
class Page:
    """One page; its commands run in ``folder``, at ``now``, and with the environment given."""

    name: str
    folder: Path
    now: datetime
    environ: Mapping[str, str] = field(default_factory=lambda: {"GITHUB_TOKEN": "t", "COLUMNS": "100"})

    @property
    def text(self) -> str:
        return (DOCS / self.name).read_text("utf-8")

    def write_files(self) -> None:
        for found in _MARKED.finditer(self.text):
            if found["kind"] == "file":
                file = self.folder / found["name"]
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(found["body"], "utf-8")

    def runs(self) -> Iterator[tuple[str, str]]:
        """Each command of the page with what the page says that it prints."""
        for found in _MARKED.finditer(self.text):
            if found["kind"] == "run":
                for part in re.split(r"^\$ ", found["body"], flags=re.MULTILINE)[1:]:
                    command, _, printed = part.partition("\n")
                    yield command, printed

    def call(self, command: str) -> Result:
        program, *arguments = shlex.split(command, comments=True)
        assert program == "okrsync"
        session = Session(environ=self.environ, now=lambda: self.now)
        return CliRunner().invoke(app, arguments, obj=session)


def said(result: Result) -> str:
    """What a reader sees, without blanks at the ends of lines and empty lines at the end."""
    lines = (result.stdout + result.stderr).splitlines()
    return "\n".join(line.rstrip() for line in lines).rstrip()


def rows(text: str, heading: str) -> list[list[str]]:
    """The cells of the table with this heading."""
    table = text.partition(heading)[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
