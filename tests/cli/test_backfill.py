"""`okrsync backfill`: first what it takes, then what it brought."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from installation import Installation, install
from typer.testing import CliRunner, Result

from okrsync.cli import app
from okrsync.cli.session import Session
from okrsync.sandbox.server import Sandbox
from okrsync.sandbox.world import build_world

Call = Callable[..., Result]


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with Sandbox() as sandbox:
        build_world(sandbox, weeks=3)
        yield install(tmp_path_factory.mktemp("cli") / "acme", sandbox)


@pytest.fixture
def acme(worked: Installation) -> Iterator[Installation]:
    worked.forget()
    worked.run(write_back=False)
    worked.sandbox.log.clear()
    yield worked
    worked.sandbox.faults.clear()


@pytest.fixture
def call(acme: Installation) -> Call:
    def run(*arguments: str) -> Result:
        session = Session(acme.config, environ=acme.environ, now=acme.sandbox.clock.now, sleep=acme.slept.append)
        return CliRunner().invoke(app, ["backfill", *arguments], obj=session)

    return run


def test_a_dry_run_says_what_it_takes_and_asks_nothing(call: Call, acme: Installation) -> None:
    result = call("--dry-run")
    assert result.exit_code == 0
    github, jira = (line.split() for line in result.stdout.splitlines()[1:3])
    assert (github[0], jira[0]) == ("github", "jira")
    total = int(github[1]) + int(jira[1])
    assert f"Reading the histories of {total} items takes up to about" in result.stdout
    assert "Nothing was asked yet." in result.stdout
    assert not list(acme.sandbox.log)


def test_it_says_what_it_takes_before_and_what_it_brought_after(call: Call) -> None:
    result = call()
    assert result.exit_code == 0
    assert "takes up to about" in result.stderr
    assert "reading what was, github" in result.stderr
    assert "Days before the first reading" in result.stdout
    row = next(line for line in result.stdout.splitlines() if line.startswith("checkout-1"))
    assert "2026-10-01  2026-10-25" in row
    assert "checkout-3: people give its value at check-ins" in result.stdout
    assert "Rebuilt after" in result.stdout


def test_a_second_time_there_is_nothing_new(call: Call, acme: Installation) -> None:
    call()
    acme.sandbox.log.clear()
    result = call()
    assert "known already" in result.stderr
    assert "Nothing new" in result.stdout
    assert not list(acme.sandbox.log)


def test_a_tracker_that_fails_makes_it_partial_and_says_what_to_do(call: Call, acme: Installation) -> None:
    acme.sandbox.faults.add(path="/jira/.*/status", kind="status", status=403, times=None)
    result = call()
    assert result.exit_code == 4
    assert "failed" in result.stdout
    assert "checkout-1: " in result.stdout
    assert "still to be read" in result.stdout
    assert "Partial; the next backfill goes on from here." in result.stdout
    acme.sandbox.faults.clear()
    assert call("jira").exit_code == 0


def test_programs_get_the_estimate_and_the_report(call: Call) -> None:
    told = json.loads(call("jira", "--dry-run", "--json").stdout)
    (jira,) = told["connections"]
    assert (jira["connection"], jira["requests"]) == ("jira", 2)
    report = json.loads(call("jira", "--json").stdout)
    assert report["connections"][0]["told"] == jira["items"]
    rebuilt = {one["key_result"]: one for one in report["key_results"]}
    assert (rebuilt["checkout-2"]["first"], rebuilt["checkout-2"]["changed"]) == ("2026-10-01", True)
    assert report["exit_code"] == 0


def test_a_mistyped_connection_is_answered_with_the_nearest(call: Call) -> None:
    result = call("jria")
    assert result.exit_code == 2
    assert "Did you mean jira?" in result.stderr


def test_before_the_first_sync_it_says_to_run_one(call: Call, acme: Installation) -> None:
    acme.forget()
    result = call()
    assert result.exit_code == 2
    assert "Run okrsync sync first." in result.stderr


def test_credentials_that_are_missing_are_named_before_anything_is_read(
    call: Call, acme: Installation, tmp_path: Path
) -> None:
    acme.environ.pop("GITHUB_TOKEN")
    try:
        result = call("--dry-run")
    finally:
        acme.environ["GITHUB_TOKEN"] = "github-sandbox-token"
    assert result.exit_code == 4
    assert "GITHUB_TOKEN" in result.stdout


def test_the_help_has_an_example(call: Call) -> None:
    assert "$ okrsync backfill --dry-run" in call("--help").stdout
