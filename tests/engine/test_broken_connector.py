"""A bug in one connector, wherever it strikes, costs that connection's part of a run and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from installation import Installation
from okrsync_jira.connector import JiraConnector

from okrsync.model.change import connection_of
from okrsync.practice.backfill import backfill, estimate


def bug(*arguments: object, **named: object) -> Any:
    raise RecursionError("maximum recursion depth exceeded")


@pytest.mark.parametrize("verb", ["__init__", "scopes", "asks", "pull", "select", "cost", "observe", "apply"])
def test_the_other_connection_goes_on_and_the_next_run_makes_up_for_it(
    acme: Installation, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    if verb == "observe":
        acme.run()
        acme.forget()
    with monkeypatch.context() as patch:
        patch.setattr(JiraConnector, verb, bug)
        report = acme.run()
    github, jira = report.connections
    assert (report.exit_code, github.error) == (4, "")
    assert "The connector of jira broke" in jira.error
    assert "bug in the connector" in jira.hint
    made = {connection_of(write.change) for write in report.writes if write.receipt}
    assert made <= {"github"}
    assert acme.value("api-1") is not None
    assert acme.run().exit_code == 0
    assert acme.run("plan").plan.changes == ()
    assert set(acme.notes().values()) == {1}


def test_a_connector_that_cannot_price_a_change_fails_in_the_plan(
    acme: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(JiraConnector, "cost", bug)
    report = acme.run("plan")
    assert report.exit_code == 4
    assert "cost: RecursionError" in report.connections[1].error
    assert report.plan.cost["github"] > 0


def test_a_connector_that_cannot_even_close_changes_nothing(
    acme: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(JiraConnector, "close", bug)
    assert acme.run().exit_code == 0


def test_check_goes_on_after_a_bug(acme: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(JiraConnector, "check", bug)
    with acme.open() as app:
        findings = list(app.check(offline=False))
    (told,) = [finding.message for name, finding in findings if name == "jira"]
    assert told == "The connector of jira broke (check: RecursionError)."
    assert [finding for name, finding in findings if name == "github"]


@pytest.mark.parametrize("verb", ["histories", "history_cost"])
def test_a_backfill_reads_the_past_of_the_others(
    acme: Installation, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    acme.run()
    monkeypatch.setattr(JiraConnector, verb, bug)
    with acme.open() as app:
        told = estimate(app.house()) if verb == "history_cost" else backfill(app.house()).connections
    assert [(one.connection, bool(one.error)) for one in told] == [("github", False), ("jira", True)]
