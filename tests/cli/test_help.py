"""Help that reads well and comes at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from typer.testing import Result

from okrsync.cli.entry import OFFER

Call = Callable[..., Result]
COMMANDS = (
    "demo",
    "init",
    "check",
    "plan",
    "sync",
    "daemon",
    "clean",
    "import",
    "export",
    "coach",
    "status",
    "explain",
    "checkin",
    "digest",
    "runs",
    "audit",
)
WHERE_VALUES_ARE = [name for name in OFFER if name not in ("cycle", "store")] + [
    "cycle close",
    "cycle carry-over",
    "cycle report",
    "store backup",
    "store restore",
]
HEAVY = ("sqlalchemy", "alembic", "requests", "jira", "github", "pydantic", "jinja2", "structlog", "starlette", "yaml")


def test_the_help_groups_all_commands_and_names_the_exit_codes(okrsync: Call) -> None:
    shown = okrsync("--help").stdout
    for word in (*COMMANDS, "store", "Begin", "Work", "Read", "Exit codes", "Examples"):
        assert word in shown


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself_with_an_example(okrsync: Call, command: str) -> None:
    shown = okrsync(command, "--help").stdout
    assert f"$ okrsync {command}" in shown
    assert "--config" in shown


@pytest.mark.parametrize("command", WHERE_VALUES_ARE)
def test_values_are_called_by_words_and_not_by_types_of_a_language(okrsync: Call, command: str) -> None:
    shown = okrsync(*command.split(), "--help").stdout
    for word in ("<str>", "<int", "<float>", "<path>", "<file>", "<list[", "%Y", "{key_result}", "[["):
        assert word not in shown


@pytest.mark.parametrize("command", WHERE_VALUES_ARE)
def test_what_a_command_needs_stands_in_its_usage_without_braces(okrsync: Call, command: str) -> None:
    usage = okrsync(*command.split(), "--help").stdout.split("Usage: ")[1].splitlines()[0]
    assert "{" not in usage


def test_paragraphs_fill_the_width_there_is(okrsync: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    shown = okrsync("figures", "--help").stdout
    assert "No figure is about one person, and they are never merged into one." in shown


def test_a_mistyped_command_is_answered_with_the_nearest(okrsync: Call) -> None:
    result = okrsync("plna")
    assert result.exit_code == 2
    assert "plan" in result.stderr


def test_the_version_is_told(okrsync: Call) -> None:
    from okrsync import __version__

    assert okrsync("--version").stdout == f"okrsync {__version__}\n"


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, okrsync.cli; print([name for name in sys.argv[1:] if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code, *HEAVY], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
