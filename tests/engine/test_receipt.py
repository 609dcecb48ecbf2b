"""What a run tells programs: `sync --json` and the log, whole and on the right stream."""

from __future__ import annotations

import json
from contextlib import ExitStack
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


def fits(told: object) -> bool:
    return not list(Draft202012Validator(SCHEMA).iter_errors(told))


@pytest.mark.parametrize(
    ("trouble", "code"), [("a typo", 2), ("a damaged store", 1), ("another run", 4), ("an emptied file", 5)]
)
def test_whatever_fails_as_a_whole_is_told_by_the_same_schema(acme: Installation, trouble: str, code: int) -> None:
    assert call(acme, "sync", "--json").exit_code == 0
    with ExitStack() as held:
        if trouble == "a typo":
            acme.okrs.write_text("cycle: 7\n")
        elif trouble == "a damaged store":
            acme.store.write_bytes(b"\xff" * 5000)
        elif trouble == "an emptied file":
            acme.okrs.write_text(acme.okrs.read_text().partition("objectives:")[0] + "objectives: []\n")
        else:
            app = held.enter_context(acme.open())
            held.enter_context(app.store.held("sync", acme.sandbox.clock.now()))
        result = call(acme, "sync", "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["exit_code"]) == (code, code)
    assert fits(told)
    assert told["error"]
    assert told["hint"]
    assert not fits({**told, "error": None}), "the schema holds it to something"
    assert ("problems" in told) == (trouble == "a typo")


def test_a_run_that_fails_tells_its_number_and_kind_to_log_and_program(acme: Installation) -> None:
    call(acme, "sync")
    acme.okrs.write_text(acme.okrs.read_text().partition("objectives:")[0] + "objectives: []\n")
    result = call(acme, "--log", "json", "sync", "--json")
    failed = next(event for event in map(json.loads, result.stderr.splitlines()) if event["event"] == "run failed")
    assert (failed["run"], failed["kind"], failed["exit_code"]) == (2, "sync", 5)
    told = json.loads(result.stdout)
    assert (told["run"], told["kind"]) == (2, "sync")
    assert told["error"] in call(acme, "runs", "2").stdout
