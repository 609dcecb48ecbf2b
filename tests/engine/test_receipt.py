"""What a run tells programs: `sync --json` and the log, whole and on the right stream."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from installation import Installation
from jsonschema import Draft202012Validator
from typer.testing import CliRunner, Result

from okrsync.cli import app
from okrsync.cli.session import Session

SCHEMA = json.loads((Path(__file__).parents[2] / "config" / "run.schema.json").read_text("utf-8"))


def call(acme: Installation, *arguments: str) -> Result:
    session = Session(config=acme.config, environ=acme.environ, now=acme.sandbox.clock.now, sleep=acme.slept.append)
    return CliRunner().invoke(app, list(arguments), obj=session)


def test_the_receipt_of_a_sync_is_complete_and_fits_its_schema(acme: Installation) -> None:
    told = json.loads(call(acme, "sync", "--json").stdout)
    Draft202012Validator.check_schema(SCHEMA)
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(told)] == []
    assert set(told["stages"]) == {"read", "measure", "plan", "write"}
    assert len(told["writes"]) == len(told["plan"]["changes"]) > 0
    assert all(write["receipt"]["done"] == "applied" for write in told["writes"])
    audited = [json.loads(line) for line in call(acme, "audit", "--jsonl").stdout.splitlines()]
    assert [one["change"] for one in audited] == [write["change"] for write in told["writes"]]


def test_a_failing_connection_is_in_the_receipt_with_its_hint(acme: Installation) -> None:
    acme.environ["JIRA_API_TOKEN"] = "wrong"
    result = call(acme, "sync", "--json")
    assert result.exit_code == 4
    jira = next(one for one in json.loads(result.stdout)["connections"] if one["connection"] == "jira")
    assert jira["error"]
    assert jira["hint"]
    (row,) = json.loads(call(acme, "runs", "--json").stdout)
    assert row["exit_code"] == 4
    assert jira["error"] in row["errors"]


@pytest.mark.parametrize("level", ["info", "debug"])
def test_the_log_goes_to_stderr_and_tells_the_run(acme: Installation, level: str) -> None:
    result = call(acme, "--log", "json", "sync", "--log-level", level, "--json")
    assert json.loads(result.stdout)["id"] == 1
    lines = [json.loads(line) for line in result.stderr.splitlines() if line.startswith("{")]
    assert lines[-1]["event"] == "run finished"
    assert {line["run"] for line in lines} == {1}
    assert (len(lines) == 1) == (level == "info")
    if level == "debug":
        made = [line for line in lines if line["event"] == "change made"]
        assert len(made) == lines[-1]["written"] == lines[-1]["planned"]
        assert {line["scope"] for line in lines if line["event"] == "scope read"} == {"acme/shop", "acme/api", "SHOP"}


def test_a_run_that_fails_is_in_the_log_too(acme: Installation) -> None:
    call(acme, "sync")
    acme.okrs.write_text(acme.okrs.read_text().partition("    key_results:")[0])
    result = call(acme, "sync", "--log", "json")
    assert result.exit_code == 5
    (failed,) = [json.loads(line) for line in result.stderr.splitlines() if line.startswith("{")]
    assert failed["event"] == "run failed"
    assert failed["exit_code"] == 5
    assert "--force" in failed["hint"]


def test_without_being_asked_nothing_is_logged(acme: Installation) -> None:
    assert "run finished" not in call(acme, "sync").stderr
