"""What GitHub Actions wants to hear: annotations and a step summary.

Escape rules and the size of a summary are those of GitHub's documentation of workflow commands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from okrsync.errors import ConfigError, OkrsyncError
from okrsync.model.run import RunReport
from okrsync.report.safe import plain
from okrsync.words import plural

SUMMARY_BYTES = 1024 * 1024
ANNOTATIONS = 10
"""About so many annotations of a kind are shown for a step."""


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def annotation(message: str, *, title: str = "", file: str = "", line: int | None = None, level: str = "error") -> str:
    """One command that annotates; ``level`` is error, warning or notice."""
    values = {"file": file, "line": str(line) if line else "", "title": title}
    given = ",".join(f"{name}={_property(plain(value))}" for name, value in values.items() if value)
    return f"::{level} {given}::{_data(plain(message))}" if given else f"::{level}::{_data(plain(message))}"


def of_error(error: OkrsyncError, named: Callable[[str], str] = str) -> Iterator[str]:
    """Annotations of an error, beside the lines of the files where they are known. Files are called as ``named``."""
    if isinstance(error, ConfigError) and error.problems:
        for problem in error.problems[:ANNOTATIONS]:
            message = f"{problem.path}: {problem.message}" if problem.path else problem.message
            yield annotation(message, title="okrsync", file=named(problem.file), line=problem.line)
    else:
        yield annotation(f"{error.message} {error.hint}".strip(), title="okrsync")


def of_run(report: RunReport) -> Iterator[str]:
    """Annotations of what went wrong in a run."""
    failed = sum(bool(write.error) for write in report.writes)
    for connection in report.connections:
        if connection.error:
            yield annotation(f"{connection.error} {connection.hint}".strip(), title=f"okrsync: {connection.connection}")
    for item in report.dangling[:ANNOTATIONS]:
        yield annotation(f"{item.key} says OKR: {item.names}, {item.reason} {item.url}", title="okrsync: OKR line")
    if failed:
        yield annotation(f"{plural(failed, 'change')} failed; the log names them", title="okrsync: writing")


def append_summary(path: Path, text: str) -> None:
    """Add to the step summary, cut to what is still accepted."""
    used = path.stat().st_size if path.exists() else 0
    room = max(0, SUMMARY_BYTES - used - 1)
    with path.open("ab") as summary:
        summary.write(text.encode("utf-8", "replace")[:room].decode("utf-8", "ignore").encode() + b"\n")
