"""Help that reads well and comes at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from typer.testing import Result

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
