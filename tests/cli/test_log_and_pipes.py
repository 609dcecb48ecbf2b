"""What programs read: stderr that is nothing but JSON lines, and stdout that somebody may stop reading."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from past_runs import Past
from typer.testing import Result

from okrsync.errors import StoreError
from okrsync.progress import NoProgress

Call = Callable[..., Result]


def events(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stderr.splitlines()]


@pytest.mark.parametrize("verbose", [False, True])
def test_a_json_log_tells_a_failure_as_an_event_and_nothing_else(okrsync: Call, engine: Any, verbose: bool) -> None:
    engine.answers["sync"] = StoreError("The store is gone.", hint="Look for it.")
    result = okrsync("--log", "json", *(["--verbose"] if verbose else []), "sync")
    (failed,) = events(result)
    wanted = {"event": "run failed", "exit_code": 1, "error": "The store is gone.", "hint": "Look for it."}
    assert failed | wanted == failed
    assert ("exception" in failed) is verbose
    assert isinstance(engine.opened["progress"], NoProgress)


def test_a_json_log_lists_what_is_wrong_in_the_files(past: Past) -> None:
    (past.folder / "okrs" / "shop.yaml").write_text("cycle: 7\n")
    (failed,) = events(past.call("--log", "json", "status"))
    assert "cycle" in str(failed["problems"])


def test_a_json_log_tells_ctrl_c_as_an_event(okrsync: Call, engine: Any) -> None:
    engine.answers["sync"] = KeyboardInterrupt()
    (ended,) = events(okrsync("--log", "json", "sync"))
    assert (ended["event"], ended["exit_code"]) == ("run interrupted", 130)


def test_talk_is_left_out_of_a_json_log(past: Past, tmp_path: Path) -> None:
    past.remember()
    assert past.call("--log", "json", "store", "backup", str(tmp_path / "copy.db")).stderr == ""


@pytest.mark.parametrize(
    "arguments", [("audit", "--jsonl"), ("audit",), ("runs",), ("runs", "--json")], ids=lambda given: " ".join(given)
)
def test_who_stops_reading_hears_no_complaint(past: Past, arguments: tuple[str, ...]) -> None:
    past.remember()
    command = subprocess.Popen(
        [sys.executable, "-m", "okrsync", *arguments],
        cwd=past.folder,
        env={"GITHUB_TOKEN": "a-secret-token"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert command.stdout
    assert command.stderr
    command.stdout.close()
    with command.stderr as told:
        assert told.read() == ""
    assert command.wait() == 1


def ended(folder: Path, *arguments: str, redirected: str = "") -> subprocess.CompletedProcess[str]:
    """How a real process ends that a shell starts with its output somewhere else."""
    command = f'exec "$0" -m okrsync "$@" {redirected}'
    environ = {"GITHUB_TOKEN": "a-secret-token"}
    return subprocess.run(
        ["/bin/sh", "-c", command, sys.executable, *arguments], cwd=folder, env=environ, capture_output=True, text=True
    )


FULL = "error: The output cannot be used: No space left on device.\n→ --verbose shows where it happened.\n"


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("sync", "--help"), ("--version",), ("cycle", "close", "--help"), ("runs",), ("runs", "--json")],
    ids=lambda given: " ".join(given),
)
def test_an_output_that_is_full_is_told_in_two_lines(past: Past, arguments: tuple[str, ...]) -> None:
    past.remember()
    told = ended(past.folder, *arguments, redirected=">/dev/full")
    assert (told.returncode, told.stderr) == (1, FULL)


@pytest.mark.parametrize("redirected", ["2>/dev/full", "2>&-"])
@pytest.mark.parametrize(("arguments", "code"), [(("nonsense",), 2), (("why", "nobody"), 2), (("runs",), 0)])
def test_who_cannot_be_talked_to_gets_the_same_exit_code(
    past: Past, arguments: tuple[str, ...], code: int, redirected: str
) -> None:
    past.remember()
    assert ended(past.folder, *arguments, redirected=redirected).returncode == code


@pytest.mark.parametrize("arguments", [("--help",), ("runs",), ("runs", "--json")], ids=lambda given: " ".join(given))
def test_a_closed_output_is_no_failure(past: Past, arguments: tuple[str, ...]) -> None:
    past.remember()
    told = ended(past.folder, *arguments, redirected=">&-")
    assert (told.returncode, told.stderr) == (0, "")
