"""Commands ask the engine for the right thing, show its answer, and end with the agreed code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from report_values import objective, plan, quiet_report, report, row
from typer.testing import CliRunner, Result

from okrsync.cli import app
from okrsync.connector import Finding, Level
from okrsync.errors import ConfigError, Problem, UnsafePlan

Call = Callable[..., Result]


def test_the_configuration_may_be_named_before_and_after_the_command(okrsync: Call, engine: Any) -> None:
    for arguments in (("-c", "a/b.yaml", "status"), ("status", "--config", "a/b.yaml")):
        assert okrsync(*arguments).exit_code == 0
        assert engine.opened["config"] == Path("a/b.yaml")
    okrsync("status")
    assert engine.opened["config"] == Path("okrsync.yaml")


def test_a_missing_configuration_leads_to_init(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["plan", "-c", str(tmp_path / "none.yaml")])
    assert result.exit_code == 2
    assert "okrsync init writes one" in result.stderr


def test_a_program_that_asked_for_json_gets_json_also_when_it_fails(okrsync: Call, engine: Any) -> None:
    engine.answers["sync"] = UnsafePlan("30 of 60 labels would go.", hint="Look at the plan first.")
    told = okrsync("sync", "--json")
    assert told.exit_code == 5
    assert json.loads(told.stdout) == {
        "exit_code": 5,
        "error": "30 of 60 labels would go.",
        "hint": "Look at the plan first.",
    }
    assert okrsync("sync").stdout == ""


def test_every_command_lets_go_of_the_store(okrsync: Call, engine: Any) -> None:
    okrsync("status")
    assert engine.asked[-1] == ("close", None)


def test_check_prints_findings_as_marks_with_hints(okrsync: Call, engine: Any) -> None:
    engine.answers["check"] = [("github", Finding(Level.WARNING, "clock", "90 s behind", "Set the clock."))]
    result = okrsync("check")
    assert "! github  clock  90 s behind" in result.stdout
    assert "→ Set the clock." in result.stdout
    assert result.exit_code == 0


@pytest.mark.parametrize(("place", "code"), [("github", 4), ("files", 2)])
def test_check_ends_with_the_code_of_what_is_wrong(okrsync: Call, engine: Any, place: str, code: int) -> None:
    engine.answers["check"] = [("files", Finding(Level.OK, "a", "b")), (place, Finding(Level.ERROR, "c", "d"))]
    assert okrsync("check").exit_code == code


def test_check_offline_asks_for_no_network_and_gives_json(okrsync: Call, engine: Any) -> None:
    result = okrsync("check", "--offline", "--json")
    assert ("check", True) in engine.asked
    assert json.loads(result.stdout)[0] == {
        "where": "files", "level": "ok", "subject": "OKR files", "message": "2 objectives", "hint": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("flags", "given", "code"),
    [
        ((), {"plan": plan()}, 0),
        (("--check",), {"plan": plan()}, 3),
        (("--check",), {}, 0),
        (("--check",), {"plan": plan(unsafe=True)}, 5),
        (("--check",), {"plan": plan(), "exit_code": 4}, 4),
        ((), {"exit_code": 4}, 4),
    ],
)
def test_plan_ends_with_three_only_when_checked_and_pending(
    okrsync: Call, engine: Any, flags: tuple[str, ...], given: dict[str, Any], code: int
) -> None:
    engine.answers["plan"] = quiet_report(kind="plan", **given)
    assert okrsync("plan", *flags).exit_code == code


def test_a_variable_names_the_configuration_where_no_option_does(
    okrsync: Call, engine: Any, environ: dict[str, str]
) -> None:
    environ["OKRSYNC_CONFIG"] = "/etc/okrsync/okrsync.yaml"
    okrsync("status")
    assert engine.opened["config"] == Path("/etc/okrsync/okrsync.yaml")
    for arguments in (("--config", "mine.yaml", "status"), ("status", "--config", "mine.yaml")):
        okrsync(*arguments)
        assert engine.opened["config"] == Path("mine.yaml")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(28, "No space left on device"), "The output cannot be used: No space left on device."),
        (PermissionError(13, "Permission denied", "/okr/x"), "/okr/x cannot be used: Permission denied."),
    ],
)
def test_a_disk_that_fails_is_not_taken_for_a_bug(okrsync: Call, engine: Any, error: OSError, told: str) -> None:
    engine.answers["status"] = error
    failed = okrsync("status")
    assert failed.exit_code == 1
    assert told in failed.stderr
    assert "bug" not in failed.stderr


def test_a_plan_in_two_forms_at_once_is_refused_before_anything_is_read(okrsync: Call, engine: Any) -> None:
    refused = okrsync("plan", "--markdown", "--json")
    assert refused.exit_code == 2
    assert "--json and --markdown are two forms of one plan. Leave one of them out." in " ".join(
        refused.stderr.replace("→", "").split()
    )
    assert engine.asked == []


def test_plan_writes_text_markdown_or_json_to_stdout_alone(okrsync: Call, engine: Any) -> None:
    engine.answers["plan"] = report(kind="plan")
    assert "Cost: 6 API calls" in okrsync("plan").stdout
    assert okrsync("plan", "--markdown").stdout.startswith("## okrsync plan")
    assert json.loads(okrsync("plan", "--json").stdout)["plan"]["cost"] == {"github": 5, "jira": 1}


def test_sync_hands_its_options_to_the_engine(okrsync: Call, engine: Any) -> None:
    okrsync("sync", "--full", "--connection", "github", "--connection", "jira", "--no-write-back", "--force")
    request = engine.asked[1][1]
    assert (request.full, request.connections) == (True, ("github", "jira"))
    assert (request.write_back, request.force) == (False, True)


@pytest.mark.parametrize("command", ["plan", "sync", "clean"])
def test_a_mistyped_connection_is_refused_with_the_nearest(okrsync: Call, engine: Any, command: str) -> None:
    result = okrsync(command, "--connection", "gihub")
    assert result.exit_code == 2
    assert result.stderr == "error: There is no connection 'gihub'.\n→ Did you mean github?\n"
    assert command not in [name for name, _ in engine.asked]


def test_sync_ends_partial_and_says_so(okrsync: Call, engine: Any) -> None:
    engine.answers["sync"] = report()
    result = okrsync("sync")
    assert result.exit_code == 4
    assert "The tracker did not answer." in result.stdout


def test_an_unsafe_plan_ends_with_five_and_one_clear_error(okrsync: Call, engine: Any) -> None:
    engine.answers["sync"] = UnsafePlan("The plan removes 20 of 40.", hint="Use --force.")
    result = okrsync("sync")
    assert result.exit_code == 5
    assert result.stderr == "error: The plan removes 20 of 40.\n→ Use --force.\n"
    assert result.stdout == ""


def test_inside_actions_a_sync_leaves_a_summary_and_annotations(
    okrsync: Call, engine: Any, environ: dict[str, str], tmp_path: Path
) -> None:
    summary = tmp_path / "summary.md"
    environ |= {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    engine.answers["sync"] = report()
    result = okrsync("sync", "--json")
    assert summary.read_text("utf-8").startswith("## okrsync sync: partial")
    assert "::error title=okrsync%3A jira::" in result.stderr
    assert json.loads(result.stdout)["id"] == 7


def test_all_problems_of_the_files_are_shown_and_annotated(okrsync: Call, engine: Any, environ: dict[str, str]) -> None:
    environ["GITHUB_ACTIONS"] = "true"
    problems = (Problem("okrsync.yaml", 3, "store", "is empty"), Problem("okrs/a.yaml", None, "", "is no YAML"))
    engine.answers["open"] = ConfigError("2 problems.", hint="Correct them.", problems=problems)
    result = okrsync("plan")
    assert result.exit_code == 2
    for part in ("error: 2 problems.", "okrsync.yaml:3: store: is empty", "okrs/a.yaml: is no YAML", "→ Correct them."):
        assert part in result.stderr
    assert "::error file=okrsync.yaml,line=3,title=okrsync::store: is empty" in result.stderr


def test_an_unexpected_error_is_one_line_and_a_traceback_only_on_request(okrsync: Call, engine: Any) -> None:
    engine.answers["status"] = ZeroDivisionError("oops")
    short, long = okrsync("status"), okrsync("status", "--verbose")
    assert short.exit_code == long.exit_code == 1
    assert "error: ZeroDivisionError: oops" in short.stderr
    assert "Traceback" not in short.stderr
    assert "Traceback" in long.stderr


def test_ctrl_c_ends_with_130_and_a_calm_word(okrsync: Call, engine: Any) -> None:
    engine.answers["sync"] = KeyboardInterrupt()
    result = okrsync("sync")
    assert result.exit_code == 130
    assert "interrupted; what was done is kept" in result.stderr
    assert "Traceback" not in result.output


def test_status_and_explain_have_a_form_for_machines(okrsync: Call, engine: Any) -> None:
    assert json.loads(okrsync("status", "--json").stdout)[0]["objective"] == "checkout"
    assert json.loads(okrsync("explain", "checkout-1", "--json").stdout)["rule"] == "completion by points v1"
    assert ("explain", "checkout-1") in engine.asked
    assert "Buying is effortless" in okrsync("status").stdout
    assert "total" in okrsync("explain", "checkout-1").stdout


def test_clean_shows_its_plan_and_asks_before_it_removes(okrsync: Call, engine: Any) -> None:
    engine.answers["plan_clean"] = quiet_report(plan=plan())
    refused = okrsync("clean", typed="n\n")
    assert refused.exit_code == 1
    assert "- note" in refused.stdout
    assert "- note" not in okrsync("clean", "--tickets", "1", typed="n\n").stdout
    assert "clean" not in [name for name, _ in engine.asked]
    assert okrsync("clean", typed="y\n").exit_code == 0
    assert "clean" in [name for name, _ in engine.asked]


def test_clean_does_not_ask_when_told_so_or_when_there_is_nothing(okrsync: Call, engine: Any) -> None:
    assert okrsync("clean").exit_code == 0
    assert "clean" not in [name for name, _ in engine.asked]
    engine.answers["plan_clean"] = quiet_report(plan=plan())
    assert okrsync("clean", "--yes").exit_code == 0
    assert "clean" in [name for name, _ in engine.asked]


def test_clean_for_programs_is_json_whatever_there_is_and_never_waits_for_an_answer(okrsync: Call, engine: Any) -> None:
    assert json.loads(okrsync("clean", "--json", "--yes").stdout)["kind"] == "plan clean"
    engine.answers["plan_clean"] = quiet_report(plan=plan())
    assert json.loads(okrsync("clean", "--json", "--yes").stdout)["kind"] == "clean"
    unanswered = okrsync("clean", "--json")
    assert unanswered.exit_code == 2
    assert "Add --yes." in unanswered.stderr


def test_a_question_that_nobody_answers_changes_nothing_and_says_so(okrsync: Call, engine: Any) -> None:
    engine.answers["plan_clean"] = quiet_report(plan=plan())
    result = okrsync("clean", typed="")
    assert result.exit_code == 1
    assert "nothing was done" in result.stderr
    assert "clean" not in [name for name, _ in engine.asked]


def test_a_status_before_the_first_sync_says_what_to_do(okrsync: Call, engine: Any) -> None:
    assert "Nothing has been read yet" not in okrsync("status").stderr
    engine.answers["status"] = (objective(row(sample=None, week_ago=None, pulled_at=None)),)
    assert "Nothing has been read yet: run okrsync sync." in okrsync("status").stderr


def test_the_daemon_gets_configuration_environment_and_log_format(
    okrsync: Call, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, Any] = {}

    def run_daemon(config: Path, **rest: Any) -> int:
        given.update(rest, config=config)
        return 0

    monkeypatch.setattr("okrsync.daemon.run_daemon", run_daemon)
    assert okrsync("daemon", "--log-json", "-c", "x.yaml").exit_code == 0
    assert given == {"config": Path("x.yaml"), "environ": environ, "log_json": True, "level": "info"}
    given.clear()
    assert okrsync("--log", "json", "daemon", "--log-level", "debug").exit_code == 0
    assert (given["log_json"], given["level"]) == (True, "debug")
